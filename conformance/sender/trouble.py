"""Why no complete answer arrived, in words that are the same in every run."""

from __future__ import annotations

import http.client
import socket
import ssl
from typing import TYPE_CHECKING

from urllib3 import exceptions as urllib3_errors

from conformance.sender.reading import TooLargeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class TransportError(Exception):
    """No complete answer arrived; the text says why, without ports, times or anything else that changes."""


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
    TooLargeError: "the status line and headers are longer than the kit reads",
    http.client.LineTooLong: "a header line is longer than the kit reads",
    http.client.HTTPException: "the answer is not HTTP",
}


def in_words(error: BaseException, timeout_s: float) -> str:
    """Say what an exception of the sender, or of a library below it, means."""
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
