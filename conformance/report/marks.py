"""What is to be said beside a case: that its failure was known before, that it is new, or that it does not score."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.report.text import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.record.gate import Gate, GateEntry, GateStatus
    from conformance.record.record import Case, Finding, Record
    from conformance.report.digest import Fix

GATES: Final[Mapping[GateStatus, str]] = {
    "passed": "Gate passed",
    "failed": "Gate failed",
    "inconclusive": "Gate inconclusive",
}
_LIMIT: Final = 200  # characters of what somebody wrote


class Marks:
    """The marks of the cases of one record."""

    def __init__(self, record: Record) -> None:
        self._version = record.requirements_version
        gate = record.gate
        self._file = gate.file if gate else ""
        self._entries = gate.others if gate else ()
        self._known = set(gate.known if gate else ())
        self._new = {failure.case: failure.requirements for failure in gate.new} if gate else {}

    def of(self, case: Case) -> str:
        """Give the mark of a case, empty where it has none."""
        return self.excuse(case) or ("new failure" if case.id in self._new else "")

    def telling(self, case: Case) -> Finding:
        """Give the first finding of a case that fails the run, else the first one."""
        new = self._new.get(case.id, ())
        return next((finding for finding in case.findings if finding.requirement in new), case.findings[0])

    def of_fix(self, fix: Fix) -> list[str]:
        """Give the different marks of the cases that one thing breaks."""
        return list(dict.fromkeys(mark for case in fix.cases if (mark := self._of_break(fix, case))))

    def is_excused(self, fix: Fix) -> bool:
        """Say whether nothing of what one thing breaks fails the run."""
        law = fix.requirement.id if fix.requirement else ""
        return bool(fix.cases) and all(self.excuse(case) or self.excuse_of(case, law) for case in fix.cases)

    def _of_break(self, fix: Fix, case: Case) -> str:
        return (self.excuse_of(case, fix.requirement.id) if fix.requirement else "") or self.of(case)

    def excuse(self, case: Case) -> str:
        """Say why a case that did not pass fails nothing; empty where it does, or where it passed."""
        if not case.scored:
            return f"does not score (came after {self._version})"
        if case.id not in self._known:
            return ""
        return self._known_by(entry for entry in self._entries if case.id in entry.cases)

    def excuse_of(self, case: Case, requirement: str) -> str:
        """Say why one thing that a case broke fails nothing; empty where it does."""
        if not case.scored:
            return self.excuse(case)
        return self._known_by(entry for entry in self._entries if entry.covers(case.id, requirement))

    def _known_by(self, entries: Iterable[GateEntry]) -> str:
        return "; ".join(f"known failure: {accepted(entry)}, {self._file}:{entry.line}" for entry in entries)


def accepted(entry: GateEntry) -> str:
    """Say why an entry is there, who looks after it and until when."""
    return f"{shortened(entry.reason, _LIMIT)} ({shortened(entry.owner, _LIMIT)}, until {entry.expires})"


def gate_line(gate: Gate) -> str:
    """Say in one line what became of a run at the gate."""
    return f"{GATES[gate.status]}: {'; '.join(gate.reasons)} ({gate.file})"


def entry_line(gate: Gate, entry: GateEntry) -> str:
    """Say of an entry what the run says of it, and what to do."""
    said = f"{gate.at(entry)}: {entry.subject}: {entry.message}"
    if not entry.is_stale:
        return f"{said}: {accepted(entry)}"
    return f"{said}; remove the entry" + (", or give it another day" if entry.state == "expired" else "")
