from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.bundle.recheck import Rejudged, rejudge
from conformance.certify import Settings, certify
from conformance.record import record as records
from conformance.reference import ReferenceServer, running
from tests.bundle.tampering import Kept
from tests.servers import target_at

if TYPE_CHECKING:
    from tests.conftest import ReferenceRun

FEW = (
    "success/*/no-profile",
    "success/*/logout-endpoint",
    "response/redirect-url-required/*",
    "state/again/no-profile",
)


@pytest.fixture(scope="session")
def whole(reference_run: ReferenceRun) -> Kept:
    """A whole run of the reference server."""
    return Kept(reference_run.folder)


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """A run of a few cases, which is judged again in no time."""
    folder = tmp_path_factory.mktemp("few")
    with running(ReferenceServer()) as url:
        certify(Settings(target_at(url), report_dir=folder, formats=(), cases=FEW))
    return Kept(folder)


@pytest.fixture(scope="session")
def judged(few: Kept) -> Rejudged:
    """What the cases say to its evidence, for tests that leave that as it is."""
    return rejudge(records.read(few.folder), list(records.read_exchanges(few.folder)))
