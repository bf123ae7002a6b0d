"""Rules on the redirectUrl that a client sends (`#request`): there, an absolute URL, and encoded once (erratum 8)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, unquote_plus, urlsplit

from conformance.rules.finding import Finding, Unjudged
from conformance.rules.sent import parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.exchange import Exchange, Request
    from conformance.rules.status import Rule

NAME: Final = "redirectUrl"
ILLEGAL: Final = re.compile(r"[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]")
"""What neither a path nor a query can have as it stands (RFC 3986, 3.3 and 3.4)."""
HALF_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
ESCAPE: Final = re.compile(r"%[0-9A-Fa-f]{2}")

_MARKER: Final = re.compile(r"\{\{\w+\}\}")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?!\d+(?:/|$))")
"""A scheme; what a port and a path follow is a host."""
_ENCODED_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*%3A", re.IGNORECASE)
_OWN_DELIMITER: Final = re.compile(r"%(?:26|3D|3F)", re.IGNORECASE)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


def must_send_redirect_url(exchange: Exchange) -> Iterator[Finding]:
    """A client sends one redirectUrl, which is not empty."""
    values = redirect_urls(exchange.request)
    if len(values) != 1 or not values[0]:
        seen = f"{len(values)} of them" if len(values) > 1 else "an empty one" if values else f"no {NAME}"
        yield Finding("client-redirect-url", f"one {NAME}, not empty", seen, NAME)


def must_be_absolute_url(exchange: Exchange) -> Iterator[Finding]:
    """The redirectUrl of a client, decoded, is an absolute URL."""
    value = unquote_plus(_only(exchange.request))
    if _ENCODED_SCHEME.match(value):
        raise Unjudged("client-redirect-url-encoded")
    if not _is_absolute(value):
        yield Finding("client-redirect-url-is-a-url", "an absolute URL", value, NAME)


def must_encode_redirect_url(exchange: Exchange) -> Iterator[Finding]:
    """A client percent-encodes the value of redirectUrl, and only once, so that all of it stays part of the value."""
    value = _only(exchange.request)
    fault = _how_misencoded(value, exchange.request.url)
    if fault:
        yield Finding("client-redirect-url-encoded", "a value that is percent-encoded, once", f"{value}: {fault}", NAME)


def must_redirect_to(url: str) -> Rule:
    """Make the rule that redirectUrl is this one, and all of it, after it was decoded."""

    def rule(exchange: Exchange) -> Iterator[Finding]:
        value = _only(exchange.request)
        if url not in {unquote(value), unquote_plus(value)}:
            yield Finding("client-redirect-url-encoded", f"{url}, percent-encoded once", value, NAME)

    return rule


def redirect_urls(request: Request) -> list[str]:
    """Give every redirectUrl of a request, as it stands in the query."""
    pairs = [pair.partition("=") for pair in parts_of(request.url)[1].split("&")]
    return [value for name, _, value in pairs if unquote_plus(name) == NAME]


def _only(request: Request) -> str:
    values = redirect_urls(request)
    if len(values) != 1 or not values[0]:
        raise Unjudged("client-redirect-url")
    return values[0]


def _how_misencoded(value: str, url: str) -> str:
    """Say what is wrong with how a value is encoded; empty where nothing is, or nothing shows it."""
    _, query, fragment = parts_of(url)
    behind = query.partition(f"{NAME}={value}")[2]
    if HALF_ESCAPE.search(value):
        return "a % that is not encoded"
    if ILLEGAL.search(_MARKER.sub("", value)):
        return "a character that a query cannot have"
    if _ENCODED_SCHEME.match(unquote(value)):
        return "encoded twice"
    if behind and "?" in value and not _OWN_DELIMITER.search(value):
        return f"its own query went on with {behind}, which became parameters of the request"
    if fragment and not behind:
        return f"its own fragment #{fragment} was cut off"
    return ""


def _is_absolute(text: str) -> bool:
    """Say whether a text has a scheme and more after it, for http and https a host; apps have schemes of their own."""
    try:
        parts = urlsplit(text)
        host = parts.port != 0 and parts.hostname
    except ValueError:  # brackets that are no IPv6 address, a port that is no number
        return False
    rest = host if parts.scheme in {"http", "https"} else parts.netloc or parts.path
    return bool(_SCHEME.match(text) and rest) and " " not in parts.netloc and not _CONTROL.search(text)
