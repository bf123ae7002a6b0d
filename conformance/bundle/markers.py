"""Markers of secrets in recorded evidence: for the rules each is given a form that may stand wherever a secret may.

Most secrets may be part of a URL; a marker, as in `https://example.com/?t={{ACCESS_TOKEN}}`, may not, and a rule would
find the braces. So a word stands in for each, and is redacted to the marker again like any secret.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.record.record import ExchangeLine

_MARKER: Final = re.compile(r"\{\{(\w{1,200})\}\}", re.ASCII)
_DIGITS: Final = 12
"""So few that no piece of one word is taken for a piece of another; redaction looks for pieces of sixteen letters."""


def hold_one(text: str) -> bool:
    """Say whether a marker stands in a text."""
    return _MARKER.search(text) is not None


def word_for(name: str) -> str:
    """Give the word that stands in for the secret of this name."""
    return f"zz{hashlib.sha256(name.encode()).hexdigest()[:_DIGITS]}"


def in_words(text: str) -> str:
    """Give a text with a word for each marker."""
    return _MARKER.sub(lambda found: word_for(found[1]), text)


def secrets_in(lines: Iterable[ExchangeLine]) -> Mapping[str, str]:
    """Give the words for all markers of some exchanges, by the names of what they stand for."""
    names = {name for line in lines for name in _MARKER.findall(line.model_dump_json())}
    return {name: word_for(name) for name in sorted(names)}
