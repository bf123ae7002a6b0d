from __future__ import annotations

import pytest

from conformance.evidence.visit import FOLLOWING, Need, Step, Viewer, Visit, scenario_visit
from conformance.law.contract import SCENARIOS
from conformance.sender.logout import method


@pytest.mark.parametrize("name", ["apple-sso", "no-profile", "temporary-basic"])
def test_a_scenario_that_says_what_follows_is_logged_out_of_twice(name: str) -> None:
    visit = scenario_visit(SCENARIOS[name])
    assert [step.id for step in visit.steps] == ["first", "again"]
    assert visit.cost == 2


@pytest.mark.parametrize("name", ["logout-endpoint", "degraded"])
def test_whether_the_second_answer_lasts_is_asked_where_it_pays(name: str) -> None:
    visit = scenario_visit(SCENARIOS[name])
    assert [step.id for step in visit.steps] == ["first", "again", "once more"]


@pytest.mark.parametrize("name", ["inactive-integration", "expired-access-token", "server-failure"])
def test_a_scenario_in_which_nobody_is_logged_out_is_asked_once(name: str) -> None:
    visit = scenario_visit(SCENARIOS[name])
    assert [step.id for step in visit.steps] == ["first"]
    assert visit.cost == 1


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=str)
def test_the_visit_of_a_scenario_is_the_one_that_may_spend_its_state(scenario: object) -> None:
    visit = scenario_visit(scenario)  # type: ignore[arg-type]
    assert visit.need is Need.OWN_SCENARIO
    assert [viewer.state for viewer in visit.viewers] == [str(scenario)]
    assert str(visit) == visit.id == str(scenario)


def test_equal_visits_are_one_visit() -> None:
    # evidence is kept by visit: two modules that ask for a scenario ask for the same exchanges
    assert scenario_visit(SCENARIOS["degraded"]) == scenario_visit(SCENARIOS["degraded"])
    assert len({scenario_visit(SCENARIOS["degraded"]), scenario_visit(SCENARIOS["degraded"])}) == 1


def test_a_visit_is_one_plain_logout_of_a_regular_viewer_unless_it_says_more() -> None:
    assert Visit("x") == Visit("x", (Step("first"),), (Viewer("logout-endpoint"),), Need.ANYBODY)
    assert Visit("x").cost == 1
    assert Visit("x", (Step("a", method("POST")), Step("b"))).cost == 2


def test_the_first_step_says_something_whoever_made_the_state() -> None:
    assert {"again", "once more", "afterwards"} == FOLLOWING
