"""#request: every legal form of the request is understood, and no other form breaks the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from conformance.cases.case import Judge, beyond, law, sends
from conformance.cases.forms import LEGAL, LONG, QUESTIONABLE, RECOMMENDED, Form
from conformance.cases.refusals import NO_URL
from conformance.cases.test_state import must_act, must_have_acted
from conformance.evidence.outcome import Stopped, Untested
from conformance.evidence.visit import AGAIN, FIRST, Visit, scenario_visit
from conformance.law.contract import SCENARIOS, ActionName
from conformance.rules.action import action_of, must_name_action
from conformance.rules.finding import Finding, Unjudged
from conformance.rules.status import OK, TOO_LONG, answer, must_have_status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from _pytest.mark import ParameterSet

    from conformance.evidence.evidence import Evidence
    from conformance.exchange import Exchange
    from conformance.rules.status import Rule

PLAIN: Final = scenario_visit(SCENARIOS["logout-endpoint"])
NOBODY: Final = scenario_visit(SCENARIOS["no-profile"])
ACCEPT_ABSENT, FORWARDED_FOR = (
    next(form for form in LEGAL if form.id == name) for name in ("accept-absent", "forwarded-for-ipv4")
)
TOLD: Final = {"device-info-missing": "missing", "device-info-no-json": "no JSON"}
"""Forms of which the report says what the target does: either conforms, and a client wants to know (erratum 3)."""
TOGETHER: Final = {form.together: form.requirement for form in (*LEGAL, *RECOMMENDED) if form.together}
"""The visits in which several forms are sent as one request, each with a demand that it is about."""


def each(forms: Iterable[Form]) -> list[ParameterSet]:
    """Make a case of each form."""
    return [pytest.param(form, marks=law(form.requirement, *form.also), id=form.id) for form in forms]


@pytest.mark.parametrize("form", each(LEGAL))
def test_legal(form: Form, evidence: Evidence, judge: Judge) -> None:
    """Another legal form of the request is answered like the plain one."""
    evidence.accepted()
    if form.together and is_understood(form.together, evidence):
        judge.looked_at(evidence.of(form.together)[FIRST])
        return
    visited = evidence.of(form.visit)
    judge(visited[FIRST], *as_plain(form.visit, form.requirement, evidence))
    if AGAIN in visited.exchanges:
        must_have_acted(visited[FIRST], ActionName.LOGOUT)
        must_act(judge, evidence, visited[AGAIN], "logout-deletes-profile", ActionName.INVALID)


@pytest.mark.parametrize("form", each(RECOMMENDED))
def test_recommended(form: Form, evidence: Evidence, judge: Judge) -> None:
    """A form that a careful client may send is answered like the plain one."""
    test_legal(form, evidence, judge)


@pytest.mark.parametrize(
    "visit", [pytest.param(visit, marks=law(name), id=visit.id) for visit, name in TOGETHER.items()]
)
def test_together(visit: Visit, evidence: Evidence, judge: Judge) -> None:
    """Legal forms that are understood one by one are understood together."""
    evidence.accepted()
    if not is_understood(visit, evidence):
        for form in (*LEGAL, *RECOMMENDED):
            if form.together == visit and not is_understood(form.visit, evidence):
                raise Untested(f"not judged: {form.id} is not understood by itself")
    judge(evidence.of(visit)[FIRST], *as_plain(visit, TOGETHER[visit], evidence))


@sends(PLAIN)
@law("accept-json")
def test_accept_json(evidence: Evidence, judge: Judge) -> None:
    """What is accepted without an Accept header is accepted with application/json in it."""
    judge_plain(ACCEPT_ABSENT, "accept-json", "200, as without the header Accept", evidence, judge)


@sends(PLAIN)
@law("x-forwarded-for-optional")
def test_without_forwarded_for(evidence: Evidence, judge: Judge) -> None:
    """What is accepted with an X-Forwarded-For is accepted without one."""
    judge_plain(FORWARDED_FOR, "x-forwarded-for-optional", "200, as with the header X-Forwarded-For", evidence, judge)


@pytest.mark.parametrize("form", each(QUESTIONABLE))
def test_questionable(form: Form, evidence: Evidence, judge: Judge) -> None:
    """A questionable form is answered by the law or refused with 400, and never breaks the server."""
    judge_questionable(form, (400,), evidence, judge)


@pytest.mark.parametrize("form", each(LONG))
def test_long(form: Form, evidence: Evidence, judge: Judge) -> None:
    """A very long input is answered by the law or refused as too long, and never breaks the server."""
    judge_questionable(form, (400, *sorted(TOO_LONG)), evidence, judge)


@pytest.mark.parametrize("visit", [pytest.param(NO_URL, marks=law("redirect-url-is-a-url"), id="")])
def test_redirect_url_is_a_url(visit: Visit, evidence: Evidence, judge: Judge) -> None:
    """A redirectUrl that is no URL at all should be refused."""
    evidence.accepted()
    exchange = evidence.of(visit).first
    judge(exchange, must_have_status("redirect-url-is-a-url", 400))
    judge.lawful(exchange, evidence.accepted())


def judge_plain(form: Form, requirement: str, expected: str, evidence: Evidence, judge: Judge) -> None:
    """Judge the plain request by another form, which is sent only where the plain one is refused."""
    plain = evidence.of(PLAIN)[FIRST]
    if answer(plain).status != OK and answer(evidence.of(form.visit)[FIRST]).status != OK:
        evidence.accepted()
        raise Untested("not judged: it depends on status-of-success, which is not met by the plain request")
    if answer(plain).status != OK:
        judge.found(plain, [Finding(requirement, expected, str(answer(plain).status), "status")])
    judge.looked_at(plain)


def judge_questionable(form: Form, refusals: tuple[int, ...], evidence: Evidence, judge: Judge) -> None:
    """Judge the answer to a form that may be refused; where it is a success, by its action too."""
    control, exchange = evidence.accepted(), evidence.of(form.visit)[FIRST]
    judge(exchange, must_have_status(form.requirement, OK, *refusals))
    judge.lawful(exchange, control)
    if form.id in TOLD:
        evidence.notes.add(f"a request whose X-Device-Info is {TOLD[form.id]} is answered {answer(exchange).status}")
    if answer(exchange).status != OK or not evidence.of(form.visit).in_state:
        return
    if form.acts is None:
        judge(exchange, must_act_like(form.acts_under, plain_of(form.visit, evidence)))
    elif form.acts and evidence.sets_states:
        # whatever device or MVPD the server takes it for, it is none that has a profile
        must_have_acted(evidence.of(NOBODY)[FIRST], ActionName.INVALID)
        judge(exchange, must_name_action(form.acts_under, *form.acts))


def is_understood(visit: Visit, evidence: Evidence) -> bool:
    """Say whether a request was answered like the plain one, as far as that can be seen."""
    try:
        exchange = evidence.of(visit)[FIRST]
        return not any(list(rule(exchange)) for rule in as_plain(visit, "status-of-success", evidence))
    except (Stopped, Unjudged):
        return False


def as_plain(visit: Visit, requirement: str, evidence: Evidence) -> Iterator[Rule]:
    """Give the rules by which an answer is like that to the plain request in the same state."""
    control = evidence.accepted()
    yield must_have_status(requirement, OK)
    yield _of_success(lambda exchange: iter(beyond(control, exchange)))
    if evidence.of(visit).in_state:
        yield _of_success(must_act_like(requirement, plain_of(visit, evidence)))


def plain_of(visit: Visit, evidence: Evidence) -> Exchange:
    """Give the plain request in a visit's state; raises Untested where it was no success."""
    plain = evidence.of(scenario_visit(SCENARIOS[visit.viewers[0].state]))[FIRST]
    if answer(plain).status != OK:
        raise Untested("not judged: it depends on status-of-success, which is not met by the plain request")
    return plain


def must_act_like(requirement: str, plain: Exchange) -> Rule:
    """Make the rule that the asked MVPD's action is the plain request's."""

    def rule(exchange: Exchange) -> Iterator[Finding]:
        expected, seen = action_of(plain), action_of(exchange)
        if seen != expected:
            where = "/logouts"
            yield Finding(requirement, f"the action {expected}, as for the plain request", f"the action {seen}", where)

    return rule


def _of_success(rule: Rule) -> Rule:
    return lambda exchange: rule(exchange) if answer(exchange).status == OK else iter(())
