"""#error: what a refusal looks like, whatever it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from conformance.cases.case import Judge, law, sends
from conformance.cases.refusals import BAD_METHOD, BAD_REQUEST, BAD_TOKEN, ELSEWHERE, refused_in
from conformance.evidence.outcome import Stopped, Untested
from conformance.evidence.visit import AFTERWARDS, Visit, scenario_visit
from conformance.law.contract import SCENARIOS
from conformance.rules import body, error, hardening
from conformance.rules.status import LISTED, OK, answer

if TYPE_CHECKING:
    from conformance.evidence.evidence import Evidence
    from conformance.exchange import Exchange

INACTIVE, EXPIRED, FAILING = (
    scenario_visit(SCENARIOS[name]) for name in ("inactive-integration", "expired-access-token", "server-failure")
)

ELSEWHERE_TOO: Final = tuple(map(refused_in, ELSEWHERE))

each_kind: Final = pytest.mark.parametrize(
    "kind",
    [
        pytest.param((BAD_REQUEST, INACTIVE), marks=sends(BAD_REQUEST, INACTIVE), id="bad-request"),
        pytest.param((BAD_TOKEN, EXPIRED), marks=sends(BAD_TOKEN, EXPIRED), id="bad-token"),
        pytest.param((BAD_METHOD,), marks=sends(BAD_METHOD), id="bad-method"),
        pytest.param((FAILING,), marks=sends(FAILING), id="server-failure"),
        pytest.param(ELSEWHERE_TOO, marks=sends(*ELSEWHERE_TOO), id="elsewhere"),
    ],
)


@pytest.fixture
def refusals(kind: tuple[Visit, ...], evidence: Evidence) -> list[Exchange]:
    """Every refusal of one kind that the target gave with a status that the page lists."""
    evidence.accepted()
    found: list[Exchange] = []
    reasons: list[Stopped] = []
    for visit in kind:
        try:
            exchanges = evidence.of(visit).exchanges
        except Stopped as reason:
            reasons.append(reason)
            continue
        found += [exchange for step, exchange in exchanges.items() if step != AFTERWARDS]
    listed = [exchange for exchange in found if answer(exchange).status in LISTED - {OK}]
    if not listed:
        raise next(iter(reasons), Untested("not judged: the target refused none of these requests"))
    return listed


@each_kind
@law("content-type-of-error")
def test_content_type(refusals: list[Exchange], judge: Judge) -> None:
    """An error is declared as application/json, even where its body is empty."""
    judge.each(refusals, body.must_be_typed_json("content-type-of-error"))


@each_kind
@law("error-body-is-json")
def test_json(refusals: list[Exchange], judge: Judge) -> None:
    """A body that is there is one JSON text in UTF-8."""
    judge.each(refusals, error.must_be_json_if_there)


@each_kind
@law("body-matches-content-type")
def test_charset(refusals: list[Exchange], judge: Judge) -> None:
    """The body is in the charset that Content-Type declares."""
    judge.each(refusals, body.must_match_charset)


@each_kind
@law("json-names-unique")
def test_member_names(refusals: list[Exchange], judge: Judge) -> None:
    """No object of the body has a member twice."""
    judge.each((refusal for refusal in refusals if not body.is_empty(refusal)), body.should_name_members_once)


@each_kind
@law("error-body-is-object")
def test_object(refusals: list[Exchange], judge: Judge) -> None:
    """A body that is there is an object."""
    judge.each(refusals, error.should_be_object)


@each_kind
@law("error-action-known")
def test_action(refusals: list[Exchange], judge: Judge) -> None:
    """The member `action` is one on which a client can act."""
    judge.each(refusals, error.should_name_known_action)


@each_kind
@law("error-code-is-string")
def test_code(refusals: list[Exchange], judge: Judge) -> None:
    """The member `code` is a string."""
    judge.each(refusals, error.should_have_code)


@each_kind
@law("error-status-matches")
def test_status(refusals: list[Exchange], judge: Judge) -> None:
    """The member `status` is the status of the answer."""
    judge.each(refusals, error.should_repeat_status)


@each_kind
@law("error-message-is-string")
def test_message(refusals: list[Exchange], judge: Judge) -> None:
    """The member `message` is a string."""
    judge.each(refusals, error.should_have_message)


@each_kind
@law("error-help-url")
def test_help_url(refusals: list[Exchange], judge: Judge) -> None:
    """The member `helpUrl` is an absolute URL."""
    judge.each(refusals, error.should_link_help)


@each_kind
@law("error-without-token")
def test_token(refusals: list[Exchange], judge: Judge) -> None:
    """An error does not give the access token back."""
    judge.each(refusals, hardening.should_not_carry_token("error-without-token"))


@each_kind
@law("error-without-stack-trace")
def test_stack_trace(refusals: list[Exchange], judge: Judge) -> None:
    """An error shows no stack trace."""
    judge.each(refusals, hardening.should_hide_stack_trace)


@sends(BAD_METHOD)
@law("allow-with-405")
@pytest.mark.parametrize("kind", [(BAD_METHOD,)], ids=[""])
def test_allow(refusals: list[Exchange], judge: Judge) -> None:
    """A 405 lists the allowed methods."""
    judge.each(_with_status(refusals, 405), hardening.should_list_allowed_methods)


@sends(BAD_TOKEN, EXPIRED)
@law("www-authenticate-with-401")
@pytest.mark.parametrize("kind", [(BAD_TOKEN, EXPIRED)], ids=[""])
def test_challenge(refusals: list[Exchange], judge: Judge) -> None:
    """A 401 says how to authenticate."""
    judge.each(_with_status(refusals, 401), hardening.should_challenge)


def _with_status(refusals: list[Exchange], status: int) -> list[Exchange]:
    found = [exchange for exchange in refusals if answer(exchange).status == status]
    if not found:
        raise Untested(f"not judged: none of these requests was answered {status}")
    return found
