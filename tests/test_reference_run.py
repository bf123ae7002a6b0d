"""A run against the embedded reference server: what a newcomer sees, and what issue and contract promise of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest

from conformance.certify import Settings, certify, reference_target
from conformance.law.catalogue import catalogue
from conformance.law.contract import SCENARIOS
from conformance.suite.items import MODULES
from tests import shuffled
from tests.commands import FILES

if TYPE_CHECKING:
    from conformance.record.record import Record
    from tests.conftest import ReferenceRun


def test_it_is_conformant(reference_run: ReferenceRun) -> None:
    assert reference_run.ended.code == 0, reference_run.ended
    assert reference_run.ended.complaints == ""
    record = reference_run.record
    assert (record.verdict, record.partial, record.interrupted, record.kit_faults) == ("conformant", False, False, ())


def test_no_case_is_warned_skipped_or_in_trouble(reference_run: ReferenceRun) -> None:
    assert {case.status for case in reference_run.record.cases} == {"passed"}
    assert len(reference_run.record.cases) >= 60
    assert reference_run.record.summary.passed == len(reference_run.record.cases)


def test_every_scenario_is_tested(reference_run: ReferenceRun) -> None:
    assert {scenario.id: scenario.status for scenario in reference_run.record.scenarios} == dict.fromkeys(
        SCENARIOS, "tested"
    )


def test_requests_are_the_scarce_thing(reference_run: ReferenceRun) -> None:
    assert 0 < reference_run.record.request_count <= 150


def test_every_request_is_written_down_and_counted(reference_run: ReferenceRun) -> None:
    assert [line.index for line in reference_run.exchanges] == list(range(reference_run.record.request_count))
    assert all(line.response is not None and line.trouble is None for line in reference_run.exchanges)


def test_ids_are_unique_and_evidence_exists(reference_run: ReferenceRun) -> None:
    cases = reference_run.record.cases
    assert len({case.id for case in cases}) == len(cases)
    assert {index for case in cases for index in case.exchanges} <= {line.index for line in reference_run.exchanges}
    assert all(case.exchanges for case in cases), "a case that looked at nothing says nothing"


def test_no_request_is_sent_for_nobody(reference_run: ReferenceRun) -> None:
    judged = {index for case in reference_run.record.cases for index in case.exchanges}
    assert {f"{line.visit}/{line.step}" for line in reference_run.exchanges if line.index not in judged} == set()


def test_it_leaves_four_files_and_nothing_else(reference_run: ReferenceRun) -> None:
    assert {path.name for path in reference_run.folder.iterdir()} == FILES
    assert [path.name for path in reference_run.folder.parent.iterdir()] == ["reports"]


def test_the_record_fits_the_published_schema(reference_run: ReferenceRun) -> None:
    published = Path(__file__).parents[1] / "conformance" / "results.schema.json"
    content = json.loads((reference_run.folder / "results.json").read_bytes())
    jsonschema_rs.validate(json.loads(published.read_bytes()), content)


def test_junit_has_one_testcase_for_each_case(reference_run: ReferenceRun) -> None:
    tree = ET.parse(reference_run.folder / "junit.xml")
    assert len(tree.findall(".//testcase")) == len(reference_run.record.cases)
    assert tree.findall(".//failure") == tree.findall(".//error") == []


def test_the_report_is_one_file_that_needs_no_other(reference_run: ReferenceRun) -> None:
    page = (reference_run.folder / "report.html").read_text(encoding="utf-8")
    assert page.lower().startswith("<!doctype html>")
    assert "Content-Security-Policy" in page


def test_the_terminal_says_where_it_is_what_it_does_and_how_to_open_the_report(reference_run: ReferenceRun) -> None:
    first, second, *_, verdict, counts, where, how = reference_run.ended.output.splitlines()
    assert first.startswith("logout-conformance 0.1.0: reference server at http://127.0.0.1:")
    assert second == "This run logs real profiles out at the target."
    assert verdict.startswith("Conformant: reference server")
    assert counts == f"{len(reference_run.record.cases)} passed; {reference_run.record.request_count} requests, seed 0"
    assert where == "Report: reports/report.html"
    assert how == f"Open it in a browser: {(reference_run.folder / 'report.html').as_uri()}"


def test_progress_is_plain_lines_where_nobody_watches(reference_run: ReferenceRun) -> None:
    _, _, estimate, *lines = reference_run.ended.output.splitlines()[:-4]
    assert re.fullmatch(r"at most \d+ requests", estimate)
    parts = [line.partition(":")[0] for line in lines]
    assert [part for part in parts if part != "note"] == list(MODULES)
    assert "\x1b" not in reference_run.ended.output
    assert "\r" not in reference_run.ended.output


def test_the_record_says_which_law_was_applied(reference_run: ReferenceRun) -> None:
    record = reference_run.record
    assert record.spec_version == catalogue().spec_version
    sentences = {text.id: text.sentence for text in record.requirements}
    for case in record.cases:
        assert case.title
        assert all(sentences[name] == catalogue()[name].sentence for name in case.requirements)
        assert case.level == catalogue().strongest(case.requirements)
        assert case.rerun == f"logout-conformance run --case {case.id} --seed 0"


def essence(record: Record) -> dict[str, tuple[object, ...]]:
    return {
        case.id: (case.status, case.level, case.requirements, case.scenario, case.message, len(case.exchanges))
        for case in record.cases
    }


@pytest.mark.parametrize("order", ["reversed", pytest.param("7", marks=pytest.mark.slow)])
def test_any_order_of_the_cases_gives_the_same(
    order: str, reference_run: ReferenceRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASE_ORDER", order)
    with reference_target() as target:
        record = certify(Settings(target, report_dir=tmp_path), pytest_args=shuffled.PLUGIN)
    assert essence(record) == essence(reference_run.record)
    assert (record.verdict, record.request_count) == ("conformant", reference_run.record.request_count)
