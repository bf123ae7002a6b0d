"""An answer as it is read from a socket: every read bounded in time, every byte counted, its framing checked.

`http.client` takes the end of a connection for the end of a head, and numbers for lengths that are none in HTTP.
"""

from __future__ import annotations

import http.client
import io
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    import socket

KIB: Final = 1024
FIRST_FINAL_STATUS: Final = 200
SWITCHING_PROTOCOLS: Final = 101

_LENGTH: Final = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read of an answer, in bytes: status line and headers, and the body on the wire and decoded."""

    head: int = 256 * KIB
    body: int = 512 * KIB


class TooLargeError(OSError):
    """More bytes arrived than the limits allow."""


class Gauge:
    """What one exchange may still use up."""

    def __init__(self, deadline: float, limits: Limits) -> None:
        self.limits = limits
        self.too_large = False
        self.certificate_expires: float | None = None
        self._deadline = deadline
        self._bytes_left = limits.head

    def remaining(self) -> float:
        """Give the seconds left; raises TimeoutError when there are none."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def count(self, size: int) -> None:
        """Note that so many bytes arrived; raises TooLargeError where they are more than the limits allow."""
        self._bytes_left -= size
        if self._bytes_left < 0:
            self.too_large = True
            raise TooLargeError

    def head_ended(self) -> None:
        """Begin to count the body."""
        # chunk sizes and trailers come on top of the body itself
        self._bytes_left = self.limits.body + self.limits.head


class _GaugedStream(io.RawIOBase):
    """A socket's stream in which every read has the exchange's deadline and is counted."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, gauge: Gauge) -> None:
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


class _Lines(io.BufferedReader):
    """A stream that knows how its last line ended: with nothing, where the connection did."""

    last: bytes = b""

    def readline(self, size: int | None = -1, /) -> bytes:
        self.last = super().readline(-1 if size is None else size)
        return self.last


class BoundedResponse(http.client.HTTPResponse):
    """An answer read through the gauge; interim answers (1xx) are passed over, as RFC 9110, 15.2 asks."""

    def __init__(self, sock: socket.socket, *, gauge: Gauge, method: str | None = None) -> None:
        super().__init__(sock, method=method)
        self.fp = self._lines = _Lines(_GaugedStream(self.fp.detach(), sock, gauge))
        self._gauge = gauge

    def begin(self) -> None:
        """Read the head of the final answer.

        Raises:
            http.client.HTTPException: the head is cut short, or says of the body's length what cannot be.

        """
        self._begin()
        while self.status < FIRST_FINAL_STATUS and self.status != SWITCHING_PROTOCOLS:
            self.headers = self.msg = None  # type: ignore[assignment]
            self._begin()
        self._gauge.head_ended()

    def _begin(self) -> None:
        super().begin()
        if not self._lines.last:
            raise http.client.IncompleteRead(b"")
        lengths = {length.strip() for each in self.headers.get_all("Content-Length", ()) for length in each.split(",")}
        if len(lengths) > 1 or not all(map(_LENGTH.fullmatch, lengths)):
            raise http.client.HTTPException("a Content-Length that is none (RFC 9112, 6.3)")
        # blanks behind a value are none of it (RFC 9110, 5.5)
        if (self.headers.get("Transfer-Encoding") or "").strip().lower() == "chunked" and not self.chunked:
            self.chunked, self.chunk_left, self.length = True, None, None
