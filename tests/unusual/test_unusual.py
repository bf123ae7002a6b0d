"""The fast part of `nox -s faults`: some of the unusual servers, with whole runs."""

from __future__ import annotations

from typing import Final

import pytest

from conformance.law.catalogue import Level, catalogue
from conformance.law.contract import SCENARIOS
from tests.faults.certifying import certified
from tests.faults.judging import wrong_with_unusual
from tests.unusual.catalogue import MODULES, UNUSUAL

SOME: Final = ("compressed-in-chunks", "static-mandatory-states")


def test_there_are_servers_of_every_kind() -> None:
    assert len(UNUSUAL) >= 40
    assert {server.kind for server in UNUSUAL.values()} == {module.__name__.rpartition(".")[2] for module in MODULES}


def test_only_what_is_no_must_may_be_left_out() -> None:
    warned = {name for server in UNUSUAL.values() for name in server.warned}
    assert {catalogue()[name].level for name in warned} == {Level.SHOULD}
    assert {name for server in UNUSUAL.values() for name in server.untested} <= set(SCENARIOS)


@pytest.mark.parametrize("name", SOME)
def test_it_passes(name: str) -> None:
    with UNUSUAL[name].running() as arguments:
        outcome = certified(*arguments)
    assert list(wrong_with_unusual(UNUSUAL[name], outcome)) == []
