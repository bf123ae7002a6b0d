from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.report import junit
from tests import published
from tests.report.samples import a_case, a_finding, a_hostile_record, a_record, an_exchange, hostile_exchanges

if TYPE_CHECKING:
    from conformance.record.record import ExchangeLine, Record, Status

ANY_TEXT = st.text(st.characters(exclude_categories=()))
CURL_LINE = (
    "curl -i --globoff 'http://127.0.0.1:8080/api/v2/REF30/logout/Cablevision?redirectUrl=https%3A%2F%2Fexample.com%2F'"
    " -H 'Authorization: Bearer '\"$ACCESS_TOKEN\" -H 'Accept: application/json' -H 'User-Agent:'"
)
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


def rendered(record: Record, exchanges: list[ExchangeLine] | None = None) -> str:
    return "".join(junit.render(record, exchanges or []))


def suites_of(record: Record, exchanges: list[ExchangeLine] | None = None) -> list[ET.Element]:
    return ET.fromstring(rendered(record, exchanges)).findall("testsuite")


def suite_of(record: Record, exchanges: list[ExchangeLine] | None = None) -> ET.Element:
    suite = ET.fromstring(rendered(record, exchanges)).find("testsuite")
    assert suite is not None
    return suite


def properties_of(element: ET.Element) -> list[tuple[str | None, str | None]]:
    return [(found.get("name"), found.get("value")) for found in element.findall("properties/property")]


def test_there_is_one_testcase_per_case_and_the_counts_add_up() -> None:
    statuses: tuple[Status, ...] = ("passed", "failed", "warned", "skipped", "error", "passed")
    suite = suite_of(a_record(*[a_case(status, f"a/{number}") for number, status in enumerate(statuses)]))
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "6", "failures": "1", "errors": "1", "skipped": "1"}
    children = [[child.tag for child in case if child.tag != "properties"] for case in suite.findall("testcase")]
    assert children == [[], ["failure"], ["system-out"], ["skipped"], ["error"], []]


def test_a_suite_says_when_how_long_and_what_for() -> None:
    record = a_record(a_case(), reasons=["all is well"])
    assert ET.fromstring(rendered(record)).get("time") == "133.500"
    suite = suite_of(record, [an_exchange()])
    assert (suite.get("timestamp"), suite.get("time")) == ("2026-11-24T01:00:00", "0.250")
    assert properties_of(suite) == [
        ("verdict", "conformant"),
        ("reason", "all is well"),
        ("target", "Acme"),
        ("target_version", "1.4.2"),
        ("base_url", "https://api.example.com"),
        ("kit_version", "0.1.0"),
        ("spec_version", "1.0"),
        ("seed", "7"),
        ("request_count", "108"),
        ("requirement", "content-type-of-success"),
        ("level", "MUST"),
        ("title", "The answer is application/json"),
        ("scenario", "logout-endpoint"),
    ]


def test_a_testcase_is_named_by_its_id() -> None:
    (case,) = suite_of(a_record(a_case()), [an_exchange()]).findall("testcase")
    assert case.attrib == {"classname": "success.content-type", "name": "logout-endpoint", "time": "0.250"}


def test_cases_that_judge_the_same_requirements_are_a_suite_that_names_them() -> None:
    one, other, elsewhere = suites_of(
        a_record(
            a_case(case_id="success/action/degraded", scenario="degraded", requirements=["a"]),
            a_case(case_id="success/action/no-profile", scenario=None, requirements=["b", "c"]),
            a_case("failed", "success/action/apple-sso", scenario="apple-sso", requirements=["a"]),
            a_case(case_id="state/again/degraded", requirements=["a"]),
        ),
        [an_exchange()],
    )
    assert [suite.get("name") for suite in (one, other, elsewhere)] == [
        "success.action",
        "success.action",
        "state.again",
    ]
    assert [case.get("name") for case in one.findall("testcase")] == ["degraded", "apple-sso"]
    assert (one.get("failures"), one.get("time"), other.get("failures")) == ("1", "0.500", "0")
    named = [[value for name, value in properties_of(suite) if name == "requirement"] for suite in (one, other)]
    assert named == [["a"], ["b", "c"]]
    scenarios = [value for name, value in properties_of(one) if name == "scenario"]
    assert scenarios == ["degraded", "apple-sso"]
    assert "verdict" not in dict(properties_of(other)), "the facts stand once"


@pytest.mark.parametrize(
    "record",
    [a_record(), a_record(a_case(), a_case("failed", "b"), a_case("warned", "c")), a_hostile_record()],
    ids=["empty", "usual", "hostile"],
)
def test_the_published_schema_takes_it(record: Record) -> None:
    published.junit().validate(rendered(record, hostile_exchanges()))


def test_the_published_schema_refuses_something() -> None:
    assert not published.junit().is_valid("<testsuites><testcase name='x'/></testsuites>")


def test_an_id_of_one_part_has_a_class_too() -> None:
    (case,) = suite_of(a_record(a_case(case_id="alone"))).findall("testcase")
    assert (case.get("classname"), case.get("name")) == ("logout-conformance", "alone")


def test_a_failure_says_what_was_expected_and_how_to_see_it() -> None:
    failure = suite_of(a_record(a_case("failed")), [an_exchange()]).find("testcase/failure")
    assert failure is not None
    assert failure.attrib == {"message": "it was failed", "type": "MUST"}
    assert (failure.text or "").split("\n") == [
        "failed: The answer is application/json",
        "it was failed",
        "MUST content-type-of-success: Content-Type: expected application/json, seen text/html",
        CURL_LINE,
        "logout-conformance run --case success/content-type/logout-endpoint --seed 0",
    ]


def test_a_hostile_record_gives_well_formed_xml_without_anything_unseen() -> None:
    text = rendered(a_hostile_record(), hostile_exchanges())
    assert not FORBIDDEN.search(text)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2066]", text)
    assert len(ET.fromstring(text).findall("testsuite/testcase")) == 6


def test_a_control_character_is_shown_escaped() -> None:
    (case,) = suite_of(a_record(a_case("skipped", message="a\x00\nb"))).findall("testcase/skipped")
    assert case.get("message") == r"a\x00\nb"


@settings(deadline=None)
@given(ANY_TEXT, ANY_TEXT)
def test_whatever_a_target_sends_the_xml_stays_well_formed(seen: str, message: str) -> None:
    finding = a_finding().model_copy(update={"seen": seen, "expected": message})
    text = rendered(a_record(a_case("failed", f"a/{seen}", message=message, title=seen, findings=[finding])))
    assert not FORBIDDEN.search(text)
    ET.fromstring(text.encode("utf-8", "strict"))
