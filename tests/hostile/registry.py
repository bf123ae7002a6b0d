"""The collection: every hostile behaviour by name, with what a run of the command against it may end in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from tests.hostile.stage import answers_well, handles_well

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Mapping
    from contextlib import ExitStack

    from tests.hostile.command import Outcome, Running
    from tests.hostile.line import Script
    from tests.hostile.stage import Stage

CONFORMANT: Final = 0
NOT_CONFORMANT: Final = 1
USAGE: Final = 2
INCONCLUSIVE: Final = 3
KIT_FAULT: Final = 4
INTERRUPTED: Final = 130

FILES: Final = ("results.json", "exchanges.jsonl", "junit.xml", "report.html")

Kind: TypeAlias = Literal[
    "time", "size", "framing", "bytes", "leaks", "markup", "elsewhere", "handler", "tls", "ending"
]
Examination: TypeAlias = "Callable[[Outcome], Iterable[str]]"


def nothing_more(_: Outcome) -> Iterable[str]:
    """Find nothing beyond what is checked for every behaviour."""
    return ()


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One thing that a target, a state handler or the machine may do to the kit."""

    name: str
    kind: Kind
    codes: tuple[int, ...]
    """The exit codes that are right."""
    target: Script = answers_well
    handler: Script = handles_well
    certificate: Callable[[], ssl.SSLContext] | None = None
    """What the target speaks TLS with; None for plain HTTP."""
    elsewhere: Callable[[Stage, ExitStack], str] | None = None
    """Gives the base URL, where the target is not the listener of the stage."""
    identity: str = ""
    """More lines of `[target]`."""
    headers: tuple[str, ...] = ()
    """More lines of `[target.headers]`."""
    settings: str = ""
    """More tables of the target file."""
    states: str = ""
    """The table `[states]`, where it is not the HTTP endpoint of the stage."""
    flags: tuple[str, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[], object] | None = None
    """Makes what the script sends, where that takes longer than the kit waits for an answer."""
    prepare: Callable[[Stage], None] | None = None
    """Lays more files out before the run."""
    lays_out: tuple[str, ...] = ("target.toml",)
    """The files that the folder of the run has before it."""
    terminal: bool = False
    """Whether the command writes to a terminal."""
    stdout: Literal["file", "closed pipe", "closed", "/dev/full"] = "file"
    """Where the output goes, if not into a file that the checks read."""
    largest_file: int | None = None
    """RLIMIT_FSIZE of the command, in bytes."""
    act: Callable[[Running], float | None] | None = None
    """Does something to the command while it runs; gives the moment from which it has two seconds to end."""
    examine: Examination = nothing_more
    """Adds to the problems that are looked for in every run."""
    leaves: tuple[str, ...] = FILES
    """The files that a run must leave."""

    def __str__(self) -> str:
        return self.name

    @property
    def is_patient(self) -> bool:
        """Whether its runs mostly wait for somebody who hangs."""
        return self.kind in {"time", "handler"}

    @property
    def max_time_s(self) -> int:
        """The budget of its run: those that wait shall use it up, and all others end long before on a busy machine."""
        return 20 if self.is_patient else 40

    @property
    def in_a_new_interpreter(self) -> bool:
        """Whether it is about how the command starts, ends or writes: then none is forked that has the kit loaded."""
        return bool(self.environ or self.act or self.prepare or self.terminal or self.stdout != "file")

    def leaving(self, *names: str) -> Behaviour:
        """Give the same behaviour with other files to look for."""
        return replace(self, leaves=names)


BEHAVIOURS: Final[dict[str, Behaviour]] = {}


def add(name: str, kind: Kind, *codes: int, **more: Any) -> None:  # noqa: ANN401  (the fields of Behaviour)
    """Add a behaviour to the collection."""
    assert codes, f"{name} may end in nothing"
    assert name not in BEHAVIOURS, f"two behaviours are called {name}"
    BEHAVIOURS[name] = Behaviour(name, kind, codes, **more)


def target(kind: Kind, *codes: int, **more: Any) -> Callable[[Script], Script]:  # noqa: ANN401
    """Add a script as what the target does with every logout."""
    return _added(kind, codes, "target", more)


def handler(*codes: int, **more: Any) -> Callable[[Script], Script]:  # noqa: ANN401
    """Add a script as what the state handler does with every question."""
    return _added("handler", codes, "handler", more)


def _added(kind: Kind, codes: tuple[int, ...], role: str, more: dict[str, object]) -> Callable[[Script], Script]:
    def added(script: Script) -> Script:
        add(getattr(script, "__name__", "").replace("_", "-"), kind, *codes, **{role: script}, **more)
        return script

    return added
