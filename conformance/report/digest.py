"""What a record comes to, in the order in which a reader needs it; every report says the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from conformance.report.marks import Marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conformance.record.record import Case, Finding, Level, Record, RequirementText, Scenario, Status, Verdict

STATUSES: tuple[Status, ...] = ("failed", "error", "warned", "skipped", "passed")  # gravest first
LEVELS: tuple[Level, ...] = ("MUST", "SHOULD", "MAY")
VERDICTS: Mapping[Verdict, tuple[str, str]] = {
    "conformant": ("Conformant", "Every MUST case that ran passed, and every mandatory scenario was tested."),
    "not-conformant": ("Not conformant", "The {subject} breaks at least one demand that it MUST meet."),
    "inconclusive": ("Inconclusive", "Nothing failed, yet the run cannot certify the {subject}."),
}
"""A verdict in short, and in a sentence about the subject of the record."""


def verdict_of(record: Record) -> tuple[str, str]:
    """Give the verdict in words, and what it says; a shard is named, since its verdict is not the run's."""
    words, sentence = VERDICTS[record.verdict]
    meaning = sentence.format(subject=record.subject)
    return (f"{words}, {record.shard}", meaning) if record.shard else (words, meaning)


@dataclass(frozen=True, slots=True)
class Fix:
    """One thing to mend: a cause that the kit knows, or a requirement that is broken."""

    level: Level
    title: str
    cases: tuple[Case, ...]
    advice: str = ""
    requirement: RequirementText | None = None
    findings: tuple[Finding, ...] = ()
    """Each way in which the requirement was broken, once."""


@dataclass(frozen=True, slots=True)
class Untried:
    """Cases that could not be judged for one and the same reason."""

    status: Status
    reason: str
    cases: tuple[Case, ...]


def worst_first(cases: Iterable[Case]) -> list[Case]:
    """Sort cases: by status, then by level, then as they ran."""
    return sorted(cases, key=lambda case: (STATUSES.index(case.status), LEVELS.index(case.level)))


def tally(record: Record) -> dict[Level, dict[Status, int]]:
    """Count the cases by level and status; levels without a case are left out."""
    counts = {level: dict.fromkeys(STATUSES, 0) for level in LEVELS}
    for case in record.cases:
        counts[case.level][case.status] += 1
    return {level: row for level, row in counts.items() if any(row.values())}


def fixes(record: Record) -> list[Fix]:
    """Say what to mend: the causes that the record names, then what they do not explain, by requirement, MUST first.

    What fails nothing, since it was known before, comes behind all that does.
    """
    explained = {case_id for cause in record.causes for case_id in cause.cases}
    broken = [c for c in worst_first(record.cases) if c.status in ("failed", "warned") and c.id not in explained]
    groups = _grouped((name, pair) for case in broken for name, pair in _breaks(case))
    known = {requirement.id: requirement for requirement in record.requirements}
    rest = [_fix_of(name, known.get(name), pairs) for name, pairs in groups.items()]
    rest.sort(key=lambda fix: (LEVELS.index(fix.level), -len(fix.cases)))
    return sorted([*_fixes_of_causes(record), *rest], key=Marks(record).is_excused)


def untested_scenarios(record: Record) -> list[Scenario]:
    """Give the scenarios that were not tested, the mandatory ones first."""
    untested = [scenario for scenario in record.scenarios if scenario.status != "tested"]
    return sorted(untested, key=lambda scenario: not scenario.mandatory)


def untried(record: Record) -> list[Untried]:
    """Group by reason the cases that were neither passed nor failed, save those whose whole scenario was left out."""
    left_out = {scenario.id for scenario in untested_scenarios(record)}
    cases = [
        case
        for case in record.cases
        if case.status == "error" or (case.status == "skipped" and case.scenario not in left_out)
    ]
    groups = _grouped(((case.status, case.message or "no reason was given"), case) for case in worst_first(cases))
    return [Untried(status, reason, tuple(members)) for (status, reason), members in groups.items()]


_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def _grouped(pairs: Iterable[tuple[_Key, _Value]]) -> dict[_Key, list[_Value]]:
    groups: dict[_Key, list[_Value]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups


_Break: TypeAlias = "tuple[Case, Finding | None]"


def _breaks(case: Case) -> Iterator[tuple[str, _Break]]:
    """Give the id of each requirement that a case found broken, and how; a case without findings stands for itself."""
    for finding in case.findings:
        yield finding.requirement, (case, finding)
    if not case.findings:
        yield (case.requirements[0] if case.requirements else case.id), (case, None)


def _fix_of(name: str, requirement: RequirementText | None, breaks: list[_Break]) -> Fix:
    ways = {(f.where, f.expected, f.seen): f for _, f in breaks if f}
    first_case, first_finding = breaks[0]
    return Fix(
        level=requirement.level if requirement else (first_finding or first_case).level,
        title=requirement.sentence if requirement else name,
        cases=tuple({case.id: case for case, _ in breaks}.values()),
        requirement=requirement,
        findings=tuple(ways.values()),
    )


def _fixes_of_causes(record: Record) -> Iterator[Fix]:
    by_id = {case.id: case for case in record.cases}
    for cause in record.causes:
        cases = worst_first(by_id[case_id] for case_id in cause.cases if case_id in by_id)
        level: Level = next((level for level in LEVELS if any(case.level == level for case in cases)), "MUST")
        yield Fix(level, cause.title, tuple(cases), advice=cause.advice)
