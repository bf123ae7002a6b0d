from __future__ import annotations

from typing import Final

import pytest

from conformance.client.scenarios import CLIENT_SCENARIOS
from conformance.law.catalogue import Level, Subject, catalogue
from tests.client.catalogue import FAULTS
from tests.client.meeting import met
from tests.client.right import Client

WAITING: Final = {"slow-answer", "throttled-once", "throttled-retry-after"}
"""Scenarios in which a right client takes seconds."""
QUICK: Final = [name for name in CLIENT_SCENARIOS if name not in WAITING]


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_client_is_told_what_is_wrong_and_nothing_else(name: str) -> None:
    fault = FAULTS[name]
    outcome = met(fault.client, fault.scenario)
    assert outcome.broken == {fault.requirement, *fault.also}
    is_must = catalogue()[fault.requirement].level is Level.MUST
    assert outcome.case(fault.requirement).status == ("failed" if is_must else "warned")


@pytest.mark.parametrize("scenario", QUICK)
def test_a_right_client_is_left_alone(scenario: str) -> None:
    outcome = met(Client, scenario)
    assert outcome.broken == set()
    assert outcome.code == (0 if CLIENT_SCENARIOS[scenario].can_finish else 1)


def test_every_demand_that_a_client_can_break_is_broken_by_one_of_them() -> None:
    rows = [row for row in catalogue().requirements if row.subject is Subject.CLIENT and row.checked]
    broken = {name for fault in FAULTS.values() for name in (fault.requirement, *fault.also)}
    never = {row.id for row in rows} - broken
    # no scenario answers 405 to a GET, and a client that does not end is a process: see tests/client/test_session.py
    assert never == {"client-method-after-405", "client-ends-in-time"}
