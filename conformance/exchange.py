"""The evidence: what was sent, what came back, or why nothing did."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

Headers: TypeAlias = tuple[tuple[str, str], ...]


def header_values(headers: Headers, name: str) -> tuple[str, ...]:
    """Give every value of a header, in order; names match in any case (RFC 9110, 5.1)."""
    return tuple(value for given, value in headers if given.lower() == name.lower())


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it was put on the wire.

    `withheld` names the headers, in lower case, that a recording may have left out although they were sent.
    """

    method: str
    url: str
    headers: Headers = ()
    withheld: frozenset[str] = frozenset()

    def values(self, name: str) -> tuple[str, ...]:
        """Give every value of a header, in order."""
        return header_values(self.headers, name)


@dataclass(frozen=True, slots=True)
class Response:
    """A response as it was received.

    `body` is the content after its Content-Encoding was undone; `truncated` says that the target sent more than the
    kit reads; `undecodable` says why the content could not be decoded, and is empty where it could. `kept` says what a
    recording has of the body: its bytes, its text in whatever charset that was, or nothing.
    `certificate_expires` is in seconds since 1970, None where no certificate was verified.
    """

    http_version: str
    status: int
    reason: str
    headers: Headers
    body: bytes = b""
    truncated: bool = False
    undecodable: str = ""
    certificate_expires: float | None = None
    kept: Literal["bytes", "text", "nothing"] = "bytes"

    def header(self, name: str) -> str | None:
        """Give a header's values as one field value (RFC 9110, 5.3), None where it is absent."""
        values = header_values(self.headers, name)
        return ", ".join(values) if values else None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, or the `trouble` that stood in the way.

    `index` is the line of exchanges.jsonl, `visit` and `step` say what the request was for.
    """

    index: int
    request: Request
    response: Response | None
    trouble: str | None = None
    visit: str = ""
    step: str = ""
    started_at: str = ""
    elapsed_ms: float = 0.0
    waited_s: float = 0.0

    @property
    def began_s(self) -> float | None:
        """When the request was sent, in seconds since 1970; None where nobody wrote it down."""
        try:
            return datetime.fromisoformat(self.started_at).timestamp()
        except (ValueError, OverflowError, OSError):
            return None

    @property
    def ended_s(self) -> float | None:
        """When the answer was there, in seconds since 1970; None where nobody wrote it down."""
        began = self.began_s
        return None if began is None else began + self.elapsed_ms / 1000


def body_as_text(body: bytes) -> tuple[str, str]:
    """Give a body as text that JSON can hold, and the encoding that was needed: utf-8 or base64."""
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return base64.b64encode(body).decode("ascii"), "base64"
