"""#response: which status answers what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.cases.case import Judge, law, sends
from conformance.cases.refusals import (
    BAD_METHOD,
    BAD_REQUEST,
    BAD_TOKEN,
    ELSEWHERE,
    ISSUED_TOKEN,
    METHODS,
    NO_BEARER,
    NO_TOKEN,
    WRONG_TOKEN,
    Refusal,
    refused_in,
)
from conformance.evidence.outcome import Untested
from conformance.evidence.visit import FIRST, Step, Visit, scenario_visit
from conformance.law.contract import SCENARIOS, ActionName, Scenario
from conformance.rules.action import must_name_action
from conformance.rules.finding import Finding
from conformance.rules.status import OK, answer, must_have_status
from conformance.sender.logout import mvpd, service_provider

if TYPE_CHECKING:
    from conformance.evidence.evidence import Evidence

NOBODY = "logout-conformance-unknown"
UNKNOWN_MVPDS = (
    pytest.param(Visit("unknown-mvpd", (Step(FIRST, mvpd(NOBODY)),)), id="plain"),
    pytest.param(Visit("unknown-mvpd-with-quotes", (Step(FIRST, mvpd(f"{NOBODY}' or '1'=\"1")),)), id="with-quotes"),
)
UNKNOWN_PROVIDER = Visit("unknown-service-provider", (Step(FIRST, service_provider(NOBODY)),))


@pytest.mark.parametrize(
    "scenario",
    [
        pytest.param(SCENARIOS["inactive-integration"], marks=law("inactive-integration-is-400")),
        pytest.param(SCENARIOS["expired-access-token"], marks=law("token-checked")),
        pytest.param(SCENARIOS["server-failure"], marks=law("server-failure-is-500")),
    ],
    ids=str,
)
def test_refused_scenario(scenario: Scenario, request: pytest.FixtureRequest, evidence: Evidence, judge: Judge) -> None:
    """A state in which no logout can be had is answered with the status that says so."""
    evidence.accepted()
    (mark,) = request.node.iter_markers("law")
    exchange = evidence.of(scenario_visit(scenario))[FIRST]
    if scenario.status != answer(exchange).status and scenario.id == "server-failure":
        judge.found(exchange, [Finding(mark.args[0], "500", str(answer(exchange).status), "status")])
    else:
        judge(exchange, must_have_status(mark.args[0], scenario.status))


@sends(BAD_REQUEST)
@law("redirect-url-required")
@pytest.mark.parametrize("step", ["missing-redirect-url", "empty-redirect-url"])
def test_redirect_url_required(step: str, evidence: Evidence, judge: Judge) -> None:
    """A request without redirectUrl is a bad one."""
    evidence.accepted()
    judge(evidence.of(BAD_REQUEST)[step], must_have_status("redirect-url-required", 400))


@sends(BAD_REQUEST)
@law("device-identifier-required")
@pytest.mark.parametrize("step", ["missing-device-identifier", "empty-device-identifier"])
def test_device_identifier_required(step: str, evidence: Evidence, judge: Judge) -> None:
    """A request without AP-Device-Identifier is a bad one."""
    evidence.accepted()
    judge(evidence.of(BAD_REQUEST)[step], must_have_status("device-identifier-required", 400))


@sends(BAD_TOKEN)
@law("authorization-required")
@pytest.mark.parametrize("step", [*NO_TOKEN, *NO_BEARER])
def test_authorization_required(step: str, evidence: Evidence, judge: Judge) -> None:
    """A request without a bearer token is a bad one, or an unauthorised one."""
    evidence.accepted()
    judge(evidence.of(BAD_TOKEN)[step], must_have_status("authorization-required", 400, 401))


@sends(BAD_TOKEN)
@law("missing-token-is-401")
@pytest.mark.parametrize("step", NO_TOKEN)
def test_missing_token(step: str, evidence: Evidence, judge: Judge) -> None:
    """A missing token is better answered 401: a 400 tells a client to mend its request."""
    evidence.accepted()
    exchange = evidence.of(BAD_TOKEN)[step]
    if answer(exchange).status not in {400, 401}:
        raise Untested("not judged: it depends on authorization-required, which is not met by this answer")
    judge(exchange, must_have_status("missing-token-is-401", 401))


@sends(BAD_TOKEN)
@law("token-checked")
@pytest.mark.parametrize("step", WRONG_TOKEN)
def test_token_checked(step: str, evidence: Evidence, judge: Judge) -> None:
    """A token that is there and wrong is unauthorised."""
    evidence.accepted()
    judge(evidence.of(BAD_TOKEN)[step], must_have_status("token-checked", 401))


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        pytest.param(
            state, refusal, marks=[law(refusal.requirement), sends(refused_in(state))], id=f"{state}/{refusal.id}"
        )
        for state, refusals in ELSEWHERE.items()
        for refusal in refusals
    ],
)
def test_refused_in(state: str, refusal: Refusal, evidence: Evidence, judge: Judge) -> None:
    """A bad request is refused in every state, also where the server needs none of what is missing to answer."""
    evidence.accepted()
    judge(evidence.of(refused_in(state))[refusal.id], must_have_status(refusal.requirement, *refusal.statuses))


@sends(ISSUED_TOKEN)
@law("token-checked")
def test_token_beside_service_token(evidence: Evidence, judge: Judge) -> None:
    """A wrong access token is unauthorised, whatever other tokens come with it."""
    evidence.accepted()
    judge(evidence.of(ISSUED_TOKEN).first, must_have_status("token-checked", 401))


@sends(BAD_METHOD)
@law("method-not-allowed")
@pytest.mark.parametrize("step", METHODS)
def test_method(step: str, evidence: Evidence, judge: Judge) -> None:
    """A method that the endpoint does not have is answered 405."""
    evidence.accepted()
    judge(evidence.of(BAD_METHOD)[step], must_have_status("method-not-allowed", 405))


@law("unknown-mvpd")
@pytest.mark.parametrize("visit", UNKNOWN_MVPDS)
def test_unknown_mvpd(visit: Visit, evidence: Evidence, judge: Judge) -> None:
    """An MVPD that nobody knows is refused, or has no profile."""
    control, exchange = evidence.accepted(), evidence.of(visit)[FIRST]
    judge(exchange, must_have_status("unknown-mvpd", 400, OK))
    judge.lawful(exchange, control)
    if answer(exchange).status == OK:
        judge(exchange, must_name_action("unknown-mvpd", ActionName.INVALID))


@sends(UNKNOWN_PROVIDER)
@law("unknown-service-provider")
def test_unknown_service_provider(evidence: Evidence, judge: Judge) -> None:
    """A service provider that nobody knows is refused, or has no profile."""
    control, exchange = evidence.accepted(), evidence.of(UNKNOWN_PROVIDER)[FIRST]
    judge(exchange, must_have_status("unknown-service-provider", 400, 401, OK))
    judge.lawful(exchange, control)
    if answer(exchange).status == OK:
        judge(exchange, must_name_action("unknown-service-provider", ActionName.INVALID))
