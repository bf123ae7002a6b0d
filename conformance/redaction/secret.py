"""A secret, and how it is found in a text: in either case, forwards and backwards, whole and in long pieces."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.redaction.disguise import View

SHORTEST_PART: Final = 16
"""So many letters of a secret in a row are secret too: half a token is a token to whoever collects halves."""

BLOCK: Final = SHORTEST_PART // 2
"""Every piece of SHORTEST_PART letters has a whole block of so many in it, give or take one."""

_LOWER: Final = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


@dataclass(frozen=True, slots=True)
class Found:
    """Where a secret stands, and what is written instead."""

    begin: int
    end: int
    marker: str
    whole: bool

    def in_terms_of(self, view: View) -> Found:
        """Give the same place in the text as it stood, for a place in a view of it."""
        return Found(view.place(self.begin), view.place(self.end), self.marker, self.whole)


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret, and the pieces by which it is found."""

    name: str
    value: str
    forms: Mapping[str, Mapping[str, list[int]]] = field(init=False)
    """How it may be written, in lower case; for each form its blocks, and where in it each begins."""

    def __post_init__(self) -> None:
        octets = self.value.encode("utf-8", "surrogatepass").decode("latin-1")
        units = self.value.encode("utf-16-be", "surrogatepass").decode("latin-1").replace("\0", "")
        written = {lower(form) for form in (self.value, octets, units)}
        forms = {form: _blocks(form) for each in written for form in (each, each[::-1])}
        object.__setattr__(self, "forms", forms)

    @property
    def marker(self) -> str:
        """What is written instead."""
        return "{{" + re.sub(r"\W", "_", self.name) + "}}"

    @property
    def blocks(self) -> Iterator[str]:
        """The pieces of BLOCK letters, or of fewer, one of which stands where a piece of the secret stands."""
        for blocks in self.forms.values():
            yield from blocks

    def found_in(self, text: str) -> Iterator[Found]:
        """Give where the secret stands in a text, whole and in pieces."""
        for form, blocks in self.forms.items():
            # one behind the other; not by re: thousands of secrets would be compiled again and again
            yield from (self._marked(at, at + len(form), form) for at in _places(text, form, len(form)))
            if len(form) > SHORTEST_PART:
                for begin, end in _pieces(text.replace(form, "\0" * len(form)), form, blocks):
                    yield self._marked(begin, end, form)

    def _marked(self, begin: int, end: int, form: str) -> Found:
        whole = end - begin == len(form)
        return Found(begin, end, self.marker if whole else f"{{{{PART_OF_{self.marker[2:]}", whole)


def lower(text: str) -> str:
    """Put ASCII letters into lower case, one letter for one letter, unlike str.lower(): places stay where they are."""
    # bytes are faster than translate()
    try:
        return text.encode("latin-1").lower().decode("latin-1")
    except UnicodeEncodeError:
        return text.translate(_LOWER)


def _blocks(form: str) -> dict[str, list[int]]:
    if len(form) < SHORTEST_PART:
        return {form: [0]}
    blocks: dict[str, list[int]] = {}
    for at in range(0, len(form) - BLOCK + 1, BLOCK):
        blocks.setdefault(form[at : at + BLOCK], []).append(at)
    return blocks


def _pieces(text: str, form: str, blocks: Mapping[str, list[int]]) -> Iterator[tuple[int, int]]:
    """Find pieces of a form, from the left; a letter of a piece is not looked at again, however the form repeats."""
    done = 0
    places = ((at, offsets) for block, offsets in blocks.items() for at in _places(text, block, 1))
    for at, offsets in sorted(places):
        for offset in offsets:
            if at + BLOCK <= done:
                break
            begin, end = _extended(text, at, form, offset, done - SHORTEST_PART)
            if end - begin >= SHORTEST_PART:
                yield begin, end
                done = end


def _places(text: str, piece: str, step: int) -> Iterator[int]:
    """Give where a piece stands in a text, from so many letters behind the last place on: equal letters overlap."""
    at = text.find(piece)
    while at >= 0:
        yield at
        at = text.find(piece, at + step)


def _extended(text: str, at: int, form: str, offset: int, floor: int) -> tuple[int, int]:
    """Give the longest piece of a form that stands in the text around a block of it, from the floor on."""
    begin, end, last = at, at + BLOCK, offset + BLOCK
    while begin > max(floor, 0) and offset > 0 and text[begin - 1] == form[offset - 1]:
        begin, offset = begin - 1, offset - 1
    while end < len(text) and last < len(form) and text[end] == form[last]:
        end, last = end + 1, last + 1
    return begin, end
