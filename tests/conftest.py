from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from conformance.record import record as records
from tests.commands import Ended, logout_conformance

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.record.record import ExchangeLine, Record


@dataclass(frozen=True, slots=True)
class ReferenceRun:
    """A run of the command that certified the reference server."""

    ended: Ended
    folder: Path
    record: Record
    exchanges: list[ExchangeLine]


@pytest.fixture(scope="session")
def reference_run(tmp_path_factory: pytest.TempPathFactory) -> ReferenceRun:
    """What everybody sees first: `logout-conformance run`, without a target."""
    folder = tmp_path_factory.mktemp("reference-run")
    ended = logout_conformance("run", folder=folder)
    reports = folder / "reports"
    return ReferenceRun(ended, reports, records.read(reports), list(records.read_exchanges(reports)))
