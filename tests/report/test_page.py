from __future__ import annotations

import pytest

from conformance.report.page import anchor_of, law_anchor_of, page_of
from tests.report.samples import a_case, a_finding, a_record, a_request, an_exchange


@pytest.mark.parametrize(
    ("case_id", "anchor"),
    [
        ("success/key/no-profile", "case-success/key/no-profile"),
        ("a b'\"<ü", "case-a~20~b~27~~22~~3c~~fc~"),
        ("", "case-"),
    ],
)
def test_the_link_to_a_case_is_made_of_its_id_alone(case_id: str, anchor: str) -> None:
    assert anchor_of(case_id) == anchor
    assert law_anchor_of(case_id) == anchor.replace("case-", "law-", 1)


def test_a_fix_is_shown_by_the_request_that_is_easiest_to_send() -> None:
    cases = [
        a_case("failed", "secret", findings=[a_finding(exchange=0)]),
        a_case("failed", "state", findings=[a_finding(exchange=1)]),
        a_case("failed", "easy", scenario="no-profile", findings=[a_finding(exchange=2)]),
    ]
    plain = a_request(headers=[])
    exchanges = [an_exchange(0), an_exchange(1, request=plain), an_exchange(2, request=plain)]
    (fix,) = page_of(a_record(*cases), exchanges).fixes
    assert (fix.case, fix.evidence and fix.evidence.index, fix.state) == (cases[2], 2, "")


def test_a_fix_says_which_state_its_request_needs() -> None:
    (fix,) = page_of(a_record(a_case("failed")), [an_exchange()]).fixes
    assert fix.state == "logout-endpoint"


def test_a_fix_without_evidence_has_its_case() -> None:
    (fix,) = page_of(a_record(a_case("failed")), []).fixes
    assert (fix.case and fix.case.id, fix.evidence) == (a_case().id, None)


def test_what_was_tested_is_told_from_what_was_not() -> None:
    scenarios = [
        {"id": "a", "mandatory": True, "status": "tested"},
        {"id": "b", "mandatory": False, "status": "skipped", "reason": "no handler"},
    ]
    page = page_of(a_record(a_case(), scenarios=scenarios), [])
    assert [scenario.id for scenario in page.tested] == ["a"]
    assert [scenario.id for scenario in page.untested] == ["b"]
