"""Runs commands, each in a process of its own, by turns, and says how long they took and how much memory they had."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

KIB_PER_UNIT: Final = 1 / 1024 if sys.platform == "darwin" else 1
"""What the system counts memory in: bytes on macOS, KiB elsewhere."""
LAUNCHER: Final = """
import resource, subprocess, sys, time
begun = time.perf_counter()
code = subprocess.call(sys.argv[1:])
seconds = time.perf_counter() - begun
sys.stderr.write(f"\\n{code} {seconds} {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}")
"""
"""Starts a command from a process that is small: a child is counted with the memory of the one that it comes from."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command line, where it runs, and the exit codes with which it has done its work."""

    name: str
    arguments: tuple[str, ...]
    folder: Path
    good: tuple[int, ...] = (0,)


@dataclass(frozen=True, slots=True)
class Measured:
    """The medians of a command's runs, in seconds and MiB; the memory is that of its largest process."""

    seconds: float
    peak_mib: float
    fastest: float
    slowest: float


def by_turns(commands: Sequence[Command], runs: int) -> Mapping[str, Measured]:
    """Run each command so often, one after the other in each round: what slows the machine down slows all of them.

    Raises:
        RuntimeError: a command ended otherwise than it should; the text has what it said.

    """
    seen: dict[str, list[tuple[float, float]]] = {command.name: [] for command in commands}
    for _ in range(runs):
        for command in commands:
            seen[command.name].append(_once(command))
    return {name: _median(rounds) for name, rounds in seen.items()}


def _once(command: Command) -> tuple[float, float]:
    launched = subprocess.run(
        [sys.executable, "-I", "-S", "-c", LAUNCHER, *command.arguments],
        cwd=command.folder,
        # what is installed is compiled once, whatever is said of it where the bench runs
        env={name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        capture_output=True,
        text=True,
        errors="replace",
        check=True,
    )
    code, seconds, peak = launched.stderr.rpartition("\n")[2].split()
    if int(code) not in command.good:
        said = (launched.stdout + launched.stderr)[-2000:]
        raise RuntimeError(f"{command.name} ended with {code}: {said}")
    return float(seconds), float(peak) * KIB_PER_UNIT / 1024


def _median(rounds: Sequence[tuple[float, float]]) -> Measured:
    seconds = [each for each, _ in rounds]
    return Measured(statistics.median(seconds), statistics.median(mib for _, mib in rounds), min(seconds), max(seconds))
