"""How much a run will send and how long that takes, beforehand and under way, as far as it is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.run.run import Settings


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the requests of a run will cost; `requests` is how many a conforming target is sent at most."""

    requests: int
    settings: Settings

    def __str__(self) -> str:
        """Say it beforehand: `at most 146 requests at 1/s: about 2 minutes`."""
        # a control that several processes or shards need is sent by each of them
        several = self.settings.workers > 1 or self.settings.shard
        most = f"{'about' if several else 'at most'} {self.requests} requests"
        rate = self.settings.target.requests_per_second
        return f"{most} at {rate:g}/s: {_about(self._at_pace_s(self.requests - self._burst))}" if rate else most

    def after(self, sent: int, elapsed_s: float) -> str:
        """Say it under way: `60 of 146 requests, about 1 minute left`."""
        left = max(self.requests - sent, 0)
        measured_s = elapsed_s / sent * left if sent else 0.0
        seconds = max(self._at_pace_s(left), measured_s)
        return f"{sent} of {max(self.requests, sent)} requests" + (f", {_about(seconds)} left" if seconds > 0 else "")

    @property
    def _burst(self) -> int:
        return self.settings.target.burst

    def _at_pace_s(self, requests: int) -> float:
        rate = self.settings.target.requests_per_second
        return max(requests, 0) / rate if rate else 0.0


def _about(seconds: float) -> str:
    if seconds < 10:  # noqa: PLR2004  (from there on the tens will do)
        return _counted(max(round(seconds), 1), "second")
    if seconds < 55:  # noqa: PLR2004  (what is more is a minute)
        return _counted(round(seconds, -1), "second")
    return _counted(round(seconds / 60), "minute")


def _counted(number: float, unit: str) -> str:
    return f"about {number:.0f} {unit}{'' if number == 1 else 's'}"
