from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.record.standing import Standing, standings
from tests.report.samples import ALLOW, JSON_TYPE, a_case, a_finding, a_record

if TYPE_CHECKING:
    from conformance.record.record import Case, Finding


def found(*cases: Case) -> dict[str, tuple[str, str]]:
    return {name: (one.status, one.case_id) for name, one in standings(a_record(*cases)).items()}


def test_what_no_case_judged_does_not_stand() -> None:
    assert standings(a_record()) == {}
    assert standings(a_record(a_case())) == {JSON_TYPE.id: Standing("passed", "success/content-type/logout-endpoint")}


@pytest.mark.parametrize(
    ("statuses", "told"),
    [
        (["passed", "failed", "warned"], ("failed", "1")),
        (["skipped", "passed", "skipped"], ("passed", "1")),
        (["passed", "error", "skipped"], ("error", "1")),
        (["skipped", "skipped"], ("skipped", "0")),
        (["failed", "failed"], ("failed", "0")),
    ],
)
def test_the_most_telling_case_is_shown_the_first_of_its_kind(statuses: list[str], told: tuple[str, str]) -> None:
    cases = [a_case(status, str(number)) for number, status in enumerate(statuses)]  # type: ignore[arg-type]
    assert found(*cases) == {JSON_TYPE.id: told}


def both(*findings: Finding) -> Case:
    return a_case("failed", requirements=[JSON_TYPE.id, ALLOW.id], findings=findings)


def test_a_case_that_found_one_thing_broken_says_nothing_of_the_rest() -> None:
    assert set(found(both(a_finding()))) == {JSON_TYPE.id}
    assert found(both(a_finding()), a_case(case_id="b", requirements=[ALLOW.id]))[ALLOW.id] == ("passed", "b")


def test_a_should_that_is_found_beside_a_must_is_warned() -> None:
    case = both(a_finding(), a_finding(ALLOW))
    assert {name: status for name, (status, _) in found(case).items()} == {JSON_TYPE.id: "failed", ALLOW.id: "warned"}


def test_a_failure_without_findings_speaks_of_all_that_it_names() -> None:
    assert {status for status, _ in found(both()).values()} == {"failed"}
    assert len(found(both())) == 2


def test_what_does_not_score_speaks_of_nothing() -> None:
    late = a_case("failed", "b", scored=False)
    assert found(a_case(case_id="a"), late) == {JSON_TYPE.id: ("passed", "a")}
    assert found(late) == {}
