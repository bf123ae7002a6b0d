"""The readers of a record: each renders it for somebody, from results.json and exchanges.jsonl and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

from conformance.record import record as records
from conformance.record.record import ExchangeLine, Record
from conformance.record.stored import write_whole
from conformance.report import annotation, badge, har, html, junit, markdown, sarif

if TYPE_CHECKING:
    from pathlib import Path

Reader: TypeAlias = Callable[[Record, Iterable[ExchangeLine]], Iterable[str]]
"""Takes a record and its evidence, in order, and gives the text of a file piece by piece."""

FORMATS: Final[Mapping[str, Mapping[str, Reader]]] = {
    "html": {"report.html": html.render},
    "junit": {"junit.xml": junit.render},
    "markdown": {"summary.md": markdown.render},
    "sarif": {"results.sarif": sarif.render},
    "badge": {"badge.svg": badge.render_svg, "badge.json": badge.render_json},
    "har": {"exchanges.har": har.render},
    "annotations": {"annotations.txt": annotation.render},
}
"""The formats by name, each with the files that it is made of."""
DEFAULT_FORMATS: Final = ("html", "junit")


def render(folder: Path, formats: Iterable[str] = DEFAULT_FORMATS) -> list[Path]:
    """Write reports of the record that a folder holds beside it, each whole or not at all, and give their paths.

    Raises:
        RecordError: the folder holds no record that can be read.
        ValueError: there is no such format.
        OSError: a file cannot be written.

    """
    readers = _readers(formats)
    record = records.read(folder)
    return [
        write_whole(folder / file, reader(record, records.read_exchanges(folder))) for file, reader in readers.items()
    ]


def files_of(formats: Iterable[str] = FORMATS) -> list[str]:
    """Name the files that reports in these formats are written to; raises ValueError where there is no such format."""
    return list(_readers(formats))


def _readers(formats: Iterable[str]) -> dict[str, Reader]:
    chosen = list(formats)
    unknown = [name for name in chosen if name not in FORMATS]
    if unknown:
        raise ValueError(f"there is no format {unknown[0]!r}; choose from {', '.join(FORMATS)}")
    return {file: reader for name in chosen for file, reader in FORMATS[name].items()}
