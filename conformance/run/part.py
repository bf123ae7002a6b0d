"""A part of a run that another process makes: its evidence is taken over while it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from conformance.record.record import EXCHANGES
from conformance.record.stored import decoded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from conformance.record.record import Case


class Part:
    """The evidence that a worker leaves in a folder of its own; `places` says where each line of it went."""

    def __init__(self, folder: Path) -> None:
        self.places: list[int] = []
        self.name = folder.name
        self._path = folder / EXCHANGES
        self._read = 0

    def fresh(self) -> Iterator[dict[str, object]]:
        """Give the lines that were not given before; one without its end is still being written, or never will be.

        Raises:
            RecordError: a line is damaged.

        """
        if not self._path.exists():
            return  # the worker did not come to it
        with self._path.open("rb") as lines:
            lines.seek(self._read)
            for line in lines:
                if not line.endswith(b"\n"):
                    return
                self._read += len(line)
                yield cast("dict[str, object]", decoded(line, f"{self._path}"))


def placed(case: Case, places: Sequence[int]) -> Case:
    """Give a case of a part with its evidence where it is now: `places` has the new index of each exchange."""
    findings = tuple(
        finding.model_copy(update={"exchange": places[finding.exchange]}) if finding.exchange is not None else finding
        for finding in case.findings
    )
    exchanges = tuple(places[index] for index in case.exchanges)
    return case.model_copy(update={"exchanges": exchanges, "findings": findings})
