"""What a fault is: a server that breaks one demand of the law, and the demands that may break with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from conformance.law.catalogue import Level, catalogue
from conformance.reference import Handler, ReferenceServer

if TYPE_CHECKING:
    from collections.abc import Callable

Server = TypeVar("Server", bound=ReferenceServer)


@dataclass(frozen=True, slots=True)
class Fault:
    """A faulty server: the requirement that must be reported first, and those that may be reported behind it."""

    name: str
    kind: str
    server: type[ReferenceServer]
    requirement: str
    also: frozenset[str]
    handler: type[Handler]

    @property
    def level(self) -> Level:
        return catalogue()[self.requirement].level


FAULTS: Final[dict[str, Fault]] = {}


def fault(
    requirement: str, also: tuple[str, ...] = (), handler: type[Handler] = Handler
) -> Callable[[type[Server]], type[Server]]:
    """Enter a server into the catalogue under its class name, which says what is wrong with it."""

    def enter(server: type[Server]) -> type[Server]:
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", server.__name__).lower()
        assert name not in FAULTS, f"two faults are called {name}"
        kind = server.__module__.rpartition(".")[2]
        FAULTS[name] = Fault(name, kind, server, requirement, frozenset(also), handler)
        return server

    return enter
