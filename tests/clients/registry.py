"""What a faulty recording is: traffic with one fault in it, and the demand that must be reported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.exchange import Exchange

    Making: TypeAlias = Callable[[], Sequence[Exchange]]


@dataclass(frozen=True, slots=True)
class FaultyTraffic:
    """Traffic with one fault: the requirement that must be reported, and those that may be reported with it."""

    name: str
    making: Making
    requirement: str
    also: frozenset[str]


@dataclass(frozen=True, slots=True)
class UnusualTraffic:
    """Traffic that is right, however odd it looks; `skipped` names demands that it must leave unjudged."""

    name: str
    making: Making
    skipped: frozenset[str]


FAULTY: Final[dict[str, FaultyTraffic]] = {}
UNUSUAL: Final[dict[str, UnusualTraffic]] = {}


def faulty(requirement: str, also: tuple[str, ...] = ()) -> Callable[[Making], Making]:
    """Enter faulty traffic into the catalogue under the name of the function that makes it."""

    def enter(making: Making) -> Making:
        name = _name_of(making)
        assert name not in FAULTY, f"two faults are called {name}"
        FAULTY[name] = FaultyTraffic(name, making, requirement, frozenset(also))
        return making

    return enter


def unusual(skipped: tuple[str, ...] = ()) -> Callable[[Making], Making]:
    """Enter unusual traffic into the catalogue under the name of the function that makes it."""

    def enter(making: Making) -> Making:
        name = _name_of(making)
        assert name not in UNUSUAL, f"two are called {name}"
        UNUSUAL[name] = UnusualTraffic(name, making, frozenset(skipped))
        return making

    return enter


def _name_of(making: Making) -> str:
    return getattr(making, "__name__", "").replace("_", "-")
