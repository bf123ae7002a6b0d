"""How a text may be written otherwise: with escapes, or as Base64 or hex; and how to read it all the same.

Everything here errs on the side of reading too much: it serves to find what must not be there.
"""

from __future__ import annotations

import base64
import html
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ESCAPE: Final = re.compile(
    r"%(?:u[0-9a-f]{4}|[0-9a-f]{2})"
    r"|\\(?:u\{[0-9a-f]{1,6}\}|u[0-9a-f]{4}|x[0-9a-f]{2}|[0-3][0-7]{2}|[nrt]|[^0-9a-z])"
    r"|&(?:\#[0-9]{1,7}|\#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});?"
    r"|'\"'\"'"  # how a shell writes a quote within quotes
    r"|\x00",
    re.IGNORECASE,
)
_BLANKS: Final = {"n": "\n", "r": "\r", "t": "\t"}
_BASE64: Final = re.compile(r"(?:[A-Za-z0-9+/_-](?:\r?\n[ \t]?)?){5,}")
_HEX: Final = re.compile(r"(?:(?:0x)?[0-9A-Fa-f]{2}[\s:_.,-]{0,2}){4,}")
_FROM_URL: Final = str.maketrans("-_", "+/")


@dataclass(frozen=True, slots=True)
class View:
    """A text with some of its escapes undone, and for each letter where it begins in the text as it stood."""

    text: str
    places: Sequence[int]


def as_it_stands(text: str) -> View:
    """Give the view in which nothing is undone."""
    return View(text, range(len(text) + 1))


def unescaped(view: View) -> View | None:
    """Undo one level of escapes; None where there are none."""
    pieces: list[str] = []
    places: list[int] = []
    done = 0
    for found in _ESCAPE.finditer(view.text):
        letters = _meant(found[0])
        pieces += [view.text[done : found.start()], letters]
        places += view.places[done : found.start()]
        places += [view.places[found.start()]] * len(letters)
        done = found.end()
    if not done:
        return None
    return View("".join([*pieces, view.text[done:]]), [*places, *view.places[done:]])


def _meant(escape: str) -> str:
    letters = escape[1:]
    if escape[0] == "&":
        return html.unescape(escape)
    if escape[0] == "%":
        return chr(int(letters.lstrip("uU"), 16))
    if escape[0] == "\\" and len(letters) > 1:
        return chr(min(int(letters.strip("uUxX{}"), 8 if letters.isdigit() else 16), sys.maxunicode))
    return {"\0": "", "'": "'"}.get(escape[0], _BLANKS.get(letters, letters))


def decoded(text: str, least: int) -> Iterator[tuple[int, int, str]]:
    """Give what runs of Base64 and hex in a text say, wherever in them the bytes begin, with the place of the run.

    What would say fewer than `least` letters is passed over.
    """
    for run in _BASE64.finditer(text):
        letters = re.sub(r"\s", "", run[0]).translate(_FROM_URL)
        if len(letters) * 3 // 4 < least - 1:
            continue
        for each in (letters, letters[::-1]):
            for skipped in range(4):
                yield run.start(), run.end(), from_base64(each[skipped:])
    for run in _HEX.finditer(text):
        digits = re.sub(r"0x|[^0-9A-Fa-f]", "", run[0])
        for each in (digits, digits[::-1], digits[1:], digits[-2::-1]):
            yield run.start(), run.end(), bytes.fromhex(each[: len(each) // 2 * 2]).decode("latin-1")


def from_base64(letters: str) -> str:
    """Give what Base64 says, padded or not, each byte as a letter; nothing where it says nothing."""
    whole = letters[: len(letters) // 4 * 4] if len(letters) % 4 == 1 else letters
    try:
        return base64.b64decode(whole + "=" * (-len(whole) % 4)).decode("latin-1")
    except ValueError:
        return ""
