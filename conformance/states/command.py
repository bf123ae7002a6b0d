"""One run of a foreign command, bounded in time and output; its process group ends with it where it has to be ended.

POSIX only: process groups and waiting on pipes are.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

PIECE: Final = 64 * 1024
KEPT_COMPLAINTS: Final = 64 * 1024
"""Bytes of stderr that are kept, from its end."""

POLL_S: Final = 0.05
"""How long a command may have ended before that is noticed, where a child of its own keeps the pipes open."""


@dataclass(frozen=True, slots=True)
class Finished:
    """How a command ended; `code` is negative where a signal killed it."""

    code: int
    output: bytes
    complaints: bytes


class CommandError(Exception):
    """The command did not start, did not end in time, or wrote too much."""


def run(  # noqa: PLR0913  (all of it is what a process is started with)
    command: Sequence[str],
    given: bytes,
    *,
    folder: Path,
    environ: Mapping[str, str],
    timeout_s: float,
    largest: int,
) -> Finished:
    """Run a command in a folder, with `given` on its stdin; at most `largest` bytes of stdout are read.

    Children that outlive a command which ended by itself are left alone: it may have started a server.

    Raises:
        CommandError: the text says why.

    """
    deadline = time.monotonic() + timeout_s
    with _started(command, given, folder, environ) as process:
        try:
            return _collected(process, deadline, largest)
        except TimeoutError:
            _kill_group(process)
            raise CommandError(f"did not end within {timeout_s:g} s") from None
        except BaseException:  # Ctrl-C too
            _kill_group(process)
            raise


def _started(command: Sequence[str], given: bytes, folder: Path, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    try:
        # a file, not a pipe: a command that never reads cannot block the kit
        with tempfile.TemporaryFile() as stdin:
            stdin.write(given)
            stdin.seek(0)
            return subprocess.Popen(  # noqa: S603  (the target file's owner asks for this command)
                command,
                cwd=folder,
                env=environ,
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
    except (OSError, ValueError) as error:
        # the error's own text may name the command's arguments, and they may be secret
        raise CommandError(f"could not be started: {getattr(error, 'strerror', None) or 'bad argument'}") from None


def _collected(process: subprocess.Popen[bytes], deadline: float, largest: int) -> Finished:
    output, complaints = bytearray(), bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(cast("IO[bytes]", process.stdout), selectors.EVENT_READ, output)
        selector.register(cast("IO[bytes]", process.stderr), selectors.EVENT_READ, complaints)
        while selector.get_map():
            ended = process.poll() is not None
            ready = selector.select(0 if ended else min(POLL_S, _left(deadline)))
            if ended and not ready:
                break
            _left(deadline)
            for key, _ in ready:
                _read(selector, key)
            if len(output) > largest:
                raise CommandError(f"wrote more than {largest} bytes")
            del complaints[:-KEPT_COMPLAINTS]
    with contextlib.suppress(subprocess.TimeoutExpired):
        return Finished(process.wait(_left(deadline)), bytes(output), bytes(complaints))
    raise TimeoutError


def _read(selector: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
    piece = os.read(key.fd, PIECE)
    key.data.extend(piece)
    if not piece:
        selector.unregister(key.fileobj)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
