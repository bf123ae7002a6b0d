from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.record.difference import MOST_ACTIONS, ChangedAnswer, compare, in_short
from tests.report.samples import a_case, a_record, a_response, an_exchange

if TYPE_CHECKING:
    from conformance.record.difference import Difference
    from conformance.record.record import Case, ExchangeLine, Status


def differ(old: list[Case], new: list[Case]) -> Difference:
    return compare(a_record(*old), a_record(*new), [], [])


def ids(cases: tuple[Case, ...]) -> list[str]:
    return [case.id for case in cases]


STATUSES: tuple[Status, ...] = ("passed", "failed", "warned", "skipped", "error")


@pytest.mark.parametrize("after", STATUSES)
@pytest.mark.parametrize("before", STATUSES)
def test_a_case_that_both_runs_have_is_told_of_once_or_not_at_all(before: Status, after: Status) -> None:
    difference = differ([a_case(before, "a")], [a_case(after, "a")])
    told = [
        *ids(difference.new_failures),
        *ids(difference.fixed),
        *ids(difference.still_failing),
        *(change.after.id for change in difference.other_changes),
    ]
    assert told == ([] if before == after != "failed" else ["a"])
    assert ids(difference.new_failures) == (["a"] if after == "failed" != before else [])
    assert ids(difference.fixed) == (["a"] if before == "failed" and after in ("passed", "warned") else [])
    assert ids(difference.still_failing) == (["a"] if before == after == "failed" else [])
    assert difference.is_worse is (after == "failed" != before)
    assert difference.appeared == difference.vanished == ()


def test_a_new_case_that_fails_is_a_new_failure() -> None:
    difference = differ([a_case("failed", "gone"), a_case("passed", "gone too")], [a_case("failed", "new")])
    assert ids(difference.new_failures) == ids(difference.appeared) == ["new"]
    assert ids(difference.vanished) == ["gone", "gone too"]
    assert difference.fixed == (), "what no longer runs is not fixed"


def test_what_does_not_score_is_shown_and_makes_nothing_worse() -> None:
    old, new = a_case("passed", "a"), [a_case("failed", name, scored=False) for name in "ab"]
    difference = differ([old], new)
    assert not difference.is_worse
    assert [change.after.id for change in difference.other_changes] == ["a"]
    assert ids(difference.appeared) == ["b"]
    assert differ(new, [a_case("failed", "a")]).is_worse


def of_status(status: int, index: int = 0, **changes: object) -> ExchangeLine:
    return an_exchange(index, response=a_response("", status=status), **changes)


def test_another_answer_to_the_same_request_is_told_where_the_status_is_the_same() -> None:
    record = a_record(a_case("passed", "a", exchanges=[0, 1]))
    old = [of_status(200), of_status(400, 1, step="again")]
    new = [of_status(401, 0), of_status(400, 1, step="again"), of_status(500, 9)]
    (changed,) = compare(record, record, old, new).answers
    assert changed == ChangedAnswer(record.cases[0], "logout-endpoint, first", "200", "401")
    failed = a_record(a_case("failed", "a", exchanges=[0, 1]))
    assert compare(record, failed, old, new).answers == ()


def test_exchanges_are_paired_by_what_was_asked_and_not_by_their_number() -> None:
    old = a_record(a_case("passed", "a", exchanges=[0, 1, 2]))
    new = a_record(a_case("passed", "a", exchanges=[7, 5, 6]))
    before = [of_status(200), of_status(200, 1), of_status(400, 2, step="again")]
    after = [of_status(400, 5, step="again"), of_status(200, 6), of_status(401, 7)]
    (changed,) = compare(old, new, before, after).answers
    assert (changed.asked, changed.before, changed.after) == ("logout-endpoint, first, 2", "200", "401")


def test_what_only_one_run_asked_is_no_changed_answer() -> None:
    record = a_record(a_case("passed", "a", exchanges=[0]))
    assert compare(record, record, [of_status(200, step="x")], [of_status(400, step="y")]).answers == ()
    assert compare(record, record, [], [of_status(400)]).answers == ()


def logouts(*entries: object) -> str:
    return json.dumps({"logouts": {f"A{number}": entry for number, entry in enumerate(entries)}})


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (logouts({"actionName": "logout", "actionType": "interactive", "url": "x"}), "200 logout/interactive"),
        (logouts({"actionName": "b"}, {"actionName": "a", "actionType": 1}, 3), "200 a/int b/NoneType"),
        (logouts({"actionName": "a", "actionType": "b"}, {"actionName": "a", "actionType": "b"}), "200 a/b"),
        ("", "200"),
        ("[1]", "200"),
        ('{"logouts": []}', "200"),
        ("[" * 100_000, "200"),
        ("<html>", "200"),
    ],
)
def test_an_answer_in_short(body: str, said: str) -> None:
    assert in_short(a_response(body)) == said


def test_no_answer_and_a_thousand_actions_are_short_too() -> None:
    assert in_short(None) == "no answer"
    many = logouts(*({"actionName": f"{number:04}" * 100} for number in range(1000)))
    assert len(in_short(a_response(many))) < 120 * MOST_ACTIONS


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=())))
def test_whatever_is_answered_it_can_be_compared(body: str) -> None:
    assert in_short(a_response(body)).startswith("200")


def test_a_run_does_not_differ_from_itself() -> None:
    record = a_record(*[a_case(status, status) for status in STATUSES])
    difference = compare(record, record, [an_exchange()], [an_exchange()])
    assert ids(difference.still_failing) == ["failed"]
    assert not difference.is_worse
    assert not any((difference.other_changes, difference.answers, difference.appeared, difference.vanished))
