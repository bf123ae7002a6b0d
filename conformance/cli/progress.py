"""How far a run is: a bar on a terminal, plain lines anywhere else."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Final

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from conformance.cli.estimate import Estimate
from conformance.report.text import visible

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from rich.console import Console

    from conformance.record.record import Case
    from conformance.run.run import Settings

SAID_EVERY_S: Final = 10.0
"""How often a plain line says how much is left, in seconds."""


class Watched:
    """Shows each case as it ends; a context manager, so that a bar never outlives its run."""

    def __init__(self, console: Console, settings: Settings) -> None:
        self._console, self._settings = console, settings
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=10),  # so that the rest fits into 80 columns
            MofNCompleteColumn(),
            TextColumn("{task.fields[left]}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("cases", total=None, left="")
        self._part, self._counts = "", Counter[str]()
        self._estimate = Estimate(0, settings)
        self._begun = self._said = time.monotonic()

    def __enter__(self) -> Self:
        """Show the bar."""
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away, and say how the last part ended."""
        self._bar.stop()
        self._end_part()

    def start(self, cases: int, requests: int) -> None:
        """Say how much there is to do."""
        self._estimate = Estimate(requests, self._settings)
        self._begun = self._said = time.monotonic()
        self._bar.update(self._task, total=cases)
        self._say(str(self._estimate))

    def case(self, case: Case, sent: int) -> None:
        """Count a case that ended, and the requests that were sent by then."""
        part = case.id.partition("/")[0]
        if part != self._part:
            self._end_part()
            self._part = part
        self._counts[case.status] += 1
        left = self._estimate.after(sent, time.monotonic() - self._begun)
        self._bar.update(self._task, advance=1, description=f"{part:<10}", left=left)
        if case.status == "failed":
            self._say(f"{case.status}: {case.id}")
        self._say_now_and_then(left)

    def _say_now_and_then(self, left: str) -> None:
        now = time.monotonic()
        if not self._console.is_terminal and now - self._said >= SAID_EVERY_S:
            self._said = now
            self._say(left)

    def _end_part(self) -> None:
        if self._part and not self._console.is_terminal:
            counts = ", ".join(f"{number} {status}" for status, number in sorted(self._counts.items()))
            self._say(visible(f"{self._part}: {counts}"))
        self._counts.clear()

    def _say(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)
