"""The decisions of errata.md: where the source contradicts itself, what is decided, and what that does to a verdict."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from conformance.law.document import spec_file

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEADING: Final = re.compile(r"^## (\d+)\. (.+)$", re.MULTILINE)
_PART: Final = re.compile(r"\*\*(Source|Decision|Consequence)\.\*\* ")


@dataclass(frozen=True, slots=True)
class Erratum:
    """One decision, each part of it a paragraph."""

    number: int
    title: str
    source: str
    decision: str
    consequence: str


@functools.cache
def errata() -> Mapping[int, Erratum]:
    """Read errata.md, once: the decisions by their numbers."""
    _, *pieces = _HEADING.split(spec_file("errata.md").read_text(encoding="utf-8"))
    chapters = zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True)
    return {int(number): _erratum(int(number), title, text) for number, title, text in chapters}


def _erratum(number: int, title: str, text: str) -> Erratum:
    _, *pieces = _PART.split(text)
    parts = {name: " ".join(part.split()) for name, part in zip(pieces[::2], pieces[1::2], strict=True)}
    return Erratum(number, title, parts["Source"], parts["Decision"], parts["Consequence"])
