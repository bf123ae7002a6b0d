"""Rules on a request for a logout, whoever sent it (`#request`): what a client must send, and how."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from conformance.rules.action import action_of
from conformance.rules.device import (
    must_describe_device,
    must_forward_address,
    must_identify_device,
    should_describe_in_base64_json,
    should_have_required_keys,
    should_identify_by_fingerprint,
    should_use_listed_values,
)
from conformance.rules.finding import Finding, Unjudged, Unseen
from conformance.rules.hardening import carries
from conformance.rules.redirect import (
    ESCAPE,
    HALF_ESCAPE,
    ILLEGAL,
    must_be_absolute_url,
    must_encode_redirect_url,
    must_send_redirect_url,
    redirect_urls,
)
from conformance.rules.sent import (
    AUTHORIZATION,
    DEVICE_IDENTIFIER,
    DEVICE_INFO,
    SERVICE_TOKEN,
    SUBJECT_TOKEN,
    is_placeholder,
    parts_of,
    shown,
    token_of,
)
from conformance.rules.status import OK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.exchange import Exchange, Request
    from conformance.rules.status import Rule

JWS_PARTS: Final = 3
JWE_PARTS: Final = 5

_CALL: Final = re.compile(r"/api/v2/([^/]+)/logout/([^/]+)$")
_ACCEPTED: Final = re.compile(r"application/json\s*(?:;\s*(?:charset|q)\s*=\s*[^;]+)*", re.IGNORECASE)
_COMPACT: Final = re.compile(r"[A-Za-z0-9_-]+")


def is_call(request: Request) -> bool:
    """Say whether a request is a call of this endpoint, well formed or meant to be.

    A path of the right form is one; where provider, MVPD and `logout` stand otherwise, what only this API has must be
    with it. The question of a browser whether it may call (OPTIONS) is not the client's own.
    """
    path = _path(request)
    if "/logout" not in path or request.method.upper() == "OPTIONS":
        return False
    is_marked = bool(request.values(DEVICE_IDENTIFIER) or request.values(DEVICE_INFO) or redirect_urls(request))
    is_meant = is_marked and "logout" in path.partition("/api/v2/")[2].split("/")
    return is_meant or _CALL.search(path) is not None


def must_use_path(exchange: Exchange) -> Iterator[Finding]:
    """A client logs out at /api/v2/{serviceProvider}/logout/{mvpd}, both segments there and not empty."""
    path = _path(exchange.request)
    if not _CALL.search(path):
        yield Finding("client-path", "/api/v2/{serviceProvider}/logout/{mvpd}", path, "path")


def must_encode_path(exchange: Exchange) -> Iterator[Finding]:
    """A client percent-encodes serviceProvider and mvpd, once (RFC 3986, 2.1)."""
    found = _CALL.search(_path(exchange.request))
    if not found:
        raise Unjudged("client-path")
    for segment in found.groups():
        fault = _how_misencoded(segment)
        if fault and not (fault == _TWICE and _is_known(exchange)):
            yield Finding("client-path-encoded", "each segment percent-encoded, once", f"{segment}: {fault}", "path")


def must_use_get(exchange: Exchange) -> Iterator[Finding]:
    """A client logs out with the method GET."""
    if exchange.request.method != "GET":
        yield Finding("client-method-get", "GET", exchange.request.method, "method")


def must_authorize(exchange: Exchange) -> Iterator[Finding]:
    """A client sends its access token in a header Authorization of the scheme Bearer."""
    value = shown(exchange, AUTHORIZATION)
    scheme, _, token = value.strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        # not the value: it may be a secret, of whatever scheme
        seen = "another scheme" if token.strip() else "no token" if value.strip() else "no Authorization"
        yield Finding("client-authorization", "Bearer and the access token", seen, AUTHORIZATION)


def should_send_token_in_header_only(exchange: Exchange) -> Iterator[Finding]:
    """A client sends its access token in the Authorization header only, not in the path or the query."""
    url, token = exchange.request.url, token_of(exchange.request)
    parameters = dict(pair.partition("=")[::2] for pair in parts_of(url)[1].split("&"))
    if carries(token, url) or parameters.get("access_token"):
        expected = "the access token in Authorization alone"
        yield Finding("client-token-only-in-header", expected, "the access token in the URL", "path")
    elif not token and not exchange.request.values(AUTHORIZATION):
        raise Unseen("no access token was seen, so it cannot be looked for elsewhere")


def should_be_signed_tokens(exchange: Exchange) -> Iterator[Finding]:
    """An AD-Service-Token is a JWS, and an Adobe-Subject-Token a JWS or a JWE, in compact form."""
    allowed = {SERVICE_TOKEN: (JWS_PARTS,), SUBJECT_TOKEN: (JWS_PARTS, JWE_PARTS)}
    sent = [(name, value) for name in allowed for value in exchange.request.values(name)]
    legible = [(name, value) for name, value in sent if not is_placeholder(value)]
    for name, value in legible:
        parts = value.strip().split(".")
        if len(parts) not in allowed[name] or not _is_header(parts[0]) or not all(map(_is_part, parts)):
            expected = "a JWS in compact form" if name == SERVICE_TOKEN else "a JWS or JWE in compact form"
            yield Finding("client-sso-token-format", expected, f"a text of {len(value)} characters", name)
    if not legible:
        missing = "the recording does not show the token" if sent else "no token of single sign-on was sent"
        raise Unseen(missing)


def must_accept_json(exchange: Exchange) -> Iterator[Finding]:
    """An Accept header, where a client sends one, is application/json; a charset parameter may follow."""
    for value in exchange.request.values("Accept"):
        if not all(_ACCEPTED.fullmatch(one.strip()) for one in value.split(",")):
            yield Finding("client-accept-json", "application/json", value or "nothing", "Accept")


def must_send(requirement: str, header: str, value: str) -> Rule:
    """Make the rule that a client sends this value in this header: the token of a single sign-on, say."""

    def rule(exchange: Exchange) -> Iterator[Finding]:
        sent = exchange.request.values(header)
        if sent != (value,):
            seen = "another value" if sent else f"no {header}"
            yield Finding(requirement, f"the {header} of this device", seen, header)

    return rule


REQUEST: Final[Mapping[str, Rule]] = {
    "client-path": must_use_path,
    "client-path-encoded": must_encode_path,
    "client-method-get": must_use_get,
    "client-redirect-url": must_send_redirect_url,
    "client-redirect-url-is-a-url": must_be_absolute_url,
    "client-redirect-url-encoded": must_encode_redirect_url,
    "client-authorization": must_authorize,
    "client-token-only-in-header": should_send_token_in_header_only,
    "client-device-identifier": must_identify_device,
    "client-device-identifier-format": should_identify_by_fingerprint,
    "client-device-info": must_describe_device,
    "client-device-info-format": should_describe_in_base64_json,
    "client-device-info-keys": should_have_required_keys,
    "client-device-info-values": should_use_listed_values,
    "client-forwarded-for-value": must_forward_address,
    "client-sso-token-format": should_be_signed_tokens,
    "client-accept-json": must_accept_json,
}
"""Every demand that one request shows, in the order of the law, with the rule that judges it."""


def _path(request: Request) -> str:
    return parts_of(request.url)[0]


_TWICE: Final = "encoded twice"


def _how_misencoded(segment: str) -> str:
    if HALF_ESCAPE.search(segment):
        return "a % that is not encoded"
    if ILLEGAL.search(segment):
        return "a character that a path segment cannot have"
    return _TWICE if ESCAPE.search(unquote(segment)) else ""


def _is_known(exchange: Exchange) -> bool:
    """Say whether the server found a profile under the name as it stands: then it is right, however it looks."""
    if exchange.response is None or exchange.response.status != OK:
        return False
    try:
        return action_of(exchange) not in (None, "invalid")
    except Unjudged:
        return False


def _is_part(part: str) -> bool:
    return bool(_COMPACT.fullmatch(part))


def _is_header(part: str) -> bool:
    try:
        header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return False
    return isinstance(header, dict) and "alg" in header
