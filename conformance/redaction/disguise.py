"""How a text may be written otherwise: with escapes, or as Base64 or hex; and how to read it all the same.

Everything here errs on the side of reading too much: it serves to find what must not be there.
"""

from __future__ import annotations

import base64
import html
import re
import sys
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ESCAPE: Final = re.compile(
    r"%(?:u[0-9a-f]{4}|[0-9a-f]{2})"
    r"|\\(?:u\{[0-9a-f]{1,6}\}|u[0-9a-f]{4}|x[0-9a-f]{2}|[0-3][0-7]{2}|[nrt]|[^0-9a-z\x00])"
    r"|&(?:\#[0-9]{1,7}|\#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});?"
    r"|'\"'\"'"  # how a shell writes a quote within quotes
    r"|\x00",
    re.IGNORECASE,
)
_BLANKS: Final = {"n": "\n", "r": "\r", "t": "\t"}
_WRAPPED: Final = re.compile(r"(?<![A-Za-z0-9+/_-])(?:[A-Za-z0-9+/_-]{6,}+[ \t\r\n]{1,4}+)+[A-Za-z0-9+/_-]{2,}")
"""Base64 in lines or groups: the words of a sentence are shorter, mostly."""
_BLANK: Final = re.compile(r"\s+")
_NO_DIGIT: Final = re.compile(r"0x|[^0-9A-Fa-f]+")
_TEXT: Final = re.compile(r"[\t\n\r -~]{12}")
_FROM_URL: Final = str.maketrans("-_", "+/")


@dataclass(frozen=True, slots=True)
class View:
    """A text, or what it says once some of its escapes are undone."""

    text: str
    source: View | None = None
    """The view that was made plainer; None for a text as it stands."""
    begins: Sequence[int] = ()
    """Where in the text each piece begins: what an escape says, and what stands between two, by turns."""
    stood: Sequence[int] = ()
    """Where in the source each piece began."""

    def place(self, at: int) -> int:
        """Say where a letter, or the end, began in the text as it stood."""
        if self.source is None:
            return at
        number = bisect_right(self.begins, at) - 1
        beyond = at - self.begins[number] if number % 2 == 0 else 0  # within an escape there is no place
        return self.source.place(self.stood[number] + beyond)


def unescaped(view: View) -> View | None:
    """Undo one level of escapes; None where there are none, or only what looks like one, as `&page` in a URL does."""
    pieces: list[str] = []
    begins, stood, length, done = [0], [0], 0, 0
    for found in _ESCAPE.finditer(view.text):
        meant = _meant(found[0])
        if meant == found[0]:
            continue
        between = view.text[done : found.start()]
        pieces += [between, meant]
        begins += [length + len(between), length + len(between) + len(meant)]
        stood += [found.start(), found.end()]
        length, done = begins[-1], found.end()
    return View("".join([*pieces, view.text[done:]]), view, begins, stood) if pieces else None


@lru_cache(maxsize=4096)
def _meant(escape: str) -> str:
    letters = escape[1:]
    if escape[0] == "&":
        return html.unescape(escape)
    if escape[0] == "%":
        return chr(int(letters.lstrip("uU"), 16))
    if escape[0] == "\\" and len(letters) > 1:
        return chr(min(int(letters.strip("uUxX{}"), 8 if letters.isdigit() else 16), sys.maxunicode))
    return {"\0": "", "'": "'"}.get(escape[0], _BLANKS.get(letters, letters))


class Run(NamedTuple):
    """Letters of a text that may be Base64, or hex."""

    letters: str
    is_hex: bool

    def meanings(self) -> Iterator[str]:
        """Give what it says, wherever in it the bytes begin, forwards and backwards; each byte is a letter."""
        there, back = self.letters, self.letters[::-1]
        if self.is_hex:
            for each in (there, back, there[1:], back[1:]):
                yield bytes.fromhex(each[: len(each) // 2 * 2]).decode("latin-1")
            return
        for each in (there, back):
            for skipped in range(4):
                yield from_base64(each[skipped:])


def runs(text: str, least: int) -> Iterator[tuple[int, int, Run]]:
    """Find what may be Base64 or hex, with its place; what would say fewer than `least` letters is left out."""
    unbroken, pairs = _long_enough(least)
    for run in (*unbroken.finditer(text), *_WRAPPED.finditer(text)):
        letters = _BLANK.sub("", run[0]).translate(_FROM_URL)
        if len(letters) * 3 // 4 >= least - 1:
            yield run.start(), run.end(), Run(letters, is_hex=False)
    for run in pairs.finditer(text):
        yield run.start(), run.end(), Run(_NO_DIGIT.sub("", run[0]), is_hex=True)


@lru_cache
def _long_enough(least: int) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Give what finds Base64 and hex that may say so many letters."""
    at_least = (4 * least + 2) // 3 - 1
    unbroken = rf"(?<![A-Za-z0-9+/_-])(?:[A-Za-z0-9+/_-](?:\r?\n[ \t]?)?){{{at_least},}}+"
    pairs = rf"(?:(?:0x)?[0-9A-Fa-f]{{2}}[\s:_.,-]{{0,2}}){{{least},}}+"
    return re.compile(unbroken), re.compile(pairs)


def may_be_text(text: str) -> bool:
    """Say whether something stands in decoded bytes that may be text, or an encoding of text."""
    return _TEXT.search(text) is not None


def from_base64(letters: str) -> str:
    """Give what Base64 says, padded or not, each byte as a letter; nothing where it says nothing."""
    whole = letters[: len(letters) // 4 * 4] if len(letters) % 4 == 1 else letters
    try:
        return base64.b64decode(whole + "=" * (-len(whole) % 4)).decode("latin-1")
    except ValueError:
        return ""
