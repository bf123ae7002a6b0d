"""The table of scenarios, against the target contract, section 2, and errata 5 and 13."""

from __future__ import annotations

import pytest

from conformance.law.contract import MANDATORY, SCENARIOS, SUCCESSES, TYPE_OF, ActionName, ActionType

ANSWERS = {
    "logout-endpoint": (200, "logout", "invalid"),
    "no-logout-endpoint": (200, "complete", "invalid"),
    "service-token-sso": (200, "logout", "invalid"),
    "platform-identity-sso": (200, "logout", "invalid"),
    "apple-sso": (200, "partner_logout", "invalid"),
    "degraded": (200, "complete", "complete"),
    "temporary-basic": (200, "complete", "complete"),
    "temporary-promotional": (200, "complete", "complete"),
    "no-profile": (200, "invalid", "invalid"),
    "expired-profile": (200, "invalid", "invalid"),
    "inactive-integration": (400, None, None),
    "expired-access-token": (401, None, None),
    "server-failure": (500, None, None),
}
"""Status, action, and the action of every further logout of the same viewer (erratum 13)."""


def test_the_thirteen_scenarios_in_the_contracts_order() -> None:
    assert list(SCENARIOS) == list(ANSWERS)


@pytest.mark.parametrize("name", ANSWERS)
def test_the_right_answer_of_each(name: str) -> None:
    scenario = SCENARIOS[name]
    assert (scenario.id, scenario.status, scenario.action, scenario.again) == (name, *ANSWERS[name])
    assert str(scenario) == name


def test_what_a_verdict_needs() -> None:
    assert [scenario.id for scenario in MANDATORY] == ["logout-endpoint", "no-logout-endpoint", "no-profile"]
    assert {scenario.id for scenario in SCENARIOS.values() if scenario.mandatory} == {s.id for s in MANDATORY}


def test_the_successes() -> None:
    assert [scenario.id for scenario in SUCCESSES] == [name for name, answer in ANSWERS.items() if answer[0] == 200]


def test_a_logout_deletes_regular_sso_and_apple_profiles() -> None:
    assert [scenario.id for scenario in SCENARIOS.values() if scenario.deletes] == [
        "logout-endpoint",
        "no-logout-endpoint",
        "service-token-sso",
        "platform-identity-sso",
        "apple-sso",
    ]


def test_the_values_of_the_samples() -> None:
    assert list(ActionName) == ["logout", "partner_logout", "complete", "invalid"]
    assert list(ActionType) == ["interactive", "partner_interactive", "none"]
    assert TYPE_OF == {
        "logout": "interactive",
        "partner_logout": "partner_interactive",
        "complete": "none",
        "invalid": "none",
    }


def test_every_scenario_says_what_holds() -> None:
    assert all(scenario.holds.endswith(".") for scenario in SCENARIOS.values())
