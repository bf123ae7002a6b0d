"""The readers of a record: each renders it for somebody, from results.json and exchanges.jsonl and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeAlias

from conformance.record import record as records
from conformance.record.record import ExchangeLine, Record
from conformance.record.stored import write_whole
from conformance.report import html, junit

if TYPE_CHECKING:
    from pathlib import Path

Reader: TypeAlias = Callable[[Record, Iterable[ExchangeLine]], Iterable[str]]
"""Takes a record and its evidence, in order, and gives the text of a file piece by piece."""

FORMATS: dict[str, tuple[str, Reader]] = {
    "html": ("report.html", html.render),
    "junit": ("junit.xml", junit.render),
}
"""The formats by name, each with the file that it is written to."""


def render(folder: Path, formats: Iterable[str] = tuple(FORMATS)) -> list[Path]:
    """Write reports of the record that a folder holds beside it, each whole or not at all, and give their paths.

    Raises:
        RecordError: the folder holds no record that can be read.
        ValueError: there is no such format.
        OSError: a file cannot be written.

    """
    chosen = [_format(name) for name in formats]
    record = records.read(folder)
    return [write_whole(folder / file, reader(record, records.read_exchanges(folder))) for file, reader in chosen]


def _format(name: str) -> tuple[str, Reader]:
    if name not in FORMATS:
        raise ValueError(f"there is no format {name!r}; choose from {', '.join(FORMATS)}")
    return FORMATS[name]
