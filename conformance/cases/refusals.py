"""The visits that a server must refuse: bad requests, bad tokens, bad methods. More than one module judges them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from conformance.evidence.visit import AFTERWARDS, Need, Step, Viewer, Visit
from conformance.law.contract import SCENARIOS
from conformance.sender.logout import header, method, no_query, redirect_url, rewritten_header, without_header

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.sender.logout import Change

UNKNOWN_TOKEN: Final = "logout-conformance-unknown-token"  # noqa: S105  (a token that no server knows)
_HEXADECIMAL: Final = re.compile(r"[0-9A-Fa-f-]+")
METHODS: Final = ("POST", "PUT", "PATCH", "DELETE")


def _credential(authorization: str) -> str:
    return authorization.partition(" ")[2] or authorization


def _shorter(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    return f"{scheme} {token[: len(token) * 3 // 4] or UNKNOWN_TOKEN}"


def _with_other_beginning(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    return f"{scheme} {UNKNOWN_TOKEN}{token[len(token) // 2 :]}"


def _in_other_case(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    other = token.swapcase()
    # of a UUID or a number in hexadecimal, either case is a way to write the same
    return f"{scheme} {UNKNOWN_TOKEN if other == token or _HEXADECIMAL.fullmatch(token) else other}"


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
        # as long as Bearer: a server may cut off as many letters without reading them
        _refused("digest-scheme", rewritten_header("Authorization", lambda value: f"Digest {_credential(value)}")),
        _refused("unknown-token", header("Authorization", f"Bearer {UNKNOWN_TOKEN}")),
        _refused("longer-token", rewritten_header("Authorization", lambda value: f"{value}x")),
        _refused("shorter-token", rewritten_header("Authorization", _shorter)),
        _refused("forged-token", rewritten_header("Authorization", _forged)),
        _refused("token-with-other-beginning", rewritten_header("Authorization", _with_other_beginning)),
        _refused("token-in-other-case", rewritten_header("Authorization", _in_other_case)),
        Step(AFTERWARDS),
        _refused("unknown-token-afterwards", header("Authorization", f"Bearer {UNKNOWN_TOKEN}")),
    ),
)
"""Requests whose access token is missing, of another kind, or wrong."""

NO_TOKEN: Final = ("missing-authorization", "empty-authorization", "bearer-without-token")
NO_BEARER: Final = ("token-without-scheme", "digest-scheme")
WRONG_TOKEN: Final = (
    "unknown-token",
    "longer-token",
    "shorter-token",
    "forged-token",
    "token-with-other-beginning",
    "token-in-other-case",
    "unknown-token-afterwards",
)

BAD_METHOD: Final = Visit("bad-method", (*(_refused(name, method(name)) for name in METHODS), Step(AFTERWARDS)))
"""Requests with a method that the endpoint does not have."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One way in which a request is bad: the demand that it breaks, and the statuses that refuse it rightly."""

    id: str
    change: Change
    requirement: str
    statuses: tuple[int, ...]


NO_AUTHORIZATION: Final = Refusal(
    "without-authorization", without_header("Authorization"), "authorization-required", (400, 401)
)
BAD_AUTHORIZATION: Final = Refusal(
    "unknown-token", header("Authorization", f"Bearer {UNKNOWN_TOKEN}"), "token-checked", (401,)
)
NO_REDIRECT_URL: Final = Refusal("without-redirect-url", no_query, "redirect-url-required", (400,))
EMPTY_REDIRECT_URL: Final = Refusal("empty-redirect-url", redirect_url(""), "redirect-url-required", (400,))
NO_DEVICE: Final = Refusal(
    "without-device-identifier", without_header("AP-Device-Identifier"), "device-identifier-required", (400,)
)

OTHER_PROVIDER: Final = "other-service-provider"
ELSEWHERE: Final[Mapping[str, tuple[Refusal, ...]]] = {
    "no-logout-endpoint": (BAD_AUTHORIZATION, EMPTY_REDIRECT_URL, NO_DEVICE),
    "no-profile": (NO_AUTHORIZATION, NO_REDIRECT_URL, EMPTY_REDIRECT_URL),
    "service-token-sso": (BAD_AUTHORIZATION, NO_REDIRECT_URL),
    "platform-identity-sso": (NO_AUTHORIZATION, EMPTY_REDIRECT_URL),
    "apple-sso": (NO_AUTHORIZATION, NO_DEVICE),
    "degraded": (NO_AUTHORIZATION, NO_REDIRECT_URL),
    "temporary-basic": (BAD_AUTHORIZATION, EMPTY_REDIRECT_URL),
    "temporary-promotional": (NO_AUTHORIZATION, NO_DEVICE),
    "expired-profile": (BAD_AUTHORIZATION, NO_REDIRECT_URL),
    OTHER_PROVIDER: (NO_AUTHORIZATION, NO_REDIRECT_URL),
}
"""Bad requests in every other state: a server may need none of what is missing to answer there, and must refuse."""


def refused_in(state: str) -> Visit:
    """Make the visit of bad requests in a state; where the state has a profile, it must still be there afterwards."""
    viewer = Viewer(elsewhere=True) if state == OTHER_PROVIDER else Viewer(state)
    deletes = SCENARIOS[viewer.state].deletes
    steps = [_refused(refusal.id, refusal.change) for refusal in ELSEWHERE[state]]
    return Visit(f"refused-in-{state}", (*steps, *([Step(AFTERWARDS)] if deletes else [])), (viewer,), Need.HANDLER)


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
