from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.report.evidence import MOST_TEXT, answer_of, evidence_of
from tests.report.samples import a_request, a_response, an_exchange

if TYPE_CHECKING:
    from conformance.record.record import ExchangeLine

TRACE = '{"trace":"%s"}'
ONE, OTHER = "0b5c2f5e-7e3c-4c63-9c1c-0a1b2c3d4e5f", "1b5c2f5e-7e3c-4c63-9c1c-0a1b2c3d4e5f"


def answered(**changes: object) -> ExchangeLine:
    return an_exchange(response=a_response(**{"body": "{}", **changes}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "other",
    [
        answered(headers=[("Server", "nginx"), ("Date", "now"), ("Content-Type", "text/html")]),
        answered(body=TRACE % ONE),
    ],
)
def test_dates_and_uuids_make_no_difference(other: ExchangeLine) -> None:
    assert answer_of(other) in {answer_of(answered()), answer_of(answered(body=TRACE % OTHER))}


@pytest.mark.parametrize(
    "other",
    [
        answered(status=201),
        answered(body='{"a":1}'),
        answered(headers=[("Server", "nginx")]),
        answered(reason="Fine"),
        answered(body_bytes=3),
        an_exchange(response=None, trouble="refused"),
        an_exchange(response=None, trouble="\ud800"),
    ],
)
def test_anything_else_does(other: ExchangeLine) -> None:
    assert answer_of(other) != answer_of(answered())


def test_the_places_of_findings_are_marked() -> None:
    evidence = evidence_of(answered(body='{"a":{"b":1}}'), ["/a/b", "Content-Type", "status"])
    assert evidence.marked_lines == {2}
    assert {"content-type", "status"} <= evidence.marked_names


def test_only_what_is_shown_is_kept() -> None:
    headers = [(f"A{number}", "x" * 1000) for number in range(200)]
    evidence = evidence_of(an_exchange(request=a_request(headers=headers), response=a_response("x" * 9000)))
    assert evidence.exchange.response is not None
    assert evidence.exchange.response.body == ""
    assert len(evidence.exchange.request.headers) == 16
    assert (evidence.more_sent, evidence.more_received) == (184, 0)


def test_a_header_that_is_too_long_is_not_lost() -> None:
    evidence = evidence_of(an_exchange(request=a_request(headers=[("A", "x" * 99_999), ("B", "y")])))
    assert [name for name, _ in evidence.exchange.request.headers] == ["A"]


def test_a_curl_line_that_nobody_can_copy_is_none() -> None:
    evidence = evidence_of(an_exchange(request=a_request(url="http://h/" + "x" * MOST_TEXT)))
    assert evidence.curl.startswith("# no curl line: it would have ")
