from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from conformance.record import record as records
from tests.commands import Ended, logout_conformance

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.record.record import ExchangeLine, Record


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what only `nox -s slow` runs; there nothing else is run."""
    is_slow = bool(os.environ.get("SLOW_TESTS"))
    left_out = [item for item in items if bool(item.get_closest_marker("slow")) is not is_slow]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


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
