"""What differs between what was expected and what was seen, so that a reader need not look for it."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.record.record import Finding

_WORD = re.compile(r"\w+|\s+|[^\w\s]")
_LONGEST = 1000  # characters that are compared; a comparison takes time that grows with the square
_ALIKE = 0.5  # what has less in common differs as a whole

Parts: TypeAlias = "Sequence[tuple[str, bool]]"
"""A text in parts, and with each whether it differs."""


def difference(finding: Finding) -> tuple[Parts, Parts]:
    """Give what a finding expected and what it saw, the parts of each that the other does not have told apart."""
    if max(len(finding.expected), len(finding.seen)) > _LONGEST:
        return _whole(finding)
    expected, seen = _WORD.findall(finding.expected), _WORD.findall(finding.seen)
    matcher = SequenceMatcher(None, expected, seen, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return _whole(finding)
    steps = matcher.get_opcodes()
    return (
        _parts((expected[begin:end], tag != "equal") for tag, begin, end, _, _ in steps),
        _parts((seen[begin:end], tag != "equal") for tag, _, _, begin, end in steps),
    )


def _whole(finding: Finding) -> tuple[Parts, Parts]:
    return [(finding.expected, False)], [(finding.seen, True)]


def _parts(pieces: Iterable[tuple[list[str], bool]]) -> Parts:
    return [("".join(words), differs) for words, differs in pieces if words]
