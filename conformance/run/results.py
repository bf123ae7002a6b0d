"""From what the cases said to the record of the run: verdict, reasons, causes."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from conformance import __version__
from conformance.gate.outcome import Terms, outcome
from conformance.law.catalogue import Level, Subject, catalogue
from conformance.law.contract import SCENARIOS
from conformance.record.record import Case, Cause, Record, RequirementText, Scenario, Summary
from conformance.report.text import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from conformance.gate.baseline import Baseline
    from conformance.record.gate import Gate
    from conformance.record.record import ScenarioStatus, TargetInfo, Verdict
    from conformance.record.shard import Shard
    from conformance.sender.client import Spending

TESTING: Final = ("passed", "failed", "warned")
COMMON: Final = 3
"""What so many cases share is a cause of its own."""
NO_JSON: Final = "body-is-json"

DECLARED: Final = "declared as"

ADVICE: Final = {
    "token command": "Check that the command of [token] works: run it by hand in the target file's folder.",
    "answered 401": "Check the access token: the target accepts none that it was sent.",
    "answered 403": "Check the access token and what it is allowed to do.",
    "429": "Give the target a requests_per_second that it can bear; the field's usual limit is --rate 1 --burst 10.",
    "answered 3": "Put base_url where that leads: redirects are not followed.",
    "answered 404": "Check base_url: the kit appends /api/v2/{serviceProvider}/logout/{mvpd} to it.",
    "answered 4": "Check the service provider, and the MVPDs that the states name.",
    "state handler": "Check that the state handler runs, where [states] says it is, and what it logs.",
    DECLARED: "See what answers there: a gateway, a login page or a file server in front of the endpoint?",
    "could not be verified": "Name the authority that signed the certificate as ca_bundle in [target.tls].",
    "--max-time": "Give the run more time, or the target a higher requests_per_second.",
    "": "Check that the target is up and can be reached from here.",
}
"""What to do about a cause, by a part of its words; the first that fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known at the end of a run beside how its cases ended; `planned` is how many were to run."""

    planned: int
    partial: bool
    interrupted: bool
    shard: Shard | None
    started_at: str
    finished_at: str
    seed: int
    examples: int
    target: TargetInfo
    spending: Spending
    noted: Collection[str]
    kit_faults: tuple[str, ...]
    requirements_version: str
    known: Baseline | None
    """The file of known failures, where there is one."""
    strict: bool


def record_of(facts: Facts, cases: tuple[Case, ...]) -> Record:
    """Make the record of a run of these cases, which are in the order of the law."""
    tried = scenarios(cases, partial=facts.partial, shard=facts.shard)
    found = causes(cases)
    # what a shard leaves to the others says nothing against it
    own = [scenario for scenario in tried if not (facts.shard and scenario.status == "not-selected")]
    unfinished = [*_unfinished(facts, len(cases))]
    judged, reasons = verdict(cases, own, unfinished=unfinished)
    if judged == "inconclusive":
        reasons = [*(cause.title for cause in found[:1]), *reasons]
    return Record(
        verdict=judged,
        reasons=tuple(dict.fromkeys(reasons)),
        partial=facts.partial,
        interrupted=facts.interrupted,
        shard=facts.shard,
        kit_version=__version__,
        spec_version=catalogue().spec_version,
        requirements_version=facts.requirements_version,
        started_at=facts.started_at,
        finished_at=facts.finished_at,
        seed=facts.seed,
        examples=facts.examples,
        request_count=facts.spending.request_count,
        target=facts.target,
        summary=summary(cases),
        scenarios=tried,
        causes=found,
        kit_faults=facts.kit_faults,
        notes=tuple(_notes(facts, cases)),
        requirements=requirement_texts(),
        cases=cases,
        gate=_gate(facts, cases, in_the_way(cases, own, unfinished=unfinished)),
    )


def scenarios(cases: Sequence[Case], *, partial: bool, shard: Shard | None = None) -> tuple[Scenario, ...]:
    """Say of each scenario whether it was tried: by the case on its status, or any other where that did not run."""
    return tuple(
        _scenario(name, [case for case in cases if case.scenario == name], partial=partial, shard=shard)
        for name in SCENARIOS
    )


def verdict(
    cases: Sequence[Case], tried: Sequence[Scenario], *, unfinished: Iterable[str]
) -> tuple[Verdict, list[str]]:
    """Judge the run (target contract, 4): any failed MUST, else anything that stands in the way, else conformant."""
    failed = sum(case.status == "failed" and case.scored for case in cases)
    if failed:
        return "not-conformant", [f"{counted(failed, 'case')} failed", *unfinished]
    reasons = in_the_way(cases, tried, unfinished=unfinished)
    if reasons:
        return "inconclusive", reasons
    return "conformant", ["every MUST case that ran passed, and every mandatory scenario was tested"]


def in_the_way(cases: Sequence[Case], tried: Sequence[Scenario], *, unfinished: Iterable[str]) -> list[str]:
    """Say what keeps a run in which nothing failed from showing anything."""
    reasons = list(unfinished)
    errors = sum(case.status == "error" and case.scored for case in cases)
    if errors:
        reasons.append(f"{counted(errors, 'case')} could not be judged: transport or provisioning got in the way")
    missing = [scenario.id for scenario in tried if scenario.mandatory and scenario.status != "tested"]
    if missing:
        reasons.append(f"not tested although mandatory: {', '.join(missing)}")
    return reasons


def causes(cases: Sequence[Case]) -> tuple[Cause, ...]:
    """Find what one thing breaks many cases: what stopped them, or a wrong media type; the gravest comes first."""
    stopped: dict[str, list[str]] = defaultdict(list)
    for case in cases:
        if case.cause:
            stopped[case.cause].append(case.id)
    gravest_first = sorted(stopped.items(), key=lambda item: -len(item[1]))
    found = [Cause(title=cause, advice=advice(cause), cases=tuple(ids)) for cause, ids in gravest_first]
    return (*found, *_wrong_media_type(cases))


def advice(cause: str) -> str:
    """Say what to do about a cause."""
    return next(words for part, words in ADVICE.items() if part in cause)


def summary(cases: Sequence[Case]) -> Summary:
    """Count the cases by how they ended."""
    return Summary.model_validate(Counter(case.status for case in cases))


def requirement_texts(*named: str, subject: Subject = Subject.SERVER) -> tuple[RequirementText, ...]:
    """Give the law's own words for every demand on a subject, and for those named, so that the record stands alone."""
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
        if row.subject is subject or row.id in named
    )


def level_of(requirements: Iterable[str]) -> Level:
    """Give the most binding level of these requirements."""
    return catalogue().strongest(requirements)


def _scenario(name: str, cases: Sequence[Case], *, partial: bool, shard: Shard | None) -> Scenario:
    status, reason = _how_tried(name, cases, partial=partial or shard is not None)
    if status == "not-selected" and shard:
        reason = f"none of its cases is in {shard}"
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


def _unfinished(facts: Facts, ended: int) -> Iterator[str]:
    if facts.interrupted:
        yield "the run was interrupted"
    elif ended < facts.planned:
        yield f"{facts.planned - ended} of {facts.planned} cases did not run"
    if facts.partial:
        yield "only a part of the cases was selected"
    if facts.shard:
        yield _leaves(facts.shard)
    if facts.spending.spent:
        yield facts.spending.spent


def _gate(facts: Facts, cases: Sequence[Case], in_the_way: Sequence[str]) -> Gate | None:
    if facts.known is None:
        return None
    # what did not run, and may not be known, leaves open what became of it
    is_known = bool(facts.known.every) or not (facts.partial or facts.shard)
    whole = is_known and len(cases) == facts.planned and not facts.spending.spent
    today = datetime.fromisoformat(facts.started_at).date()
    # of a shard it is no hindrance that it is one
    reasons = [reason for reason in in_the_way if not (facts.shard and reason == _leaves(facts.shard))]
    return outcome(cases, Terms(facts.known, today, facts.strict, whole), reasons)


def _leaves(shard: Shard) -> str:
    return f"this is {shard}; logout-conformance merge gives the verdict of them all"


def _notes(facts: Facts, cases: Sequence[Case]) -> Iterator[str]:
    yield from sorted(facts.noted)
    if late := sum(not case.scored for case in cases):
        yield f"cases that do not score, since they came after {facts.requirements_version}: {late}"
    if facts.spending.waited_s >= 1:
        waited = f"{facts.spending.waited_s:.0f} s"
        yield f"the kit waited {waited}: for the asked pace, after answers of 429, or for a target that was away"
    if facts.spending.throttled_count:
        yield f"{facts.spending.throttled_count} of the requests were answered 429 and sent again"
    if not facts.target.tls_verified:
        yield "the target's TLS certificate was not verified (verify = false)"
    if facts.target.trust_env:
        yield "proxies were taken from the environment (trust_env = true)"


def _wrong_media_type(cases: Sequence[Case]) -> list[Cause]:
    """Find out whether something else than the endpoint answers: every success is declared as one other media type."""
    typed = [case for case in cases if case.requirements == ("content-type-of-success",) and case.status in TESTING]
    seen = {finding.seen for case in typed for finding in case.findings}
    if len(typed) < COMMON or len(seen) != 1 or any(case.status != "failed" for case in typed):
        return []
    broken = [case.id for case in cases if case in typed or NO_JSON in (*_broken(case), *case.message.split())]
    title = f"Every success is declared as {seen.pop()}"
    return [Cause(title=title, advice=advice(DECLARED), cases=tuple(broken))]


def _broken(case: Case) -> Iterator[str]:
    return (finding.requirement for finding in case.findings)
