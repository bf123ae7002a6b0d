"""The visits that a server must refuse: bad requests, bad tokens, bad methods. More than one module judges them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.evidence.visit import AFTERWARDS, Need, Step, Viewer, Visit
from conformance.sender.logout import header, method, no_query, redirect_url, rewritten_header, without_header

if TYPE_CHECKING:
    from conformance.sender.logout import Change

UNKNOWN_TOKEN: Final = "logout-conformance-unknown-token"  # noqa: S105  (a token that no server knows)
METHODS: Final = ("POST", "PUT", "PATCH", "DELETE")


def _credential(authorization: str) -> str:
    return authorization.partition(" ")[2] or authorization


def _shorter(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    return f"{scheme} {token[: len(token) * 3 // 4] or UNKNOWN_TOKEN}"


def _in_other_case(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    return f"{scheme} {token.swapcase() if token.swapcase() != token else UNKNOWN_TOKEN}"


def _forged(authorization: str) -> str:
    """Give a token with another ending: another signature, where it has the three parts of a JWT."""
    scheme, _, token = authorization.partition(" ")
    head, dot, _ = token.rpartition(".")
    return f"{scheme} {head}{dot}{UNKNOWN_TOKEN}" if dot else f"{scheme} {token[:-4]}{UNKNOWN_TOKEN}"


def _refused(step: str, change: Change, viewer: int = 0) -> Step:
    return Step(step, change, viewer, is_refused=True)


BAD_REQUEST: Final = Visit(
    "bad-request",
    (
        _refused("missing-redirect-url", no_query),
        _refused("empty-redirect-url", redirect_url("")),
        _refused("missing-device-identifier", without_header("AP-Device-Identifier")),
        _refused("empty-device-identifier", header("AP-Device-Identifier", "")),
        Step(AFTERWARDS),
    ),
)
"""Requests that lack what is required."""

BAD_TOKEN: Final = Visit(
    "bad-token",
    (
        _refused("missing-authorization", without_header("Authorization")),
        _refused("empty-authorization", header("Authorization", "")),
        _refused("bearer-without-token", header("Authorization", "Bearer")),
        _refused("token-without-scheme", rewritten_header("Authorization", _credential)),
        _refused("basic-scheme", rewritten_header("Authorization", lambda value: f"Basic {_credential(value)}")),
        _refused("unknown-token", header("Authorization", f"Bearer {UNKNOWN_TOKEN}")),
        _refused("longer-token", rewritten_header("Authorization", lambda value: f"{value}x")),
        _refused("shorter-token", rewritten_header("Authorization", _shorter)),
        _refused("forged-token", rewritten_header("Authorization", _forged)),
        _refused("token-in-other-case", rewritten_header("Authorization", _in_other_case)),
        Step(AFTERWARDS),
    ),
)
"""Requests whose access token is missing, of another kind, or wrong."""

NO_TOKEN: Final = ("missing-authorization", "empty-authorization", "bearer-without-token")
NO_BEARER: Final = ("token-without-scheme", "basic-scheme")
WRONG_TOKEN: Final = ("unknown-token", "longer-token", "shorter-token", "forged-token", "token-in-other-case")

BAD_METHOD: Final = Visit("bad-method", (*(_refused(name, method(name)) for name in METHODS), Step(AFTERWARDS)))
"""Requests with a method that the endpoint does not have."""

ELSEWHERE: Final = Visit(
    "refused-elsewhere",
    (
        _refused("no-profile-without-authorization", without_header("Authorization")),
        _refused("no-logout-endpoint-without-authorization", without_header("Authorization"), viewer=1),
        _refused("no-profile-without-redirect-url", no_query),
        _refused("no-logout-endpoint-without-redirect-url", no_query, viewer=1),
        _refused("no-logout-endpoint-without-device-identifier", without_header("AP-Device-Identifier"), viewer=1),
    ),
    (Viewer("no-profile"), Viewer("no-logout-endpoint")),
    Need.HANDLER,
)
"""The same, where a server needs none of what is missing to answer."""

ISSUED_TOKEN: Final = Visit(
    "service-token-instead",
    (Step("unknown-token", header("Authorization", f"Bearer {UNKNOWN_TOKEN}"), headers_of=1, is_refused=True),),
    (Viewer(), Viewer("service-token-sso")),
    Need.HANDLER,
)
"""A wrong access token beside a valid AD-Service-Token, which does not stand for it."""

NO_URL: Final = Visit(
    "redirect-url-is-no-url", (_refused("no-url", redirect_url("not a URL at all")), Step(AFTERWARDS))
)
"""A redirectUrl that is no URL, which a server may accept all the same."""
