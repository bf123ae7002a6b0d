"""One thing that a run needs of a target, and how it is with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How it is with what was looked at."""

    OK = "ok"
    MISSING = "missing"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, how it is with it, and in one sentence why, or what to do.

    `needed` says that no run can be conformant while this is not ok.
    """

    name: str
    health: Health
    advice: str
    needed: bool = True

    @property
    def stands_in_the_way(self) -> bool:
        """Whether no run can be conformant before this is put right."""
        return self.needed and self.health is not Health.OK


def ok(name: str, seen: str) -> Check:
    """Make a check that found nothing to do."""
    return Check(name, Health.OK, seen)


def missing(name: str, advice: str, *, needed: bool = True) -> Check:
    """Make a check of what is not there."""
    return Check(name, Health.MISSING, advice, needed)


def broken(name: str, advice: str, *, needed: bool = True) -> Check:
    """Make a check of what is there and does not work."""
    return Check(name, Health.BROKEN, advice, needed)
