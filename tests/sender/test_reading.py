from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from conformance.sender.wire import Limits, Outgoing, TransportError, fetch
from tests.sender.once import saying

if TYPE_CHECKING:
    from conformance.exchange import Response

BODY: Final = b'{"logouts": {}}'
HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
TOO_SHORT: Final = "the connection was closed before the answer was complete"


def fetched(answer: bytes, limits: Limits | None = None) -> Response:
    with saying(answer) as url:
        return fetch(Outgoing("GET", url), timeout_s=10, limits=limits)


def trouble(answer: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(TransportError) as caught:
        fetched(answer, limits)
    return str(caught.value)


def sized(value: bytes) -> bytes:
    return HEAD + b"Content-Length: " + value + b"\r\n\r\n" + BODY


@pytest.mark.parametrize("value", [b"15", b" 15 ", b"15, 15", b"015", b"15\r\nContent-Length: 15"])
def test_a_length_that_holds(value: bytes) -> None:
    assert fetched(sized(value)).body == BODY


@pytest.mark.parametrize(
    "value", [b"1_5", b"+15", b"-1", b"", b"fifteen", b"15, 16", b"15\r\nContent-Length: 14", b"0x0f"]
)
def test_a_length_that_is_none_is_no_http(value: bytes) -> None:
    assert trouble(sized(value)) == "the answer is not HTTP"


@pytest.mark.parametrize("coding", [b"chunked", b"chunked ", b"\tchunked\t", b"CHUNKED"])
def test_chunks_are_read_however_the_coding_is_written(coding: bytes) -> None:
    answer = (
        HEAD
        + b"Transfer-Encoding: "
        + coding
        + b"\r\n\r\n8\r\n"
        + BODY[:8]
        + b"\r\n7\r\n"
        + BODY[8:]
        + b"\r\n0\r\n\r\n"
    )
    assert fetched(answer).body == BODY


def test_without_a_length_the_body_lasts_until_the_connection_ends() -> None:
    assert fetched(HEAD + b"\r\n" + BODY).body == BODY


@pytest.mark.parametrize("size", range(1, len(HEAD) + 2, 7))
def test_a_head_that_is_cut_short_is_no_answer(size: int) -> None:
    assert trouble((HEAD + b"\r\n")[:size]) in {TOO_SHORT, "the answer is not HTTP"}


def test_a_line_that_ends_with_nothing_but_a_carriage_return_ends_with_nothing() -> None:
    assert trouble(b"HTTP/1.1 200 OK\rContent-Length: 2\r\r{}") == TOO_SHORT


def test_no_answer_at_all() -> None:
    assert trouble(b"") == "the connection was closed without an answer"


def test_a_body_that_is_cut_short_is_no_answer() -> None:
    assert trouble(sized(b"16")) == TOO_SHORT
    assert trouble(HEAD + b"Transfer-Encoding: chunked\r\n\r\n8\r\n" + BODY[:8]) == TOO_SHORT


@pytest.mark.parametrize("status", [b"100 Continue", b"102 Processing", b"103 Early Hints"])
def test_interim_answers_are_passed_over(status: bytes) -> None:
    assert fetched(b"HTTP/1.1 " + status + b"\r\nLink: <x>\r\n\r\n" + sized(b"15")).body == BODY


def test_a_head_beyond_the_limit_is_trouble() -> None:
    assert trouble(sized(b"15"), Limits(head=20)) == "the status line and headers are longer than the kit reads"


@pytest.mark.parametrize("framing", [b"Content-Length: 15\r\n\r\n" + BODY, b"\r\n" + BODY])
def test_a_body_beyond_the_limit_is_cut_and_said_to_be(framing: bytes) -> None:
    response = fetched(HEAD + framing, Limits(body=4))
    assert (response.body, response.truncated) == (BODY[:4], True)
