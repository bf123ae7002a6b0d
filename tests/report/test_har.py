from __future__ import annotations

import base64
import json
import re
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.report import har
from tests import published
from tests.report.samples import (
    a_hostile_record,
    a_record,
    a_request,
    a_response,
    an_exchange,
    hostile_exchanges,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.record.record import ExchangeLine, Record

ANY_TEXT = st.text(st.characters(exclude_categories=()))


def archive(*exchanges: ExchangeLine, record: Record | None = None) -> Any:  # noqa: ANN401  (any JSON)
    log = json.loads("".join(har.render(record or a_record(), exchanges)))
    published.har().validate(log)
    return log["log"]


def the_entry(index: int = 0, **changes: object) -> Any:  # noqa: ANN401  (any JSON)
    (found,) = archive(an_exchange(index, **changes))["entries"]
    return found


def test_an_archive_says_who_made_it() -> None:
    log = archive()
    assert (log["version"], log["creator"]) == ("1.2", {"name": "logout-conformance", "version": "0.1.0"})
    assert "{{ACCESS_TOKEN}}" in log["comment"]
    assert log["entries"] == log["pages"] == []


def test_an_exchange_is_an_entry_with_its_time() -> None:
    found = the_entry(index=7)
    assert found["startedDateTime"] == "2026-11-24T01:00:00.000Z"
    assert found["time"] == 250.0
    assert found["timings"] == {
        "blocked": -1,
        "dns": -1,
        "connect": -1,
        "ssl": -1,
        "send": 0,
        "wait": 250.0,
        "receive": 0,
    }
    assert found["comment"] == "exchange 7: logout-endpoint, first"
    assert "_error" not in found


def test_a_request_stands_as_it_was_sent() -> None:
    request = the_entry()["request"]
    assert (request["method"], request["httpVersion"]) == ("GET", "HTTP/1.1")
    assert request["url"].endswith("/api/v2/REF30/logout/Cablevision?redirectUrl=https%3A%2F%2Fexample.com%2F")
    assert request["queryString"] == [{"name": "redirectUrl", "value": "https://example.com/"}]
    assert request["headers"][0] == {"name": "Authorization", "value": "Bearer {{ACCESS_TOKEN}}"}
    assert (request["cookies"], request["headersSize"], request["bodySize"]) == ([], -1, 0)
    assert "comment" not in request


def test_an_answer_has_its_true_size_its_type_and_its_text() -> None:
    response = the_entry()["response"]
    assert (response["status"], response["statusText"], response["httpVersion"]) == (200, "OK", "HTTP/1.1")
    assert response["content"] == {"size": 14, "mimeType": "text/html", "text": '{"logouts":{}}'}
    assert (response["cookies"], response["headersSize"], response["bodySize"]) == ([], -1, 14)
    assert response["redirectURL"] == ""


def test_a_body_that_is_no_text_is_base64() -> None:
    body = base64.b64encode(b"\xff\x00").decode()
    content = the_entry(response=a_response(body, body_encoding="base64", body_bytes=2))["response"]["content"]
    assert (content["text"], content["encoding"], content["size"]) == (body, "base64", 2)
    broken = the_entry(response=a_response("%%%", body_encoding="base64"))["response"]["content"]
    assert "encoding" not in broken, "what is no Base64 is not called so"


def test_a_body_that_was_cut_says_so_and_keeps_its_true_size() -> None:
    content = the_entry(response=a_response("abc", body_bytes=300_000, body_truncated=True))["response"]["content"]
    assert content["size"] == 300_000
    assert "not kept" in content["comment"]


def test_of_a_coded_body_the_size_on_the_wire_is_unknown() -> None:
    answer = a_response(headers=[("content-encoding", "gzip"), ("LOCATION", "/x")])
    response = the_entry(response=answer)["response"]
    assert (response["bodySize"], response["content"]["size"], response["content"]["mimeType"]) == (-1, 14, "x-unknown")
    assert response["redirectURL"] == "/x"


def test_an_exchange_without_an_answer_says_why() -> None:
    found = the_entry(response=None, trouble="the connection was refused")
    assert (found["response"]["status"], found["_error"]) == (0, "the connection was refused")


@pytest.mark.parametrize("moment", ["", "yesterday", "9999-12-31T23:59:59-23:00"])
def test_an_exchange_without_a_moment_has_the_runs(moment: str) -> None:
    assert the_entry(started_at=moment)["startedDateTime"] == "2026-11-24T01:00:00.000Z"


@pytest.mark.parametrize(
    ("sent", "uri"),
    [
        ("http://h/a?b=%20&c=d", "http://h/a?b=%20&c=d"),
        ("http://h/{{TOKEN}}", "http://h/%7B%7BTOKEN%7D%7D"),
        ("http://h/ü\u202e", "http://h/%C3%BC%E2%80%AE"),
        ("http://h/100%", "http://h/100%25"),
        ("http://[::1]:80/x", "http://[::1]:80/x"),
        ("http://[::zz]/x", "http://%5B%3A%3Azz%5D/x"),
        ("http://a:b:c/", "http://a%3Ab%3Ac/"),
        ("http://h?[x]#y", "http://h?%5Bx%5D%23y"),
        ("http://h:#y", "http://h:/%23y"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("", "about:invalid"),
        ("/relative", "about:invalid"),
    ],
)
def test_a_url_is_a_uri_and_what_was_sent_stands_beside_it(sent: str, uri: str) -> None:
    request = the_entry(request=a_request(url=sent))["request"]
    assert request["url"] == uri
    assert request.get("comment") == (None if sent == uri else f"the URL as it was sent: {sent}")


@settings(deadline=None)
@given(ANY_TEXT, ANY_TEXT)
def test_whatever_was_sent_and_received_the_archive_is_valid(text: str, url: str) -> None:
    headers = [(text, url), ("Content-Type", text)]
    answer = a_response(text, reason=text, http_version=url, headers=headers)
    for address in (url, f"http://{url}", f"https://h/{url}?{url}"):
        request = a_request(method=text, url=address, headers=headers)
        archive(an_exchange(request=request, response=answer, visit=text, step=url, started_at=text))


def test_a_hostile_record_gives_a_valid_archive_of_ascii() -> None:
    text = "".join(har.render(a_hostile_record(), hostile_exchanges()))
    assert not re.search(r"[^ -~\n]", text)
    archive(*hostile_exchanges(), record=a_hostile_record())


def test_a_large_record_is_written_piece_by_piece() -> None:
    answer = a_response("x" * 10_000)

    def many() -> Iterator[ExchangeLine]:
        for index in range(3_000):
            yield an_exchange(index, response=answer)

    tracemalloc.start()
    size = sum(len(piece) for piece in har.render(a_record(), many()))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 30_000_000
    assert most < 2_000_000
