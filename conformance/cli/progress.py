"""How far a run is: a bar on a terminal, plain lines anywhere else."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from conformance.report.text import visible

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from rich.console import Console

    from conformance.record.record import Case


class Watched:
    """Shows each case as it ends; a context manager, so that a bar never outlives its run."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("cases", total=None)
        self._part, self._counts, self._total = "", Counter[str](), 0

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

    def start(self, total: int) -> None:
        """Say how many cases there are."""
        self._total = total
        self._bar.update(self._task, total=total)

    def case(self, case: Case) -> None:
        """Count a case that ended."""
        part = case.id.partition("/")[0]
        if part != self._part:
            self._end_part()
            self._part = part
        self._counts[case.status] += 1
        self._bar.update(self._task, advance=1, description=f"{part:<10}")
        if case.status == "failed":
            self._console.print(f"{case.status}: {case.id}", markup=False, highlight=False, soft_wrap=True)

    def _end_part(self) -> None:
        if self._part and not self._console.is_terminal:
            counts = ", ".join(f"{number} {status}" for status, number in sorted(self._counts.items()))
            self._console.print(visible(f"{self._part}: {counts}"), markup=False, highlight=False, soft_wrap=True)
        self._counts.clear()
