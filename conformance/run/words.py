"""What a record says in words: findings in a line, texts that are cut, names that a run made up, and no secrets."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import quote

if TYPE_CHECKING:
    from conformance.record.record import Finding as RecordedFinding
    from conformance.record.stored import Part
    from conformance.redaction.redactor import Redactor
    from conformance.rules.finding import Finding

    AnyPart = TypeVar("AnyPart", bound=Part)

LONGEST_TEXT: Final = 400
"""How much of an answer a finding quotes, in characters; the rest is in the evidence."""
OWN_WORDS: Final = frozenset(
    {
        *("requirements_version", "case", "known", "state", "date", "expires"),
        *("id", "level", "status", "verdict", "subject", "section", "sentence", "scenario", "requirement"),
        *("requirements", "exchanges", "cases", "kit_faults", "kit_version", "spec_version"),
        *("started_at", "finished_at", "states"),
    }
)
"""Members of a record that have nobody's words but the kit's: a token spelt `passed` must not blank them."""
SHORTEST_DEVICE: Final = 8


def in_words(finding: Finding | RecordedFinding) -> str:
    """Say a finding in one line."""
    return f"{finding.requirement}: at {finding.where}, expected {finding.expected}, seen {finding.seen}"


def cut(text: str, limit: int = LONGEST_TEXT) -> str:
    """Cut a text that is redacted already: half a token is a token to whoever collects halves."""
    return text if len(text) <= limit else f"{text[:limit]}..."


def redacted(redactor: Redactor, part: AnyPart) -> AnyPart:
    """Give a part of a record without secrets."""
    return type(part).model_validate(redactor.tree(part.model_dump(mode="json"), OWN_WORDS))


def names_of(device: str) -> list[str]:
    """Give the forms in which a server may name a device: the header's value, its Base64, and what that says."""
    encoded = device.partition(" ")[2]
    try:
        decoded = base64.b64decode(encoded, validate=True).decode()
    except ValueError:
        decoded = ""
    names = [device, encoded, decoded]
    return [form for name in names for form in (name, quote(name, safe="")) if len(name) >= SHORTEST_DEVICE]
