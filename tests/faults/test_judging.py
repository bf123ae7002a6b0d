"""The session is red where a verdict is wrong."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import pytest

from conformance.record.record import Case, Finding
from tests.faults.catalogue import FAULTS
from tests.faults.certifying import Outcome
from tests.faults.judging import wrong_with_fault, wrong_with_unusual
from tests.unusual.registry import Unusual

if TYPE_CHECKING:
    from tests.conftest import ReferenceRun

MUST = FAULTS["logout-without-url"]
SHOULD = FAULTS["any-text-is-redirect-url"]
FAMILY = FAULTS["every-absent-url-is-null"]
ODD = Unusual("odd", "odd", lambda: nullcontext(()), frozenset(), frozenset())


def a_case(status: str, *requirements: str) -> Case:
    findings = tuple(
        Finding(requirement=name, level="MUST", expected="this", seen="that", where="body", exchange=3)
        for name in requirements
    )
    return Case.model_validate(
        {"id": "success/x", "title": "X.", "status": status, "level": "MUST", "requirements": (), "findings": findings}
        | {"message": "a message"}
    )


@pytest.fixture
def outcome(reference_run: ReferenceRun) -> Outcome:
    return Outcome(0, "", reference_run.record, 0)


def ended(outcome: Outcome, *more: Case, exit_code: int = 1, verdict: str = "not-conformant", **facts: Any) -> Outcome:  # noqa: ANN401
    changed = {"cases": (*outcome.record.cases, *more), "verdict": verdict} | facts
    return Outcome(exit_code, "", outcome.record.model_copy(update=changed), 0)


def test_a_fault_that_is_caught(outcome: Outcome) -> None:
    caught = ended(outcome, a_case("failed", MUST.requirement))
    assert list(wrong_with_fault(MUST, caught)) == []
    assert caught.first is not None
    warned = ended(outcome, a_case("warned", SHOULD.requirement), exit_code=0, verdict="conformant")
    assert list(wrong_with_fault(SHOULD, warned)) == []


def test_a_fault_that_is_missed(outcome: Outcome) -> None:
    assert list(wrong_with_fault(MUST, outcome)) == ["missed: no case reports url-for-logout"]


def test_a_fault_that_is_blamed_on_another_demand(outcome: Outcome) -> None:
    blamed = ended(outcome, a_case("failed", "body-is-json"), a_case("failed", MUST.requirement))
    assert list(wrong_with_fault(MUST, blamed)) == [
        "reported first as body-is-json by success/x, not as url-for-logout",
        "reported too, outside its family: body-is-json",
    ]


def test_what_is_declared_with_a_fault_may_break_too(outcome: Outcome) -> None:
    together = a_case("failed", FAMILY.requirement), a_case("failed", *FAMILY.also)
    assert list(wrong_with_fault(FAMILY, ended(outcome, together[0]))) == []
    assert list(wrong_with_fault(FAMILY, ended(outcome, *together))) == []
    assert len(list(wrong_with_fault(FAMILY, ended(outcome, *reversed(together))))) == 1


def test_a_fault_that_ends_in_another_way(outcome: Outcome) -> None:
    lenient = ended(outcome, a_case("failed", MUST.requirement), exit_code=0, verdict="conformant")
    (complaint,) = wrong_with_fault(MUST, lenient)
    assert complaint == "the run ended conformant, exit code 0, not not-conformant, exit code 1"


def test_a_fault_of_the_kit(outcome: Outcome) -> None:
    broken = ended(outcome, a_case("failed", MUST.requirement), kit_faults=("success/x",))
    assert list(wrong_with_fault(MUST, broken)) == ["the kit itself failed in success/x"]


def test_an_unusual_server_that_passes(outcome: Outcome) -> None:
    assert list(wrong_with_unusual(ODD, outcome)) == []


@pytest.mark.parametrize("status", ["failed", "error"])
def test_an_unusual_server_that_is_accused(status: str, outcome: Outcome) -> None:
    complaints = list(wrong_with_unusual(ODD, ended(outcome, a_case(status, "body-is-json"))))
    assert complaints == [
        f"success/x is {status}: a message",
        "the run ended not-conformant, exit code 1, not conformant, exit code 0",
    ]


def test_a_warning_that_is_not_declared(outcome: Outcome) -> None:
    warned = ended(outcome, a_case("warned", "temporary-again"), exit_code=0, verdict="conformant")
    assert list(wrong_with_unusual(ODD, warned)) == ["warned of temporary-again, where nothing was declared"]


def test_a_scenario_that_was_tested_although_it_is_said_to_be_missing(outcome: Outcome) -> None:
    lacking = Unusual("odd", "odd", ODD.running, frozenset(), frozenset({"no-profile"}))
    assert list(wrong_with_unusual(lacking, outcome)) == [
        "not tested: nothing, where no-profile was declared",
        "the run ended conformant, exit code 0, not inconclusive, exit code 3",
    ]


def test_too_many_requests(outcome: Outcome) -> None:
    many = ended(outcome, exit_code=0, verdict="conformant", request_count=160)
    assert list(wrong_with_unusual(ODD, many)) == ["160 requests were sent, more than 150"]
    throttled = Outcome(0, "", many.record, 10)
    assert list(wrong_with_unusual(ODD, throttled)) == []
