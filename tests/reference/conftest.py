from collections.abc import Iterator

import pytest

from conformance.reference import ReferenceServer, running
from tests.reference.service import Device


@pytest.fixture(scope="session")
def base_url() -> Iterator[str]:
    with running(ReferenceServer()) as url:
        yield url


@pytest.fixture
def device(base_url: str) -> Device:
    return Device(base_url)
