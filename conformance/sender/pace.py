"""When the next request may go: a bucket of turns that refills at the target's pace, and that a 429 empties.

The arithmetic is the generic cell rate algorithm (ITU-T I.371): in place of turns it keeps the moment at which the
bucket will be full again.
"""

from __future__ import annotations

import contextlib
import errno
import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.target.model import Target

SHORTEST_PAUSE_S: Final = 0.05
"""A pause below this is none."""
LONGEST_PAUSE_S: Final = 2.0
"""The slowest that a run goes on after a 429 was waited out: half as fast as the field's bucket refills."""
FIRST_RECOVERY: Final = 0.25
"""Of this number the root is drawn with each 429: by so much a pause shrinks from request to request afterwards."""
LONGEST_HOLD_S: Final = 10.0
"""How long the shared bucket is waited for: whoever looks into it lets go of it at once."""


def pace_of(target: Target, shared: Path | None = None) -> Pace:
    """Give the pace of a target; one that several processes keep together, where `shared` names a file for it."""
    limits = (target.requests_per_second, target.burst)
    return SharedPace(*limits, shared) if shared else Pace(*limits)


class Pace:
    """At most `burst` requests at once, and `requests_per_second` in the long run; None is no limit.

    Moments are those of `time.monotonic`, which all processes of a machine have in common.
    """

    def __init__(self, requests_per_second: float | None = None, burst: int = 1) -> None:
        self._interval_s = 1 / requests_per_second if requests_per_second else 0.0
        self._reserve_s = (burst - 1) * self._interval_s
        self._full_at = self._pause_s = 0.0
        self._recovery = FIRST_RECOVERY

    def take(self, now: float) -> float:
        """Take a turn and give 0; where there is none, give the seconds until there may be one."""
        wait = self._full_at - self._reserve_s - now
        if wait > 0:
            return wait
        self._full_at = max(self._full_at, now) + max(self._interval_s, self._pause_s)
        shrunk = self._pause_s * self._recovery
        self._pause_s = shrunk if shrunk >= SHORTEST_PAUSE_S else 0.0
        return 0.0

    def throttled(self, now: float, wait_s: float) -> None:
        """Give no turn for so many seconds, since a 429 asked for them; full speed comes back gradually."""
        # the first time it comes back by halves; the more often it proved too fast, and the longer the wait that
        # another time would cost, the more slowly
        self._recovery = max(math.sqrt(self._recovery), 1 - 1 / max(wait_s, 1))
        self._full_at = max(self._full_at, now + wait_s + self._reserve_s)
        self._pause_s = min(wait_s, LONGEST_PAUSE_S) * self._recovery


class SharedPace(Pace):
    """One pace for all processes of a run.

    It is a row of an SQLite database: on any system, a process that dies lets go of it and leaves it whole.
    """

    def __init__(self, requests_per_second: float | None, burst: int, file: Path) -> None:
        super().__init__(requests_per_second, burst)
        self._file = file

    def take(self, now: float) -> float:
        """Take a turn before any other process can: see `Pace`. Raises OSError where the file cannot be used."""
        with self._held():
            return super().take(now)

    def throttled(self, now: float, wait_s: float) -> None:
        """Slow every process down: see `Pace`. Raises OSError where the file cannot be used."""
        with self._held():
            super().throttled(now, wait_s)

    @contextlib.contextmanager
    def _held(self) -> Iterator[None]:
        import sqlite3  # noqa: PLC0415  (only -n needs it, and not every Python is built with it)

        if not self._file.parent.is_dir():
            yield  # the folder of the run has gone: whoever keeps its record ends it
            return
        try:
            with contextlib.closing(sqlite3.connect(self._file, LONGEST_HOLD_S, isolation_level=None)) as database:
                database.execute("PRAGMA synchronous = OFF")  # no machine that goes down in a run takes it up again
                database.execute("BEGIN IMMEDIATE")
                database.execute("CREATE TABLE IF NOT EXISTS pace (one PRIMARY KEY, full_at, pause_s, recovery)")
                row = database.execute("SELECT full_at, pause_s, recovery FROM pace").fetchone()
                self._full_at, self._pause_s, self._recovery = row or (self._full_at, self._pause_s, self._recovery)
                yield
                row = (self._full_at, self._pause_s, self._recovery)
                database.execute("REPLACE INTO pace VALUES (1, ?, ?, ?)", row)
                database.execute("COMMIT")
        except sqlite3.Error as error:
            raise OSError(errno.EIO, f"the pace that its processes share is lost ({error})") from None
