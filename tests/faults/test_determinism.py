"""The small part of `nox -s determinism`."""

from __future__ import annotations

import pytest

from tests.faults.catalogue import FAULTS
from tests.faults.determinism import SERVERS, differing


def test_the_servers_exist() -> None:
    assert set(SERVERS) <= set(FAULTS)


@pytest.mark.slow
def test_another_order_of_the_cases_gives_the_same_findings() -> None:
    assert list(differing("errors-echo-token", ["3"])) == []
