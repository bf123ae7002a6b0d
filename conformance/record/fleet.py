"""The records of many targets: each in a folder of its own, all of these in one folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.record import record as records
from conformance.record.stored import RecordError, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from conformance.record.record import Record


@dataclass(frozen=True, slots=True)
class Member:
    """One target, by the name of its folder; `record` is None where its run left none."""

    name: str
    record: Record | None


def read(folder: Path, names: Iterable[str] = ()) -> list[Member]:
    """Read the records in a folder's folders, sorted by name, or those named and in that order.

    An empty folder is one whose run was meant to be and left nothing; a folder that holds other things is passed over.

    Raises:
        RecordError: with every record that cannot be read, or where there is none at all.

    """
    found, damages = [], []
    for name in names or names_in(folder):
        try:
            found.append(Member(name, _record(folder / name)))
        except RecordError as error:
            damages.append(str(error))
    if damages:
        raise RecordError("\n".join(damages))
    if not found:
        raise RecordError(f"{folder}: holds no folder of a run; give the one that several targets were reported into")
    return found


def names_in(folder: Path) -> Iterator[str]:
    """Give the names of the folders of runs in a folder, sorted; raises RecordError where it cannot be read."""
    try:
        inside = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError as error:
        raise unreadable(folder, error) from None
    for path in inside:
        if (path / records.RESULTS).exists() or not any(path.iterdir()):
            yield path.name


def _record(folder: Path) -> Record | None:
    return records.read(folder) if (folder / records.RESULTS).exists() else None
