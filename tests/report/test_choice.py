from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.report.choice import MOST, MOST_ANSWERS, MOST_OF_BROKEN, ROOMY, Choice
from tests.report.samples import a_case, a_finding, a_record, a_response, an_exchange

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.record.record import ExchangeLine, Record

MANY = 5 * MOST


def chosen(record: Record, exchanges: Iterable[ExchangeLine]) -> Choice:
    choice = Choice(record)
    for exchange in exchanges:
        choice.see(exchange)
    return choice


def test_everything_of_an_ordinary_run_is_taken() -> None:
    record = a_record(a_case(exchanges=range(ROOMY)))
    assert list(chosen(record, map(an_exchange, range(ROOMY))).taken) == list(range(ROOMY))


def test_what_no_case_rests_on_is_not() -> None:
    choice = chosen(a_record(a_case(exchanges=[1])), map(an_exchange, range(3)))
    assert (list(choice.taken), choice.present) == ([1], {1})


def test_of_a_huge_run_every_case_has_evidence() -> None:
    cases = [a_case(case_id=str(first), exchanges=range(first, MANY, 10)) for first in range(10)]
    record = a_record(*cases, a_case(case_id="late", exchanges=[MANY - 1]))
    choice = chosen(record, map(an_exchange, range(MANY)))
    assert len(choice.taken) <= ROOMY + len(record.cases)
    assert all(choice.taken.keys() & set(case.exchanges) for case in record.cases)
    assert len(choice.present) == MANY


def test_of_a_huge_run_each_kind_of_answer_is_taken_up_to_a_limit() -> None:
    answers = [an_exchange(number, response=a_response(status=number)) for number in range(ROOMY, ROOMY + 10)]
    record = a_record(
        a_case(case_id="first", exchanges=range(ROOMY)), a_case(case_id="b", exchanges=range(ROOMY, ROOMY + 10))
    )
    choice = chosen(record, [*map(an_exchange, range(ROOMY)), *answers])
    assert len(choice.taken) == ROOMY + MOST_ANSWERS


def test_broken_cases_come_first_and_do_not_take_all_the_room() -> None:
    findings = [a_finding(exchange=MANY - number) for number in range(1, 50)]
    broken = [a_case("failed", str(number), findings=findings, exchanges=range(number, MANY)) for number in range(100)]
    choice = chosen(a_record(*broken), map(an_exchange, range(MANY)))
    assert MOST_OF_BROKEN <= len(choice.taken) <= MOST
    assert {MANY - number for number in range(1, MOST_OF_BROKEN)} <= choice.taken.keys()


def test_answers_that_all_differ_are_bounded() -> None:
    cases = [a_case(case_id=str(number), exchanges=range(number, MANY, 100)) for number in range(MANY)]
    answers = (an_exchange(number, response=a_response(str(number))) for number in range(MANY))
    assert len(chosen(a_record(*cases[:1000]), answers).taken) <= MOST
