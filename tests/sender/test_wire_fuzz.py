"""Any bytes that come back are an answer or a transport error, within the bounds, and an exchange that can be kept."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import threading
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conformance.exchange import Exchange, Request, Response
from conformance.record.record import ExchangeLine
from conformance.record.recorder import Recorder
from conformance.redaction.redactor import Redactor
from conformance.sender.coding import ContentError, content
from conformance.sender.wire import Limits, Outgoing, TransportError, fetch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = "wire-s3cret-0123456789"
LIMITS = Limits(head=20_000, body=1024)
ENOUGH = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

STATUS_LINES = st.sampled_from(
    [
        *(b"HTTP/1.1 200 OK", b"HTTP/1.0 200", b"HTTP/1.1 100 Continue", b"HTTP/1.1 101 Switching", b"HTTP/1.1 204 No"),
        *(b"HTTP/1.1 999 \xff\x1b[31m", b"HTTP/1.1 20", b"HTTP/2 200", b"200 OK", b"HTTP/1.1 -1 x", b""),
    ]
)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *(b"Content-Length", b"Transfer-Encoding", b"Content-Encoding", b"Content-Type", b"Location", b"X"),
                *(b"Set-Cookie", b"", b" folded", b"N\xff\x00"),
            ]
        ),
        st.sampled_from([b"0", b"5", b"-1", b"9" * 30, b"chunked", b"gzip", b"deflate, gzip", b"\x1b]0;x\x07", b"\xff"])
        | st.binary(max_size=12),
    ),
    max_size=5,
)
BODIES = st.binary(max_size=40) | st.sampled_from(
    [
        *(b"5\r\nhello\r\n0\r\n\r\n", b"ffffffff\r\n", b"-1\r\n", b"2;x\r\n{}\r\n0\r\nA: b\r\n\r\n", b"x" * 5000),
        *(gzip.compress(b"{}" * 2000), zlib.compress(b"[]"), gzip.compress(b"{}")[:-3], SECRET.encode() * 3),
    ]
)
ANSWERS = st.builds(
    lambda line, headers, body: b"\r\n".join([line, *(name + b": " + value for name, value in headers), b"", body]),
    STATUS_LINES,
    HEADERS,
    BODIES,
)


class Canned:
    """A server that reads a request, sends the same bytes to whoever asks, and closes."""

    def __init__(self) -> None:
        self.answer = b""
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/x"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            # a thread each: none waits for another to be closed
            threading.Thread(target=_say, args=(line, self.answer), daemon=True).start()

    def stop(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()


def _say(line: socket.socket, answer: bytes) -> None:
    with line, contextlib.suppress(OSError):  # the kit hangs up when it has read enough
        line.recv(65536)
        line.sendall(answer)
        line.shutdown(socket.SHUT_WR)
        while line.recv(65536):
            """Let the kit read to the end: closing earlier would be a reset."""


@pytest.fixture(scope="module")
def canned() -> Iterator[Canned]:
    server = Canned()
    yield server
    server.stop()


def answer_or_trouble(canned: Canned, sent: bytes) -> Response | None:
    """Give the answer, None for a transport error; any other exception fails the test."""
    canned.answer = sent
    try:
        return fetch(Outgoing("GET", canned.url), timeout_s=20, limits=LIMITS)
    except TransportError as error:
        said = str(error)
    assert said.isprintable()
    assert "20 s" not in said, "nothing waits for more than has come"
    return None


@ENOUGH
@given(ANSWERS | st.binary(max_size=200))
@example(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5000 + b"\r\n")
@example(b"HTTP/1.1 100 Continue\r\n\r\n" * 2000)
@example(b"HTTP/1.1 200 " + b"k" * 100_000)
@example(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"0" * 70_000)
def test_any_bytes_are_a_bounded_answer_or_a_transport_error(canned: Canned, sent: bytes) -> None:
    response = answer_or_trouble(canned, sent)
    if response:
        assert 0 <= response.status <= 999
        assert len(response.body) <= LIMITS.body
        assert sum(len(name) + len(value) for name, value in response.headers) <= LIMITS.head


@ENOUGH
@given(sent=ANSWERS)
@example(sent=b"HTTP/1.1 200 " + SECRET.encode() + b"\r\nX-" + SECRET.encode() + b": 1\r\n\r\n" + SECRET.encode()[::-1])
def test_any_answer_is_kept_as_strict_json_without_the_secret(canned: Canned, tmp_path: Path, sent: bytes) -> None:
    response = answer_or_trouble(canned, sent)
    path = tmp_path / "exchanges.jsonl"
    recorder = Recorder(path, Redactor({"TOKEN": SECRET}))
    recorder.add(Exchange(0, Request("GET", canned.url), response, None if response else "none"))
    recorder.close()
    (line,) = path.read_bytes().decode("utf-8", "strict").removesuffix("\n").split("\n")
    assert SECRET not in line
    assert SECRET[::-1] not in line
    kept = ExchangeLine.model_validate(json.loads(line))
    assert (kept.response is None) == (response is None)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.binary(max_size=60) | BODIES,
    st.lists(st.sampled_from(["gzip", "x-gzip", "deflate", "identity", "br", "", "GZIP", "\x1b"]), max_size=8),
)
@example(gzip.compress(gzip.compress(b"\0" * 1_000_000)), ["gzip", "gzip"])
@example(gzip.compress(b"") * 200, ["gzip"])
def test_any_content_is_decoded_within_its_bounds_or_refused(body: bytes, codings: list[str]) -> None:
    try:
        decoded = content(body, ", ".join(codings), 500)
    except ContentError:
        return
    assert decoded == body or len(decoded) <= 501
