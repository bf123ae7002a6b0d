"""A few hostile behaviours of each kind, and a guard taken out; `nox -s hostile` and `nox -s guards` play all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hostile.collection import BEHAVIOURS, FAST, SLOW
from tests.hostile.guards import GUARDS
from tests.hostile.session import played
from tests.hostile.warm import warm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.hostile.warm import Warm


@pytest.fixture(scope="module")
def warmed() -> Iterator[Warm]:
    with warm() as started:
        yield started


@pytest.mark.parametrize("name", [*FAST, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)])
def test_every_promise_is_kept(name: str, warmed: Warm) -> None:
    # how long closing takes is for the session to measure, which runs beside nothing else
    assert [each for each in played(BEHAVIOURS[name], warmed).problems if "to close" not in each] == []


@pytest.mark.slow
def test_without_redaction_a_promise_is_broken() -> None:
    with warm("redaction") as unguarded:
        assert played(BEHAVIOURS[GUARDS["redaction"].breaks[0]], unguarded).problems != []


def test_the_collection_is_a_large_one_with_one_of_each_kind_is_a_test() -> None:
    assert len(BEHAVIOURS) >= 120
    assert {BEHAVIOURS[name].kind for name in (*FAST, *SLOW)} == {each.kind for each in BEHAVIOURS.values()}


def test_every_guard_breaks_behaviours_that_there_are() -> None:
    assert {name for guard in GUARDS.values() for name in guard.breaks} <= set(BEHAVIOURS)
