"""Rules on the status of an answer (`#response`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from conformance.rules.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.exchange import Exchange, Response

Rule: TypeAlias = "Callable[[Exchange], Iterator[Finding]]"

OK: Final = 200
UNAUTHORIZED: Final = 401
LISTED: Final = frozenset({200, 400, 401, 405, 500})
TOO_LONG: Final = frozenset({414, 431})
SERVER_ERRORS: Final = range(500, 600)
ON_THE_WAY: Final = frozenset({502, 503, 504})
THROTTLED: Final = 429


def answer(exchange: Exchange) -> Response:
    """Give the answer of an exchange that has one; the sender raises before a rule sees one that has none."""
    assert exchange.response is not None, "an exchange without an answer is never judged"  # noqa: S101
    return exchange.response


def must_have_status(requirement: str, *expected: int) -> Rule:
    """Make the rule that an answer's status is one of these.

    An answer of another kind altogether is reported as what it is: a server error, or a status that the page does not
    list.
    """

    def rule(exchange: Exchange) -> Iterator[Finding]:
        status = answer(exchange).status
        if status in expected:
            return
        broken = requirement
        if status in SERVER_ERRORS:
            broken = "no-server-error"
        elif status not in LISTED:
            broken = "listed-status"
        yield Finding(broken, " or ".join(map(str, expected)), str(status), "status")

    return rule
