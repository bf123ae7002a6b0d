"""#response: what a logout deletes, and what it leaves alone (erratum 13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from conformance.cases.case import Judge, law, sends
from conformance.cases.refusals import BAD_METHOD, BAD_REQUEST, BAD_TOKEN, ELSEWHERE, NO_URL, refused_in
from conformance.evidence.outcome import Untested
from conformance.evidence.visit import AFTERWARDS, AGAIN, FIRST, Need, Step, Viewer, Visit, scenario_visit
from conformance.law.contract import SCENARIOS, SUCCESSES, ActionName, Scenario
from conformance.rules.action import action_of, must_name_action
from conformance.rules.finding import Finding, Unjudged
from conformance.rules.status import OK, answer, must_have_status
from conformance.sender.plain import in_other_case, with_other_ending

if TYPE_CHECKING:
    from conformance.evidence.evidence import Evidence
    from conformance.exchange import Exchange

AGAIN_LAW: Final = {
    "degraded": "degraded-again",
    "temporary-basic": "temporary-again",
    "temporary-promotional": "temporary-again",
    "no-profile": "no-profile-again",
    "expired-profile": "no-profile-again",
}

INVALID_REQUEST: Final = 400
REGULAR: Final = "logout-endpoint"
OTHER_MVPD, OTHER_DEVICE, AT_OTHER_PROVIDER = "other-mvpd", "other-device", "other-service-provider"
LEAVES_OTHERS: Final = Visit(
    "leaves-others",
    (Step(FIRST), Step(OTHER_MVPD, viewer=1), Step(OTHER_DEVICE, viewer=2)),
    (Viewer(), Viewer("no-logout-endpoint", device_of=0), Viewer(mvpd_of=0, device_of=0, near=in_other_case)),
    Need.HANDLER,
)
LEAVES_OTHERS_TOO: Final = Visit(
    "leaves-others-without-endpoint",
    (Step(FIRST), Step(AGAIN), Step(OTHER_MVPD, viewer=1), Step(OTHER_DEVICE, viewer=2)),
    (
        Viewer("no-logout-endpoint"),
        Viewer(device_of=0),
        Viewer("no-logout-endpoint", mvpd_of=0, device_of=0, near=with_other_ending),
    ),
    Need.HANDLER,
)
LEAVES_OTHER_PROVIDER: Final = Visit(
    "leaves-other-service-provider",
    (Step(FIRST), Step(AGAIN), Step(AT_OTHER_PROVIDER, viewer=1)),
    (Viewer(elsewhere=True), Viewer(device_of=0, mvpd_of=0)),
    Need.HANDLER,
)
WITH_SERVICE_TOKEN: Final = Visit(
    "regular-profile-with-service-token",
    (Step(FIRST, headers_of=1),),
    (Viewer(), Viewer("service-token-sso")),
    Need.HANDLER,
)
ONCE_AGAIN: Final = Visit("equal-request", need=Need.HANDLER)


@pytest.mark.parametrize(
    "scenario",
    [
        pytest.param(scenario, marks=law(AGAIN_LAW.get(scenario.id, "logout-deletes-profile")), id=scenario.id)
        for scenario in SUCCESSES
    ],
)
def test_again(scenario: Scenario, request: pytest.FixtureRequest, evidence: Evidence, judge: Judge) -> None:
    """A second and a third logout find no profile; degraded and temporary access still apply."""
    visited = evidence.of(scenario_visit(scenario))
    must_have_acted(visited[FIRST], scenario.action)
    (mark,) = request.node.iter_markers("law")
    for step in scenario_visit(scenario).steps[1:]:
        if scenario.id == "service-token-sso" and answer(visited[step.id]).status == INVALID_REQUEST:
            raise Untested(
                "not judged: the service token is refused once its profile is gone, as it may be (erratum 14)"
            )
        must_act(judge, evidence, visited[step.id], mark.args[0], ActionName(scenario.again or ""))


@pytest.mark.parametrize(
    "visit",
    [
        *(BAD_REQUEST, BAD_TOKEN, BAD_METHOD, NO_URL),
        *(visit for visit in map(refused_in, ELSEWHERE) if visit.steps[-1].id == AFTERWARDS),
    ],
    ids=str,
)
@law("refused-deletes-nothing")
def test_refused(visit: Visit, evidence: Evidence, judge: Judge) -> None:
    """A request that was refused deletes nothing: the viewer can still be logged out."""
    scenario = SCENARIOS[visit.viewers[0].state]
    must_have_acted(evidence.of(scenario_visit(scenario))[FIRST], scenario.action)
    visited = evidence.of(visit)
    afterwards = visited[AFTERWARDS]
    accepted = [step for step, exchange in visited.exchanges.items() if answer(exchange).status == OK]
    if set(accepted) - {AFTERWARDS}:
        raise Untested(f"not judged: the target did not refuse the request {accepted[0]}")
    for exchange in visited.exchanges.values():
        judge.looked_at(exchange)
    must_act(judge, evidence, afterwards, "refused-deletes-nothing", ActionName(scenario.action or ""))


@pytest.mark.parametrize(
    ("visit", "step"),
    [
        pytest.param(visit, step, marks=law(f"{step}-untouched"), id=f"{step}{beside}")
        for visit, beside, steps in (
            (LEAVES_OTHERS, "", (OTHER_DEVICE, OTHER_MVPD)),
            (LEAVES_OTHERS_TOO, "-without-endpoint", (OTHER_DEVICE, OTHER_MVPD)),
            (LEAVES_OTHER_PROVIDER, "", (AT_OTHER_PROVIDER,)),
        )
        for step in steps
    ],
)
def test_other(visit: Visit, step: str, evidence: Evidence, judge: Judge) -> None:
    """A logout leaves the profile of another device, MVPD or service provider alone."""
    number = next(each.viewer for each in visit.steps if each.id == step)
    here, there = (SCENARIOS[visit.viewers[viewer].state] for viewer in (0, number))
    for scenario in {here, there}:
        must_have_acted(evidence.of(scenario_visit(scenario))[FIRST], scenario.action)
    visited = evidence.of(visit)
    must_have_acted(visited[FIRST], here.action)
    judge.looked_at(visited[FIRST])
    must_act(judge, evidence, visited[step], f"{step}-untouched", ActionName(there.action or ""))
    if not judge.judgements:
        # who deletes nothing at all leaves others alone too, and deserves no credit for it
        must_have_acted(evidence.of(scenario_visit(here))[AGAIN], ActionName.INVALID)


@sends(LEAVES_OTHER_PROVIDER)
@law("logout-deletes-profile")
def test_again_elsewhere(evidence: Evidence, judge: Judge) -> None:
    """A second logout finds no profile, though the device has one with another service provider."""
    judge_again(LEAVES_OTHER_PROVIDER, evidence, judge)


@sends(LEAVES_OTHERS_TOO)
@law("logout-deletes-profile")
def test_again_beside(evidence: Evidence, judge: Judge) -> None:
    """A second logout finds no profile, though the device has one at another MVPD."""
    judge_again(LEAVES_OTHERS_TOO, evidence, judge)


@sends(WITH_SERVICE_TOKEN)
@law("service-token-optional")
def test_service_token(evidence: Evidence, judge: Judge) -> None:
    """A regular profile is logged out with a valid AD-Service-Token as well (erratum 14)."""
    must_have_acted(evidence.of(scenario_visit(SCENARIOS[REGULAR]))[FIRST], ActionName.LOGOUT)
    must_act(judge, evidence, evidence.of(WITH_SERVICE_TOKEN)[FIRST], "service-token-optional", ActionName.LOGOUT)


@sends(ONCE_AGAIN)
@law("consistent-answers")
def test_equal_request(evidence: Evidence, judge: Judge) -> None:
    """An equal request in an equal state gets an equal answer."""
    evidence.accepted()
    first, second = evidence.of(scenario_visit(SCENARIOS[REGULAR]))[FIRST], evidence.of(ONCE_AGAIN)[FIRST]
    judge.looked_at(first)
    if answer(first).status != answer(second).status:
        seen = f"{answer(first).status}, then {answer(second).status}"
        judge.found(second, [Finding("consistent-answers", "one status for equal requests", seen, "status")])
    elif answer(first).status == OK:
        must_act(judge, evidence, second, "consistent-answers", readable_action(first))


def judge_again(visit: Visit, evidence: Evidence, judge: Judge) -> None:
    """Judge the second logout of a visit's first viewer, who has a profile no more."""
    visited = evidence.of(visit)
    must_have_acted(visited[FIRST], SCENARIOS[visit.viewers[0].state].action)
    judge.looked_at(visited[FIRST])
    must_act(judge, evidence, visited[AGAIN], "logout-deletes-profile", ActionName.INVALID)


def must_act(judge: Judge, evidence: Evidence, exchange: Exchange, requirement: str, action: ActionName) -> None:
    """Judge an answer by what it must do here, and by everything that the control's answer does not break as well."""
    judge(exchange, must_have_status(requirement, OK))
    judge.lawful(exchange, evidence.accepted())
    if answer(exchange).status == OK:
        judge(exchange, must_name_action(requirement, action))


def must_have_acted(exchange: Exchange, action: ActionName | None) -> None:
    """Stop a case that builds on a logout which went wrong: that is reported where it belongs; raises Untested."""
    if answer(exchange).status != OK or readable_action(exchange) != action:
        raise Untested(f"not judged: the logout before it was not answered {action}")


def readable_action(exchange: Exchange) -> ActionName:
    """Give the action of an answer; raises Untested where none can be read."""
    try:
        action = action_of(exchange)
    except Unjudged as reason:
        raise Untested(str(reason)) from None
    if action is None:
        raise Untested(str(Unjudged("action-name-known")))
    return action
