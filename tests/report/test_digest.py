from __future__ import annotations

from conformance.record.record import Cause, Scenario
from conformance.report.digest import fixes, tally, untested_scenarios, untried, worst_first
from tests.report.samples import ALLOW, JSON_TYPE, a_case, a_finding, a_record

SHOULD = {"level": "SHOULD", "requirements": [ALLOW.id], "findings": [a_finding(ALLOW)]}


def test_the_gravest_case_stands_first() -> None:
    cases = [
        a_case("passed", "a"),
        a_case("warned", "b", level="SHOULD"),
        a_case("failed", "c", level="MAY"),
        a_case("failed", "d"),
        a_case("skipped", "e"),
        a_case("error", "f"),
    ]
    assert [case.id for case in worst_first(cases)] == ["d", "c", "f", "b", "e", "a"]


def test_findings_are_grouped_by_requirement_must_first() -> None:
    record = a_record(
        a_case("warned", "a", **SHOULD),
        a_case("warned", "b", **SHOULD),
        a_case("failed", "c"),
        a_case("passed", "d"),
    )
    first, second = fixes(record)
    assert (first.level, first.title, [case.id for case in first.cases]) == ("MUST", JSON_TYPE.sentence, ["c"])
    assert (second.level, second.title, [case.id for case in second.cases]) == ("SHOULD", ALLOW.sentence, ["a", "b"])
    assert len(second.findings) == 1, "what two cases found alike is said once"


def test_a_cause_stands_for_its_cases() -> None:
    cause = Cause(title="No token is accepted", advice="Check it.", cases=("a", "gone"))
    record = a_record(a_case("failed", "a"), a_case("warned", "b", **SHOULD), causes=[cause])
    first, second = fixes(record)
    assert (first.title, first.advice, [case.id for case in first.cases]) == (
        "No token is accepted",
        "Check it.",
        ["a"],
    )
    assert second.requirement == ALLOW


def test_a_failed_case_without_findings_is_not_forgotten() -> None:
    (fix,) = fixes(a_record(a_case("failed", "a", findings=[])))
    assert (fix.title, fix.findings) == (JSON_TYPE.sentence, ())


def test_a_finding_of_an_unknown_requirement_goes_by_its_id() -> None:
    (fix,) = fixes(a_record(a_case("failed", "a"), requirements=[]))
    assert (fix.level, fix.title, fix.requirement) == ("MUST", "content-type-of-success", None)


def test_cases_are_counted_by_level_and_status() -> None:
    record = a_record(a_case("failed"), a_case("passed", "b"), a_case("warned", "c", level="SHOULD"))
    assert tally(record) == {
        "MUST": {"failed": 1, "error": 0, "warned": 0, "skipped": 0, "passed": 1},
        "SHOULD": {"failed": 0, "error": 0, "warned": 1, "skipped": 0, "passed": 0},
    }


def test_what_was_not_tested_is_said_once() -> None:
    apple = Scenario(id="apple-sso", mandatory=False, status="skipped", reason="not supported")
    none = Scenario(id="no-profile", mandatory=True, status="error", reason="handler: 500")
    tested = Scenario(id="logout-endpoint", mandatory=True, status="tested")
    record = a_record(
        a_case("skipped", "a", scenario="apple-sso", message="not supported"),
        a_case("skipped", "b", message="no such MVPD"),
        a_case("skipped", "c", scenario=None, message="no such MVPD"),
        a_case("error", "d", scenario="no-profile", message="handler: 500"),
        scenarios=[tested, apple, none],
    )
    assert untested_scenarios(record) == [none, apple]
    assert [(group.status, group.reason, [case.id for case in group.cases]) for group in untried(record)] == [
        ("error", "handler: 500", ["d"]),
        ("skipped", "no such MVPD", ["b", "c"]),
    ]
