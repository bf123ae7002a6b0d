"""Runs the real command against a behaviour, under a memory limit and a clock, and keeps what came of it."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
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
from tests.hostile.warm import Job

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.hostile.registry import Behaviour
    from tests.hostile.stage import Stage
    from tests.hostile.warm import Forked, Warm

COMMAND: Final = Path(sys.executable).with_name("logout-conformance")
MORE_S: Final = 25.0
"""Wall-clock time that a run may take beyond --max-time before it is killed: the check is far stricter."""
EXAMPLES: Final = 1
"""Generated requests of a kind: what answers them is read as any other answer is, and making them takes its time."""
ADDRESS_SPACE: Final = 2 * 1024**3
"""A hard limit, so that what leaks memory harms nobody; the limit that is checked is the peak of resident memory."""
POLL_S: Final = 0.02
_PEAK: Final = re.compile(r"VmHWM:\s*(\d+) kB")


@dataclass(slots=True)
class Running:
    """A command that is running, for behaviours that do something to it."""

    process: subprocess.Popen[bytes] | Forked
    behaviour: Behaviour
    stage: Stage
    begun: float = field(default_factory=time.monotonic)
    peak_kib: int = 0

    def is_on(self) -> bool:
        """Say whether the command goes on, after a moment; one that goes on too long is killed."""
        if self.process.poll() is not None:
            return False
        # the peak of the running program: what wait4() says counts the process that it was forked from too
        with contextlib.suppress(OSError):
            status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii", errors="replace")
            self.peak_kib = max([self.peak_kib, *(int(size) for size in _PEAK.findall(status))])
        if time.monotonic() - self.begun > self.behaviour.max_time_s + MORE_S:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        time.sleep(POLL_S)
        return True

    def wait(self) -> None:
        while self.is_on():
            pass

    def wait_for_requests(self, number: int) -> None:
        """Wait until so many requests have arrived at the target, or the command has ended."""
        while self.stage.requests < number and self.is_on():
            pass

    def signal(self, number: int) -> float:
        """Send a signal and give the moment."""
        self.process.send_signal(number)
        return time.monotonic()


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


def certify(behaviour: Behaviour, folder: Path, warm: Warm) -> Outcome:
    """Run the command against a behaviour; what is wrong with the outcome is left to the checks."""
    with staged(behaviour, folder) as stage:
        words = [str(COMMAND), "run", "--target", "target.toml", "--report-dir", "report"]
        words += [
            "--timeout",
            "1",
            "--max-time",
            str(behaviour.max_time_s),
            "--examples",
            str(EXAMPLES),
            *behaviour.flags,
        ]
        outcome = _run(behaviour, stage, words, warm)
    with contextlib.suppress(OSError, ValueError):
        outcome.record = json.loads(outcome.file("results.json").read_bytes())
    return outcome


def again(stage: Stage, *words: str) -> subprocess.CompletedProcess[bytes]:
    """Run another subcommand in the folder of a run that has ended."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(stage.home), "LANG": "C.UTF-8"}
    return subprocess.run(
        [str(COMMAND), *words], cwd=stage.work, env=environ, capture_output=True, timeout=60, check=False
    )


def _run(behaviour: Behaviour, stage: Stage, words: list[str], warm: Warm) -> Outcome:
    with (stage.folder / "stdout").open("w+b") as output, (stage.folder / "stderr").open("w+b") as complaints:
        with _stdout(behaviour, output) as stdout:
            # a guard can be taken out of a warm process alone
            if behaviour.in_a_new_interpreter and not (warm.guard and behaviour.stdout == "file"):
                running = Running(_started(behaviour, stage, words, stdout, complaints.fileno()), behaviour, stage)
            else:
                running = Running(warm.start(_job(behaviour, stage, words)), behaviour, stage)
            _limit(running.process.pid, behaviour)
            closing = behaviour.act(running) if behaviour.act else None
            running.wait()
        ended = time.monotonic()
        output.seek(0)
        complaints.seek(0)
        assert running.process.returncode is not None
        return Outcome(
            behaviour,
            stage,
            running.process.returncode,
            ended - running.begun,
            running.peak_kib / 1024,
            output.read(),
            complaints.read(),
            closing_s=ended - closing if closing else None,
        )


def _job(behaviour: Behaviour, stage: Stage, words: list[str]) -> Job:
    environ = environment(behaviour, stage, os.environ["PATH"])
    return Job(words, str(stage.work), environ, str(stage.folder / "stdout"), str(stage.folder / "stderr"))


def _started(behaviour: Behaviour, stage: Stage, words: list[str], stdout: int, stderr: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        words if behaviour.stdout != "closed" else ["sh", "-c", 'exec "$@" >&-', "sh", *words],
        cwd=stage.work,
        env=environment(behaviour, stage, os.environ["PATH"]),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        start_new_session=True,
    )


def _limit(pid: int, behaviour: Behaviour) -> None:
    with contextlib.suppress(ProcessLookupError):
        resource.prlimit(pid, resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
        if behaviour.largest_file is not None:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (behaviour.largest_file, behaviour.largest_file))


@contextlib.contextmanager
def _stdout(behaviour: Behaviour, output: IO[bytes]) -> Iterator[int]:
    """Give the descriptor that the command writes its output to."""
    if behaviour.terminal:
        with _screen(output) as screen:
            yield screen
    elif behaviour.stdout == "closed pipe":
        reading, writing = os.pipe()
        os.close(reading)
        yield writing
        os.close(writing)
    elif behaviour.stdout == "/dev/full":
        with Path("/dev/full").open("wb") as full:
            yield full.fileno()
    else:
        yield output.fileno()


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
