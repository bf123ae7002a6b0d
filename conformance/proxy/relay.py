"""The connections of the proxy: each of a client is paired with one to the upstream, and both are passed through."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from conformance.exchange import Exchange, Request, Response
from conformance.proxy.message import LARGEST_HEAD, Head, MessageError, pass_body, pass_to_end, read_head
from conformance.sender.coding import ContentError, content
from conformance.sender.reading import FIRST_FINAL_STATUS
from conformance.traffic.clock import SteadyClock

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT_BODY: Final = 256 * 1024
"""How much of an answer's body is kept to be judged, in bytes."""
TIMEOUT_S: Final = 60.0
SWITCHING: Final = 101
_REASONS: Final = {502: "Bad Gateway", 504: "Gateway Timeout"}


@dataclass(frozen=True, slots=True)
class Upstream:
    """The server that traffic is passed on to."""

    scheme: str
    host: str
    port: int
    netloc: str
    """Host, and port where the URL has one, as it stands in Host."""

    @property
    def origin(self) -> str:
        """The URL before the path."""
        return f"{self.scheme}://{self.netloc}"


class Relay:
    """Passes connections on to the upstream; `on_exchange` is told of each request and its answer.

    `timeout_s` is the deadline of one exchange, from its request's head to the end of its answer. Host becomes the
    upstream's own, unless `keep_host`: that is the only thing that changes.
    """

    def __init__(
        self,
        upstream: Upstream,
        on_exchange: Callable[[Exchange], None],
        *,
        keep_host: bool = False,
        timeout_s: float = TIMEOUT_S,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._upstream, self._on_exchange = upstream, on_exchange
        self._keep_host, self._timeout_s = keep_host, timeout_s
        self._tls = (tls or ssl.create_default_context()) if upstream.scheme == "https" else None
        self._clock = SteadyClock()

    async def serve(self, host: str, port: int, announce: Callable[[str], object]) -> None:
        """Listen until cancelled; `announce` is told the address. Raises OSError where it cannot be had."""
        server = await asyncio.start_server(self._connected, host, port, limit=LARGEST_HEAD)
        async with server:
            announce(f"http://{host}:{server.sockets[0].getsockname()[1]}")
            await server.serve_forever()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass the exchanges of one connection on, until one of them is its last."""
        client = Line(reader, writer)
        async with contextlib.AsyncExitStack() as lines:
            lines.push_async_callback(client.closed)
            with contextlib.suppress(OSError, MessageError):
                upstream: Line | None = None
                while head := await read_head(reader):
                    passing = Passing(head, time.monotonic())
                    upstream, is_last = await self._passed(passing, client, upstream, lines)
                    if is_last:
                        return

    async def _passed(
        self, passing: Passing, client: Line, upstream: Line | None, lines: contextlib.AsyncExitStack
    ) -> tuple[Line | None, bool]:
        """Pass one exchange on, or answer that this could not be done; say whether it is the last of its connection."""
        try:
            async with asyncio.timeout(self._timeout_s):
                if upstream is None or upstream.reader.at_eof():
                    upstream = await self._opened()
                    lines.push_async_callback(upstream.closed)
                host = None if self._keep_host else self._upstream.netloc
                return upstream, await passing.passed(client, upstream, host)
        except (OSError, MessageError) as error:  # TimeoutError is one
            is_late = isinstance(error, TimeoutError)
            passing.trouble = f"no whole answer within {self._timeout_s:g} s" if is_late else _in_words(error)
            if passing.answer is None:
                client.writer.write(own_answer(504 if is_late else 502, passing.trouble))
            return upstream, True
        except BaseException:
            passing.trouble = "it was ended while this passed"
            raise
        finally:
            self._on_exchange(self._exchange(passing))

    async def _opened(self) -> Line:
        to = self._upstream
        name = to.host if self._tls else None
        try:
            reader, writer = await asyncio.open_connection(
                to.host, to.port, ssl=self._tls, server_hostname=name, limit=LARGEST_HEAD
            )
        except OSError as error:
            raise MessageError(f"{to.origin} cannot be reached: {error.strerror or error}") from None
        return Line(reader, writer)

    def _origin_of(self, request: Head) -> str:
        """Give the server that a request is meant for: the upstream, unless that is told another name."""
        named = request.values("Host") if self._keep_host else ()
        return f"{self._upstream.scheme}://{named[0]}" if named else self._upstream.origin

    def _exchange(self, passing: Passing) -> Exchange:
        method, target, _ = passing.request.start
        url = target if "://" in target.partition("?")[0] else f"{self._origin_of(passing.request)}{target}"
        return Exchange(
            index=0,
            request=Request(method, url, passing.request.headers),
            response=passing.response(),
            trouble=f"the proxy: {passing.trouble}" if passing.trouble else None,
            started_at=self._clock.told(passing.began),
            elapsed_ms=1000 * (time.monotonic() - passing.began),
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def closed(self) -> None:
        """Close it; what is left to be written is written."""
        self.writer.close()
        with contextlib.suppress(OSError):
            await self.writer.wait_closed()


@dataclass(slots=True)
class Passing:
    """One exchange while it passes."""

    request: Head
    began: float
    answer: Head | None = None
    body: bytearray = field(default_factory=bytearray)
    is_cut: bool = False
    trouble: str = ""

    async def passed(self, client: Line, upstream: Line, host: str | None) -> bool:
        """Pass the request and its answer on; say whether the connections end behind them.

        Raises:
            MessageError: one of them is no HTTP, or is cut short.
            OSError: a connection broke.

        """
        method, framing = self.request.start[0], self.request.framing_of_request()
        upstream.writer.write(self.request.with_host(host) if host else self.request.raw)
        # beside the answer: an interim one may be what the client waits for before it sends the body
        sending = asyncio.create_task(pass_body(client.reader, upstream.writer, framing, _nothing))
        try:
            self.answer = await self._final(upstream.reader, client.writer)
            end = self.answer.framing_of_answer(method)
            if self.answer.status == SWITCHING or framing.kind == "unclear":
                await self._tunnelled(sending, client, upstream)
                return True
            await pass_body(upstream.reader, client.writer, end, self._keep)
            is_over = end.kind in {"close", "unclear"} or self.request.is_last or self.answer.is_last
            return is_over or not sending.done()
        finally:
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError, MessageError):
                await sending

    async def _final(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Head:
        """Pass interim answers on, and the head of the final one; give that."""
        while True:
            head = await read_head(reader)
            if head is None:
                raise MessageError("the upstream closed the connection without an answer")
            status = head.status
            writer.write(head.raw)
            await writer.drain()
            if status >= FIRST_FINAL_STATUS or status == SWITCHING:
                return head

    async def _tunnelled(self, sending: asyncio.Task[None], client: Line, upstream: Line) -> None:
        """Pass everything on, both ways, where the ends of messages are not known."""
        if sending.done() and self.request.framing_of_request().kind != "unclear":
            sending = asyncio.create_task(pass_to_end(client.reader, upstream.writer, _nothing))
        try:
            await pass_to_end(upstream.reader, client.writer, self._keep)
        finally:
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError, MessageError):
                await sending

    def _keep(self, piece: bytes) -> None:
        left = KEPT_BODY - len(self.body)
        self.body += piece[:left]
        self.is_cut = self.is_cut or len(piece) > left

    def response(self) -> Response | None:
        """Give the answer as it was kept; None where there was none, or not the whole of it."""
        if self.answer is None or self.trouble:
            return None
        version, _, reason = self.answer.start
        body, undecodable = bytes(self.body), ""
        try:
            if not self.is_cut:
                body = content(body, ", ".join(self.answer.values("Content-Encoding")), KEPT_BODY)
        except ContentError:
            undecodable = "the body is not what its Content-Encoding says"
        is_cut = self.is_cut or len(body) > KEPT_BODY
        number = version.removeprefix("HTTP/")
        return Response(number, self.answer.status, reason, self.answer.headers, body[:KEPT_BODY], is_cut, undecodable)


def own_answer(status: int, reason: str) -> bytes:
    """Give an answer of the proxy's own, which says whose it is (RFC 9209)."""
    body = f"logout-conformance proxy: {reason}\n".encode()
    lines = (
        f"HTTP/1.1 {status} {_REASONS[status]}",
        "Content-Type: text/plain; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Proxy-Status: logout-conformance",
        "Connection: close",
    )
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode() + body


def _in_words(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error) or type(error).__name__


def _nothing(_piece: bytes) -> None:
    """Keep nothing of what passes."""
