"""What one request asks for, and whether its values have the form that they must have."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

ASCII_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class LogoutRequest:
    """A request to the endpoint: the path parameters, decoded, and the HTTP request that has the rest (`#request`)."""

    request: Request
    service_provider: str
    mvpd: str

    @property
    def redirect_url(self) -> str:
        """The query parameter, decoded; empty where it is missing."""
        return self.request.args.get("redirectUrl", "")

    @property
    def device_identifier(self) -> str:
        """The whole value of AP-Device-Identifier; empty where it is missing."""
        return self.request.headers.get("AP-Device-Identifier", "").strip()

    @property
    def access_token(self) -> str | None:
        """The token of `Authorization: Bearer <token>`, the scheme in any case; None where there is no such token."""
        scheme, _, token = self.request.headers.get("Authorization", "").strip().partition(" ")
        return token.strip() or None if scheme.lower() == "bearer" else None


def is_url(text: str) -> bool:
    """Say whether a text is an absolute URL: a scheme and more after it, for http and https a host (RFC 3986, 3).

    Any scheme will do, since apps have schemes of their own, and letters that should have been percent-encoded too.
    """
    try:
        parts = urlsplit(text)
        host = parts.port != 0 and parts.hostname
    except ValueError:  # brackets that are no IPv6 address, a port that is no number
        return False
    rest = host if parts.scheme in {"http", "https"} else parts.netloc or parts.path
    return bool(parts.scheme and rest) and " " not in parts.netloc and not ASCII_CONTROL.search(text)


def is_device_identifier(text: str) -> bool:
    """Say whether a text is `fingerprint <Base64>`, as the linked page about the header has it."""
    kind, _, identifier = text.partition(" ")
    return kind.lower() == "fingerprint" and is_base64(identifier.strip())


def is_base64(text: str) -> bool:
    """Say whether a text is Base64 of something, with its padding or without (RFC 4648, 3.2 and 4)."""
    unpadded = text.rstrip("=")
    try:
        return bool(base64.b64decode(unpadded + "=" * (-len(unpadded) % 4), validate=True))
    except ValueError:
        return False
