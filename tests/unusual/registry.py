"""What an unusual server is: one that conforms, however odd it looks, and what may be said of it all the same."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from conformance.reference import Handler, ReferenceServer
from tests.faults.certifying import served

if TYPE_CHECKING:
    from collections.abc import Iterator

Arguments: TypeAlias = Sequence[str]
"""What points the command at a server."""
Running: TypeAlias = Callable[[], AbstractContextManager[Arguments]]
Server = TypeVar("Server", bound=ReferenceServer)


@dataclass(frozen=True, slots=True)
class Unusual:
    """A conforming server: `warned` has the SHOULDs that it leaves out, `untested` the scenarios that it lacks."""

    name: str
    kind: str
    running: Running
    warned: frozenset[str]
    untested: frozenset[str]


UNUSUAL: Final[dict[str, Unusual]] = {}


def unusual(
    warned: tuple[str, ...] = (), untested: tuple[str, ...] = (), handler: type[Handler] = Handler
) -> Callable[[type[Server]], type[Server]]:
    """Enter a variant of the reference server into the catalogue under its class name."""

    def enter(server: type[Server]) -> type[Server]:
        @contextlib.contextmanager
        def running() -> Iterator[Arguments]:
            with served(server(), handler) as arguments:
                yield arguments

        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", server.__name__).lower()
        _add(name, server.__module__, running, warned, untested)
        return server

    return enter


def started(warned: tuple[str, ...] = (), untested: tuple[str, ...] = ()) -> Callable[[Running], Running]:
    """Enter what starts a server, and gives the command's arguments for it, into the catalogue."""

    def enter(running: Running) -> Running:
        name = getattr(running, "__name__", "").replace("_", "-")
        _add(name, running.__module__, running, warned, untested)
        return running

    return enter


def _add(name: str, module: str, running: Running, warned: tuple[str, ...], untested: tuple[str, ...]) -> None:
    assert name not in UNUSUAL, f"two unusual servers are called {name}"
    UNUSUAL[name] = Unusual(name, module.rpartition(".")[2], running, frozenset(warned), frozenset(untested))
