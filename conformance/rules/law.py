"""Everything that can be said of one answer without knowing the server's state."""

from __future__ import annotations

from contextlib import suppress
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

from conformance.rules import action, body, error, hardening, url
from conformance.rules.finding import Unjudged
from conformance.rules.status import OK, answer

if TYPE_CHECKING:
    from conformance.exchange import Exchange
    from conformance.rules.finding import Finding
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
