"""Runs the real command against a behaviour, under a memory limit and a clock, and keeps what came of it."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import resource
import select
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from tests.hostile.stage import environment, staged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.hostile.registry import Behaviour
    from tests.hostile.stage import Stage

COMMAND: Final = Path(sys.executable).with_name("logout-conformance")
SECONDS: Final = 45.0
"""Wall-clock time that a run may take before it is killed: --max-time, the start, the reports, and a busy machine."""
MAX_TIME_S: Final = 20
ADDRESS_SPACE: Final = 2 * 1024**3
"""A hard limit, so that what leaks memory harms nobody; the limit that is checked is the peak of resident memory."""
POLL_S: Final = 0.02


@dataclass(frozen=True, slots=True)
class Running:
    """A command that is running, for behaviours that do something to it."""

    process: subprocess.Popen[bytes]
    stage: Stage

    def wait_for_exchanges(self, number: int) -> None:
        """Wait until that many exchanges are written down, or the command has ended."""
        file = self.stage.report_dir / "exchanges.jsonl"
        while self.process.poll() is None:
            with contextlib.suppress(OSError):
                if file.read_bytes().count(b"\n") >= number:
                    return
            time.sleep(POLL_S)


@dataclass(slots=True)
class Outcome:
    """What came of a run."""

    behaviour: Behaviour
    stage: Stage
    code: int
    seconds: float
    peak_mib: float
    output: bytes
    complaints: bytes
    closing_s: float | None = None
    """Seconds from what was done to the command until its end."""
    record: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        return str(self.record.get("verdict", "-"))

    def file(self, name: str) -> Path:
        return self.stage.report_dir / name

    def messages(self) -> Iterator[str]:
        """Give the messages of the cases."""
        for case in self.record.get("cases", ()):
            yield case["message"]


def certify(behaviour: Behaviour, folder: Path) -> Outcome:
    """Run the command against a behaviour; what is wrong with the outcome is left to the checks."""
    with staged(behaviour, folder) as stage:
        words = [str(COMMAND), "run", "--target", "target.toml", "--report-dir", "report"]
        words += ["--timeout", "1", "--max-time", str(MAX_TIME_S), *behaviour.flags]
        outcome = _run(behaviour, stage, words)
    with contextlib.suppress(OSError, ValueError):
        outcome.record = json.loads(outcome.file("results.json").read_bytes())
    return outcome


def again(stage: Stage, *words: str) -> subprocess.CompletedProcess[bytes]:
    """Run another subcommand in the folder of a run that has ended."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(stage.home), "LANG": "C.UTF-8"}
    return subprocess.run([str(COMMAND), *words], cwd=stage.work, env=environ, capture_output=True, timeout=SECONDS, check=False)


def _run(behaviour: Behaviour, stage: Stage, words: list[str]) -> Outcome:
    with (stage.folder / "stdout").open("w+b") as output, (stage.folder / "stderr").open("w+b") as complaints:
        begun = time.monotonic()
        with _screen(output) if behaviour.terminal else contextlib.nullcontext(output) as stdout:
            process = subprocess.Popen(
                words,
                cwd=stage.work,
                env=environment(behaviour, stage, os.environ["PATH"]) | ({"TERM": "xterm"} if behaviour.terminal else {}),
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=complaints,
                start_new_session=True,
            )
            _limit(process.pid, behaviour)
            acted = _act(behaviour, process, stage)
            usage = _wait(process)
        ended = time.monotonic()
        output.seek(0)
        complaints.seek(0)
        return Outcome(
            behaviour,
            stage,
            process.returncode,
            ended - begun,
            usage.ru_maxrss / 1024,
            output.read(),
            complaints.read(),
            closing_s=ended - acted if acted else None,
        )


def _limit(pid: int, behaviour: Behaviour) -> None:
    with contextlib.suppress(ProcessLookupError):
        resource.prlimit(pid, resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
        if behaviour.largest_file is not None:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (behaviour.largest_file, behaviour.largest_file))


def _act(behaviour: Behaviour, process: subprocess.Popen[bytes], stage: Stage) -> float | None:
    if behaviour.act is None:
        return None
    clock = threading.Timer(SECONDS, _kill, [process.pid])
    clock.start()
    try:
        behaviour.act(Running(process, stage))
    finally:
        clock.cancel()
    return time.monotonic()


def _wait(process: subprocess.Popen[bytes]) -> resource.struct_rusage:
    if process.returncode is not None:
        # whoever polled has reaped it already, and its memory with it
        return resource.getrusage(resource.RUSAGE_CHILDREN)
    clock = threading.Timer(SECONDS, _kill, [process.pid])
    clock.start()
    try:
        _, status, usage = os.wait4(process.pid, 0)
    finally:
        clock.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


@contextlib.contextmanager
def _screen(output: IO[bytes]) -> Iterator[int]:
    """Give the end of a terminal that a command writes to; what arrives there goes into `output`."""
    master, slave = pty.openpty()
    done = threading.Event()

    def copy() -> None:
        while True:
            ready, _, _ = select.select([master], [], [], POLL_S)
            if ready:
                output.write(os.read(master, 65536))
            elif done.is_set():
                return

    thread = threading.Thread(target=copy, daemon=True)
    thread.start()
    try:
        yield slave
    finally:
        done.set()
        thread.join()
        os.close(slave)
        os.close(master)
