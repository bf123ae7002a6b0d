from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.proxy.message import Framing, Head, MessageError, pass_body, read_head
from conformance.proxy.relay import KEPT_BODY, Relay, Upstream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.exchange import Exchange

TLS: Final = Path(__file__).parents[1] / "unusual" / "tls"
ODD: Final = (
    b"GET /api/v2/REF30/logout/A%2fb?redirectUrl=https%3A%2F%2Fa%2F&x=%7e HTTP/1.1\r\n"
    b"hOST: app.example.com\r\n"
    b"X-Twice: 1\r\n"
    b"x-twice:  2 \r\n"
    b"X-Empty:\r\n"
    b"X-Raw: caf\xe9\r\n"
    b"Connection: close\r\n\r\n"
)
OK: Final = b"HTTP/1.1 200 Fine\r\nZ-Last: 1\r\ncontent-length: 2\r\nConnection: close\r\nz-last: 2\r\n\r\nok"
CHUNKED: Final = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    b"2;why=not\r\nab\r\n00003\r\ncde\r\n0\r\nX-Trailer: 1\r\n\r\n"
)


class Scripted:
    """An upstream that keeps what it got, and answers what it was told to; an answer of a connection each."""

    def __init__(self, *answers: bytes, until: bytes = b"\r\n\r\n") -> None:
        self.got: list[bytes] = []
        self._answers, self._until = answers, until
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        for answer in self._answers:
            line, _ = self._listener.accept()
            with line:
                line.settimeout(20)
                got = b""
                while not got.endswith(self._until):
                    got += line.recv(65536)
                self.got.append(got)
                line.sendall(answer)

    def end(self) -> None:
        self._thread.join(20)
        self._listener.close()


@contextlib.contextmanager
def upstream(*answers: bytes, until: bytes = b"\r\n\r\n") -> Iterator[Scripted]:
    server = Scripted(*answers, until=until)
    try:
        yield server
    finally:
        server.end()


def through(  # noqa: PLR0913 (one for each setting of a relay)
    port: int,
    sent: bytes,
    *,
    keep_host: bool = False,
    timeout_s: float = 20,
    scheme: str = "http",
    trusted: Path | None = None,
) -> tuple[bytes, list[Exchange]]:
    """Send bytes through a relay in a loop of its own; give what came back, and what was seen."""
    seen: list[Exchange] = []
    context = ssl.create_default_context(cafile=trusted) if trusted else None
    to = Upstream(scheme, "127.0.0.1", port, f"127.0.0.1:{port}")
    relay = Relay(to, seen.append, keep_host=keep_host, timeout_s=timeout_s, tls=context)
    return asyncio.run(_through(relay, sent)), seen


async def _through(relay: Relay, sent: bytes) -> bytes:
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(relay.serve("127.0.0.1", 0, address.set_result))
    reader, writer = await asyncio.open_connection("127.0.0.1", int((await address).rpartition(":")[2]))
    writer.write(sent)
    received = await asyncio.wait_for(reader.read(), 20)
    writer.close()
    serving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serving
    return received


def test_nothing_changes_but_host() -> None:
    with upstream(OK) as server:
        received, (seen,) = through(server.port, ODD)
    assert received == OK
    assert server.got == [ODD.replace(b"hOST: app.example.com", f"Host: 127.0.0.1:{server.port}".encode())]
    assert (
        seen.request.url
        == f"http://127.0.0.1:{server.port}/api/v2/REF30/logout/A%2fb?redirectUrl=https%3A%2F%2Fa%2F&x=%7e"
    )
    assert seen.request.headers[1:3] == (("X-Twice", "1"), ("x-twice", "2"))
    assert seen.response is not None
    assert (seen.response.status, seen.response.reason, seen.response.body) == (200, "Fine", b"ok")
    assert seen.trouble is None
    assert seen.ended_s is not None


def test_host_may_be_kept() -> None:
    with upstream(OK) as server:
        through(server.port, ODD, keep_host=True)
    assert server.got == [ODD]


def test_chunks_and_trailers_stay_as_they_were_cut() -> None:
    with upstream(CHUNKED) as server:
        received, (seen,) = through(server.port, ODD)
    assert received == CHUNKED
    assert seen.response is not None
    assert seen.response.body == b"abcde"


def test_a_body_without_a_length_ends_with_its_connection() -> None:
    answer = b"HTTP/1.0 200 OK\r\n\r\nall of it"
    with upstream(answer) as server:
        received, (seen,) = through(server.port, ODD)
    assert received == answer
    assert seen.response is not None
    assert (seen.response.http_version, seen.response.body) == ("1.0", b"all of it")


def test_faults_of_both_sides_pass() -> None:
    faulty = b"HTTP/1.1 200\nLocation:\tx\nContent-Length: 3\nConnection: close\n\nabc"
    sent = b"get /api HTTP/1.1\nno colon here\nConnection: close\n\n"
    with upstream(faulty, until=b"\n\n") as server:
        received, (seen,) = through(server.port, sent)
    assert (received, server.got) == (faulty, [sent])
    assert seen.request.method == "get"


def test_a_request_body_passes_before_the_answer_and_behind_an_interim_one() -> None:
    head = b"POST /_token HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\nConnection: close"
    sent = head + b"\r\n\r\nbody"
    interim = b"HTTP/1.1 100 Continue\r\n\r\n"
    with upstream(interim + OK, until=b"body") as server:
        received, (seen,) = through(server.port, sent)
    assert received == interim + OK
    assert server.got[0].endswith(b"\r\n\r\nbody")
    assert seen.response is not None
    assert seen.response.status == 200


def test_redirects_and_refusals_are_passed_on_and_not_followed() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    with upstream(moved) as server:
        received, (seen,) = through(server.port, ODD)
    assert received == moved
    assert seen.response is not None
    assert seen.response.status == 302


class Lasting(BaseHTTPRequestHandler):
    """Names the path of each request, and keeps the connection."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.path)))
        self.end_headers()
        self.wfile.write(self.path.encode())

    def log_message(self, *_: object) -> None:
        pass


def test_requests_of_one_connection_follow_each_other() -> None:
    with HTTPServer(("127.0.0.1", 0), Lasting) as server:
        thread = threading.Thread(target=server.handle_request, daemon=True)  # one connection
        thread.start()
        first = b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
        last = b"GET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        received, seen = through(server.server_address[1], first + last)
        thread.join(20)
    assert received.index(b"/1") < received.index(b"/2")
    assert [exchange.request.url.rpartition("/")[2] for exchange in seen] == ["1", "2"]


def test_the_end_of_a_large_body_is_not_kept() -> None:
    body = b"x" * (KEPT_BODY + 1)
    answer = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body
    with upstream(answer) as server:
        received, (seen,) = through(server.port, ODD)
    assert received == answer
    assert seen.response is not None
    assert (len(seen.response.body), seen.response.truncated) == (KEPT_BODY, True)


def test_an_upstream_that_is_not_there_is_the_proxys_own_502() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
    received, (seen,) = through(port, ODD)
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 502 Bad Gateway\r\n")
    assert b"Proxy-Status: logout-conformance" in head
    assert f"http://127.0.0.1:{port} cannot be reached".encode() in body
    assert seen.response is None
    assert str(seen.trouble).startswith("the proxy: ")


@pytest.mark.parametrize("answer", [b"", b"no HTTP\r\n\r\n", b"HTTP/1.1 200 OK\r\nHalf"])
def test_what_is_no_answer_is_the_proxys_own_502(answer: bytes) -> None:
    with upstream(answer) as server:
        received, (seen,) = through(server.port, ODD)
    assert received.startswith(b"HTTP/1.1 502 ")
    assert seen.response is None


def test_an_answer_that_breaks_off_breaks_off() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"
    with upstream(answer) as server:
        received, (seen,) = through(server.port, ODD)
    assert received == answer
    assert (seen.response, seen.trouble) == (None, "the proxy: a body that is cut short")


def test_an_answer_that_does_not_come_is_the_proxys_own_504() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        received, (seen,) = through(silent.getsockname()[1], ODD, timeout_s=0.2)
    assert received.startswith(b"HTTP/1.1 504 Gateway Timeout\r\n")
    assert seen.trouble == "the proxy: no whole answer within 0.2 s"


def test_where_a_message_ends_is_not_guessed() -> None:
    unclear = b"POST / HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    with upstream(OK, until=b"0\r\n\r\n") as server:
        received, _ = through(server.port, unclear)
    assert (received, server.got) == (OK, [unclear])


@pytest.mark.parametrize(("trusted", "status"), [(True, b"200"), (False, b"502")])
def test_an_upstream_with_tls_is_verified(*, trusted: bool, status: bytes) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "server.pem")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_serve_tls, args=(listener, context), daemon=True)
        thread.start()
        ca = TLS / "ca.pem" if trusted else None
        received, _ = through(listener.getsockname()[1], ODD, scheme="https", trusted=ca)
        thread.join(20)
    assert received.split()[1] == status


def _serve_tls(listener: socket.socket, context: ssl.SSLContext) -> None:
    with contextlib.suppress(OSError), context.wrap_socket(listener.accept()[0], server_side=True) as line:
        while not line.recv(65536).endswith(b"\r\n\r\n"):
            pass
        line.sendall(OK)


# --- Bytes from outside ---


def read(data: bytes, reading: Callable[[asyncio.StreamReader], object]) -> object:
    async def fed() -> object:
        reader = asyncio.StreamReader()
        reader.feed_data(data)
        reader.feed_eof()
        return await reading(reader)  # type: ignore[misc]

    return asyncio.run(fed())


@given(st.binary(max_size=200))
def test_any_bytes_are_a_head_or_none(data: bytes) -> None:
    try:
        head = read(data, read_head)
    except MessageError:
        return
    assert head is None or (isinstance(head, Head) and head.raw in data)
    if isinstance(head, Head):
        assert head.framing_of_request().kind in {"none", "length", "chunked", "unclear"}


@given(st.lists(st.binary(min_size=1, max_size=20), max_size=5))
def test_chunks_say_what_was_cut(pieces: list[bytes]) -> None:
    told = b"".join(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in pieces) + b"0\r\n\r\n"
    content, passed = bytearray(), Writer()
    read(told, lambda reader: pass_body(reader, passed, Framing("chunked"), content.extend))  # type: ignore[arg-type]
    assert (bytes(content), bytes(passed.written)) == (b"".join(pieces), told)


class Writer:
    """A writer that keeps what is written."""

    def __init__(self) -> None:
        self.written = bytearray()

    def write(self, data: bytes) -> None:
        self.written += data

    async def drain(self) -> None:
        pass
