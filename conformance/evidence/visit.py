"""What one viewer does in a row: the states to set up, then the requests, then the teardown.

A visit is the unit of evidence: it is made once, and every case that asks for it judges the same exchanges.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from conformance.sender.logout import as_it_is

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.law.contract import Scenario
    from conformance.sender.logout import Change

FIRST: Final = "first"
AGAIN: Final = "again"
ONCE_MORE: Final = "once more"
AFTERWARDS: Final = "afterwards"
FOLLOWING: Final = frozenset({AGAIN, ONCE_MORE, AFTERWARDS})
"""Steps that only say something where the state before them was set up by the kit."""
ASKED_THRICE: Final = frozenset({"logout-endpoint", "degraded"})
"""Scenarios whose visit looks whether the second answer lasts: a deleted profile stays away, a rule stays."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody with a device in a state of the server.

    `mvpd` asks the state handler for an MVPD of this name. `device_of` and `mvpd_of` are the number of an earlier
    viewer whose device or MVPD this one shares; `elsewhere` puts the viewer at the other service provider.
    `device` makes an identifier of a certain form, where that is the point, and a fresh one each time: a server may
    keep what it knows of a device for ever. `near` makes another device of the shared one, which differs little.
    """

    state: str = "logout-endpoint"
    mvpd: str | None = None
    device: Callable[[], str] | None = None
    device_of: int | None = None
    mvpd_of: int | None = None
    near: Callable[[str], str] | None = None
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a visit: the plain logout of one of its viewers, changed in one way.

    `headers_of` adds the headers that another viewer's state came with: a token that only the server could issue.
    `is_refused` says that a conforming server changes nothing for it, so that it can be sent again after trouble.
    """

    id: str = FIRST
    change: Change = as_it_is
    viewer: int = 0
    headers_of: int | None = None
    is_refused: bool = False


class Need(StrEnum):
    """What a visit asks of a target that has no state handler, and so few states to spend."""

    ANYBODY = "a viewer without a profile will do"
    OWN_SCENARIO = "it is the one visit that may spend the scenario's state"
    HANDLER = "it needs states set up"


@dataclass(frozen=True, slots=True)
class Visit:
    """A row of requests with its own viewers."""

    id: str
    steps: tuple[Step, ...] = (Step(),)
    viewers: tuple[Viewer, ...] = (Viewer(),)
    need: Need = Need.ANYBODY

    def __str__(self) -> str:
        return self.id

    @property
    def cost(self) -> int:
        """How many requests the visit sends to the target."""
        return len(self.steps)


def scenario_visit(scenario: Scenario) -> Visit:
    """Make the visit of a scenario: one logout, a second where it is known what follows, and a third where it pays."""
    further = (AGAIN, *([ONCE_MORE] if scenario.id in ASKED_THRICE else [])) if scenario.again else ()
    steps = tuple(Step(name) for name in (FIRST, *further))
    return Visit(scenario.id, steps, (Viewer(scenario.id),), Need.OWN_SCENARIO)
