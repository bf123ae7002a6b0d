"""One HTTP request on the wire, bounded in time and size whatever the other end does.

`requests` has a timeout for each read and no cap at all: a server that sends a byte a second holds it for ever. Here
one deadline covers connecting, headers, interim answers and body, and every byte is counted before it is kept.
"""

from __future__ import annotations

import functools
import http.client
import io
import logging
import socket
import ssl
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_environ_proxies
from urllib3 import HTTPConnectionPool
from urllib3 import exceptions as urllib3_errors
from urllib3.util import SKIP_HEADER, Timeout

from conformance.exchange import Headers, Response
from conformance.sender.coding import ContentError, content

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from urllib3 import BaseHTTPResponse

    from conformance.target.model import Tls

# urllib3 logs a traceback for odd headers; what a target sends must not reach anybody's terminal by that road
logging.getLogger("urllib3").addHandler(logging.NullHandler())
logging.getLogger("urllib3").propagate = False

KIB = 1024
FIRST_FINAL_STATUS = 200
SWITCHING_PROTOCOLS = 101


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read of an answer, in bytes: status line and headers, and the body on the wire and decoded."""

    head: int = 256 * KIB
    body: int = 1024 * KIB


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request to send: an absolute URL, already percent-encoded, and exactly these headers."""

    method: str
    url: str
    headers: Headers = ()
    body: bytes = b""


class TransportError(Exception):
    """No complete answer arrived; the text says why, without ports, times or anything else that changes."""


def fetch(
    outgoing: Outgoing,
    *,
    timeout_s: float,
    limits: Limits = Limits(),
    tls: Tls | None = None,
    trust_env: bool = False,
) -> Response:
    """Send one request on a connection of its own and read the answer.

    No redirect is followed, no cookie kept, no proxy or netrc taken from the environment (unless `trust_env`: proxies).
    A connection is never shared: a server with one thread would be blocked by one that is kept open.

    Raises:
        TransportError: no complete answer within `timeout_s` seconds, or none that is HTTP.

    """
    gauge = _Gauge(time.monotonic() + timeout_s, limits)
    adapter = _BoundedAdapter(gauge)
    try:
        raw = adapter.open(outgoing, tls, trust_env=trust_env)
        return _read(raw, gauge)
    except (
        requests.RequestException,
        urllib3_errors.HTTPError,
        http.client.HTTPException,
        OSError,
        ValueError,
    ) as error:
        raise TransportError(_in_words(error, timeout_s)) from None
    finally:
        adapter.close()


def _read(raw: BaseHTTPResponse, gauge: _Gauge) -> Response:
    received = bytearray()
    try:
        while len(received) <= gauge.limits.body and (piece := raw.read1(64 * KIB, decode_content=False)):
            received += piece
    except _TooLargeError:
        pass
    except urllib3_errors.ProtocolError:
        if not gauge.too_large:
            raise
    body, undecodable = bytes(received), ""
    try:
        body = content(body, raw.headers.get("Content-Encoding", ""), gauge.limits.body)
    except ContentError:
        undecodable = f"the body is not what Content-Encoding: {raw.headers.get('Content-Encoding')} says"
        # nor can secrets be found in it, unless it was never encoded
        body = body if _is_text(body) else b""
    return Response(
        http_version=f"HTTP/{raw.version // 10}.{raw.version % 10}",
        status=raw.status,
        reason=raw.reason or "",
        headers=tuple(raw.headers.items()),
        body=body[: gauge.limits.body],
        truncated=gauge.too_large or max(len(received), len(body)) > gauge.limits.body,
        undecodable=undecodable,
    )


def _is_text(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


class _TooLargeError(OSError):
    """More bytes arrived than the limits allow."""


class _Gauge:
    """What one exchange may still use up."""

    def __init__(self, deadline: float, limits: Limits) -> None:
        self.limits = limits
        self.too_large = False
        self._deadline = deadline
        self._bytes_left = limits.head

    def remaining(self) -> float:
        """Give the seconds left; raises TimeoutError when there are none."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def count(self, size: int) -> None:
        self._bytes_left -= size
        if self._bytes_left < 0:
            self.too_large = True
            raise _TooLargeError

    def head_ended(self) -> None:
        # chunk sizes and trailers come on top of the body itself
        self._bytes_left = self.limits.body + self.limits.head


class _GaugedStream(io.RawIOBase):
    """A socket's stream in which every read has the exchange's deadline and is counted."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, gauge: _Gauge) -> None:
        super().__init__()
        self._raw, self._sock, self._gauge = raw, sock, gauge

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int | None:  # type: ignore[override]
        self._sock.settimeout(self._gauge.remaining())
        size = cast("int | None", self._raw.readinto(buffer))
        self._gauge.count(size or 0)
        return size

    def close(self) -> None:
        self._raw.close()
        super().close()


class _BoundedResponse(http.client.HTTPResponse):
    """An answer read through the gauge; interim answers (1xx) are passed over, as RFC 9110, 15.2 asks."""

    def __init__(self, sock: socket.socket, *, gauge: _Gauge, method: str | None = None) -> None:
        super().__init__(sock, method=method)
        self.fp = io.BufferedReader(_GaugedStream(self.fp.detach(), sock, gauge))
        self._gauge = gauge

    def begin(self) -> None:
        super().begin()
        while self.status < FIRST_FINAL_STATUS and self.status != SWITCHING_PROTOCOLS:
            self.headers = self.msg = None  # type: ignore[assignment]
            super().begin()
        self._gauge.head_ended()


class _BoundedAdapter(HTTPAdapter):
    """An adapter whose connections answer through a gauge."""

    def __init__(self, gauge: _Gauge) -> None:
        super().__init__(max_retries=0)
        self._gauge = gauge

    def open(self, outgoing: Outgoing, tls: Tls | None, *, trust_env: bool) -> BaseHTTPResponse:
        """Send the request and give the answer with its body still unread."""
        left = self._gauge.remaining()
        response = self.send(
            _prepared(outgoing),
            stream=True,
            timeout=cast("tuple[float, float]", Timeout(connect=left, read=left)),
            verify=_verification(tls),
            cert=_certificate(tls),
            proxies=get_environ_proxies(outgoing.url) if trust_env else None,
        )
        return cast("BaseHTTPResponse", response.raw)

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: bool | str | None,  # noqa: FBT001  (the signature is requests')
        proxies: Mapping[str, str] | None = None,
        cert: tuple[str, str] | str | None = None,
    ) -> HTTPConnectionPool:
        pool = cast(
            "HTTPConnectionPool",
            super().get_connection_with_tls_context(request, verify, proxies=proxies, cert=cert),
        )
        pool.ConnectionCls = _bounded(pool.ConnectionCls, self._gauge)
        return pool

    def build_response(self, req: requests.PreparedRequest, resp: BaseHTTPResponse) -> requests.Response:
        # the inherited one also parses cookies, which are never wanted and always foreign bytes
        response = requests.Response()
        response.raw, response.request = resp, req
        return response


def _bounded(kind: type, gauge: _Gauge) -> type:
    def _new_conn(self: object) -> socket.socket:
        sock = cast("socket.socket", kind._new_conn(self))  # type: ignore[attr-defined]  # noqa: SLF001  (urllib3's own seam)
        sock.settimeout(gauge.remaining())  # so that the TLS handshake has what connecting left
        return sock

    response_class = staticmethod(functools.partial(_BoundedResponse, gauge=gauge))
    return type("BoundedConnection", (kind,), {"response_class": response_class, "_new_conn": _new_conn})


def _prepared(outgoing: Outgoing) -> requests.PreparedRequest:
    # not requests.Request(...).prepare(): it re-quotes the URL, and the exact bytes are the point here
    prepared = requests.PreparedRequest()
    prepared.method, prepared.url = outgoing.method, outgoing.url
    headers: CaseInsensitiveDict[str | bytes] = CaseInsensitiveDict()
    for absent in ("User-Agent", "Accept-Encoding"):
        headers[absent] = SKIP_HEADER
    for name, value in outgoing.headers:
        headers[name] = value.encode("latin-1")
    if outgoing.body:
        headers["Content-Length"] = str(len(outgoing.body))  # requests would send it in chunks
    prepared.headers = cast("CaseInsensitiveDict[str]", headers)
    prepared.body = outgoing.body or None
    return prepared


def _verification(tls: Tls | None) -> bool | str:
    if tls is None:
        return True
    return str(tls.ca_bundle) if tls.verify and tls.ca_bundle else tls.verify


def _certificate(tls: Tls | None) -> tuple[str, str] | str | None:
    if tls is None or not tls.client_cert:
        return None
    return (str(tls.client_cert), str(tls.client_key)) if tls.client_key else str(tls.client_cert)


_WORDS: Mapping[type[BaseException], str] = {
    ssl.SSLCertVerificationError: "the server's TLS certificate could not be verified",
    ssl.SSLError: "the TLS handshake failed",
    socket.gaierror: "the host name could not be resolved",
    ConnectionRefusedError: "the connection was refused",
    http.client.RemoteDisconnected: "the connection was closed without an answer",
    http.client.IncompleteRead: "the connection was closed before the answer was complete",
    urllib3_errors.IncompleteRead: "the connection was closed before the answer was complete",
    ConnectionResetError: "the connection was reset",
    BrokenPipeError: "the connection was closed while the request was sent",
    _TooLargeError: "the status line and headers are longer than the kit reads",
    http.client.LineTooLong: "a header line is longer than the kit reads",
    http.client.HTTPException: "the answer is not HTTP",
}


def _in_words(error: BaseException, timeout_s: float) -> str:
    causes = list(_causes(error))
    for kind, words in _WORDS.items():
        for cause in causes:
            if isinstance(cause, kind):
                detail = getattr(cause, "verify_message", "") or ""
                return f"{words}: {detail}" if detail else words
    if any(isinstance(cause, TimeoutError | urllib3_errors.TimeoutError) for cause in causes):
        return f"no complete answer within {timeout_s:g} s"
    return f"the exchange failed ({type(causes[-1]).__name__})"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Walk an exception's reasons, outermost first; requests and urllib3 wrap them in four different ways."""
    seen: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        item = waiting.pop(0)
        if not isinstance(item, BaseException) or item in seen:
            continue
        seen.append(item)
        yield item
        waiting += [*item.args, getattr(item, "reason", None), item.__cause__, item.__context__]
