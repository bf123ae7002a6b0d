from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace

import pytest

from conformance.rules.finding import Unseen
from conformance.rules.sequence import must_do_nothing_more, must_open_url, should_reach_redirect_url
from conformance.traffic.courses import courses_of
from conformance.traffic.live import Live
from conformance.traffic.traffic import MOST_CALLS
from tests.calls import API, BYE, a_call, a_visit, then, with_entry

PAGE = f"{API}/_mvpd/logout?mso_id=Cablevision"


def call_that_asks_for(url: str) -> Live:
    """Watch a call for long enough; its own server is the only one that is seen."""
    live = Live()
    live.traffic.spans[0].begins_s = 0.0  # the calls of these tests are of another day
    live.add(then(a_call(with_entry(1, url=url)), 0))
    return live


def test_a_page_at_a_server_that_is_watched_must_be_opened() -> None:
    (course,) = courses_of(call_that_asks_for(PAGE).ended())
    (found,) = must_open_url(course)
    assert found.seen == "none"


def test_whether_a_page_elsewhere_was_opened_is_not_judged() -> None:
    (course,) = courses_of(call_that_asks_for("https://sp.example.org/logout").ended())
    with pytest.raises(Unseen, match="at another server"):
        list(must_open_url(course))


def test_a_relative_url_is_where_the_call_was_seen_and_an_absolute_one_may_not_be() -> None:
    for url, is_seen in (("/_mvpd/logout", True), (PAGE, False)):
        live = Live(is_there=False)
        live.traffic.spans[0].begins_s = 0.0
        live.add(then(a_call(with_entry(1, url=url)), 0))
        (course,) = courses_of(live.ended())
        with nullcontext() if is_seen else pytest.raises(Unseen, match="at another server"):
            assert [found.seen for found in must_open_url(course)] == ["none"]


def test_a_redirect_target_elsewhere_is_not_missed() -> None:
    live = call_that_asks_for(PAGE)
    live.add(a_visit(PAGE, 0.3, location=BYE))
    (course,) = courses_of(live.ended())
    assert list(must_open_url(course)) == []
    with pytest.raises(Unseen, match="at another server"):
        list(should_reach_redirect_url(course))


def test_whether_nothing_was_opened_elsewhere_is_not_known() -> None:
    live = Live()
    live.add(then(a_call(with_entry(2)), 0))
    (course,) = courses_of(live.ended())
    with pytest.raises(Unseen, match="at another server"):
        list(must_do_nothing_more(course))


def test_keeps_what_leads_on_and_counts_the_rest() -> None:
    live = call_that_asks_for(PAGE)
    for at, url in enumerate([PAGE, f"{API}/next", f"{API}/other"], start=1):
        live.add(a_visit(url, at, location=f"{API}/next" if url == PAGE else ""))
    traffic = live.ended()
    assert [other.request.url for other in traffic.others] == [PAGE, f"{API}/next"]
    assert all(other.response is not None and other.response.body == b"" for other in traffic.others)
    assert (traffic.seen, len(traffic.calls)) == (4, 1)


def test_has_room_for_so_many_calls() -> None:
    live, call = Live(), a_call()
    for index in range(MOST_CALLS + 2):
        live.add(replace(call, index=index))
    assert (len(live.ended().calls), live.ended().left_out) == (MOST_CALLS, 2)
