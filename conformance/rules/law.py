"""Everything that can be said of one answer without knowing the server's state."""

from __future__ import annotations

from contextlib import suppress
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

from conformance.law.contract import ActionName
from conformance.rules import action, body, error, hardening, url
from conformance.rules.finding import Finding, Unjudged, Unseen
from conformance.rules.status import LISTED, OK, ON_THE_WAY, THROTTLED, TOO_LONG, answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.exchange import Exchange
    from conformance.rules.status import Rule

SUCCESS: Final[tuple[Rule, ...]] = (
    body.must_be_typed_json("content-type-of-success"),
    body.must_be_json,
    body.must_match_charset,
    body.should_name_members_once,
    action.must_have_logouts,
    action.must_map_to_objects,
    action.must_have_asked_mvpd,
    action.must_repeat_key_as_mvpd,
    action.must_name_known_action,
    action.must_name_known_type,
    action.must_pair_action_and_type,
    url.must_have_url_to_open,
    url.must_have_no_url,
    url.must_be_reference,
    url.must_open_in_user_agent,
    url.must_keep_redirect_target_whole,
    hardening.url_should_not_carry_token,
    hardening.should_not_reflect_line_break,
)

ERROR: Final[tuple[Rule, ...]] = (
    body.must_be_typed_json("content-type-of-error"),
    error.must_be_json_if_there,
    body.must_match_charset,
    body.should_name_members_once,
    error.should_be_object,
    error.should_name_known_action,
    error.should_have_code,
    error.should_repeat_status,
    error.should_have_message,
    error.should_link_help,
    hardening.should_not_carry_token("error-without-token"),
    hardening.should_hide_stack_trace,
    hardening.should_not_reflect_line_break,
)


def _with_action(action_name: ActionName, whole: Rule) -> Rule:
    """Make of a rule on several actions the rule on one, which judges answers that have it."""

    def rule(exchange: Exchange) -> Iterator[Finding]:
        if not any(entry.get("actionName") == action_name for _, entry in action.entries(exchange)):
            raise Unseen(f"no answer with {action_name} was seen")
        yield from whole(exchange)

    return rule


def _with_status(whole: Rule, *statuses: int) -> Rule:
    """Make of a rule one that judges answers of these statuses only."""

    def rule(exchange: Exchange) -> Iterator[Finding]:
        if answer(exchange).status not in statuses:
            raise Unseen(f"no answer of {' or '.join(map(str, statuses))} was seen")
        yield from whole(exchange)

    return rule


_ON_SUCCESS: Final[Mapping[str, Rule]] = {
    "content-type-of-success": body.must_be_typed_json("content-type-of-success"),
    "body-is-json": body.must_be_json,
    "logouts-member": action.must_have_logouts,
    "logout-entry": action.must_map_to_objects,
    "asked-mvpd-present": action.must_have_asked_mvpd,
    "key-equals-mvpd": action.must_repeat_key_as_mvpd,
    "action-name-known": action.must_name_known_action,
    "action-type-known": action.must_name_known_type,
    **{
        f"action-type-for-{name.replace('_', '-')}": _with_action(name, action.must_pair_action_and_type)
        for name in ActionName
    },
    "url-for-logout": _with_action(ActionName.LOGOUT, url.must_have_url_to_open),
    "no-url-for-complete": _with_action(ActionName.COMPLETE, url.must_have_no_url),
    "no-url-for-invalid": _with_action(ActionName.INVALID, url.must_have_no_url),
    "url-is-reference": url.must_be_reference,
    "url-opens-in-user-agent": url.must_open_in_user_agent,
    "url-without-token": hardening.url_should_not_carry_token,
}
_ON_ERROR: Final[Mapping[str, Rule]] = {
    "content-type-of-error": body.must_be_typed_json("content-type-of-error"),
    "error-body-is-json": error.must_be_json_if_there,
    "error-body-is-object": error.should_be_object,
    "error-action-known": error.should_name_known_action,
    "error-code-is-string": error.should_have_code,
    "error-status-matches": error.should_repeat_status,
    "error-message-is-string": error.should_have_message,
    "error-help-url": error.should_link_help,
    "error-without-token": hardening.should_not_carry_token("error-without-token"),
    "error-without-stack-trace": hardening.should_hide_stack_trace,
}
ANSWER: Final[Mapping[str, Rule]] = {
    **{name: _with_status(rule, OK) for name, rule in _ON_SUCCESS.items()},
    **{name: _with_status(rule, *sorted(LISTED - {OK})) for name, rule in _ON_ERROR.items()},
    "body-matches-content-type": _with_status(body.must_match_charset, *sorted(LISTED)),
    "json-names-unique": _with_status(body.should_name_members_once, *sorted(LISTED)),
    "allow-with-405": _with_status(hardening.should_list_allowed_methods, 405),
    "www-authenticate-with-401": _with_status(hardening.should_challenge, 401),
}
"""What an answer to anybody's request shows of the demands on a server, by requirement; a rule may find others too."""


def must_list_status(exchange: Exchange) -> Iterator[Finding]:
    """Every answer has one of the statuses 200, 400, 401, 405 and 500; what a gateway says is not the server's."""
    status = answer(exchange).status
    if status in ON_THE_WAY | {THROTTLED} or (status in TOO_LONG and len(exchange.request.url) > LONG_URL):
        raise Unseen(f"an answer of {status} may be a gateway's")
    if status not in LISTED:
        yield Finding("listed-status", " or ".join(map(str, sorted(LISTED))), str(status), "status")


LONG_URL: Final = 2000
"""Characters of a URL beyond which a server may call it too long."""

MOST_OF_A_RULE: Final = 5
"""How many findings of one rule are kept here: the first ones say what is wrong."""


def findings(exchange: Exchange) -> list[Finding]:
    """Judge an answer by every rule for its kind, success or error; what cannot be judged is passed over."""
    rules = SUCCESS if answer(exchange).status == OK else ERROR
    return list(chain.from_iterable(_findings(rule, exchange) for rule in rules))


def _findings(rule: Rule, exchange: Exchange) -> list[Finding]:
    found: list[Finding] = []
    with suppress(Unjudged):
        # extend, not a comprehension: what was found before a rule met its limits is kept
        found.extend(islice(rule(exchange), MOST_OF_A_RULE))
    return found
