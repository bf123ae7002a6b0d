"""What a gate made of a run: which failures were known before, which are new, and which entries are to be removed."""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field

from conformance.record.stored import Count, Part, Text

State: TypeAlias = Literal["needed", "expired", "passes", "unmatched", "unproven", "not-run"]
GateStatus: TypeAlias = Literal["passed", "failed", "inconclusive"]
Day: TypeAlias = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]

STALE: Final[tuple[State, ...]] = ("expired", "passes", "unmatched")
"""What becomes of an entry that has to be removed."""


class GateEntry(Part):
    """An entry of the file of known failures, and what the run says of it."""

    line: Count
    """Where it begins in the file."""
    case: Text | None = None
    """The id of the case that is known to fail; `*` stands for anything."""
    requirement: Text | None = None
    """The requirement that is known to be broken, where no case is named."""
    scenario: Text | None = None
    """The one scenario in which it is; None for all."""
    reason: Text
    owner: Text
    expires: Day
    """The last day on which it counts."""
    flaky: bool = False
    """Whether the failure may come and go."""
    state: State
    """`needed`: it still fails; `expired`, `passes` and `unmatched`: to be removed; `unproven`, `not-run`: the run
    says nothing of it."""
    message: Text
    """The same in words."""
    cases: tuple[Text, ...] = ()
    """The ids of the cases that break what it names."""

    @property
    def is_stale(self) -> bool:
        """Say whether it has to be removed."""
        return self.state in STALE

    @property
    def subject(self) -> str:
        """Name what is known to fail."""
        where = f" in {self.scenario}" if self.scenario else ""
        return self.case or f"{self.requirement}{where}"

    def covers(self, case: str, requirement: str) -> bool:
        """Say whether it names what a case broke."""
        return case in self.cases and self.requirement in {None, requirement}


class NewFailure(Part):
    """A case that fails and whose failure no entry names, or not all of it."""

    case: Text
    requirements: tuple[Text, ...]
    """What it broke that no entry names."""


class Gate(Part):
    """What became of the run at the gate. It says nothing of the verdict, which stays what it is."""

    file: Text
    """The file of known failures."""
    date: Day
    """The day by which entries expire, in UTC."""
    strict: bool = False
    """Whether a broken SHOULD counts."""
    status: GateStatus
    """`failed` where something is new or stale, `inconclusive` where nothing is, and too little was shown."""
    reasons: tuple[Text, ...] = ()
    """Why the status is what it is."""
    known: tuple[Text, ...] = ()
    """The ids of the cases all of whose failure is named."""
    new: tuple[NewFailure, ...] = ()
    entries: tuple[GateEntry, ...] = ()
    """Every entry, in the order of the file."""

    @property
    def stale(self) -> tuple[GateEntry, ...]:
        """The entries that have to be removed."""
        return tuple(entry for entry in self.entries if entry.is_stale)

    @property
    def others(self) -> tuple[GateEntry, ...]:
        """The entries that may stay."""
        return tuple(entry for entry in self.entries if not entry.is_stale)

    def at(self, entry: GateEntry) -> str:
        """Give where an entry stands."""
        return f"{self.file}:{entry.line}"
