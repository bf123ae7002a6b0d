"""A process that has the kit loaded, and forks for every run: the imports are half of what a short run costs.

    python -m tests.hostile.warm [GUARD]

It reads a job a line from its input, runs the command as a process of its own, and says its number and its exit code.
With the name of a guard, it takes that guard out of the kit first (see `guards.py`).
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Job:
    """A run of the command: what Popen would be told."""

    words: list[str]
    cwd: str
    env: dict[str, str]
    stdout: str
    stderr: str


class Forked:
    """A run that a warm process has forked; as much of Popen as is needed."""

    def __init__(self, server: subprocess.Popen[bytes], job: Job) -> None:
        assert server.stdin
        assert server.stdout
        server.stdin.write(json.dumps(asdict(job)).encode() + b"\n")
        server.stdin.flush()
        self._answers = server.stdout
        self.pid = int(self._answers.readline())
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Give the exit code, None while the run goes on; a signal that killed it is negative."""
        if self.returncode is None and select.select([self._answers], [], [], 0)[0]:
            self.returncode = int(self._answers.readline())
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


class Warm:
    """The warm processes: one for each thread that asks, all without the same guard."""

    def __init__(self, guard: str = "") -> None:
        self.guard = guard
        self._own = threading.local()
        self._all: list[subprocess.Popen[bytes]] = []

    def start(self, job: Job) -> Forked:
        if not hasattr(self._own, "server"):
            self._own.server = subprocess.Popen(
                [sys.executable, "-m", "tests.hostile.warm", *([self.guard] if self.guard else [])],
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
            )
            self._all.append(self._own.server)
        return Forked(self._own.server, job)

    def stop(self) -> None:
        for server in self._all:
            server.communicate()


@contextlib.contextmanager
def warm(guard: str = "") -> Iterator[Warm]:
    started = Warm(guard)
    try:
        yield started
    finally:
        started.stop()


def main(guard: str = "") -> None:
    """Serve until the input ends."""
    from conformance import certify, plugin  # noqa: F401, PLC0415  (loaded for the children)
    from conformance.cli import main as command  # noqa: PLC0415
    from conformance.generated import requests  # noqa: PLC0415
    from conformance.law.catalogue import catalogue  # noqa: PLC0415

    catalogue()
    requests.operations()  # schemathesis reads the specification
    if guard:
        from tests.hostile.guards import remove  # noqa: PLC0415

        remove(guard)
    sys.path.remove(str(Path.cwd()))  # as for the real command, which finds nothing in the folder that it is run in
    for line in sys.stdin.buffer:
        job = Job(**json.loads(line))
        pid = os.fork()
        if pid == 0:
            _run(job, command.main)
        _say(pid)
        _, status = os.waitpid(pid, 0)
        _say(os.waitstatus_to_exitcode(status))


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _run(job: Job, command: object) -> NoReturn:
    """Become the process of a run, and end as an interpreter does."""
    code = 1
    try:
        os.setsid()
        os.chdir(job.cwd)
        os.environ.clear()
        os.environ.update(job.env)
        time.tzset()
        for number, path, flags in (
            (0, os.devnull, os.O_RDONLY),
            (1, job.stdout, os.O_WRONLY),
            (2, job.stderr, os.O_WRONLY),
        ):
            os.dup2(os.open(path, flags), number)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.argv = job.words
        assert callable(command)
        command()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001  (what an interpreter would print)
        traceback.print_exc()
    finally:
        with contextlib.suppress(BaseException):
            threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001  (as an interpreter waits for threads)
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main(*sys.argv[1:])
