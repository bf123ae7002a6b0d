from __future__ import annotations

from conformance.report.choice import Choice
from conformance.report.groups import MOST_CASES, Group, groups_of
from tests.report.samples import ALLOW, JSON_TYPE, a_case, a_finding, a_record, a_response, an_exchange

BOTH = [JSON_TYPE.id, ALLOW.id]


def grouped(*cases: object, answers: int = 1) -> list[Group]:
    record = a_record(*cases)  # type: ignore[arg-type]
    choice = Choice(record)
    for number in range(answers):
        choice.see(an_exchange(number, response=a_response(str(number))))
    return groups_of(record, choice)


def test_cases_stand_under_their_first_requirement_the_gravest_group_first() -> None:
    groups = grouped(a_case("passed", "a"), a_case("warned", "b", requirements=[ALLOW.id]), a_case("passed", "c"))
    assert [group.requirement for group in groups] == [ALLOW, JSON_TYPE]
    assert [[view.case.id for view in group.views] for group in groups] == [["b"], ["a", "c"]]


def test_a_broken_case_stands_under_what_it_broke() -> None:
    (group,) = grouped(a_case("failed", requirements=BOTH, findings=[a_finding(ALLOW)]))
    assert group.requirement == ALLOW
    assert group.views[0].requirements == [JSON_TYPE]


def test_a_case_of_no_known_requirement_is_not_lost() -> None:
    (group,) = grouped(a_case(requirements=["gone"]))
    assert (group.requirement, [view.case.id for view in group.views]) == (None, [a_case().id])


def test_a_title_that_all_cases_share_is_the_groups() -> None:
    assert grouped(a_case(case_id="a"), a_case(case_id="b"))[0].title == "The answer is application/json"
    assert grouped(a_case(case_id="a"), a_case(case_id="b", title="Another"))[0].title == ""


def test_evidence_stands_once_and_is_linked_by_its_answer() -> None:
    (group,) = grouped(a_case(case_id="a"), a_case(case_id="b", exchanges=[0, 1, 99]), answers=2)
    first, second = group.views
    assert [shown.evidence.index for shown in first.shown] == [0]
    assert [shown.evidence.index for shown in second.shown] == [1]
    assert (second.elsewhere, second.lost, second.left) == ({"answered 200": [0]}, [99], 0)


def test_what_is_left_to_the_record_is_counted() -> None:
    (group,) = grouped(a_case(exchanges=range(2000)), answers=2000)
    assert group.views[0].left == 2000 - len(group.views[0].shown) > 0


def test_cases_without_end_are_cut_the_gravest_kept() -> None:
    cases = [a_case(case_id=str(number)) for number in range(MOST_CASES)]
    groups = grouped(*cases, a_case("failed", "worst"))
    assert groups[0].views[0].case.id == "worst"
    assert sum(len(group.views) for group in groups) == MOST_CASES
