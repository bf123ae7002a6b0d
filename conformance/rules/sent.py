"""What a request carries, as far as a recording shows it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.rules.finding import Unjudged, Unseen

if TYPE_CHECKING:
    from conformance.exchange import Exchange, Request

AUTHORIZATION: Final = "Authorization"
DEVICE_IDENTIFIER: Final = "AP-Device-Identifier"
DEVICE_INFO: Final = "X-Device-Info"
SERVICE_TOKEN: Final = "AD-Service-Token"  # noqa: S105  (a header's name)
SUBJECT_TOKEN: Final = "Adobe-Subject-Token"  # noqa: S105  (a header's name)

_URL: Final = re.compile(r"(?:[^:/?#]+:)?(?://[^/?#]*)?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)
"""RFC 3986, appendix B: it fits any text, where a parser refuses some and mends others."""
_PLACEHOLDER: Final = re.compile(
    r"\{\{\w+\}\}|[\[<({]*(?:redacted|sanitized|sanitised|obfuscated|removed|masked|hidden)[\])}>]*|[*•]{3,}|[xX]{6,}|\.{3}",
    re.IGNORECASE,
)


def parts_of(url: str) -> tuple[str, str, str]:
    """Give path, query and fragment of a URL as they stand."""
    found = _URL.fullmatch(url)
    assert found, "the expression fits any text"  # noqa: S101
    return found[1], found[2] or "", found[3] or ""


def token_of(request: Request) -> str:
    """Give the access token of a request; empty where it has none, or a recording does not show which."""
    for value in request.values(AUTHORIZATION)[:1]:
        scheme, _, token = value.strip().partition(" ")
        if scheme.lower() == "bearer" and not _is_anonymous(token.strip()):
            return token.strip()
    return ""


def is_placeholder(value: str) -> bool:
    """Say whether a recording has this in place of a value that it does not show."""
    return bool(_PLACEHOLDER.fullmatch(value.strip()))


def _is_anonymous(token: str) -> bool:
    # a marker of the kit, unlike other placeholders, names its secret, and can be looked for
    return is_placeholder(token) and not token.startswith("{{")


def sent(exchange: Exchange, header: str) -> str:
    """Give a header's first value, empty where it was not sent; raises Unseen where the recording may hide it."""
    values = exchange.request.values(header)
    if not values and header.lower() in exchange.request.withheld:
        raise Unseen(f"the recording may have left {header} out")
    return values[0] if values else ""


def shown(exchange: Exchange, header: str) -> str:
    """Give a header's first value; raises Unseen where the recording has a placeholder for it, or may hide it."""
    value = sent(exchange, header)
    if is_placeholder(value):
        raise Unseen(f"the recording does not show the value of {header}")
    return value


def given(exchange: Exchange, header: str, required_by: str) -> str:
    """Give a value that is there; raises Unjudged where the requirement that asks for it is broken."""
    value = shown(exchange, header)
    if not value.strip():
        raise Unjudged(required_by)
    return value
