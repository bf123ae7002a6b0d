"""One run of a client under test, bounded in time; what it started ends with it, on every system."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

TIME_LIMIT_S: Final = 30.0
KEPT_OUTPUT: Final = 4096
"""Bytes of what a client prints that are kept, from its end."""
_POLL_S: Final = 0.05
_PIECE: Final = 64 * 1024
_GRACE_S: Final = 2.0  # how long the rest of the output is waited for once everything is ended


class StartError(Exception):
    """The command could not be started; the text says why."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a client ended. `code` is negative where a signal did it; `stopped` says why the kit ended it."""

    code: int
    tail: str
    stopped: str = ""


class _Tail:
    """Reads a stream to its end in a thread of its own, and keeps the last of it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._kept = stream, bytearray()
        self._thread = threading.Thread(target=self._read, name="client-output", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with contextlib.suppress(OSError, ValueError):  # it was closed meanwhile
            while piece := os.read(self._stream.fileno(), _PIECE):
                self._kept += piece
                del self._kept[:-KEPT_OUTPUT]

    def text(self) -> str:
        self._thread.join(_GRACE_S)
        if not self._thread.is_alive():
            self._stream.close()
        return bytes(self._kept).decode("utf-8", "replace")


def run(
    command: Sequence[str],
    environ: Mapping[str, str],
    *,
    why_stop: Callable[[], str] = lambda: "",
    timeout_s: float = TIME_LIMIT_S,
) -> Ended:
    """Run a client to its end, or end it and all that it started: after `timeout_s`, or where `why_stop` has a reason.

    Raises:
        StartError: there is no such command, or it cannot be run.

    """
    process = _started(command, environ)
    tail = _Tail(cast("IO[bytes]", process.stdout))
    try:
        stopped = _waited(process, why_stop, timeout_s)
    finally:  # after Ctrl-C too; and what a client leaves running must not meet the next scenario
        _end_group(process)
    code = process.wait()
    return Ended(code, tail.text(), stopped)


def _started(command: Sequence[str], environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603  (its owner asks for this command)
            command,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a group of its own; Windows passes this over, and ends trees as a whole
        )
    except (OSError, ValueError) as error:
        raise StartError(f"{command[0]}: {getattr(error, 'strerror', None) or error}") from None


def _waited(process: subprocess.Popen[bytes], why_stop: Callable[[], str], timeout_s: float) -> str:
    """Wait until a client has ended; give the reason where it has to be ended."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_POLL_S)
            return ""
        if reason := why_stop():
            return reason
    return f"it did not end within {timeout_s:g} seconds"


def _end_group(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        if process.poll() is None:
            subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)  # noqa: S603, S607  (Windows' own)
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
