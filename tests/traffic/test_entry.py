from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.exchange import Exchange, Request, Response
from conformance.rules.client import REQUEST
from conformance.rules.finding import Unjudged
from conformance.rules.redirect import redirect_urls
from conformance.traffic.entry import LONGEST_BODY, exchange_of, moment_of
from tests.calls import API, PATH, QUERY, a_call
from tests.exchanges import TOKEN
from tests.json_values import JSON
from tests.traffic.hars import entry_of

CALL = a_call()
NAMES = ("headers", "url", "method", "queryString", "content", "text", "encoding", "size", "status", "name", "value")
PAIRS = st.lists(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=3), max_size=3)
MEMBERS = st.dictionaries(st.sampled_from(NAMES), JSON | PAIRS, max_size=4)


def read(**changes: object) -> Exchange:
    """Read the entry of a right call with members replaced; a member `request_x` is one of the request."""
    entry = entry_of(CALL)
    for name, value in changes.items():
        part, _, member = name.partition("_")
        target = entry[part] if part and member else entry
        assert isinstance(target, dict)
        target[member if part and member else name] = value
    return exchange_of(entry)


def answer(exchange: Exchange) -> Response:
    assert exchange.response
    return exchange.response


def test_an_entry_is_what_was_sent_and_received() -> None:
    exchange = read()
    assert exchange.request == CALL.request
    assert answer(exchange).body == answer(CALL).body
    assert answer(exchange).headers == answer(CALL).headers
    assert (answer(exchange).status, answer(exchange).kept) == (200, "text")
    assert (exchange.began_s, exchange.ended_s) == (CALL.began_s, CALL.ended_s)


def test_pseudo_headers_are_none_and_stand_in_for_a_url_that_has_no_host() -> None:
    pseudo = [{"name": ":authority", "value": "api.example.com"}, {"name": ":scheme", "value": "http"}]
    exchange = read(request_url=f"{PATH}?{QUERY}", request_headers=[*pseudo, {"name": "accept", "value": "x"}])
    assert exchange.request == Request("GET", f"http://api.example.com{PATH}?{QUERY}", (("accept", "x"),))


def test_a_query_that_stands_apart_is_put_back_and_a_query_in_the_url_wins() -> None:
    pairs = [{"name": "redirectUrl", "value": "https://app.example.com/bye?from=logout&step=2"}]
    for given_ in (pairs, [{"name": "redirectUrl", "value": QUERY.partition("=")[2]}]):
        exchange = read(request_url=f"{API}{PATH}", request_queryString=given_)
        assert redirect_urls(exchange.request) == [QUERY.partition("=")[2]]
        assert list(REQUEST["client-redirect-url-encoded"](exchange)) == []
    assert redirect_urls(read(request_url=f"{API}{PATH}?redirectUrl=", request_queryString=pairs).request) == [""]


def test_a_recorder_that_keeps_no_headers_hides_them() -> None:
    exchange = read(request_headers=[])
    for name in ("client-authorization", "client-device-identifier", "client-device-info"):
        with pytest.raises(Unjudged, match="may have left"):
            list(REQUEST[name](exchange))


@pytest.mark.parametrize("status", [0, -1, None, "200", 200.5e300, True])
def test_what_is_no_status_is_no_answer(status: object) -> None:
    exchange = read(response_status=status, _error="net::ERR_ABORTED")
    assert exchange.response is None
    assert exchange.trouble == "net::ERR_ABORTED"
    assert read(response=None).trouble == "no answer was recorded"


@pytest.mark.parametrize(
    ("content", "body", "kept"),
    [
        ({"text": "e30=", "encoding": "base64", "size": 2}, b"{}", "bytes"),
        ({"text": "e30", "encoding": "base64", "size": 2}, b"", "nothing"),
        ({"text": "\u00e9", "size": 2}, "\u00e9".encode(), "text"),
        ({"text": "\ud800", "size": 3}, b"\xed\xa0\x80", "text"),
        ({"text": "", "size": 0}, b"", "text"),
        ({"size": 0}, b"", "nothing"),
        ({"size": 17}, b"", "nothing"),
        ({"size": -1}, b"", "nothing"),
        ({"text": None, "size": 17}, b"", "nothing"),
        ([], b"", "nothing"),
    ],
)
def test_what_a_recording_has_of_a_body(content: object, body: bytes, kept: str) -> None:
    response = answer(read(response_content=content))
    assert (response.body, response.kept) == (body, kept)


def test_a_body_is_empty_where_the_recording_says_so_twice() -> None:
    response = answer(read(response_content={"size": 0}, response_bodySize=0))
    assert (response.body, response.kept, response.truncated) == (b"", "bytes", False)


@pytest.mark.parametrize(
    ("text", "size", "is_truncated"),
    [
        ("x" * LONGEST_BODY, LONGEST_BODY, False),
        ("x" * (LONGEST_BODY + 1), LONGEST_BODY + 1, True),
        ("{}", 1000, True),
        ("{}", 5, False),  # a byte order mark
        ("{}", 4, False),  # UTF-16
        ("{}", None, False),
    ],
)
def test_whether_there_was_more_of_a_body(text: str, size: int | None, *, is_truncated: bool) -> None:
    response = answer(read(response_content={"text": text, "size": size}))
    assert response.truncated is is_truncated
    assert len(response.body) <= LONGEST_BODY


def test_a_redirect_that_stands_apart_is_its_header() -> None:
    assert answer(read(response_redirectURL="/next")).header("Location") == "/next"
    given_ = [{"name": "location", "value": "/own"}]
    assert answer(read(response_redirectURL="/next", response_headers=given_)).header("Location") == "/own"


def test_a_media_type_stands_in_for_headers_that_were_not_kept() -> None:
    content = {"text": "{}", "mimeType": "application/json; charset=utf-8"}
    response = answer(read(response_headers=[], response_content=content))
    assert response.header("Content-Type") == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-01T12:00:00Z", "2026-11-01T12:00:00.000Z"),
        ("2026-11-01T12:00:00.1234567+02:00", "2026-11-01T10:00:00.123Z"),
        ("2026-11-01T12:00:00-0330", "2026-11-01T15:30:00.000Z"),
        ("2026-11-01T12:00:00", "2026-11-01T12:00:00.000Z"),
        ("0001-01-01T00:00:00+23:00", ""),
        ("yesterday", ""),
        ("", ""),
    ],
)
def test_moments_of_any_zone(text: str, moment: str) -> None:
    assert moment_of(text) == moment


@pytest.mark.parametrize("time", [-1, None, "12", float("nan"), float("inf"), 10**400])
def test_what_is_no_duration_is_none(time: object) -> None:
    assert read(time=time).elapsed_ms == 0


@settings(max_examples=40, deadline=None)
@given(entry=JSON | MEMBERS)
def test_no_value_breaks_the_reader(entry: object) -> None:
    if isinstance(entry, dict):
        exchange_of(entry)
    exchange = read(request=entry, response=entry, startedDateTime=entry, time=entry)
    json.dumps(exchange.request.url)
    assert exchange.elapsed_ms >= 0


def test_a_body_that_was_cut_is_read_as_far_as_it_goes() -> None:
    entry = entry_of(CALL)
    text = base64.b64encode(b"x" * 3 * LONGEST_BODY).decode()[: 2 * LONGEST_BODY + 1]
    entry["response"] = {"status": 200, "content": {"text": text, "encoding": "base64", "size": 3 * LONGEST_BODY}}
    response = answer(exchange_of(entry, is_cut=True))
    assert (len(response.body), response.truncated) == (LONGEST_BODY, True)


def test_a_url_of_any_length_is_bounded() -> None:
    assert len(read(request_url=f"https://a.example/?{TOKEN * 1000}").request.url) < 20_000
