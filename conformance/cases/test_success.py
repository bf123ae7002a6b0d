"""#success: what a logout answers, in each scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.cases.case import Judge, law
from conformance.evidence.outcome import Untested
from conformance.evidence.visit import FIRST, scenario_visit
from conformance.law.contract import SUCCESSES, ActionName, Scenario
from conformance.rules import action, body, hardening, url
from conformance.rules.finding import Unjudged
from conformance.rules.status import OK, must_have_status
from conformance.rules.status import answer as response_of

if TYPE_CHECKING:
    from conformance.evidence.evidence import Evidence
    from conformance.exchange import Exchange

ACTION_LAW = {
    "temporary-basic": "action-for-temporary",
    "temporary-promotional": "action-for-temporary",
}
PAIRING_LAW = {action: f"action-type-for-{action.replace('_', '-')}" for action in ActionName}
ABSENCE_LAW = {ActionName.COMPLETE: "no-url-for-complete", ActionName.INVALID: "no-url-for-invalid"}

each_scenario = pytest.mark.parametrize("scenario", SUCCESSES, ids=str)


def each_scenario_under(laws: dict[str, str]) -> pytest.MarkDecorator:
    """Run a case for each scenario under the requirement that is the scenario's own."""
    return pytest.mark.parametrize(
        "scenario",
        [pytest.param(scenario, marks=law(laws[scenario.id]), id=scenario.id) for scenario in SUCCESSES],
    )


def each_scenario_with(*actions: ActionName) -> pytest.MarkDecorator:
    """Run a case for each scenario whose right answer is one of these actions."""
    return pytest.mark.parametrize(
        "scenario", [scenario for scenario in SUCCESSES if scenario.action in actions], ids=str
    )


@pytest.fixture
def exchange(scenario: Scenario, evidence: Evidence) -> Exchange:
    """The one logout of the scenario that every case here judges."""
    return evidence.of(scenario_visit(scenario))[FIRST]


@pytest.fixture
def answer(exchange: Exchange, evidence: Evidence) -> Exchange:
    """The same, once it is a success."""
    if response_of(exchange).status != OK:
        evidence.accepted()
        raise Untested(str(Unjudged("status-of-success")))
    return exchange


@each_scenario
@law("status-of-success", "endpoint-path", "accept-json")
def test_status(exchange: Exchange, evidence: Evidence, judge: Judge) -> None:
    """A valid request is answered 200."""
    if response_of(exchange).status in range(400, 500):
        judge.looked_at(exchange)
        evidence.accepted()  # where the target refuses every valid request, that is the cause and no finding
    judge(exchange, must_have_status("status-of-success", OK))


@each_scenario
@law("content-type-of-success")
def test_content_type(answer: Exchange, judge: Judge) -> None:
    """The answer is declared as application/json."""
    judge(answer, body.must_be_typed_json("content-type-of-success"))


@each_scenario
@law("body-is-json")
def test_json(answer: Exchange, judge: Judge) -> None:
    """The body is one JSON text in UTF-8."""
    judge(answer, body.must_be_json)


@each_scenario
@law("body-matches-content-type")
def test_charset(answer: Exchange, judge: Judge) -> None:
    """The body is in the charset that Content-Type declares."""
    judge(answer, body.must_match_charset)


@each_scenario
@law("json-names-unique")
def test_member_names(answer: Exchange, judge: Judge) -> None:
    """No object of the body has a member twice."""
    judge(answer, body.should_name_members_once)


@each_scenario
@law("logouts-member")
def test_logouts(answer: Exchange, judge: Judge) -> None:
    """The body is an object whose member `logouts` is a map."""
    judge(answer, action.must_have_logouts)


@each_scenario
@law("logout-entry")
def test_entries(answer: Exchange, judge: Judge) -> None:
    """Every value of the map is an object."""
    judge(answer, action.must_map_to_objects)


@each_scenario
@law("asked-mvpd-present")
def test_asked_mvpd(answer: Exchange, judge: Judge) -> None:
    """The MVPD that was asked for is a key of the map."""
    judge(answer, action.must_have_asked_mvpd)


@each_scenario
@law("key-equals-mvpd")
def test_key(answer: Exchange, judge: Judge) -> None:
    """Every entry names its key as `mvpd`."""
    judge(answer, action.must_repeat_key_as_mvpd)


@each_scenario
@law("action-name-known")
def test_action_name(answer: Exchange, judge: Judge) -> None:
    """Every entry has an `actionName` that the page lists."""
    judge(answer, action.must_name_known_action)


@each_scenario
@law("action-type-known")
def test_action_type(answer: Exchange, judge: Judge) -> None:
    """Every entry has an `actionType` that the page lists."""
    judge(answer, action.must_name_known_type)


@each_scenario_under({scenario.id: ACTION_LAW.get(scenario.id, f"action-for-{scenario.id}") for scenario in SUCCESSES})
def test_action(scenario: Scenario, answer: Exchange, judge: Judge) -> None:
    """The action is the one of the scenario."""
    requirement = ACTION_LAW.get(scenario.id, f"action-for-{scenario.id}")
    judge(answer, action.must_name_action(requirement, ActionName(scenario.action or "")))


@each_scenario_under({scenario.id: PAIRING_LAW[ActionName(scenario.action or "")] for scenario in SUCCESSES})
def test_pairing(answer: Exchange, judge: Judge) -> None:
    """The `actionType` is the one that goes with the `actionName`."""
    judge(answer, action.must_pair_action_and_type)


@each_scenario_with(ActionName.LOGOUT)
@law("url-for-logout")
def test_url(answer: Exchange, judge: Judge) -> None:
    """With `logout` there is a `url` to open."""
    judge(answer, url.must_have_url_to_open)


@pytest.mark.parametrize(
    "scenario",
    [
        pytest.param(scenario, marks=law(ABSENCE_LAW[scenario.action]), id=scenario.id)
        for scenario in SUCCESSES
        if scenario.action in ABSENCE_LAW
    ],
)
def test_no_url(answer: Exchange, judge: Judge) -> None:
    """With `complete` and `invalid` there is no `url`."""
    judge(answer, url.must_have_no_url)


@each_scenario_with(ActionName.LOGOUT, ActionName.PARTNER_LOGOUT)
@law("url-is-reference")
def test_url_is_reference(answer: Exchange, judge: Judge) -> None:
    """A `url` is a URI reference."""
    judge(answer, url.must_be_reference)


@each_scenario_with(ActionName.LOGOUT, ActionName.PARTNER_LOGOUT)
@law("url-opens-in-user-agent")
def test_url_opens(answer: Exchange, judge: Judge) -> None:
    """A `url` resolves to http or https."""
    judge(answer, url.must_open_in_user_agent)


@each_scenario_with(ActionName.LOGOUT, ActionName.PARTNER_LOGOUT)
@law("url-without-token")
def test_url_without_token(answer: Exchange, judge: Judge) -> None:
    """A `url` does not carry the access token."""
    judge(answer, hardening.url_should_not_carry_token)
