"""What one run of a client shows, demand by demand: each case is a demand in a scenario."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import quote, urlsplit

from conformance.law.catalogue import Level, catalogue
from conformance.record.record import Case, Finding
from conformance.rules.client import REQUEST, is_call, must_send
from conformance.rules.course import Course
from conformance.rules.finding import Finding as RuleFinding
from conformance.rules.finding import Unjudged
from conformance.rules.intent import must_ask_for, must_identify, must_open_as_given, must_send_token
from conformance.rules.redirect import must_redirect_to
from conformance.rules.sent import SERVICE_TOKEN, SUBJECT_TOKEN
from conformance.rules.sequence import SEQUENCE
from conformance.rules.status import OK, THROTTLED, UNAUTHORIZED
from conformance.run.words import LONGEST_TEXT, cut

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from conformance.client.process import Ended
    from conformance.client.scenarios import ClientScenario
    from conformance.client.stand_in import Tokens
    from conformance.exchange import Exchange
    from conformance.record.record import Status
    from conformance.rules.status import Rule

_Item = TypeVar("_Item")
EXIT_CODE: Final = "client-exit-code"
IN_TIME: Final = "client-ends-in-time"
MOST_FINDINGS: Final = 5
_REDIRECT_URL: Final = ("client-redirect-url", "client-redirect-url-is-a-url", "client-redirect-url-encoded")
_API: Final = "/api/v2/"


@dataclass(frozen=True, slots=True)
class Told:
    """What a client was told for one scenario: the variables of its environment, and the tokens behind them."""

    scenario: ClientScenario
    base_url: str
    service_provider: str
    redirect_url: str
    tokens: Tokens

    @property
    def base_path(self) -> str:
        """The path of the base URL; empty where it has none."""
        return urlsplit(self.base_url).path


@dataclass(frozen=True, slots=True)
class Judged:
    """How one demand came out: what broke it, or why it could not be judged."""

    requirement: str
    findings: Sequence[RuleFinding] = ()
    unjudged: str = ""
    message: str = ""


def cases_of(told: Told, exchanges: Sequence[Exchange], ended: Ended, rerun: str) -> list[Case]:
    """Judge what a client did in one scenario; `exchanges` is all that it sent, in order."""
    calls, others = _told_apart(told, exchanges)
    requests = list(_requests(told, calls, ended))
    broken = {each.requirement for each in requests if each.findings}
    judged = [*requests, *_sequence(told, calls, others, ended), *_ending(told, calls, ended)]
    return [_case(told, _once(each, broken), exchanges, rerun) for each in judged]


def calls_of(told: Told, exchanges: Sequence[Exchange]) -> tuple[Exchange, ...]:
    """Give what a client sent to the endpoint, or meant for it."""
    return _told_apart(told, exchanges)[0]


def _once(judged: Judged, broken: Collection[str]) -> Judged:
    """Leave to its cause what follows from a request that asked for a wrong redirect target."""
    cause = next((name for name in _REDIRECT_URL if name in broken), "")
    if judged.requirement == "client-reaches-redirect-url" and cause:
        return Judged(judged.requirement, unjudged=str(Unjudged(cause)))
    return judged


def _told_apart(told: Told, exchanges: Sequence[Exchange]) -> tuple[tuple[Exchange, ...], tuple[Exchange, ...]]:
    """Tell the calls of the endpoint from the pages that were opened; the app's other calls are its own affair."""
    calls = tuple(each for each in exchanges if is_call(each.request))
    rest = [each for each in exchanges if each not in calls]
    own = [each for each in rest if not _is_page(each) and each.request.method != "OPTIONS"]
    token_url = f"{told.base_url}/_token"
    if not calls:
        # whatever it sent in place of a call was meant as one
        calls = tuple(each for each in own if each.request.url != token_url)
    others = tuple(each for each in rest if each not in calls and each.request.url != token_url and not _is_api(each))
    return calls, others


def _is_page(exchange: Exchange) -> bool:
    return any(part in urlsplit(exchange.request.url).path for part in ("/_mvpd/", "/_app/"))


def _is_api(exchange: Exchange) -> bool:
    return _API in urlsplit(exchange.request.url).path


def _requests(told: Told, calls: Sequence[Exchange], ended: Ended) -> Iterator[Judged]:
    """Judge the calls one by one."""
    attempts = _attempts(calls)
    for requirement, rules in _rules(told).items():
        if requirement == "client-sso-token-format" and not told.tokens.of_single_sign_on(told.scenario.state):
            continue
        if calls:
            yield _judged(requirement, [partial(_found_in, rules, call) for call in attempts])
        elif requirement == "client-path" and ended.code == 0 and not told.scenario.may_be_left_out:
            finding = RuleFinding("client-path", "a logout", "no request, and the exit code 0", "path")
            yield Judged(requirement, [finding])
        else:
            yield Judged(requirement, unjudged=f"not judged: {_why_no_call(told, ended)}")


def _attempts(calls: Sequence[Exchange]) -> list[Exchange]:
    """Give the calls that were to log out: what came after a good answer, and a HEAD before, the sequence is told."""
    good = next((at for at, call in enumerate(calls) if _is_good(call)), len(calls))
    return [call for call in calls[: good + 1] if call.request.method != "HEAD"] or list(calls[:1])


def _is_good(call: Exchange) -> bool:
    return call.request.method == "GET" and call.response is not None and call.response.status == OK


def _found_in(rules: Sequence[Rule], call: Exchange) -> Iterator[RuleFinding]:
    return (replace(finding, exchange=call.index) for finding in _first_found(rules, call))


def _why_no_call(told: Told, ended: Ended) -> str:
    if told.scenario.may_be_left_out and ended.code == 0:
        return "no logout was sent; the logout of temporary access may be left out"
    return f"no logout was sent, and the client ended with {ended.code}"


def _rules(told: Told) -> dict[str, list[Rule]]:
    """Give the rules of each demand, those first that need not know what was to be logged out."""
    names = must_ask_for(told.base_path, told.service_provider, told.scenario.mvpd)
    sso = told.tokens.of_single_sign_on(told.scenario.state)
    rules: dict[str, list[Rule]] = {name: [rule] for name, rule in REQUEST.items()}
    rules["client-path"] = [names]
    rules["client-path-encoded"].append(names)
    rules["client-redirect-url-encoded"].append(must_redirect_to(told.redirect_url))
    rules["client-authorization"].append(must_send_token(told.tokens.has_given))
    rules["client-device-identifier"].append(must_identify(told.scenario.device))
    for requirement, header in (("client-service-token", SERVICE_TOKEN), ("client-subject-token", SUBJECT_TOKEN)):
        if header in sso:
            rules[requirement] = [must_send(requirement, header, sso[header])]
    return rules


def _first_found(rules: Sequence[Callable[[_Item], Iterator[RuleFinding]]], item: _Item) -> Iterator[RuleFinding]:
    """Give what the first rule finds that finds anything: one fault is reported once.

    Raises:
        Unjudged: none of them could say anything.

    """
    reasons: list[Unjudged] = []
    for rule in rules:
        try:
            found = list(islice(rule(item), MOST_FINDINGS))
        except Unjudged as reason:
            reasons.append(reason)
            continue
        if found:
            yield from found
            return
    if len(reasons) == len(rules):
        raise reasons[0]


def _sequence(told: Told, calls: tuple[Exchange, ...], others: tuple[Exchange, ...], ended: Ended) -> Iterator[Judged]:
    """Judge what was done next; what the scenario does not bring about is a case only where it is broken."""
    course = Course(calls, others, seen_until_s=float("inf") if not ended.stopped else None, alone=True)
    for requirement, rule in SEQUENCE.items():
        rules = [rule, must_open_as_given] if requirement == "client-opens-url" else [rule]
        judged = _judged(requirement, [partial(_first_found, rules, course)])
        if judged.findings or requirement in told.scenario.brings_about:
            yield judged


def _ending(told: Told, calls: Sequence[Exchange], ended: Ended) -> Iterator[Judged]:
    """Judge how the client ended."""
    if ended.stopped:
        yield Judged(EXIT_CODE, unjudged=f"not judged: the kit ended the client, since {ended.stopped}")
    elif expected := _other_code(told, calls, ended):
        finding = RuleFinding(EXIT_CODE, expected, str(ended.code), "exit code")
        said = f"; the last that it said: {ended.tail.strip()[-LONGEST_TEXT:]}" if ended.tail.strip() else ""
        yield Judged(EXIT_CODE, [finding], message=f"expected {expected}, seen {ended.code}{said}")
    else:
        yield Judged(EXIT_CODE)
    late = [RuleFinding(IN_TIME, "the client's own end", ended.stopped, "exit code")] if ended.stopped else []
    yield Judged(IN_TIME, late)


def _other_code(told: Told, calls: Sequence[Exchange], ended: Ended) -> str:
    """Say which exit code would have been right; empty where this one is.

    Who gives up after its own mistake, or an error that it should have tried again after, is told so there.
    """
    answers = [call.response.status for call in calls if call.response]
    if any(map(_is_good, calls)):
        return "" if ended.code == 0 else "0, since the logout was answered"
    if ended.code == 0:
        return "another code than 0, since no logout was answered with success" if calls else ""
    last = answers[-1] if answers else 0
    gave_up = not last or last == THROTTLED or (last == UNAUTHORIZED and told.scenario.refused)
    return "0, since this logout can be finished" if told.scenario.can_finish and gave_up else ""


def _judged(requirement: str, rules: Sequence[Callable[[], Iterator[RuleFinding]]]) -> Judged:
    """Apply rules that judge one demand; it is unjudged where none of them could say anything."""
    found: list[RuleFinding] = []
    unjudged: list[str] = []
    for rule in rules:
        try:
            found.extend(finding for finding in islice(rule(), MOST_FINDINGS) if finding.requirement == requirement)
        except Unjudged as reason:
            unjudged.append(str(reason))
    silent = not found and len(unjudged) == len(rules)
    return Judged(requirement, found[:MOST_FINDINGS], unjudged[-1] if silent else "")


def _case(told: Told, judged: Judged, exchanges: Sequence[Exchange], rerun: str) -> Case:
    row = catalogue()[judged.requirement]
    findings = tuple(_recorded(told, finding) for finding in judged.findings)
    words = "; ".join(f"expected {finding.expected}, seen {finding.seen}" for finding in findings[:1])
    return Case(
        id=f"client/{told.scenario.id}/{judged.requirement}",
        title=row.sentence,
        status=_status(judged, row.level),
        level=row.level.value,
        requirements=(judged.requirement,),
        scenario=told.scenario.id,
        message=_steady(told, judged.message) or words or judged.unjudged,
        exchanges=tuple(exchange.index for exchange in exchanges),
        findings=findings,
        rerun=rerun,
    )


def _status(judged: Judged, level: Level) -> Status:
    if judged.findings:
        return "failed" if level is Level.MUST else "warned"
    return "skipped" if judged.unjudged else "passed"


def _recorded(told: Told, finding: RuleFinding) -> Finding:
    return Finding(
        requirement=finding.requirement,
        level=catalogue()[finding.requirement].level.value,
        expected=_steady(told, finding.expected),
        seen=_steady(told, finding.seen),
        where=finding.where,
        exchange=finding.exchange,
    )


def _steady(told: Told, text: str) -> str:
    """Give a text that is the same in every run: the port says nothing to a reader."""
    for name, value in told.tokens.by_name().items():  # before it is cut: half a token is a token
        text = text.replace(value, f"{{{{{name}}}}}")
    netloc = urlsplit(told.base_url).netloc
    text = text.replace(netloc, "<server>").replace(quote(netloc, safe=""), "<server>")
    return cut(text)
