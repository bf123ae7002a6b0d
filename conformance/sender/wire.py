"""One HTTP request on the wire, bounded in time and size whatever the other end does.

`requests` has a timeout for each read and no cap at all: a server that sends a byte a second holds it for ever. Here
one deadline covers connecting, headers, interim answers and body, and every byte is counted before it is kept.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import logging
import re
import ssl
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_environ_proxies
from urllib3 import HTTPConnectionPool
from urllib3 import exceptions as urllib3_errors
from urllib3.util import SKIP_HEADER, Timeout

from conformance.exchange import Headers, Response
from conformance.sender.coding import ContentError, content
from conformance.sender.reading import KIB, BoundedResponse, Gauge, Limits, TooLargeError
from conformance.sender.trouble import TransportError, in_words

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from urllib3 import BaseHTTPResponse

    from conformance.target.model import Tls

__all__ = ["Gauge", "Limits", "Outgoing", "TransportError", "fetch"]

_EXACT: Final = re.compile(r"[^:]+://[^/?#]*/?([!\"$-~]*)")
"""A URL whose path and query, behind the first slash, can be sent as they stand."""

# urllib3 logs a traceback for odd headers; what a target sends must not reach anybody's terminal by that road
logging.getLogger("urllib3").addHandler(logging.NullHandler())
logging.getLogger("urllib3").propagate = False


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request to send: an absolute URL, already percent-encoded, and exactly these headers."""

    method: str
    url: str
    headers: Headers = ()
    body: bytes = b""


def fetch(
    outgoing: Outgoing,
    *,
    timeout_s: float,
    limits: Limits | None = None,
    tls: Tls | None = None,
    trust_env: bool = False,
) -> Response:
    """Send one request on a connection of its own and read the answer.

    No redirect is followed, no cookie kept, no proxy or netrc taken from the environment (unless `trust_env`: proxies).
    A connection is never shared: a server with one thread would be blocked by one that is kept open.

    Raises:
        TransportError: no complete answer within `timeout_s` seconds, or none that is HTTP.

    """
    gauge = Gauge(time.monotonic() + timeout_s, limits or Limits())
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
        raise TransportError(in_words(error, timeout_s)) from None
    finally:
        adapter.close()


def _read(raw: BaseHTTPResponse, gauge: Gauge) -> Response:
    received = bytearray()
    try:
        while len(received) <= gauge.limits.body and (piece := raw.read1(64 * KIB, decode_content=False)):
            received += piece
    except TooLargeError:
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
        certificate_expires=gauge.certificate_expires,
    )


def _is_text(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


class _BoundedAdapter(HTTPAdapter):
    """An adapter whose connections answer through a gauge."""

    def __init__(self, gauge: Gauge) -> None:
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
        pool.ConnectionCls = _bounded(pool.ConnectionCls, self._gauge, str(request.url))
        return pool

    def build_response(self, req: requests.PreparedRequest, resp: BaseHTTPResponse) -> requests.Response:
        # the inherited one also parses cookies, which are never wanted and always foreign bytes
        response = requests.Response()
        response.raw, response.request = resp, req
        return response


def _bounded(kind: type, gauge: Gauge, url: str) -> type:
    def _new_conn(self: object) -> socket.socket:
        sock = cast("socket.socket", kind._new_conn(self))  # type: ignore[attr-defined]  # noqa: SLF001  (urllib3's own seam)
        sock.settimeout(gauge.remaining())  # so that the TLS handshake has what connecting left
        return sock

    def connect(self: http.client.HTTPConnection) -> None:
        kind.connect(self)  # type: ignore[attr-defined]
        gauge.certificate_expires = _expiry(self.sock)

    def putrequest(self: http.client.HTTPConnection, method: str, target: str, **more: bool) -> None:
        # urllib3 escapes a `%` that escapes nothing; what is sent has to be what the record says
        exact = _EXACT.fullmatch(url) if target.startswith("/") else None
        kind.putrequest(self, method, f"/{exact[1]}" if exact else target, **more)  # type: ignore[attr-defined]

    response_class = staticmethod(functools.partial(BoundedResponse, gauge=gauge))
    seams = {"response_class": response_class, "_new_conn": _new_conn, "connect": connect, "putrequest": putrequest}
    return type("BoundedConnection", (kind,), seams)


def _expiry(sock: socket.socket) -> float | None:
    # of a certificate that was not verified Python says nothing
    certificate = sock.getpeercert() if isinstance(sock, ssl.SSLSocket) else None
    with contextlib.suppress(ValueError):
        return ssl.cert_time_to_seconds(str(certificate["notAfter"])) if certificate else None
    return None


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
