from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.report.evidence import evidence_of
from conformance.report.folding import Folding, Shown, plainest
from tests.report.samples import a_request, a_response, an_exchange

if TYPE_CHECKING:
    from conformance.report.evidence import Evidence

PLAIN = [("Host", "h"), ("Device", "1"), ("Accept", "*/*")]


def evidence(index: int, headers: list[tuple[str, str]] = PLAIN, url: str = "http://h/", body: str = "{}") -> Evidence:
    return evidence_of(an_exchange(index, request=a_request(headers=headers, url=url), response=a_response(body)))


def folded(*every: Evidence, whole: bool = False) -> list[Shown]:
    folding = Folding(every)
    return [folding.fold(one, whole=whole) for one in every]


def test_the_plain_request_is_the_one_that_has_most_in_common() -> None:
    every = [evidence(0, [("Host", "h")]), evidence(1), evidence(2, [*PLAIN[:1], ("Device", "2"), PLAIN[2]])]
    found = plainest(every)
    assert found is not None
    assert found.index == 1
    assert plainest([]) is None


def test_a_request_is_shown_by_what_sets_it_apart() -> None:
    other = [("Host", "h"), ("Device", "2")]
    plain, shown = folded(evidence(0), evidence(1, other, url="http://h/x"))
    assert (plain.headers, plain.plain, plain.whole) == (tuple(PLAIN), None, True)
    assert (shown.headers, shown.absent, shown.plain, shown.whole) == ([("Device", "2")], ["Accept"], 0, False)


def test_another_order_is_shown_in_full() -> None:
    _, shown = folded(evidence(0), evidence(1, PLAIN[::-1]))
    assert (shown.headers, shown.plain) == (tuple(PLAIN[::-1]), None)


def test_a_name_in_another_case_is_not_absent() -> None:
    _, shown = folded(evidence(0), evidence(1, [("Host", "h"), ("device", "1"), ("Accept", "*/*")]))
    assert (shown.headers, shown.absent) == ([("device", "1")], [])


def test_a_request_and_an_answer_that_were_shown_are_not_shown_again() -> None:
    first, second, third = folded(evidence(0), evidence(1), evidence(2, url="http://h/x", body="[]"))
    assert (first.again, first.equal) == (None, None)
    assert (second.again, second.equal) == (0, 0)
    assert (third.again, third.equal) == (None, None)


def test_what_did_not_pass_is_shown_whole() -> None:
    for shown in folded(evidence(0), evidence(1, [("Device", "2")]), whole=True):
        assert shown.headers == shown.evidence.exchange.request.headers
        assert (shown.absent, shown.again, shown.plain, shown.equal) == ((), None, None, None)


def test_trouble_is_no_answer() -> None:
    lost = [evidence_of(an_exchange(number, response=None, trouble="refused")) for number in range(2)]
    assert [shown.equal for shown in folded(*lost)] == [None, None]
