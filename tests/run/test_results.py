"""The verdict, against the target contract, section 4; scenarios, causes and counts."""

from __future__ import annotations

import pytest

from conformance.law.contract import SCENARIOS
from conformance.record.record import Case, Scenario, Status
from conformance.run import results
from tests.report.samples import a_case, a_finding

ALL_TESTED = [Scenario(id=name, mandatory=SCENARIOS[name].mandatory, status="tested") for name in SCENARIOS]


def cases(*statuses: Status) -> list[Case]:
    return [a_case(status, f"success/x/{number}") for number, status in enumerate(statuses)]


def without(*names: str, status: str = "skipped") -> list[Scenario]:
    return [
        scenario.model_copy(update={"status": status}) if scenario.id in names else scenario for scenario in ALL_TESTED
    ]


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [
        ("passed", "conformant"),
        ("passed warned", "conformant"),
        ("passed skipped", "conformant"),
        ("passed warned skipped", "conformant"),
        ("passed failed", "not-conformant"),
        ("failed error skipped", "not-conformant"),
        ("passed error", "inconclusive"),
        ("error skipped warned", "inconclusive"),
    ],
)
def test_the_verdict_by_how_the_cases_ended(statuses: str, verdict: str) -> None:
    ended = cases(*statuses.split())  # type: ignore[arg-type]
    assert results.verdict(ended, ALL_TESTED, unfinished=[])[0] == verdict


@pytest.mark.parametrize("status", ["failed", "error"])
def test_a_case_that_does_not_score_has_no_say(status: Status) -> None:
    late = a_case(status, "success/new/degraded", scored=False)
    assert results.verdict([*cases("passed"), late], ALL_TESTED, unfinished=[])[0] == "conformant"
    assert results.verdict([*cases("failed"), late], ALL_TESTED, unfinished=[])[1] == ["1 case failed"]


@pytest.mark.parametrize("status", ["skipped", "error", "not-selected"])
@pytest.mark.parametrize("name", ["logout-endpoint", "no-logout-endpoint", "no-profile"])
def test_without_a_mandatory_scenario_nothing_is_conformant(name: str, status: str) -> None:
    tried = without(name, status=status)
    verdict, reasons = results.verdict(cases("passed"), tried, unfinished=[])
    assert verdict == "inconclusive"
    assert reasons == [f"not tested although mandatory: {name}"]
    assert results.verdict(cases("failed"), tried, unfinished=[])[0] == "not-conformant"


def test_every_other_scenario_is_an_optional_feature() -> None:
    optional = [name for name, scenario in SCENARIOS.items() if not scenario.mandatory]
    assert len(optional) == 10
    assert results.verdict(cases("passed"), without(*optional), unfinished=[])[0] == "conformant"


def test_a_run_in_which_nothing_was_tried_is_never_green() -> None:
    assert results.verdict([], results.scenarios([], partial=False), unfinished=[])[0] == "inconclusive"
    assert results.verdict([], results.scenarios([], partial=True), unfinished=[])[0] == "inconclusive"


@pytest.mark.parametrize(
    "reason", ["the run was interrupted", "only a part of the cases was selected", "the run's 900 s were used up"]
)
def test_a_run_that_is_not_whole_is_never_conformant(reason: str) -> None:
    assert results.verdict(cases("passed"), ALL_TESTED, unfinished=[reason]) == ("inconclusive", [reason])
    verdict, reasons = results.verdict(cases("failed"), ALL_TESTED, unfinished=[reason])
    assert (verdict, reason in reasons) == ("not-conformant", True)


def test_a_verdict_says_why() -> None:
    assert results.verdict(cases("passed"), ALL_TESTED, unfinished=[])[1] == [
        "every MUST case that ran passed, and every mandatory scenario was tested"
    ]
    assert results.verdict(cases("failed", "failed"), ALL_TESTED, unfinished=[])[1] == ["2 cases failed"]
    assert results.verdict(cases("failed"), ALL_TESTED, unfinished=[])[1] == ["1 case failed"]
    assert results.verdict(cases("error"), ALL_TESTED, unfinished=[])[1][0].startswith("1 case could not be judged")


# --- Scenarios ---


def tried(*of_degraded: Case, partial: bool = False) -> Scenario:
    found = results.scenarios(of_degraded, partial=partial)
    assert [scenario.id for scenario in found] == list(SCENARIOS)
    return next(scenario for scenario in found if scenario.id == "degraded")


def a_status_case(status: Status, **changes: object) -> Case:
    return a_case(status, "success/status/degraded", scenario="degraded", **changes)


@pytest.mark.parametrize("status", ["passed", "failed", "warned"])
def test_a_scenario_whose_answer_was_judged_is_tested(status: Status) -> None:
    assert (tried(a_status_case(status)).status, tried(a_status_case(status)).reason) == ("tested", "")


@pytest.mark.parametrize("status", ["skipped", "error"])
def test_a_scenario_that_was_not_says_why(status: Status) -> None:
    others = a_case("passed", "state/again/degraded", scenario="degraded")
    scenario = tried(others, a_status_case(status, message="the state handler answered 422"))
    assert (scenario.status, scenario.reason) == (status, "the state handler answered 422")


def test_where_the_status_was_not_selected_any_other_case_tells() -> None:
    skipped = a_case("skipped", "success/url/degraded", scenario="degraded", message="no answer")
    passed = a_case("passed", "state/again/degraded", scenario="degraded")
    assert tried(skipped, passed, partial=True).status == "tested"
    assert tried(skipped, partial=True).reason == "no answer"


def test_a_scenario_of_which_no_case_ran() -> None:
    assert tried(partial=True).status == "not-selected"
    assert (tried().status, tried().reason) == ("skipped", "no case ran")


@pytest.mark.parametrize(
    ("name", "case"),
    [("server-failure", "response/refused-scenario/server-failure"), ("no-profile", "success/status/no-profile")],
)
def test_the_case_that_tells_of_a_scenario(name: str, case: str) -> None:
    ended = [a_case("skipped", case, scenario=name), a_case("passed", "error/content-type/x", scenario=name)]
    assert {scenario.id: scenario.status for scenario in results.scenarios(ended, partial=False)}[name] == "skipped"


# --- Causes ---


def test_what_stopped_several_cases_is_one_cause_and_the_gravest_comes_first() -> None:
    stopped = {"a": "The state handler failed: it answered 500", "b": "No answer", "c": "No answer"}
    first, second = results.causes([a_case("error", name, cause=cause) for name, cause in stopped.items()])
    assert (first.title, first.cases) == ("No answer", ("b", "c"))
    assert second.cases == ("a",)


@pytest.mark.parametrize(
    ("cause", "advice"),
    [
        ("Every valid request was answered 401", "access token"),
        ("Every valid request was answered 403", "access token"),
        ("Every valid request was answered 404", "base_url"),
        ("Every valid request was answered 400", "service provider"),
        ("The state handler failed: it answered 500", "state handler"),
        ("the run's 900 s (--max-time) were used up", "more time"),
        ("The target gave no answer: the connection was refused", "target is up"),
    ],
)
def test_a_cause_comes_with_advice(cause: str, advice: str) -> None:
    (found,) = results.causes([a_case("error", cause=cause)])
    assert advice in found.advice


def test_one_wrong_media_type_everywhere_is_a_cause() -> None:
    name = "content-type-of-success"
    ended = [a_case("failed", f"success/content-type/{number}", requirements=[name]) for number in range(13)]
    (cause,) = results.causes(ended)
    assert "text/html" in cause.title
    assert set(cause.cases) >= {case.id for case in ended}


def test_a_failure_that_stands_alone_is_no_cause() -> None:
    assert results.causes([a_case("failed"), a_case("passed", "b"), a_case("passed", "c")]) == ()
    assert results.causes(cases("passed", "passed")) == ()


# --- The rest ---


def test_the_counts_of_a_record() -> None:
    counts = results.summary(cases("passed", "passed", "failed", "warned", "skipped", "skipped", "skipped", "error"))
    assert counts.model_dump() == {"passed": 2, "failed": 1, "warned": 1, "skipped": 3, "error": 1}
    assert sum(results.summary([]).model_dump().values()) == 0


def test_the_laws_own_words_stand_in_the_record() -> None:
    texts = {text.id: text for text in results.requirement_texts()}
    assert texts["method-not-allowed"].sentence == "POST, PUT, PATCH and DELETE on the endpoint are answered 405."
    assert (texts["method-not-allowed"].level, texts["method-not-allowed"].section) == ("MUST", "#response")
    assert {text.subject for text in texts.values()} == {"server"}


def test_the_level_of_a_case_is_its_strongest() -> None:
    assert results.level_of(["allow-with-405", "token-checked"]) == "MUST"
    assert results.level_of(["allow-with-405"]) == "SHOULD"
    assert a_finding().level == "MUST"
