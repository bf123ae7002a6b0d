"""The scenarios: what holds on the server before a request, and what a conforming server then answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class ActionName(StrEnum):
    """What the device still must do (`#success`, actionName)."""

    LOGOUT = "logout"
    PARTNER_LOGOUT = "partner_logout"
    COMPLETE = "complete"
    INVALID = "invalid"


class ActionType(StrEnum):
    """How the device does it (`#success`, actionType)."""

    INTERACTIVE = "interactive"
    PARTNER_INTERACTIVE = "partner_interactive"
    NONE = "none"


TYPE_OF: Final = {
    ActionName.LOGOUT: ActionType.INTERACTIVE,
    ActionName.PARTNER_LOGOUT: ActionType.PARTNER_INTERACTIVE,
    ActionName.COMPLETE: ActionType.NONE,
    ActionName.INVALID: ActionType.NONE,
}
"""The one type that goes with each name (`#success`, actionType)."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A state of the server and its right answer: a status, and for 200 an action.

    `again` is the action of every further logout of the same viewer, None where nothing further is asked.
    """

    id: str
    holds: str
    status: int = 200
    action: ActionName | None = None
    again: ActionName | None = None
    mandatory: bool = False
    deletes: bool = False

    def __str__(self) -> str:
        return self.id


_LOGOUT, _COMPLETE, _INVALID = ActionName.LOGOUT, ActionName.COMPLETE, ActionName.INVALID

SCENARIOS: Final = {
    scenario.id: scenario
    for scenario in (
        Scenario(
            "logout-endpoint",
            "A regular profile; the MVPD has a logout endpoint.",
            action=_LOGOUT,
            again=_INVALID,
            mandatory=True,
            deletes=True,
        ),
        Scenario(
            "no-logout-endpoint",
            "A regular profile; the MVPD has no logout endpoint.",
            action=_COMPLETE,
            again=_INVALID,
            mandatory=True,
            deletes=True,
        ),
        Scenario(
            "service-token-sso",
            "A profile reached with AD-Service-Token; the MVPD has a logout endpoint.",
            action=_LOGOUT,
            again=_INVALID,
            deletes=True,
        ),
        Scenario(
            "platform-identity-sso",
            "A profile reached with Adobe-Subject-Token; the MVPD has a logout endpoint.",
            action=_LOGOUT,
            again=_INVALID,
            deletes=True,
        ),
        Scenario(
            "apple-sso",
            "A profile of type appleSSO.",
            action=ActionName.PARTNER_LOGOUT,
            again=_INVALID,
            deletes=True,
        ),
        Scenario("degraded", "A degradation rule applies to the MVPD.", action=_COMPLETE, again=_COMPLETE),
        Scenario("temporary-basic", "A basic TempPass.", action=_COMPLETE, again=_COMPLETE),
        Scenario("temporary-promotional", "A promotional TempPass.", action=_COMPLETE, again=_COMPLETE),
        Scenario(
            "no-profile",
            "No profile for this device and MVPD.",
            action=_INVALID,
            again=_INVALID,
            mandatory=True,
        ),
        Scenario("expired-profile", "A profile that is no longer valid.", action=_INVALID, again=_INVALID),
        Scenario("inactive-integration", "The integration of service provider and MVPD is disabled.", status=400),
        Scenario("expired-access-token", "The access token handed out is no longer valid.", status=401),
        Scenario("server-failure", "The server fails internally.", status=500),
    )
}

SUCCESSES: Final = tuple(scenario for scenario in SCENARIOS.values() if scenario.action is not None)
MANDATORY: Final = tuple(scenario for scenario in SCENARIOS.values() if scenario.mandatory)
