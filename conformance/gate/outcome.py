"""What a file of known failures makes of a run: what is known, what is new, and which entries are to be removed."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from conformance.record.gate import Gate, GateEntry, NewFailure

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence
    from datetime import date

    from conformance.gate.baseline import Baseline, KnownFailure
    from conformance.record.gate import GateStatus, State
    from conformance.record.record import Case

BROKEN: Final = ("failed", "warned")
JUDGED: Final = ("passed", *BROKEN)


@dataclass(frozen=True, slots=True)
class Terms:
    """By what a run is judged at the gate."""

    baseline: Baseline
    today: date
    """An entry counts up to the day on which it expires, that day included."""
    strict: bool = False
    """Whether a broken SHOULD counts."""
    whole: bool = True
    """False where cases did not run, and `baseline.every` does not say which."""


def outcome(cases: Sequence[Case], terms: Terms, in_the_way: Sequence[str] = ()) -> Gate:
    """Judge the cases of a run; `in_the_way` says why it would show too little if nothing had failed."""
    scoring = [case for case in cases if case.scored]
    broken = [(case, names) for case in scoring if (names := _counting(case, strict=terms.strict))]
    # what an expired entry names is no news: the run fails by its entry
    unnamed = [(case.id, _unnamed(case, names, terms.baseline.known)) for case, names in broken]
    new = tuple(NewFailure(case=case, requirements=names) for case, names in unnamed if names)
    entries = tuple(_entries(cases, terms, [failure.case for failure in new]))
    stays = [not entry.is_stale for entry in entries]
    in_force = [*itertools.compress(terms.baseline.known, stays)]
    known = tuple(case.id for case, names in broken if not _unnamed(case, names, in_force))
    status, reasons = _status(len(known), len(new), sum(entry.is_stale for entry in entries), in_the_way)
    return Gate(
        file=terms.baseline.source,
        date=terms.today.isoformat(),
        strict=terms.strict,
        status=status,
        reasons=reasons,
        known=known,
        new=new,
        entries=entries,
    )


def broken_by(case: Case) -> dict[str, str]:
    """Give what a case found broken, each requirement with its level; without findings, what the case is about."""
    if case.status not in BROKEN:
        return {}
    found = {finding.requirement: finding.level for finding in case.findings}
    return dict(found) or dict.fromkeys(case.requirements[:1], case.level)


def _counting(case: Case, *, strict: bool) -> list[str]:
    """Give what a case broke that fails a run; one that failed never goes without."""
    levels = {"MUST", "SHOULD"} if strict else {"MUST"}
    broken = broken_by(case)
    return [name for name, level in broken.items() if level in levels] or list(
        broken if case.status == "failed" else ()
    )


def _unnamed(case: Case, broken: Sequence[str], known: Sequence[KnownFailure]) -> tuple[str, ...]:
    return tuple(name for name in broken if not any(each.names(case, name) for each in known))


def _status(known: int, new: int, stale: int, in_the_way: Sequence[str]) -> tuple[GateStatus, tuple[str, ...]]:
    wrong = [*_counted(new, "new failure", "new failures"), *_counted(stale, "entry to remove", "entries to remove")]
    if wrong:
        return "failed", tuple(wrong)
    nothing = f"{known} known {'failure' if known == 1 else 'failures'}, nothing new, no entry to remove"
    return "inconclusive" if in_the_way else "passed", (nothing, *in_the_way)


def _counted(number: int, one: str, more: str) -> list[str]:
    return [f"{number} {one if number == 1 else more}"] if number else []


def _entries(cases: Sequence[Case], terms: Terms, new: Container[str]) -> Iterator[GateEntry]:
    """Say what becomes of each entry; `new` has the ids of the cases that broke what no entry names."""
    ran = {case.id for case in cases}
    left_out = [case for case in terms.baseline.every if case.id not in ran]
    for known, line in zip(terms.baseline.known, terms.baseline.lines, strict=True):
        seen = _Seen(
            known=known,
            cases=[case for case in cases if known.may_show_in(case)],
            is_judged=any(known.case or known.requirement in case.requirements for case in (*cases, *left_out)),
            missing=not terms.whole or any(map(known.may_show_in, left_out)),
            new=new,
        )
        yield seen.entry(line, terms.today)


def _breaks(case: Case, known: KnownFailure) -> bool:
    broken = broken_by(case)
    return known.requirement in broken if known.requirement else bool(broken)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a run shows of one entry."""

    known: KnownFailure
    cases: Sequence[Case]
    """Those that can fail by it."""
    is_judged: bool
    """Whether any case of the kit is about it."""
    missing: bool
    """Whether cases that can fail by it may not have run."""
    new: Container[str]
    """The cases that broke what no entry names: what they would have shown besides is not known."""

    def entry(self, line: int, today: date) -> GateEntry:
        """Say what becomes of the entry, and why."""
        state, message = self._state(has_expired=self.known.expires < today)
        return GateEntry(
            line=line,
            case=self.known.case,
            requirement=self.known.requirement,
            scenario=self.known.scenario,
            reason=self.known.reason,
            owner=self.known.owner,
            expires=self.known.expires.isoformat(),
            flaky=self.known.flaky,
            state=state,
            message=message,
            cases=tuple(case.id for case in self._broken()),
        )

    def _state(self, *, has_expired: bool) -> tuple[State, str]:
        expired = f"expired on {self.known.expires}"
        if broken := self._broken():
            fails = f"still fails in {_counted(len(broken), 'case', 'cases')[0]}"
            return ("expired", f"{expired}, and {fails}") if has_expired else ("needed", fails)
        if not self.missing and not (self.is_judged and self.cases):
            return "unmatched", "no case judges it"
        if not self.cases:
            return "not-run", "none of its cases ran"
        state, message = self._without_failure()
        return ("expired", expired) if has_expired and state != "passes" else (state, message)

    def _without_failure(self) -> tuple[State, str]:
        if self.missing:
            return "not-run", "not all of its cases ran"
        if self._open():
            return "unproven", self._why_open(self._open()[0])
        if self.known.flaky:
            return "unproven", "did not fail this time"
        judged = sum(case.status in JUDGED for case in self._about())
        return "passes", f"fails no more in {_counted(judged, 'case', 'cases')[0]}"

    def _why_open(self, case: Case) -> str:
        if not case.scored:
            return f"{case.id} does not score"
        return f"{case.id} broke something new" if case.id in self.new else f"{case.id} ended as {case.status}"

    def _broken(self) -> list[Case]:
        return [case for case in self.cases if case.scored and _breaks(case, self.known)]

    def _about(self) -> list[Case]:
        scoring = [case for case in self.cases if case.scored]
        return [case for case in scoring if self.known.is_judged_by(case)] or scoring or list(self.cases)

    def _open(self) -> list[Case]:
        """Give the cases that leave open whether the failure is still there."""
        tried = {case.scenario for case in self.cases if case.status in JUDGED}
        found = [case for case in self.cases if case.scored and self._leaves_open(case, tried)]
        about = self._about()
        is_judged = any(case.scored and case.status in JUDGED for case in about)
        return found or ([] if is_judged else about[:1])

    def _leaves_open(self, case: Case, tried: Container[str | None]) -> bool:
        """Say whether a case may have shown the failure, and did not come to it.

        One that broke something new did so where no case is about the failure itself; one that was skipped, where it
        was stopped, where its answer could not be judged, or where it is about the failure and its scenario was tried:
        most targets lack some.
        """
        if case.status != "skipped":
            hides = case.id in self.new and not any(map(self.known.is_judged_by, self.cases))
            return case.status == "error" or hides
        is_missed = self.known.is_judged_by(case) and case.scenario in tried
        return bool(case.cause or case.exchanges) or is_missed
