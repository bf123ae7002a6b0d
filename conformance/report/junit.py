"""The record as JUnit XML, which every CI system reads: one testcase per case."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import datetime
from typing import TYPE_CHECKING

from conformance.report.curl import curl_line
from conformance.report.text import shortened, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conformance.record.record import Case, ExchangeLine, Finding, Record

_LIMIT = 4096  # characters of one value


def render(record: Record, exchanges: Iterable[ExchangeLine]) -> Iterator[str]:
    """Give junit.xml: well-formed XML 1.0 whatever the record holds; a warned case counts as passed and says why."""
    root = ET.Element("testsuites", _totals(record))
    suite = ET.SubElement(root, "testsuite", {**_totals(record), "timestamp": record.started_at[:19]})
    _properties(suite, _facts(record))
    evidence = _evidence(record, exchanges)
    for case in record.cases:
        _testcase(suite, case, evidence)
    ET.indent(root)
    yield '<?xml version="1.0" encoding="utf-8"?>\n'
    yield ET.tostring(root, encoding="unicode")
    yield "\n"


def _totals(record: Record) -> dict[str, str]:
    statuses = [case.status for case in record.cases]
    return {
        "name": "logout-conformance",
        "tests": str(len(statuses)),
        "failures": str(statuses.count("failed")),
        "errors": str(statuses.count("error")),
        "skipped": str(statuses.count("skipped")),
        "time": f"{_seconds(record):.3f}",
    }


def _seconds(record: Record) -> float:
    started, finished = (datetime.fromisoformat(moment) for moment in (record.started_at, record.finished_at))
    return max(0.0, (finished - started).total_seconds())


def _facts(record: Record) -> Iterator[tuple[str, str]]:
    yield "verdict", record.verdict
    for reason in record.reasons:
        yield "reason", reason
    yield "target", record.target.name
    yield "target_version", record.target.version
    yield "base_url", record.target.base_url
    yield "kit_version", record.kit_version
    yield "spec_version", record.spec_version
    yield "seed", str(record.seed)
    yield "request_count", str(record.request_count)


def _evidence(record: Record, exchanges: Iterable[ExchangeLine]) -> dict[int, tuple[float, str]]:
    """Give the seconds of each exchange that a case rests on, and its curl line where the case did not pass."""
    timed = {index for case in record.cases for index in case.exchanges}
    shown = {index for case in record.cases if case.status != "passed" for index in case.exchanges}
    verify = record.target.tls_verified
    return {
        exchange.index: (
            exchange.elapsed_ms / 1000,
            curl_line(exchange, verify=verify) if exchange.index in shown else "",
        )
        for exchange in exchanges
        if exchange.index in timed
    }


def _testcase(suite: ET.Element, case: Case, evidence: Mapping[int, tuple[float, str]]) -> None:
    group, _, name = case.id.rpartition("/")
    found = [evidence[index] for index in case.exchanges if index in evidence]
    attributes = {
        "classname": _plain(group.replace("/", ".") or "logout-conformance"),
        "name": _plain(name),
        "time": f"{sum(seconds for seconds, _ in found):.3f}",
    }
    element = ET.SubElement(suite, "testcase", attributes)
    _properties(element, _case_facts(case))
    text = _lines(_details(case, [line for _, line in found if line]))
    if case.status in ("failed", "error"):
        kind = "failure" if case.status == "failed" else "error"
        ET.SubElement(element, kind, message=_plain(case.message), type=case.level).text = text
    elif case.status == "skipped":
        ET.SubElement(element, "skipped", message=_plain(case.message))
    elif case.status == "warned":
        ET.SubElement(element, "system-out").text = text


def _case_facts(case: Case) -> Iterator[tuple[str, str]]:
    yield "id", case.id
    yield "title", case.title
    yield "level", case.level
    yield "status", case.status
    for requirement in case.requirements:
        yield "requirement", requirement
    if case.scenario is not None:
        yield "scenario", case.scenario


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
