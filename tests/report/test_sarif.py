from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.law.catalogue import catalogue
from conformance.law.document import spec_file
from conformance.report import sarif
from conformance.run.results import requirement_texts
from tests import published
from tests.report.samples import ALLOW, HOSTILE, JSON_TYPE, a_case, a_finding, a_hostile_record, a_record

if TYPE_CHECKING:
    from conformance.record.record import Record

ANY_TEXT = st.text(st.characters(exclude_categories=()))


def run_of(record: Record) -> Any:  # noqa: ANN401  (any JSON)
    log = json.loads("".join(sarif.render(record, [])))
    published.sarif().validate(log)
    (run,) = log["runs"]
    return run


def test_there_is_a_rule_for_each_requirement() -> None:
    rules = run_of(a_record(a_case()))["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [JSON_TYPE.id, ALLOW.id]
    assert rules[0]["shortDescription"] == {"text": "A 200 has the Content-Type application/json."}
    assert rules[0]["helpUri"] == "https://www.rfc-editor.org/rfc/rfc9110#section-8.3"
    assert rules[0]["help"]["text"].startswith("MUST: A 200 has")
    assert "helpUri" not in rules[1]
    assert [rule["defaultConfiguration"]["level"] for rule in rules] == ["error", "warning"]


def test_a_finding_is_a_result_at_the_line_of_the_law() -> None:
    requirement = JSON_TYPE.model_copy(update={"line": 77})
    (result,) = run_of(a_record(a_case("failed"), requirements=[ALLOW, requirement]))["results"]
    assert (result["ruleId"], result["ruleIndex"], result["level"]) == (JSON_TYPE.id, 1, "error")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "spec/requirements.yaml"
    assert place["region"] == {"startLine": 77}
    assert result["message"]["text"] == (
        "The answer is application/json But at Content-Type expected application/json, seen text/html. "
        "See it: logout-conformance run --case success/content-type/logout-endpoint --seed 0"
    )
    assert result["properties"]["case"] == "success/content-type/logout-endpoint"


def test_the_lines_of_the_law_are_where_its_rows_stand() -> None:
    lines = spec_file("requirements.yaml").read_text(encoding="utf-8").splitlines()
    texts = requirement_texts()
    assert len(texts) > 50
    assert all(text.line and lines[text.line - 1] == f"  - id: {text.id}" for text in texts)
    assert all(lines[row.line - 1] == f"  - id: {row.id}" for row in catalogue().requirements)


def test_a_record_without_lines_points_at_the_top_of_the_file() -> None:
    (result,) = run_of(a_record(a_case("failed")))["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 1}


def test_a_broken_should_is_a_warning_and_what_passed_is_no_result() -> None:
    cases = [a_case("warned", findings=[a_finding(ALLOW)]), a_case("passed", "b"), a_case("skipped", "c")]
    (result,) = run_of(a_record(*cases))["results"]
    assert (result["level"], result["ruleId"]) == ("warning", ALLOW.id)


def test_a_failure_without_a_finding_is_not_forgotten() -> None:
    (result,) = run_of(a_record(a_case("failed", findings=[])))["results"]
    assert (result["ruleId"], result["level"]) == (JSON_TYPE.id, "error")
    assert result["message"]["text"] == "The answer is application/json it was failed"


def test_a_finding_of_an_unknown_requirement_has_a_rule_too() -> None:
    run = run_of(a_record(a_case("failed", requirements=["new"], findings=[])))
    assert run["tool"]["driver"]["rules"][run["results"][0]["ruleIndex"]]["id"] == "new"


def test_what_could_not_be_judged_is_a_notification() -> None:
    run = run_of(a_record(a_case("error"), interrupted=True))
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"]["text"].endswith(": it was error")
    assert run["results"] == []


def fingerprints(record: Record) -> list[str]:
    return [result["partialFingerprints"]["caseRequirementPlace/v1"] for result in run_of(record)["results"]]


def test_a_fingerprint_is_the_same_in_every_run_and_another_for_every_place() -> None:
    other = a_finding().model_copy(update={"where": "status"})
    later = a_finding(exchange=9).model_copy(update={"seen": "text/plain"})
    first = fingerprints(a_record(a_case("failed", findings=[a_finding(), other])))
    second = fingerprints(a_record(a_case("failed", findings=[later], rerun="x"), seed=9))
    assert len(set(first)) == 2
    assert first[:1] == second


def test_a_targets_text_makes_no_link() -> None:
    finding = a_finding().model_copy(update={"seen": "[click](https://evil.example)"})
    (result,) = run_of(a_record(a_case("failed", findings=[finding])))["results"]
    assert "](" not in result["message"]["text"]


def test_a_hostile_record_gives_a_valid_log_of_ascii() -> None:
    text = "".join(sarif.render(a_hostile_record(), []))
    assert not re.search(r"[^ -~\n]|\\u202e|\\u001b", text.replace("\\\\u202e", ""))
    assert len(run_of(a_hostile_record())["results"]) == 2
    assert HOSTILE not in text


@settings(deadline=None, max_examples=30)
@given(ANY_TEXT, ANY_TEXT)
def test_whatever_a_target_sends_the_log_is_valid(seen: str, where: str) -> None:
    finding = a_finding().model_copy(update={"seen": seen, "where": where})
    run_of(a_record(a_case("failed", f"a/{where}", title=seen, message=where, findings=[finding])))


@pytest.mark.parametrize("version", ["1.2.3", HOSTILE])
def test_the_kit_is_named_with_its_version(version: str) -> None:
    driver = run_of(a_record(kit_version=version))["tool"]["driver"]
    assert driver["name"] == "logout-conformance"
    assert driver["semanticVersion"].startswith(version[:5])
