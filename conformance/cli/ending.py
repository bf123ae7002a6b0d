"""What a command says at its end: the verdict, what is wrong, and where the reports are."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.console import Console

from conformance.report import files_of, terminal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from conformance.record.record import Record


def shown(record: Record, report_dir: Path, formats: Iterable[str]) -> None:
    """Show the end of a run on the terminal."""
    terminal.show(record, Console(file=sys.stdout), [report_dir / file for file in files_of(formats)])
