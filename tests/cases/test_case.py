from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.cases.case import Judge, beyond
from conformance.evidence.outcome import Broken, Troubled, Untested
from conformance.rules import action, body
from conformance.rules.finding import Finding
from conformance.rules.status import must_have_status
from conformance.run.words import in_words
from tests.exchanges import SAMPLES, a_logout, a_success, an_error, an_exchange

if TYPE_CHECKING:
    from conformance.exchange import Exchange

MUST = Finding("url-for-logout", "a URL", "null", "/logouts/Cablevision/url")
SHOULD = Finding("allow-with-405", "Allow with GET", "no Allow", "Allow")
RIGHT = a_logout()
WRONG = replace(a_logout(actionType="none"), index=1)
NO_JSON = replace(an_exchange(b"<html>"), index=2)


def test_a_judge_keeps_what_rules_find_and_what_they_looked_at() -> None:
    judge = Judge()
    judge(RIGHT, action.must_pair_action_and_type)
    judge(WRONG, action.must_pair_action_and_type, body.must_be_json)
    assert judge.exchanges == [RIGHT, WRONG]
    assert [(judged.finding.requirement, judged.exchange) for judged in judge.judgements] == [
        ("action-type-for-logout", WRONG)
    ]


def test_what_was_found_before_a_rule_met_its_limits_is_kept() -> None:
    judge = Judge()
    with pytest.raises(Untested, match="action-name-known"):
        judge(a_success(SAMPLES[1][1] | {"actionType": "none"}, {"actionName": "x"}), action.must_pair_action_and_type)
    assert [judged.finding.requirement for judged in judge.judgements] == ["action-type-for-logout"]


def test_what_cannot_be_judged_is_untested_and_says_on_what_it_depends() -> None:
    judge = Judge()
    with pytest.raises(Untested, match="not judged: it depends on body-is-json, which is not met by this answer"):
        judge(NO_JSON, action.must_have_logouts)
    assert judge.exchanges == [NO_JSON]


def test_a_body_that_is_longer_than_the_kit_reads_is_troubled() -> None:
    with pytest.raises(Troubled, match="longer than 2 bytes"):
        Judge()(an_exchange(b"{}", truncated=True), body.must_be_json)


def test_of_several_exchanges_those_are_judged_that_can_be() -> None:
    judge = Judge()
    judge.each([NO_JSON, WRONG], action.must_pair_action_and_type)
    assert judge.exchanges == [NO_JSON, WRONG]
    assert [judged.exchange for judged in judge.judgements] == [WRONG]
    with pytest.raises(Untested, match="body-is-json"):
        Judge().each([NO_JSON, NO_JSON], action.must_pair_action_and_type)
    Judge().each([], action.must_pair_action_and_type)


def test_a_case_passes_where_nothing_was_found() -> None:
    Judge().verdict()


def test_a_broken_should_is_no_failure() -> None:
    judge = Judge()
    judge.found(RIGHT, [SHOULD])
    judge.verdict()
    assert len(judge.judgements) == 1


def test_a_broken_must_is_one_and_names_everything_that_was_found() -> None:
    judge = Judge()
    judge.found(RIGHT, [SHOULD, MUST])
    with pytest.raises(Broken) as caught:
        judge.verdict()
    assert str(caught.value) == f"{in_words(SHOULD)}; {in_words(MUST)}"


def test_a_finding_in_words() -> None:
    assert in_words(MUST) == "url-for-logout: at /logouts/Cablevision/url, expected a URL, seen null"


def test_what_the_control_breaks_too_is_reported_with_the_control() -> None:
    control = an_exchange({"logouts": {"Cablevision": SAMPLES[1][1]}}, content_type="text/html")
    worse = an_exchange({"logouts": {"Cablevision": SAMPLES[1][1] | {"mvpd": "x"}}}, content_type="text/html")
    assert [finding.requirement for finding in beyond(control, worse)] == ["key-equals-mvpd"]
    assert beyond(control, control) == []
    assert [finding.requirement for finding in beyond(RIGHT, worse)] == ["content-type-of-success", "key-equals-mvpd"]


def repeated(first: Exchange, second: Exchange) -> list[str]:
    """Compare a failed answer with the one to an equal request; give what was found beyond the failure."""
    judge = Judge()
    judge.found(replace(first, step="first"), [MUST])
    judge.compare({"first": replace(second, index=9, step="first")})
    return [judged.finding.requirement for judged in judge.judgements[:-1]]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (an_error(status=400), an_error(status=401)),
        (an_error(status=500), a_logout()),
        (a_logout(actionName="complete", actionType="none"), a_logout()),
        (a_logout(actionType="none"), a_logout()),
        (a_logout(), an_exchange(b"<html>")),
        (an_error({"code": 1}), an_error({"code": "a"})),
    ],
)
def test_an_answer_that_changes_between_two_equal_requests(first: Exchange, second: Exchange) -> None:
    assert repeated(first, second) == ["consistent-answers"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (a_logout(url="https://a.example/?nonce=1"), a_logout(url="https://a.example/?nonce=2")),
        (an_error({"trace": "1"}), an_error({"trace": "2"})),
        (an_exchange(b"<html>"), an_exchange(b"<html> ")),
        (a_logout(extra=1), a_logout(extra=2)),
    ],
)
def test_nonces_and_traces_may_change(first: Exchange, second: Exchange) -> None:
    assert repeated(first, second) == []


def test_a_changing_answer_shows_both_answers() -> None:
    judge = Judge()
    judge(replace(an_error(status=500), step="first"), must_have_status("status-of-success", 200))
    second = replace(a_success(SAMPLES[2][1]), index=7, step="first")
    judge.compare({"first": second, "again": RIGHT})
    assert [exchange.index for exchange in judge.exchanges] == [0, 7]
    seen = judge.judgements[0].finding.seen
    assert "500" in seen
    assert '200 Cablevision: {"actionName": "complete"' in seen
    with pytest.raises(Broken):
        judge.verdict()


def test_nothing_is_compared_where_the_step_was_not_repeated() -> None:
    judge = Judge()
    judge.found(replace(RIGHT, step="first"), [MUST])
    judge.compare({})
    assert len(judge.judgements) == 1
