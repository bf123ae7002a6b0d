"""The visits that a server must refuse: bad requests, bad tokens, bad methods. More than one module judges them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.logout import header, method, no_query, redirect_url, rewritten_header, without_header
from conformance.visit import AFTERWARDS, Step, Visit

if TYPE_CHECKING:
    from conformance.logout import Change

UNKNOWN_TOKEN: Final = "logout-conformance-unknown-token"  # noqa: S105  (a token that no server knows)
METHODS: Final = ("POST", "PUT", "PATCH", "DELETE")


def _credential(authorization: str) -> str:
    return authorization.partition(" ")[2] or authorization


def _shorter(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    return f"{scheme} {token[: len(token) * 3 // 4] or UNKNOWN_TOKEN}"


def _forged(authorization: str) -> str:
    """Give a token with another signature, or another ending where it has no such parts."""
    head, dot, signature = authorization.rpartition(".")
    if dot and signature:
        return f"{head}.{signature[::-1].swapcase()}"
    return authorization[:-4] + authorization[-4:][::-1].swapcase() + "0"


def _refused(step: str, change: Change) -> Step:
    return Step(step, change, is_refused=True)


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
        _refused("basic-scheme", header("Authorization", "Basic dXNlcjpwYXNzd29yZA==")),
        _refused("unknown-token", header("Authorization", f"Bearer {UNKNOWN_TOKEN}")),
        _refused("longer-token", rewritten_header("Authorization", lambda value: f"{value}x")),
        _refused("shorter-token", rewritten_header("Authorization", _shorter)),
        _refused("forged-token", rewritten_header("Authorization", _forged)),
        Step(AFTERWARDS),
    ),
)
"""Requests whose access token is missing, of another kind, or wrong."""

NO_TOKEN: Final = ("missing-authorization", "empty-authorization", "bearer-without-token")
NO_BEARER: Final = ("token-without-scheme", "basic-scheme")
WRONG_TOKEN: Final = ("unknown-token", "longer-token", "shorter-token", "forged-token")

BAD_METHOD: Final = Visit("bad-method", (*(_refused(name, method(name)) for name in METHODS), Step(AFTERWARDS)))
"""Requests with a method that the endpoint does not have."""
