"""How each requirement stands in a record: what its cases come to, and which of them shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.record.record import Case, Record, Status

TELLING_FIRST: Final[tuple[Status, ...]] = ("failed", "warned", "error", "passed", "skipped")
"""What was shown outranks what could not be; who lacks an optional scenario still keeps the demand elsewhere."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a run says of one requirement."""

    status: Status
    case_id: str
    """The first case that shows it."""


def standings(record: Record) -> dict[str, Standing]:
    """Give how each requirement stands that a case judged.

    A case that found requirements broken speaks of those alone: of the others that it names it shows nothing. One that
    does not score speaks of none: what came after the version that a run is judged by breaks nothing.
    """
    said: dict[str, list[Standing]] = {}
    for case in (case for case in record.cases if case.scored):
        for name, status in _said(case):
            said.setdefault(name, []).append(Standing(status, case.id))
    return {name: min(of_it, key=lambda one: TELLING_FIRST.index(one.status)) for name, of_it in said.items()}


def _said(case: Case) -> Iterator[tuple[str, Status]]:
    if case.status in {"failed", "warned"} and case.findings:
        for finding in case.findings:
            yield finding.requirement, "failed" if finding.level == "MUST" else "warned"
    else:
        yield from ((name, case.status) for name in case.requirements)
