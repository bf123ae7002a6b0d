"""What a client's fault is: a client that breaks one demand, and a scenario in which it does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from tests.client.right import Client

if TYPE_CHECKING:
    from collections.abc import Callable

Made = TypeVar("Made", bound=Client)


@dataclass(frozen=True, slots=True)
class Fault:
    """A faulty client: the demand that it breaks, those that break with it, and where it shows."""

    name: str
    client: type[Client]
    requirement: str
    also: frozenset[str]
    scenario: str


FAULTS: Final[dict[str, Fault]] = {}


def fault(requirement: str, *also: str, scenario: str = "logout-endpoint") -> Callable[[type[Made]], type[Made]]:
    """Enter a client into the catalogue under its class name, which says what is wrong with it."""

    def enter(client: type[Made]) -> type[Made]:
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", client.__name__).lower()
        assert name not in FAULTS, f"two faults are called {name}"
        FAULTS[name] = Fault(name, client, requirement, frozenset(also), scenario)
        return client

    return enter
