"""What was measured, as ratios, and the page that says so."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.bench.measuring import Measured

PAGE: Final = Path(__file__).parents[2] / "docs" / "benchmarks.md"

HEAD: Final = """\
# Benchmarks

Written by `nox -s bench`. Each part runs its commands by turns, as processes of their own, and compares the medians: a
busy machine slows all of them down, and the ratios stay. The servers are the reference server in a process of its own.
"""


@dataclass(frozen=True, slots=True)
class Ratio:
    """One figure over another; `bound` says what it may be at most (or, with `at_least`, at least)."""

    what: str
    value: float
    bound: float | None = None
    at_least: bool = False

    @property
    def holds(self) -> bool:
        if self.bound is None:
            return True
        return self.value >= self.bound if self.at_least else self.value <= self.bound

    @property
    def wanted(self) -> str:
        if self.bound is None:
            return ""
        return f"{'at least' if self.at_least else 'at most'} {self.bound:g}"


@dataclass(frozen=True, slots=True)
class Part:
    """One comparison: its commands with what they took, and the ratios that it is about."""

    title: str
    about: str
    measured: Mapping[str, Measured]
    ratios: Sequence[Ratio]

    def lines(self) -> Iterator[str]:
        """Give the part as Markdown."""
        yield from (f"## {self.title}", "", self.about, "")
        yield from ("| command | seconds (median) | fastest to slowest | peak memory |", "|---|---|---|---|")
        for name, each in self.measured.items():
            spread = f"{each.fastest:.2f} to {each.slowest:.2f}"
            yield f"| {name} | {each.seconds:.2f} | {spread} | {each.peak_mib:.0f} MiB |"
        yield from ("", "| ratio | value | wanted | |", "|---|---|---|---|")
        for ratio in self.ratios:
            yield f"| {ratio.what} | {ratio.value:.2f} | {ratio.wanted} | {'' if ratio.holds else 'does not hold'} |"
        yield ""


def page(parts: Sequence[Part], runs: int) -> str:
    """Give the page of these parts."""
    machine = f"{platform.system()}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    head = f"{HEAD}\nThe machine: {machine}. {runs} runs of each command.\n"
    return "\n".join([head, *(line for part in parts for line in part.lines())])
