"""How cases are shared out: each to one shard, together where they share a visit, evenly, and the same everywhere."""

from __future__ import annotations

import functools
import random
from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.certify import Settings, listed
from conformance.evidence.visit import Step, Viewer, Visit
from conformance.law.catalogue import Level
from conformance.law.contract import SCENARIOS
from conformance.record.shard import Shard
from conformance.suite.cost import requests_of
from conformance.suite.items import Listed
from conformance.suite.shares import groups, share_of
from conformance.target.model import StatesSource, StaticScenario, Target

if TYPE_CHECKING:
    from collections.abc import Sequence

WITH_HANDLER = Target(base_url="http://127.0.0.1", states=StatesSource(handler="http://127.0.0.1/_state"))
EXAMPLES = 6


def without_handler(**uses: str | int) -> Target:
    """Describe a target whose states are as often there as `uses` says, by name; the others are not there."""
    described = {
        name.replace("_", "-"): StaticScenario.model_validate({"mvpd": "A", "uses": use}) for name, use in uses.items()
    }
    return Target(base_url="http://127.0.0.1", scenarios=described)


@functools.cache
def all_cases() -> tuple[Listed, ...]:
    return tuple(listed(Settings(WITH_HANDLER)))


def a_case(name: str, *visits: Visit) -> Listed:
    return Listed(name, name, Level.MUST, (), None, visits)


def a_visit(name: str, cost: int = 1, state: str = "logout-endpoint") -> Visit:
    return Visit(name, tuple(Step(f"{number}") for number in range(cost)), (Viewer(state),))


def shares(of: int, cases: Sequence[Listed], target: Target = WITH_HANDLER) -> list[frozenset[str]]:
    return [share_of(Shard(number=number, of=of), cases, target, EXAMPLES) for number in range(1, of + 1)]


def visits_of(share: frozenset[str]) -> set[str]:
    return {visit.id for case in all_cases() if case.id in share for visit in case.visits}


@pytest.mark.parametrize("of", [1, 2, 5])
def test_each_case_is_in_one_share_and_each_visit_too(of: int) -> None:
    shared = shares(of, all_cases())
    assert sorted(case for share in shared for case in share) == sorted(case.id for case in all_cases())
    assert not any(one & other for one, other in combinations(map(visits_of, shared), 2))


@pytest.mark.parametrize("of", [2, 3, 5])
def test_the_order_in_which_the_cases_come_is_no_matter(of: int) -> None:
    cases = list(all_cases())
    random.Random(of).shuffle(cases)
    assert shares(of, cases) == shares(of, all_cases())


@pytest.mark.parametrize("of", [2, 3, 5])
def test_shares_are_even_as_far_as_what_belongs_together_allows(of: int) -> None:
    costs = [
        sum(requests_of([case for case in all_cases() if case.id in share], EXAMPLES).values())
        for share in shares(of, all_cases())
    ]
    mean = sum(costs) / of
    # one share has the refusals in each state, which one case judges together
    assert all(0.75 * mean <= cost <= 1.2 * mean for cost in sorted(costs)[:-1])
    assert max(costs) <= max(1.2 * mean, 40)


def test_a_case_goes_where_what_it_is_held_against_is_sent_anyway() -> None:
    tall = a_case("a", *(a_visit(f"refused-{number}", 10, "degraded") for number in range(2)))
    plain = a_case("b", a_visit("degraded", 3, "degraded"))
    others = [a_case(f"c{number}", a_visit(f"c{number}")) for number in range(9)]
    first, second = shares(2, [tall, plain, *others])
    assert first == {"a", "b"}
    assert second == {case.id for case in others}


def test_the_requests_that_a_case_generates_count() -> None:
    cases = [a_case("generated/valid"), a_case("generated/invalid"), a_case("b", a_visit("b")), a_case("c")]
    assert all(len(share & {"generated/valid", "generated/invalid"}) == 1 for share in shares(2, cases))


def test_where_there_are_more_shards_than_groups_some_are_empty() -> None:
    assert sorted(map(len, shares(4, [a_case("a", a_visit("a")), a_case("b", a_visit("b"))]))) == [0, 0, 1, 1]
    assert shares(3, []) == [frozenset()] * 3


@given(st.lists(st.lists(st.integers(0, 12), max_size=4), max_size=12), st.integers(1, 6))
def test_whatever_is_shared_out(visits: list[list[int]], of: int) -> None:
    cases = [
        a_case(f"{number}", *(a_visit(f"v{each}", 1 + each % 3) for each in own)) for number, own in enumerate(visits)
    ]
    shared = shares(of, cases)
    assert sorted(name for share in shared for name in share) == sorted(case.id for case in cases)
    for one, other in combinations(cases, 2):
        if set(one.visits) & set(other.visits):
            assert groups(cases)[one.id] == groups(cases)[other.id]
            assert sum({one.id, other.id} <= share for share in shared) == 1


# --- Targets without a state handler ---


@pytest.mark.parametrize("name", ["logout-endpoint", "no-profile"])
def test_a_state_of_the_control_with_limited_uses_keeps_all_cases_together(name: str) -> None:
    uses: dict[str, str | int] = {each.replace("-", "_"): "unlimited" for each in SCENARIOS}
    target = without_handler(**uses | {name.replace("-", "_"): 3})
    assert sorted(map(len, shares(3, all_cases(), target))) == [0, 0, len(all_cases())]


def test_any_other_state_keeps_those_together_that_may_ask_for_it() -> None:
    target = without_handler(logout_endpoint="unlimited", degraded=1)
    shared = shares(3, all_cases(), target)
    asking = {
        case.id for case in all_cases() if any(v.state == "degraded" for each in case.visits for v in each.viewers)
    }
    assert asking
    assert [bool(share & asking) for share in shared].count(True) == 1
    assert all(shared)


def test_states_that_last_keep_nothing_together() -> None:
    assert shares(3, all_cases(), without_handler(logout_endpoint="unlimited")) == shares(3, all_cases())
