"""Requests that nobody thought of: generated from openapi.yaml, sent by the kit, judged by the same rules."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

import pytest

from conformance.cases.case import Judge, beyond, law, sends
from conformance.cases.forms import LEGAL, LONG, QUESTIONABLE, RECOMMENDED
from conformance.cases.refusals import BAD_REQUEST, BAD_TOKEN, NO_URL
from conformance.cases.test_request import PLAIN, must_act_like
from conformance.cases.test_state import must_act, must_have_acted, readable_action
from conformance.evidence.outcome import Troubled, Untested
from conformance.evidence.visit import FIRST, Step, Viewer, Visit
from conformance.generated.search import Search, Tried
from conformance.law.contract import ActionName
from conformance.rules.action import must_name_action
from conformance.rules.finding import Unjudged
from conformance.rules.status import LISTED, OK, TOO_LONG, answer, must_have_status
from conformance.sender.logout import mvpd, service_provider
from conformance.sender.plain import plain_logout
from conformance.states.provisioning import Provisioned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conformance.evidence.evidence import Evidence
    from conformance.exchange import Exchange
    from conformance.generated.requests import Generated
    from conformance.rules.finding import Finding
    from conformance.rules.status import Rule
    from conformance.run.run import Settings
    from conformance.sender.logout import Logout

AFTER_THEM: Final = Step("after-them")
BATCH: Final = Visit("generated-invalid", (AFTER_THEM,))
BY_HAND: Final = (
    *(BAD_REQUEST, BAD_TOKEN, NO_URL),
    *(form.visit for form in (*LEGAL, *RECOMMENDED, *QUESTIONABLE, *LONG)),
)


@law("status-of-success", "action-for-logout-endpoint", "no-server-error", "listed-status")
def test_valid(evidence: Evidence, run_settings: Settings, judge: Judge) -> None:
    """A valid request is answered like the plain one, whatever its optional parts are."""
    control, plain = evidence.accepted(), evidence.of(PLAIN)[FIRST]
    number = _numbers()

    def send(request: Generated) -> Tried:
        step = Step(FIRST, request.change(own_device=True, own_host=True))
        visited = evidence.of(Visit(f"generated-valid-{next(number)}", (step,), (Viewer(),)))
        rules: list[Rule] = [must_have_status("status-of-success", OK)]
        if visited.in_state and answer(plain).status == OK:
            rules.append(must_act_like("action-for-logout-endpoint", plain))
        return _tried(visited[FIRST], control, rules)

    by_hand = _by_hand(evidence)
    search = Search(send, skip=lambda request: bool(request.refusals()) or by_hand(request))
    _end(judge, search, search.run("valid", examples=run_settings.examples, seed_=run_settings.seed))
    if not judge.judgements and answer(plain).status == OK:
        readable_action(plain)  # where none can be read, it cannot be read that every answer has the same


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        pytest.param("mvpd", (OK, 400), marks=law("unknown-mvpd"), id="mvpd"),
        pytest.param("service-provider", (OK, 400, 401), marks=law("unknown-service-provider"), id="service-provider"),
    ],
)
def test_unknown(
    name: str, statuses: tuple[int, ...], evidence: Evidence, run_settings: Settings, judge: Judge
) -> None:
    """A made-up MVPD or service provider is refused, or has no profile."""
    control = evidence.accepted()
    readable_action(control)  # where none can be read, it cannot be read that there is no profile
    number = _numbers()
    requirement = f"unknown-{name}"

    def send(request: Generated) -> Tried:
        change = mvpd(request.mvpd) if name == "mvpd" else service_provider(request.service_provider)
        visit = Visit(f"generated-{name}-{next(number)}", (Step(FIRST, change),))
        rules = (must_have_status(requirement, *statuses), must_name_action(requirement, ActionName.INVALID))
        return _tried(evidence.of(visit)[FIRST], control, rules)

    search = Search(send, skip=lambda request: not (request.has_made_up_mvpd and request.has_made_up_provider))
    _end(judge, search, search.run("valid", examples=run_settings.examples // 4, seed_=run_settings.seed))


@sends(BATCH)
@law("listed-status", "no-server-error", "refused-deletes-nothing")
def test_invalid(evidence: Evidence, run_settings: Settings, judge: Judge) -> None:
    """An invalid request is refused by the law, and never logs anyone out."""
    control = evidence.accepted()
    by_hand = _by_hand(evidence)
    number = _numbers()
    with evidence.attending(BATCH) as (in_state, act):

        def send(request: Generated) -> Tried:
            refusals = request.refusals()
            # what a lenient server may accept goes for another device, so that the viewer stays logged in
            change = request.change(own_device=bool(refusals))
            exchange = act(Step(f"request-{next(number)}", change, is_refused=True))
            return _tried(exchange, control, [_must_refuse(request, refusals)])

        search = Search(send, skip=by_hand)
        _end(judge, search, search.run("invalid", examples=run_settings.examples, seed_=run_settings.seed))
        if in_state and not judge.judgements:
            must_have_acted(evidence.of(PLAIN)[FIRST], ActionName.LOGOUT)
            must_act(judge, evidence, _once(act, AFTER_THEM), "refused-deletes-nothing", ActionName.LOGOUT)


def _once(act: Callable[[Step], Exchange], step: Step) -> Exchange:
    """Send what may be sent only once; raises Untested where trouble came in its way."""
    try:
        return act(step)
    except Troubled as trouble:
        raise Untested(f"not judged: {trouble}") from None


def _tried(exchange: Exchange, control: Exchange, rules: Iterable[Rule]) -> Tried:
    findings = [*_findings(rules, exchange)]
    if answer(exchange).status in LISTED:
        findings += beyond(control, exchange)
    return Tried(exchange, tuple(dict.fromkeys(findings)))


def _findings(rules: Iterable[Rule], exchange: Exchange) -> Iterator[Finding]:
    for rule in rules:
        try:
            yield from rule(exchange)
        except Unjudged:
            return  # a refusal has no action, and what else is broken is found by the law


def _must_refuse(request: Generated, refusals: frozenset[int]) -> Rule:
    if not refusals:
        requirement = "device-info-optional-in-effect" if request.has_usual_device else "device-identifier-malformed"
        return must_have_status(requirement, OK, 400, *TOO_LONG)
    return must_have_status(request.broken, *sorted(refusals), *sorted(TOO_LONG))


def _by_hand(evidence: Evidence) -> Callable[[Generated], bool]:
    """Give what says that a generated request is one that a hand-written case sends."""
    plain = plain_logout(evidence.target, Provisioned("provider", "mvpd", "device", {}))
    known = {_form(step.change(plain)) for visit in BY_HAND for step in visit.steps}
    return lambda request: _form(request.change(own_device=True)(plain)) in known


def _form(logout: Logout) -> tuple[str, str, frozenset[tuple[str, str]]]:
    return logout.method, logout.url, frozenset((name.lower(), value) for name, value in logout.headers)


def _numbers() -> Iterator[int]:
    return itertools.count(1)


def _end(judge: Judge, search: Search, smallest: Tried | None) -> None:
    for tried in search.tried:
        judge.looked_at(tried.exchange)
    if smallest:
        judge.exchanges.remove(smallest.exchange)
        judge.exchanges.insert(0, smallest.exchange)
        judge.found(smallest.exchange, smallest.findings)
