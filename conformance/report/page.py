"""What report.html shows, put together from the record and its evidence; the templates only lay it out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from conformance.report.body import Body, body_of, closest
from conformance.report.curl import curl_line, variables
from conformance.report.digest import (
    STATUSES,
    VERDICTS,
    Fix,
    Untried,
    fixes,
    tally,
    untested_scenarios,
    untried,
    worst_first,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.record.record import Case, ExchangeLine, Level, Record, RequirementText, Scenario, Status

OTHER_SOURCES = "other sources"


@dataclass(frozen=True, slots=True)
class Evidence:
    """An exchange as it is shown, with the places that a finding points at."""

    exchange: ExchangeLine
    body: Body
    curl: str
    variables: Sequence[str]
    marked_names: frozenset[str]
    """Header names in lower case, and `status`."""
    marked_lines: frozenset[int]
    """Numbers of lines of the body."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with its requirements and its evidence."""

    case: Case
    anchor: str
    requirements: Sequence[RequirementText]
    shown: Sequence[Evidence]
    """Evidence that stands here."""
    elsewhere: Sequence[ExchangeLine]
    """Evidence that stands with an earlier case."""
    lost: Sequence[int]
    """Indexes of exchanges that exchanges.jsonl does not have."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The cases of one requirement in one scenario."""

    status: Status
    """The gravest of them."""
    anchor: str
    """The case that has it."""
    count: int


Row: TypeAlias = "tuple[RequirementText, Sequence[Cell | None]]"


@dataclass(frozen=True, slots=True)
class Matrix:
    """Requirements by scenarios; the last column may be None: cases that belong to no scenario."""

    columns: Sequence[str | None]
    sections: Mapping[str, Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on the page."""

    record: Record
    verdict: tuple[str, str]
    duration: str
    tally: Mapping[Level, Mapping[Status, int]]
    fixes: Sequence[Fix]
    untested: Sequence[Scenario]
    untried: Sequence[Untried]
    matrix: Matrix
    unjudged: Sequence[RequirementText]
    """Requirements that no case of the run names."""
    cases: Sequence[CaseView]
    statuses: Sequence[Status] = field(default=STATUSES)


def page_of(record: Record, exchanges: Iterable[ExchangeLine]) -> Page:
    """Put the page together."""
    judged = {name for case in record.cases for name in case.requirements}
    return Page(
        record=record,
        verdict=VERDICTS[record.verdict],
        duration=_duration(record),
        tally=tally(record),
        fixes=fixes(record),
        untested=untested_scenarios(record),
        untried=untried(record),
        matrix=_matrix(record),
        unjudged=[requirement for requirement in record.requirements if requirement.id not in judged],
        cases=_cases(record, _evidence(record, exchanges)),
    )


def anchor_of(case_id: str) -> str:
    """Give the fragment that leads to a case: the same in every run, and nothing in it that needs quoting."""
    return "case-" + re.sub(r"[^A-Za-z0-9._/-]", lambda found: f"~{ord(found[0]):x}~", case_id)


def _evidence(record: Record, exchanges: Iterable[ExchangeLine]) -> dict[int, Evidence]:
    wanted = {index for case in record.cases for index in _indexes(case)}
    places: dict[int, set[str]] = {}
    for case in record.cases:
        for finding in case.findings:
            if finding.exchange is not None:
                places.setdefault(finding.exchange, set()).add(finding.where)
    verify = record.target.tls_verified
    return {
        exchange.index: _shown(exchange, places.get(exchange.index, set()), verify=verify)
        for exchange in exchanges
        if exchange.index in wanted
    }


def _indexes(case: Case) -> list[int]:
    """Give the exchanges that a case rests on, each once."""
    pointed_at = [finding.exchange for finding in case.findings if finding.exchange is not None]
    return list(dict.fromkeys([*case.exchanges, *pointed_at]))


def _shown(exchange: ExchangeLine, places: set[str], *, verify: bool) -> Evidence:
    body = body_of(exchange.response) if exchange.response else Body((), 0)
    lines = {closest(body.lines, place) for place in places if place.startswith("/")}
    # only the head of the whole is kept, so that memory holds what is shown and no more
    if exchange.response:
        exchange = exchange.model_copy(update={"response": exchange.response.model_copy(update={"body": ""})})
    return Evidence(
        exchange=exchange,
        body=body,
        curl=curl_line(exchange, verify=verify),
        variables=variables(exchange),
        marked_names=frozenset(place.lower() for place in places),
        marked_lines=frozenset(number for number in lines if number is not None),
    )


def _cases(record: Record, evidence: Mapping[int, Evidence]) -> list[CaseView]:
    known = {requirement.id: requirement for requirement in record.requirements}
    placed: set[int] = set()
    views = []
    for case in worst_first(record.cases):
        indexes = _indexes(case)
        here = [index for index in indexes if index in evidence and index not in placed]
        views.append(
            CaseView(
                case=case,
                anchor=anchor_of(case.id),
                requirements=[known[name] for name in case.requirements if name in known],
                shown=[evidence[index] for index in here],
                elsewhere=[evidence[index].exchange for index in indexes if index in placed],
                lost=[index for index in indexes if index not in evidence],
            )
        )
        placed.update(here)
    return views


def _matrix(record: Record) -> Matrix:
    met: dict[tuple[str, str | None], list[Case]] = {}
    for case in worst_first(record.cases):
        for name in case.requirements:
            met.setdefault((name, case.scenario), []).append(case)
    scenarios = dict.fromkeys([scenario.id for scenario in record.scenarios] + [scenario for _, scenario in met])
    columns = sorted((scenario for scenario in scenarios), key=lambda scenario: scenario is None)
    used = [column for column in columns if any(scenario == column for _, scenario in met)]
    sections: dict[str, list[Row]] = {}
    for requirement in record.requirements:
        cells = [_cell(met.get((requirement.id, column))) for column in used]
        if any(cells):
            sections.setdefault(_section_of(requirement), []).append((requirement, cells))
    return Matrix(used, dict(sorted(sections.items(), key=lambda item: item[0] == OTHER_SOURCES)))


def _section_of(requirement: RequirementText) -> str:
    first = requirement.section.split(",")[0].strip()
    return f"source page {first}" if first.startswith("#") else OTHER_SOURCES


def _cell(cases: Sequence[Case] | None) -> Cell | None:
    return Cell(cases[0].status, anchor_of(cases[0].id), len(cases)) if cases else None


def _duration(record: Record) -> str:
    started, finished = (datetime.fromisoformat(moment) for moment in (record.started_at, record.finished_at))
    seconds = max(0, round((finished - started).total_seconds()))
    return f"{seconds // 60} min {seconds % 60} s" if seconds >= 60 else f"{seconds} s"  # noqa: PLR2004  (a minute)
