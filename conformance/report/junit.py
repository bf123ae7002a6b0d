"""The record as JUnit XML, which every CI system reads: one testcase per case.

The published schemas let a suite have properties and a testcase none. So cases of one group that judge the same
requirements are a suite of their own, whose properties name them.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import datetime
from typing import TYPE_CHECKING, Final, TypeAlias

from conformance.record.record import Case
from conformance.report.curl import curl_line
from conformance.report.marks import Marks, entry_line, gate_line
from conformance.report.text import shortened, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from conformance.record.gate import Gate, GateEntry
    from conformance.record.record import ExchangeLine, Finding, Record

NAME: Final = "logout-conformance"
GATE: Final = "known-failures"
"""The suite of the entries that have to be removed."""
_Evidence: TypeAlias = "Mapping[int, tuple[float, str]]"
_LIMIT = 4096  # characters of one value


def render(record: Record, exchanges: Iterable[ExchangeLine]) -> Iterator[str]:
    """Give junit.xml: well-formed XML 1.0 whatever the record holds; a warned case counts as passed and says why."""
    record = _as_gated(record)
    evidence = _evidence(record, exchanges)
    root = ET.Element("testsuites", {**_totals(record.cases), "name": NAME, "time": f"{_seconds(record):.3f}"})
    facts = list(_facts(record))
    for (group, requirements), cases in (_suites(record.cases) or {(NAME, ()): []}).items():
        suite = ET.SubElement(root, "testsuite", _suite_attributes(record, group, cases, evidence))
        _properties(suite, [*facts, *_law(cases, requirements)])
        facts = []  # they stand once, with the first suite
        for case in cases:
            _testcase(suite, case, evidence)
    ET.indent(root)
    yield '<?xml version="1.0" encoding="utf-8"?>\n'
    yield ET.tostring(root, encoding="unicode")
    yield "\n"


def _as_gated(record: Record) -> Record:
    """Give the record as a CI has to take it: what is excused is skipped, and an entry to be removed has failed."""
    marks = Marks(record)
    cases = [_excused(case, marks.excuse(case)) for case in record.cases]
    stale = [_stale(record.gate, entry) for entry in record.gate.stale] if record.gate else []
    return record.model_copy(update={"cases": (*cases, *stale)})


def _excused(case: Case, excuse: str) -> Case:
    if not excuse or case.status not in {"failed", "error"}:
        return case
    return case.model_copy(update={"status": "skipped", "message": f"{excuse}. {case.message}"})


def _stale(gate: Gate, entry: GateEntry) -> Case:
    return Case(
        id=f"{GATE}/line-{entry.line}",
        title="Every known failure still fails and has not expired.",
        status="failed",
        level="MUST",
        requirements=(),
        message=entry_line(gate, entry),
    )


def _suites(cases: Iterable[Case]) -> dict[tuple[str, tuple[str, ...]], list[Case]]:
    suites: dict[tuple[str, tuple[str, ...]], list[Case]] = {}
    for case in cases:
        suites.setdefault((_class_of(case), case.requirements), []).append(case)
    return suites


def _class_of(case: Case) -> str:
    return case.id.rpartition("/")[0].replace("/", ".") or NAME


def _totals(cases: Sequence[Case]) -> dict[str, str]:
    statuses = [case.status for case in cases]
    return {
        "tests": str(len(statuses)),
        "failures": str(statuses.count("failed")),
        "errors": str(statuses.count("error")),
    }


def _suite_attributes(record: Record, group: str, cases: Sequence[Case], evidence: _Evidence) -> dict[str, str]:
    seconds = sum(evidence[index][0] for case in cases for index in case.exchanges if index in evidence)
    return {
        "name": _plain(group),
        **_totals(cases),
        "skipped": str([case.status for case in cases].count("skipped")),
        "time": f"{seconds:.3f}",
        "timestamp": record.started_at[:19],
    }


def _seconds(record: Record) -> float:
    started, finished = (datetime.fromisoformat(moment) for moment in (record.started_at, record.finished_at))
    return max(0.0, (finished - started).total_seconds())


def _facts(record: Record) -> Iterator[tuple[str, str]]:
    yield "verdict", record.verdict
    if record.gate:
        yield "gate", gate_line(record.gate)
    for reason in record.reasons:
        yield "reason", reason
    yield "target", record.target.name
    yield "target_version", record.target.version
    yield "base_url", record.target.base_url
    yield "kit_version", record.kit_version
    yield "spec_version", record.spec_version
    yield "seed", str(record.seed)
    yield "request_count", str(record.request_count)


def _evidence(record: Record, exchanges: Iterable[ExchangeLine]) -> _Evidence:
    """Give the seconds of each exchange that a case rests on, and its curl line where the case did not pass."""
    timed = {index for case in record.cases for index in case.exchanges}
    shown = {index for case in record.cases if case.status != "passed" for index in case.exchanges}
    verify, is_resendable = record.target.tls_verified, record.subject == "server"
    return {
        exchange.index: (
            exchange.elapsed_ms / 1000,
            curl_line(exchange, verify=verify) if is_resendable and exchange.index in shown else "",
        )
        for exchange in exchanges
        if exchange.index in timed
    }


def _testcase(suite: ET.Element, case: Case, evidence: _Evidence) -> None:
    found = [evidence[index] for index in case.exchanges if index in evidence]
    attributes = {
        "classname": _plain(_class_of(case)),
        "name": _plain(case.id.rpartition("/")[2]),
        "time": f"{sum(seconds for seconds, _ in found):.3f}",
    }
    element = ET.SubElement(suite, "testcase", attributes)
    text = _lines(_details(case, [line for _, line in found if line]))
    if case.status in ("failed", "error"):
        kind = "failure" if case.status == "failed" else "error"
        ET.SubElement(element, kind, message=_plain(case.message), type=case.level).text = text
    elif case.status == "skipped":
        ET.SubElement(element, "skipped", message=_plain(case.message))
    elif case.status == "warned":
        ET.SubElement(element, "system-out").text = text


def _law(cases: Sequence[Case], requirements: Iterable[str]) -> Iterator[tuple[str, str]]:
    for requirement in requirements:
        yield "requirement", requirement
    for name in ("level", "title", "scenario"):
        for value in dict.fromkeys(getattr(case, name) for case in cases):
            if value is not None:
                yield name, value


def _properties(parent: ET.Element, facts: Iterable[tuple[str, str]]) -> None:
    properties = ET.SubElement(parent, "properties")
    for name, value in facts:
        ET.SubElement(properties, "property", name=name, value=_plain(value))


def _details(case: Case, curl_lines: list[str]) -> Iterator[str]:
    yield f"{case.status}: {case.title}"
    yield case.message
    for finding in case.findings:
        yield _sentence(finding)
    yield from curl_lines
    yield case.rerun


def _sentence(finding: Finding) -> str:
    return (
        f"{finding.level} {finding.requirement}: {finding.where}: "
        f"expected {_plain(finding.expected)}, seen {_plain(finding.seen)}"
    )


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(_plain(line) for line in lines if line)


def _plain(text: str) -> str:
    # visible() also takes away every character that XML 1.0 forbids
    return shortened(visible(text), _LIMIT)
