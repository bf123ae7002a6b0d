"""When something that is watched happened: by the steady clock, told as a time of day."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from conformance.record.stored import stamp


class SteadyClock:
    """Tells moments of `time.monotonic` in UTC: a wall clock that is set meanwhile must not shorten a pause."""

    def __init__(self) -> None:
        self._began, self._began_at = time.monotonic(), datetime.now(UTC)

    def told(self, at: float) -> str:
        """Give a moment of the monotonic clock as a record has it, to the microsecond."""
        return stamp(self._began_at + timedelta(seconds=at - self._began), "microseconds")
