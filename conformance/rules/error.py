"""Rules on the body of an error (`#error`, and the page on enhanced error codes that it links to)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from conformance.rules.body import Oversized, document, excerpt, is_empty, must_be_json
from conformance.rules.finding import Finding, Unjudged, Unseen
from conformance.rules.status import OK, answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.exchange import Exchange
    from conformance.rules.body import Json
    from conformance.rules.status import Rule

ACTIONS: Final = ("none", "configuration", "application-registration", "authentication", "authorization", "retry")


def must_be_json_if_there(exchange: Exchange) -> Iterator[Finding]:
    """A body may be missing; one that is there is JSON, as its Content-Type must say (erratum 7)."""
    for finding in () if is_empty(exchange) else must_be_json(exchange):
        yield replace(finding, requirement="error-body-is-json")


def should_be_object(exchange: Exchange) -> Iterator[Finding]:
    """An error body is an object."""
    if not is_empty(exchange):
        body = _document(exchange)
        if not isinstance(body, dict):
            yield Finding("error-body-is-object", "an object", excerpt(body), "body")


def _should(requirement: str, member: str, expected: str, holds: Callable[[Json, int], bool]) -> Rule:
    def rule(exchange: Exchange) -> Iterator[Finding]:
        error, status = _error(exchange), answer(exchange).status
        if member in error and not holds(error[member], status):
            yield Finding(requirement, expected, excerpt(error[member]), f"/{member}")

    return rule


should_name_known_action = _should(
    "error-action-known", "action", "one of " + ", ".join(ACTIONS), lambda action, _: action in ACTIONS
)
should_have_code = _should(
    "error-code-is-string", "code", "a string that is not empty", lambda code, _: isinstance(code, str) and bool(code)
)
should_repeat_status = _should(
    "error-status-matches",
    "status",
    "the status of the answer, as an integer",
    lambda told, status: (
        told == status and not isinstance(told, bool)
    ),  # 400.0 is an integer too, as JSON Schema has it
)
should_have_message = _should(
    "error-message-is-string", "message", "a string", lambda message, _: isinstance(message, str)
)
should_link_help = _should("error-help-url", "helpUrl", "an absolute URL", lambda url, _: _is_absolute(url))


def action_of_error(exchange: Exchange) -> str:
    """Give the action that an error names; empty where there is no error, or it names none that can be read."""
    if exchange.response is None or exchange.response.status == OK:
        return ""
    try:
        return str(_error(exchange).get("action", ""))
    except Unjudged:
        return ""


def _document(exchange: Exchange) -> Json:
    try:
        return document(exchange)
    except (Oversized, Unseen):
        raise
    except Unjudged:
        raise Unjudged("error-body-is-json") from None


def _error(exchange: Exchange) -> dict[str, Json]:
    if is_empty(exchange):
        return {}
    body = _document(exchange)
    if not isinstance(body, dict):
        raise Unjudged("error-body-is-object")
    return body


def _is_absolute(url: Json) -> bool:
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
    except ValueError:
        return False
    return bool(parts and parts.scheme and (parts.netloc or parts.path))
