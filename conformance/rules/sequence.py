"""Rules on what a client does next: its calls for one logout, and the other requests that were seen beside them.

A rule says what it can of what it was shown. Where the end of the matter was not seen, or no times were written down,
it raises `Unseen`: silence of a recording is no fault of a client.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from conformance.rules.course import Course, same_url
from conformance.rules.error import action_of_error
from conformance.rules.finding import Finding, Inapplicable, Unseen
from conformance.rules.hardening import carries
from conformance.rules.sent import DEVICE_IDENTIFIER, DEVICE_INFO, is_placeholder, token_of
from conformance.rules.status import OK, THROTTLED, UNAUTHORIZED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TypeAlias

    from conformance.exchange import Exchange

    SequenceRule: TypeAlias = Callable[[Course], Iterator[Finding]]

MOST_CALLS: Final = 3
BURST_S: Final = 30.0
"""Calls further apart than this, in seconds, are no storm: a viewer may have tried again."""
LEAST_WAIT_S: Final = 1.0
CLOCK_S: Final = 0.02
"""How far the times of a recording may be off, in seconds."""
BAD_REQUEST: Final = 400
NOT_ALLOWED: Final = 405
ENDS_SOON: Final = "the recording ends soon after the answer: no request was recorded two seconds later, or after that"
ELSEWHERE: Final = "it is at another server, and only requests to this one were recorded"


def should_reach_redirect_url(course: Course) -> Iterator[Finding]:
    """The user agent of a client goes on to redirectUrl when the MVPD's logout flow is complete."""
    requirement = "client-reaches-redirect-url"
    opened = [opening for opening in course.openings if opening.visits and opening.is_asked]
    if not opened:
        raise Inapplicable("no logout page was opened, as far as was seen")
    for opening in opened:
        if course.visits_of(opening.redirect_url, opening.call):
            continue
        if not course.alone and not course.is_sent_to(opening.redirect_url):
            raise Unseen("the end of the MVPD's own flow was not seen")
        if not course.sees(opening.redirect_url):
            raise Unseen(ELSEWHERE)
        if not course.is_seen_after(opening.visits[-1]):
            raise Unseen("the recording ends soon after the logout page was opened")
        yield _next(requirement, opening.visits[-1], f"a GET of {opening.redirect_url}", "none")


def must_correct_bad_request(course: Course) -> Iterator[Finding]:
    """After a 400 a client corrects its request before it tries again."""
    requirement, hidden = "client-corrects-bad-request", False
    for refused, again in _pairs_after(course, BAD_REQUEST):
        if action_of_error(refused) == "retry" or _content(refused) != _content(again):
            continue
        hidden = hidden or bool(refused.request.withheld)
        if not refused.request.withheld:
            yield _next(requirement, again, "another request than the one that was answered 400", "the same again")
    if hidden:
        raise Unseen("what the recording left out of the requests may differ")


def must_renew_token(course: Course) -> Iterator[Finding]:
    """After a 401 a client gets a new access token; it does not send the refused one any more."""
    requirement = "client-new-token-after-401"
    pairs = list(_pairs_after(course, UNAUTHORIZED))
    refused: set[str] = set()
    for call in course.calls:
        token = token_of(call.request)
        if token in refused:
            yield _next(requirement, call, "another access token than the refused one", "the refused one again")
        if _status(call) == UNAUTHORIZED and token and not is_placeholder(token):
            refused.add(token)
    if not all(_are_told_apart(before, after) for before, after in pairs):
        raise Unseen("it does not show whether another access token was sent")


def must_change_method(course: Course) -> Iterator[Finding]:
    """After a 405 a client uses an allowed method before it tries again."""
    requirement = "client-method-after-405"
    for refused, again in _pairs_after(course, NOT_ALLOWED):
        # GET is the allowed one: whoever refuses it leaves a client nothing to change to
        if refused.request.method == again.request.method != "GET":
            yield _next(requirement, again, "an allowed method", again.request.method)


def must_wait_when_throttled(course: Course) -> Iterator[Finding]:
    """After a 429 a client waits at least one second, and at least as long as its Retry-After says."""
    requirement = "client-waits-after-429"
    for throttled, again in _pairs_after(course, THROTTLED):
        ended, began = throttled.ended_s, again.began_s
        if ended is None or began is None:
            raise Unseen("no times were written down")
        least = max(LEAST_WAIT_S, _retry_after_s(throttled))
        if began - ended < least - CLOCK_S:
            seen = f"{max(began - ended, 0):.2f} s"
            yield _next(requirement, again, f"at least {least:g} s until the next call", seen)


def should_retry_when_told(course: Course) -> Iterator[Finding]:
    """After an error whose action is retry a client tries again."""
    requirement = "client-retries-when-told"
    told = next((call for call in course.calls if action_of_error(call) == "retry"), None)
    if told is None:
        raise Inapplicable("no error with the action retry was answered")
    if told is not course.calls[-1]:
        return  # how often is the client's own business
    if not course.is_seen_after(told):
        raise Unseen("it ends soon after the error")
    yield _next(requirement, told, "another try", "none")


def must_open_url(course: Course) -> Iterator[Finding]:
    """For each entry with logout a client opens its url, resolved against the URL of the request, once."""
    requirement, unseen = "client-opens-url", ""
    asked = [opening for opening in course.openings if opening.is_asked]
    if not asked:
        raise Inapplicable("no answer asked for a url to be opened")
    for opening in asked:
        number = len(course.unredirected(opening.visits)) or min(len(opening.visits), 1)
        if 0 < number <= sum(same_url(other.url, opening.url) for other in asked):
            continue
        if number == 0 and not (course.sees_visits(opening) and course.is_seen_after(opening.call)):
            unseen = ENDS_SOON if course.sees_visits(opening) else ELSEWHERE
            continue
        seen = f"{number} of them" if number else "none"
        yield _next(requirement, opening.call, f"one GET of {opening.url} in a user agent", seen)
    if unseen:
        raise Unseen(unseen)


def must_do_nothing_more(course: Course) -> Iterator[Finding]:
    """For an entry with complete or invalid, or with partner_logout and no url, a client opens nothing."""
    requirement = "client-does-nothing-more"
    found = course.openings
    idle = [opening for opening in found if opening.is_idle]
    if not idle:
        raise Inapplicable("no answer said that nothing is to be opened")
    asked = any(opening.is_asked for opening in found)
    for opening in idle:
        opened = list(opening.visits)
        if not asked:
            opened += course.visits_of(opening.redirect_url, opening.call)
            opened += course.others_after(opening.call) if course.alone else ()
        for visit in {visit.index: visit for visit in opened}.values():
            seen = f"{visit.request.method} {visit.request.url}"
            yield _next(requirement, visit, f"nothing opened for {opening.action}", seen)
    if not asked and not all(course.sees(opening.redirect_url) for opening in idle):
        raise Unseen(ELSEWHERE)
    if not all(course.is_seen_after(opening.call) for opening in idle):
        raise Unseen(ENDS_SOON)


def must_log_out_once(course: Course) -> Iterator[Finding]:
    """A client sends nothing more to the endpoint for one logout than that logout and its justified retries."""
    requirement = "client-logs-out-once"
    for before, after in pairwise(course.calls):
        ended, began = before.ended_s, after.began_s
        if _status(before) == OK and before.request.method == "GET":
            yield _next(requirement, after, "nothing more after a good answer", after.request.method)
        elif after.request.method != "GET" or not _leads_on(before):
            yield _next(requirement, after, "one GET, and again only where it is justified", _methods(before, after))
        elif ended is not None and began is not None and began < ended - CLOCK_S:
            yield _next(requirement, after, "an answer before the next call", "a call while another was under way")


def _leads_on(call: Exchange) -> bool:
    """Say whether a GET may follow: on a GET, or on another method that was refused; who asks for HEAD asks twice."""
    method = call.request.method
    return method == "GET" or (method != "HEAD" and _status(call) == NOT_ALLOWED)


def must_call_few_times(course: Course) -> Iterator[Finding]:
    """A client makes at most three calls for one logout."""
    requirement, burst = "client-few-calls", 1
    for before, after in pairwise(course.calls):
        ended, began = before.ended_s, after.began_s
        if ended is None or began is None:
            if len(course.calls) > MOST_CALLS:
                raise Unseen("no times were written down, so calls may be of several logouts")
            return
        burst = burst + 1 if began - ended < BURST_S + _retry_after_s(before) else 1
        if burst == MOST_CALLS + 1:
            yield _next(requirement, after, f"at most {MOST_CALLS} calls", f"{len(course.calls)} calls")


def must_keep_token_to_itself(course: Course) -> Iterator[Finding]:
    """A client sends its access token neither to the url of an answer nor to the redirect target."""
    requirement = "client-token-not-elsewhere"
    tokens = {token_of(call.request) for call in course.calls} - {""}
    visits = _visits(course)
    if not tokens:
        raise Unseen("it does not show the access token")
    given = " ".join(opening.url for opening in course.openings)
    for visit in visits:
        sent = [*(value for _, value in visit.request.headers), visit.request.url]
        # what an answer put into its url is no fault of the client
        if any(carries(token, text) for token in tokens for text in sent if not carries(token, given)):
            seen = f"the access token, sent to {visit.request.url.partition('?')[0]}"
            yield _next(requirement, visit, "no access token beyond the API", seen)


def must_keep_device_to_itself(course: Course) -> Iterator[Finding]:
    """A client sends AP-Device-Identifier and X-Device-Info to the API only."""
    requirement = "client-device-headers-not-elsewhere"
    for visit in _visits(course):
        for name in (DEVICE_IDENTIFIER, DEVICE_INFO):
            if visit.request.values(name):
                seen = f"{name}, sent to {visit.request.url.partition('?')[0]}"
                yield _next(requirement, visit, "device headers to the API only", seen)


SEQUENCE: Final[Mapping[str, SequenceRule]] = {
    "client-reaches-redirect-url": should_reach_redirect_url,
    "client-corrects-bad-request": must_correct_bad_request,
    "client-new-token-after-401": must_renew_token,
    "client-method-after-405": must_change_method,
    "client-waits-after-429": must_wait_when_throttled,
    "client-retries-when-told": should_retry_when_told,
    "client-opens-url": must_open_url,
    "client-does-nothing-more": must_do_nothing_more,
    "client-logs-out-once": must_log_out_once,
    "client-few-calls": must_call_few_times,
    "client-token-not-elsewhere": must_keep_token_to_itself,
    "client-device-headers-not-elsewhere": must_keep_device_to_itself,
}
"""Every demand that shows in what a client does next, in the order of the law, with the rule that judges it."""


def _next(requirement: str, exchange: Exchange, expected: str, seen: str) -> Finding:
    return Finding(requirement, expected, seen, "next", exchange.index)


def _status(call: Exchange) -> int:
    return call.response.status if call.response else 0


def _pairs_after(course: Course, status: int) -> Iterator[tuple[Exchange, Exchange]]:
    """Give each call that was answered so, with the next one; raises Unseen where there is none."""
    found = [(before, after) for before, after in pairwise(course.calls) if _status(before) == status]
    if not found:
        raise Inapplicable(f"no call was seen after an answer of {status}")
    yield from found


def _are_told_apart(before: Exchange, after: Exchange) -> bool:
    # two secrets may have one marker, never one secret two
    tokens = {token_of(before.request), token_of(after.request)}
    return "" not in tokens and (len(tokens) > 1 or not any(map(is_placeholder, tokens)))


def _content(call: Exchange) -> tuple[object, ...]:
    names = ("authorization", "accept", DEVICE_IDENTIFIER.lower(), DEVICE_INFO.lower())
    headers = sorted((name.lower(), value) for name, value in call.request.headers if name.lower() in names)
    return call.request.method, call.request.url, tuple(headers)


def _methods(before: Exchange, after: Exchange) -> str:
    return f"{before.request.method}, then {after.request.method}"


def _visits(course: Course) -> list[Exchange]:
    """Give the requests that went to a url of an answer, on from there, or to the redirect target."""
    found = {visit.index: visit for visit in course.visits()}
    if not found:
        raise Inapplicable("no request to a url of an answer or to the redirect target was seen")
    return [found[index] for index in sorted(found)]


def _retry_after_s(call: Exchange) -> float:
    """Read Retry-After, in seconds or as a date (RFC 9110, 10.2.3); 0 where it says nothing that can be read."""
    asked = (call.response.header("Retry-After") if call.response else None) or ""
    if asked.strip().isdecimal() and len(asked) < 10:  # noqa: PLR2004  (more seconds than anybody waits)
        return float(asked)
    try:
        return max(parsedate_to_datetime(asked).timestamp() - (call.ended_s or 0), 0) if call.ended_s else 0.0
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0
