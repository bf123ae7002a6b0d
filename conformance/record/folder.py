"""The folder of a run: one run at a time has it, and what it puts there is never written through a link."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from io import FileIO
    from pathlib import Path

_HELD_BY_ANOTHER: Final = frozenset({errno.EACCES, errno.EAGAIN})


class Folder:
    """A report folder that this run alone writes into, until it is closed or its process ends, however that ends.

    The system holds the lock, on the folder itself: no file of a killed run is left that could lock out the next one.
    Windows has no such lock, and needs none: there the evidence of a run that goes on cannot be replaced.

    Raises:
        OSError: the folder cannot be made, or another run has it.

    """

    def __init__(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._held = None if sys.platform == "win32" else os.open(path, os.O_RDONLY)
        try:
            self._lock()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let the next run have the folder."""
        if self._held is not None:
            os.close(self._held)
        self._held = None

    def is_there(self) -> bool:
        """Say whether the folder still stands under its name."""
        with contextlib.suppress(OSError):
            return self._held is None or os.path.samestat(os.fstat(self._held), self._path.stat())
        return False

    def _lock(self) -> None:
        if sys.platform == "win32" or self._held is None:
            return
        import fcntl  # noqa: PLC0415  (Windows has none)

        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            # a file system that knows no locks is no reason to refuse
            if error.errno in _HELD_BY_ANOTHER:
                busy = "another run reports into it; let that one end, or give another --report-dir"
                raise OSError(error.errno, busy) from None


def emptied(path: Path, files: Iterable[str]) -> None:
    """Make a folder for a run to come, and take away those files of an earlier one; raises as `Folder` does."""
    folder = Folder(path)
    try:
        for file in files:
            (path / file).unlink(missing_ok=True)
    finally:
        folder.close()


def created(path: Path) -> FileIO:
    """Open a new file for writing in place of what stands under the name; a link there is replaced, not followed."""
    path.unlink(missing_ok=True)
    return path.open("xb", buffering=0)
