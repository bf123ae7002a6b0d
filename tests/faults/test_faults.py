"""The fast part of `nox -s faults`: the catalogue is whole, and a fault of each kind is caught where the page says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.faults import detection
from tests.faults.catalogue import CHECKED, FAULTS, MODULES, NEVER_ALONE
from tests.faults.certifying import certified_fault
from tests.faults.judging import wrong_with_fault

if TYPE_CHECKING:
    from tests.faults.registry import Fault

KINDS: Final = [module.__name__.rpartition(".")[2] for module in MODULES]
OF_MANY_REQUESTS: Final = "wavering"
"""Faults of this kind show only in a whole run: a case alone asks too little."""


def caught_by() -> dict[str, str]:
    rows = detection.rows_of(detection.PAGE.read_text(encoding="utf-8"), "Faults")
    return {name: case for name, _, case, *_ in rows}


def of_kind(kind: str) -> Fault:
    """Give the last fault of a kind, which has the most particular name."""
    return [fault for fault in FAULTS.values() if fault.kind == kind][-1]


def test_there_are_faults_of_every_kind() -> None:
    assert len(FAULTS) >= 120
    assert {fault.kind for fault in FAULTS.values()} == set(KINDS)


def test_every_requirement_that_is_checked_has_a_fault_of_its_own() -> None:
    alone = {fault.requirement for fault in FAULTS.values() if not fault.also}
    assert set(CHECKED) - alone - set(NEVER_ALONE) == set()
    assert {fault.requirement for fault in FAULTS.values()} <= set(CHECKED)
    assert {name for fault in FAULTS.values() for name in fault.also} <= set(CHECKED)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != OF_MANY_REQUESTS])
def test_the_case_that_the_page_names_catches_it(kind: str) -> None:
    fault = of_kind(kind)
    outcome = certified_fault(fault, "--case", caught_by()[fault.name])
    (case,) = outcome.record.cases
    assert case.findings[0].requirement == fault.requirement
    assert outcome.broken - fault.also == {fault.requirement}


def test_a_whole_run_reports_it_and_nothing_else() -> None:
    fault = of_kind(OF_MANY_REQUESTS)
    assert list(wrong_with_fault(fault, certified_fault(fault))) == []
