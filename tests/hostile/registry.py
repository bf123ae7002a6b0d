"""The collection: every hostile behaviour by name, with what a run of the command against it may end in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from tests.hostile.line import Script
from tests.hostile.stage import answers_well, handles_well

if TYPE_CHECKING:
    import ssl

    from tests.hostile.command import Outcome, Running

CONFORMANT: Final = 0
NOT_CONFORMANT: Final = 1
USAGE: Final = 2
INCONCLUSIVE: Final = 3
INTERRUPTED: Final = 130

Codes: TypeAlias = "int | tuple[int, ...]"
Examination: TypeAlias = "Callable[[Outcome], Iterable[str]]"

KINDS: Final = ("time", "size", "framing", "bytes", "leaks", "markup", "elsewhere", "handler", "tls", "ending")


def nothing_more(_: Outcome) -> Iterable[str]:
    """Find nothing beyond what is checked for every behaviour."""
    return ()


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One thing that a target, a state handler or the machine may do to the kit.

    `codes` are the exit codes that are right; `act` does something to the running command; `examine` adds problems to
    those that are looked for in every run; `leaves` says which files a run must leave.
    """

    name: str
    kind: str
    codes: tuple[int, ...]
    target: Script = answers_well
    handler: Script = handles_well
    certificate: Callable[[], ssl.SSLContext] | None = None
    more_settings: tuple[str, ...] = ()
    more_headers: tuple[str, ...] = ()
    states: str = ""
    flags: tuple[str, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)
    terminal: bool = False
    largest_file: int | None = None
    act: Callable[[Running], None] | None = None
    examine: Examination = nothing_more
    leaves: tuple[str, ...] = ("results.json", "exchanges.jsonl", "junit.xml", "report.html")
    fast: bool = False

    def __str__(self) -> str:
        return self.name


BEHAVIOURS: Final[dict[str, Behaviour]] = {}


def add(behaviour: Behaviour) -> None:
    """Add a behaviour to the collection."""
    assert behaviour.kind in KINDS, behaviour.kind
    assert behaviour.name not in BEHAVIOURS, f"two behaviours are called {behaviour.name}"
    BEHAVIOURS[behaviour.name] = behaviour


def target(kind: str, *codes: int, **more: object) -> Callable[[Script], Script]:
    """Register a script as what the target does with every logout; `more` is what else the behaviour has."""
    return lambda script: _added(script, kind, codes, {"target": script, **more})


def handler(*codes: int, **more: object) -> Callable[[Script], Script]:
    """Register a script as what the state handler does with every question."""
    return lambda script: _added(script, "handler", codes, {"handler": script, **more})


def _added(script: Script, kind: str, codes: tuple[int, ...], more: dict[str, object]) -> Script:
    name = getattr(script, "__name__", "").replace("_", "-")
    add(Behaviour(name, kind, codes, **more))  # type: ignore[arg-type]  (checked where the behaviour is made)
    return script
