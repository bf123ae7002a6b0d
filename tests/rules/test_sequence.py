from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.rules.course import Course, same_url
from conformance.rules.finding import Unjudged
from conformance.rules.sequence import SEQUENCE
from tests.calls import API, BYE, a_call, a_visit, answered, then, with_entry, withheld
from tests.exchanges import LOGOUT_PAGE, TOKEN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.exchange import Exchange, Response

    Table = Mapping[str, Sequence[tuple[Exchange, ...]]]

RETRY = {"action": "retry", "status": 500, "code": "internal_server_error", "message": "x"}
RELATIVE = with_entry(url="/adobe-services/logout?mso_id=Cablevision")
COMPLETE, INVALID, PARTNER = with_entry(2), with_entry(2, actionName="invalid"), with_entry(5)


def a_course(*exchanges: Exchange, until_s: float | None = 60.0, alone: bool = False) -> Course:
    """Give a course: what goes to the API's path is a call; it is watched so long after the first one's moment."""
    calls = tuple(each for each in exchanges if "/logout/Cable" in each.request.url)
    others = tuple(each for each in exchanges if each not in calls)
    begun = a_call().began_s
    assert begun is not None
    return Course(calls, others, None if until_s is None else begun + until_s, alone)


def verdict(requirement: str, course: Course) -> str:
    found = False
    try:
        for finding in SEQUENCE[requirement](course):
            assert finding.requirement == requirement
            assert finding.exchange in {each.index for each in (*course.calls, *course.others)}
            found = True
    except Unjudged:
        return "broken" if found else "unseen"
    return "broken" if found else "kept"


def all_broken(course: Course) -> set[str]:
    return {name for name in SEQUENCE if verdict(name, course) == "broken"}


def refused(status: int, body: object = b"", **headers: str) -> Response:
    return answered(body, status, **headers)


OTHER = "Bearer another-token-altogether"
OPENED = (a_call(), a_visit(LOGOUT_PAGE, location=BYE), a_visit(BYE, 0.6))

OTHER_PAGE = "https://sp.auth.adobe.com/cookies"
REVISIT = a_visit(LOGOUT_PAGE, 0.8)

KEPT: Table = {
    "client-reaches-redirect-url": [
        OPENED,
        (a_call(), a_visit(LOGOUT_PAGE), a_visit(BYE.replace("https", "http"), 5)),
    ],
    "client-corrects-bad-request": [
        (a_call(refused(400)), then(a_call(Accept=None), 1)),
        (a_call(refused(400, RETRY)), then(a_call(), 1)),
    ],
    "client-new-token-after-401": [(a_call(refused(401)), then(a_call(Authorization=OTHER), 1))],
    "client-method-after-405": [
        (a_call(refused(405), method="POST"), then(a_call(), 1)),
        (a_call(refused(405)), then(a_call(), 1)),
    ],
    "client-waits-after-429": [
        (a_call(refused(429)), then(a_call(), 1.1)),
        (a_call(refused(429, Retry_After="2")), then(a_call(), 2.1)),
        (a_call(refused(429, Retry_After="Sun, 01 Nov 2026 12:00:05 GMT")), then(a_call(), 5)),
        (a_call(refused(429, Retry_After="soon")), then(a_call(), 1.1)),
    ],
    "client-retries-when-told": [
        (a_call(refused(500, RETRY)), then(a_call(), 1)),
        (a_call(refused(500, RETRY)), then(a_call(refused(500, RETRY)), 1), then(a_call(refused(500, RETRY)), 2)),
    ],
    "client-opens-url": [
        OPENED,
        (a_call(RELATIVE), a_visit(f"{API}/adobe-services/logout?mso_id=Cablevision")),
        (a_call(with_entry(url="http://a.example")), a_visit("https://a.example/")),
        # the MVPD's flow comes back to where it began
        (a_call(), a_visit(LOGOUT_PAGE, location=OTHER_PAGE), a_visit(OTHER_PAGE, 0.5, location=LOGOUT_PAGE), REVISIT),
    ],
    "client-does-nothing-more": [
        (a_call(COMPLETE),),
        (a_call(COMPLETE), a_visit("https://app.example.com/home", 1)),
        (a_visit(BYE, 0), then(a_call(INVALID), 1)),
        (a_call(PARTNER),),
    ],
    "client-logs-out-once": [
        (a_call(),),
        (a_call(refused(500)), then(a_call(), 1)),
        (a_call(refused(429)), then(a_call(refused(401)), 2), then(a_call(Authorization=OTHER), 3)),
    ],
    "client-few-calls": [
        (a_call(refused(500)), then(a_call(refused(500)), 1), then(a_call(), 2)),
        tuple(then(a_call(refused(500)), 45 * number) for number in range(5)),
    ],
    "client-token-not-elsewhere": [
        OPENED,
        (a_call(with_entry(url=f"https://a.example/?t={TOKEN}")), a_visit(f"https://a.example/?t={TOKEN}")),
        (a_call(), a_visit(LOGOUT_PAGE, Authorization="Basic of-somebody-else")),
    ],
    "client-device-headers-not-elsewhere": [OPENED],
}  # fmt: skip
BROKEN: Table = {
    "client-reaches-redirect-url": [(a_call(), a_visit(LOGOUT_PAGE, location=BYE))],
    "client-corrects-bad-request": [(a_call(refused(400)), then(a_call(), 1))],
    "client-new-token-after-401": [
        (a_call(refused(401)), then(a_call(), 1)),
        (a_call(refused(401)), then(a_call(refused(401), Authorization=OTHER), 1), then(a_call(), 2)),
    ],
    "client-method-after-405": [(a_call(refused(405), method="POST"), then(a_call(method="POST"), 1))],
    "client-waits-after-429": [
        (a_call(refused(429)), then(a_call(), 0.4)),
        (a_call(refused(429, Retry_After="2")), then(a_call(), 1.5)),
        (a_call(refused(429, Retry_After="Sun, 01 Nov 2026 12:00:05 GMT")), then(a_call(), 3)),
    ],
    "client-retries-when-told": [(a_call(refused(500, RETRY)),)],
    "client-opens-url": [
        (a_call(),),
        (a_call(), a_visit("https://sp.auth.adobe.com/adobe-services/logout")),
        (a_call(RELATIVE), a_visit("https://app.example.com/adobe-services/logout?mso_id=Cablevision")),
        (a_call(), a_visit(LOGOUT_PAGE, method="HEAD")),
        (a_call(), a_visit(LOGOUT_PAGE), a_visit(LOGOUT_PAGE, 0.9)),
        (a_visit(LOGOUT_PAGE, 0), then(a_call(), 1)),
    ],
    "client-does-nothing-more": [
        (a_call(COMPLETE), a_visit(BYE)),
        (a_call(INVALID), a_visit(BYE)),
        (a_call(PARTNER), a_visit(BYE)),
        (a_call(with_entry(2, url=LOGOUT_PAGE)), a_visit(LOGOUT_PAGE)),
    ],
    "client-logs-out-once": [
        (a_call(), then(a_call(), 0.5), a_visit(LOGOUT_PAGE)),
        (a_call(refused(400), method="HEAD"), then(a_call(), 0.5), a_visit(LOGOUT_PAGE, 0.8)),
        (a_call(refused(500)), then(a_call(method="DELETE"), 0.5), a_visit(LOGOUT_PAGE, 0.8)),
        (then(a_call(refused(500)), 0, took_s=3), then(a_call(), 0.5), a_visit(LOGOUT_PAGE, 0.8)),
    ],
    "client-few-calls": [
        tuple(then(a_call(refused(500)), number) for number in range(4)),
        tuple(then(a_call(refused(429, Retry_After="40")), 41 * number) for number in range(4)),
    ],
    "client-token-not-elsewhere": [
        (a_call(), a_visit(LOGOUT_PAGE, Authorization=f"Bearer {TOKEN}")),
        (a_call(), a_visit(LOGOUT_PAGE, location="/cookies"), a_visit(OTHER_PAGE, 0.5, X_Token=TOKEN)),
        (a_call(), a_visit(LOGOUT_PAGE), a_visit(BYE, 0.5, Cookie=f"t={TOKEN}")),
    ],
    "client-device-headers-not-elsewhere": [
        (a_call(), a_visit(LOGOUT_PAGE, AP_Device_Identifier="fingerprint YQ==")),
        (a_call(), a_visit(LOGOUT_PAGE), a_visit(BYE, 0.5, X_Device_Info="e30=")),
    ],
}  # fmt: skip


def cases(table: Table) -> list[tuple[str, Course]]:
    return [(name, a_course(*exchanges)) for name, courses in table.items() for exchanges in courses]


@pytest.mark.parametrize(("requirement", "course"), cases(KEPT))
def test_a_client_that_keeps_a_demand_breaks_no_other(requirement: str, course: Course) -> None:
    assert verdict(requirement, course) == "kept"
    assert all_broken(course) <= {"client-opens-url"} - {requirement}


@pytest.mark.parametrize(("requirement", "course"), cases(BROKEN))
def test_a_client_that_breaks_a_demand_is_told_so(requirement: str, course: Course) -> None:
    assert requirement in all_broken(course)


def test_every_rule_was_seen_to_hold_and_to_fail() -> None:
    assert set(KEPT) == set(BROKEN) == set(SEQUENCE)


@pytest.mark.parametrize(
    ("requirement", "exchanges"),
    [(name, exchanges) for name in ("client-opens-url", "client-retries-when-told") for exchanges in BROKEN[name][:1]],
)
def test_what_comes_after_the_end_of_a_recording_is_nobodys_fault(
    requirement: str, exchanges: tuple[Exchange, ...]
) -> None:
    assert verdict(requirement, a_course(*exchanges, until_s=1.0)) == "unseen"
    assert verdict(requirement, a_course(*exchanges, until_s=None)) == "unseen"
    assert verdict(requirement, a_course(*exchanges, until_s=math.inf)) == "broken"


def test_nothing_done_is_not_shown_by_a_recording_that_ends() -> None:
    assert verdict("client-does-nothing-more", a_course(a_call(COMPLETE), until_s=0.5)) == "unseen"
    assert verdict("client-does-nothing-more", a_course(a_call(COMPLETE), a_visit(BYE), until_s=0.5)) == "broken"


def test_where_nothing_else_goes_on_every_other_request_is_of_this_logout() -> None:
    exchanges = (a_call(COMPLETE), a_visit("https://anywhere.example/"))
    assert verdict("client-does-nothing-more", a_course(*exchanges)) == "kept"
    assert verdict("client-does-nothing-more", a_course(*exchanges, alone=True)) == "broken"
    stopped = (a_call(), a_visit(LOGOUT_PAGE))
    assert verdict("client-reaches-redirect-url", a_course(*stopped)) == "unseen"
    assert verdict("client-reaches-redirect-url", a_course(*stopped, alone=True)) == "broken"


def test_without_times_no_pace_is_judged() -> None:
    storm = tuple(then(a_call(refused(429)), None, index=number) for number in range(4))
    assert verdict("client-waits-after-429", a_course(*storm)) == "unseen"
    assert verdict("client-few-calls", a_course(*storm)) == "unseen"
    assert verdict("client-few-calls", a_course(*storm[:3])) == "kept"
    assert verdict("client-opens-url", a_course(then(a_call(), None, index=0))) == "unseen"


@pytest.mark.parametrize("value", ["Bearer [redacted]", "Bearer {{ACCESS_TOKEN}}", None])
def test_tokens_that_cannot_be_told_apart_are_not_compared(value: str | None) -> None:
    first, second = a_call(refused(401), Authorization=value), then(a_call(Authorization=value), 1)
    assert verdict("client-new-token-after-401", a_course(first, second)) == "unseen"


def test_markers_of_two_names_are_two_tokens() -> None:
    first = a_call(refused(401), Authorization="Bearer {{AUTHORIZATION}}")
    second = then(a_call(Authorization="Bearer {{AUTHORIZATION_2}}"), 1)
    assert verdict("client-new-token-after-401", a_course(first, second)) == "kept"


def test_a_request_of_which_something_was_left_out_may_have_been_corrected() -> None:
    first, second = withheld(a_call(refused(400)), "authorization"), then(a_call(), 1)
    assert verdict("client-corrects-bad-request", a_course(first, second)) == "unseen"


def test_of_two_entries_each_is_opened_once() -> None:
    logouts = {name: {"actionName": "logout", "url": f"https://{name}.example/"} for name in ("a", "b")}
    call = a_call(answered({"logouts": logouts}))
    both = (a_visit("https://a.example/"), a_visit("https://b.example/", 0.5))
    assert verdict("client-opens-url", a_course(call, *both)) == "kept"
    assert verdict("client-opens-url", a_course(call, both[0])) == "broken"
    assert verdict("client-opens-url", a_course(call, *both, a_visit("https://b.example/", 0.9))) == "broken"


def test_an_answer_that_cannot_be_read_asks_for_nothing() -> None:
    for response in (answered(b"{"), answered({"logouts": {}}), answered({"logouts": {"a": 1}}), None):
        course = a_course(replace(a_call(), response=response))
        assert all_broken(course) == set()


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("https://A.example:443/x?a=%7e#top", "http://a.example/x?a=~", True),
        ("https://a.example", "https://a.example/", True),
        ("myapp://bye", "myapp://bye", True),
        ("myapp://bye", "https://bye", False),
        ("https://a.example/x", "https://a.example/y", False),
        ("https://a.example:8443/", "https://a.example/", False),
        ("https://[::1", "https://[::1", True),
        ("https://[::1", "https://[::2", False),
    ],
)
def test_which_urls_are_the_same_to_a_user_agent(one: str, other: str, *, is_same: bool) -> None:
    assert same_url(one, other) is is_same
