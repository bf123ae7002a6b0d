"""From what the cases said to the record of the run: verdict, reasons, causes."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from conformance.law.catalogue import Level, Subject, catalogue
from conformance.law.contract import SCENARIOS
from conformance.record.record import Case, Cause, RequirementText, Scenario, Summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from conformance.record.record import ScenarioStatus, Verdict

TESTING: Final = ("passed", "failed", "warned")
COMMON: Final = 3
"""What so many cases share is a cause of its own."""
NO_JSON: Final = "body-is-json"

ADVICE: Final = {
    "answered 401": "Check the access token: the target accepts none that it was sent.",
    "answered 403": "Check the access token and what it is allowed to do.",
    "answered 404": "Check base_url: the kit appends /api/v2/{serviceProvider}/logout/{mvpd} to it.",
    "answered 4": "Check the service provider, and the MVPDs that the states name.",
    "state handler": "Check that the state handler runs, where [states] says it is, and what it logs.",
    "--max-time": "Give the run more time, or the target a higher requests_per_second.",
    "": "Check that the target is up and can be reached from here.",
}
"""What to do about a cause, by a part of its words; the first that fits."""


def scenarios(cases: Sequence[Case], *, partial: bool) -> tuple[Scenario, ...]:
    """Say of each scenario whether it was tried: by the case on its status, or any other where that did not run."""
    return tuple(
        _scenario(name, [case for case in cases if case.scenario == name], partial=partial) for name in SCENARIOS
    )


def verdict(
    cases: Sequence[Case], tried: Sequence[Scenario], *, unfinished: Sequence[str]
) -> tuple[Verdict, list[str]]:
    """Judge the run (target contract, 4): any failed MUST, else anything that stands in the way, else conformant."""
    failed = sum(case.status == "failed" for case in cases)
    if failed:
        return "not-conformant", [f"{_plural(failed, 'case')} failed", *unfinished]
    reasons = list(unfinished)
    errors = sum(case.status == "error" for case in cases)
    if errors:
        reasons.append(f"{_plural(errors, 'case')} could not be judged: transport or provisioning got in the way")
    missing = [scenario.id for scenario in tried if scenario.mandatory and scenario.status != "tested"]
    if missing:
        reasons.append(f"not tested although mandatory: {', '.join(missing)}")
    if reasons:
        return "inconclusive", reasons
    return "conformant", ["every MUST case that ran passed, and every mandatory scenario was tested"]


def causes(cases: Sequence[Case], stopped_by: Mapping[str, str]) -> tuple[Cause, ...]:
    """Find what one thing breaks many cases: what stopped them (`stopped_by`: case to cause), or a wrong media type."""
    found = [Cause(title=cause, advice=_advice(cause), cases=ids) for cause, ids in _grouped(stopped_by.items())]
    return (*found, *_wrong_media_type(cases))


def summary(cases: Sequence[Case]) -> Summary:
    """Count the cases by how they ended."""
    return Summary.model_validate(Counter(case.status for case in cases))


def requirement_texts() -> tuple[RequirementText, ...]:
    """Give the law's own words for every demand on a server, so that the record stands alone."""
    return tuple(
        RequirementText(
            id=row.id,
            level=row.level.value,
            subject=row.subject.value,
            section=row.section,
            sentence=row.sentence,
            line=row.line,
        )
        for row in catalogue().requirements
        if row.subject is Subject.SERVER
    )


def level_of(requirements: Iterable[str]) -> Level:
    """Give the most binding level of these requirements."""
    return catalogue().strongest(requirements)


def _scenario(name: str, cases: Sequence[Case], *, partial: bool) -> Scenario:
    status, reason = _how_tried(name, cases, partial=partial)
    return Scenario(id=name, mandatory=SCENARIOS[name].mandatory, status=status, reason=reason)


def _how_tried(name: str, cases: Sequence[Case], *, partial: bool) -> tuple[ScenarioStatus, str]:
    # the case on the status is the one that knows whether there was an answer at all
    telling = [case for case in cases if case.id in {f"success/status/{name}", f"response/refused-scenario/{name}"}]
    telling = telling or list(cases)
    if not telling:
        return ("not-selected", "") if partial else ("skipped", "no case ran")
    if any(case.status in TESTING for case in telling):
        return "tested", ""
    first = telling[0]
    return ("error" if first.status == "error" else "skipped"), first.message


def _grouped(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, tuple[str, ...]]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for case, title in pairs:
        if case not in groups[title]:
            groups[title].append(case)
    return sorted(((title, tuple(ids)) for title, ids in groups.items()), key=lambda group: -len(group[1]))


def _wrong_media_type(cases: Sequence[Case]) -> list[Cause]:
    """Find out whether something else than the endpoint answers: every success is declared as one other media type."""
    typed = [case for case in cases if case.requirements == ("content-type-of-success",) and case.status in TESTING]
    seen = {finding.seen for case in typed for finding in case.findings}
    if len(typed) < COMMON or len(seen) != 1 or any(case.status != "failed" for case in typed):
        return []
    broken = [case.id for case in cases if case in typed or NO_JSON in (*_broken(case), *case.message.split())]
    advice = "See what answers there: a gateway, a login page or a file server in front of the endpoint?"
    return [Cause(title=f"Every success is declared as {seen.pop()}", advice=advice, cases=tuple(broken))]


def _broken(case: Case) -> Iterator[str]:
    return (finding.requirement for finding in case.findings)


def _advice(cause: str) -> str:
    return next(advice for part, advice in ADVICE.items() if part in cause)


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
