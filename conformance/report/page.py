"""What report.html shows, put together from the record and its evidence; the templates only lay it out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from conformance.report.choice import Choice, indexes
from conformance.report.digest import (
    STATUSES,
    Fix,
    Untried,
    fixes,
    tally,
    untested_scenarios,
    untried,
    verdict_of,
)
from conformance.report.groups import Group, groups_of
from conformance.report.marks import Marks
from conformance.report.matrix import Matrix, matrix_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.record.gate import GateEntry
    from conformance.record.record import Case, ExchangeLine, Level, Record, RequirementText, Scenario, Status
    from conformance.report.evidence import Evidence

STATELESS: Final = "no-profile"
"""The scenario whose requests anybody can send again: it needs nothing on the server."""


@dataclass(frozen=True, slots=True)
class FixView:
    """One thing to mend, and the exchange and the case by which anybody can see it."""

    fix: Fix
    evidence: Evidence | None
    case: Case | None

    @property
    def state(self) -> str:
        """What must hold on the server before the request; empty where it needs nothing."""
        scenario = self.case.scenario if self.case else None
        return scenario if scenario and scenario != STATELESS else ""


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on the page."""

    record: Record
    verdict: tuple[str, str]
    duration: str
    tally: Mapping[Level, Mapping[Status, int]]
    fixes: Sequence[FixView]
    tested: Sequence[Scenario]
    untested: Sequence[Scenario]
    untried: Sequence[Untried]
    matrix: Matrix
    unjudged: Sequence[RequirementText]
    """Requirements that no case of the run names."""
    groups: Sequence[Group]
    marks: Marks
    unlisted: int
    """How many cases there is no room for."""
    statuses: Sequence[Status] = field(default=STATUSES)

    def cases_of(self, entry: GateEntry) -> list[Case]:
        """Give the cases that break what an entry of known failures names."""
        return [case for case in self.record.cases if case.id in entry.cases]


def page_of(record: Record, exchanges: Iterable[ExchangeLine]) -> Page:
    """Put the page together."""
    choice = Choice(record)
    for exchange in exchanges:
        choice.see(exchange)
    judged = {name for case in record.cases for name in case.requirements}
    groups = groups_of(record, choice)
    return Page(
        record=record,
        verdict=verdict_of(record),
        duration=_duration(record),
        tally=tally(record),
        fixes=[_fix_view(fix, choice.taken) for fix in fixes(record)],
        tested=[scenario for scenario in record.scenarios if scenario.status == "tested"],
        untested=untested_scenarios(record),
        untried=untried(record),
        matrix=matrix_of(record),
        unjudged=[requirement for requirement in record.requirements if requirement.id not in judged],
        groups=groups,
        marks=Marks(record),
        unlisted=len(record.cases) - sum(len(group.views) for group in groups),
    )


def anchor_of(case_id: str) -> str:
    """Give the fragment that leads to a case: the same in every run, and nothing in it that needs quoting."""
    return f"case-{_fragment(case_id)}"


def law_anchor_of(requirement_id: str) -> str:
    """Give the fragment that leads to the cases of a requirement."""
    return f"law-{_fragment(requirement_id)}"


def _fragment(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._/-]", lambda found: f"~{ord(found[0]):x}~", name)


def _fix_view(fix: Fix, taken: Mapping[int, Evidence]) -> FixView:
    """Choose what shows the fault: the request that needs the fewest secrets, and no state on the server."""
    views = [FixView(fix, evidence, case) for case in fix.cases if (evidence := _telling(case, taken))]
    easiest = min(views, key=_effort, default=None)
    return easiest or FixView(fix, None, fix.cases[0] if fix.cases else None)


def _telling(case: Case, taken: Mapping[int, Evidence]) -> Evidence | None:
    pointed_at = [finding.exchange for finding in case.findings if finding.exchange is not None]
    return next((taken[index] for index in [*pointed_at, *indexes(case)] if index in taken), None)


def _effort(view: FixView) -> tuple[int, bool]:
    assert view.evidence  # noqa: S101  (only such views are compared)
    return len(view.evidence.variables), bool(view.state)


def _duration(record: Record) -> str:
    started, finished = (datetime.fromisoformat(moment) for moment in (record.started_at, record.finished_at))
    seconds = max(0, round((finished - started).total_seconds()))
    return f"{seconds // 60} min {seconds % 60} s" if seconds >= 60 else f"{seconds} s"  # noqa: PLR2004  (a minute)
