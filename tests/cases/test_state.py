"""On whom the cases of #response put the blame where a logout deletes, or leaves, too much."""

from __future__ import annotations

import pytest

from tests.faults.catalogue import FAULTS
from tests.faults.certifying import certified_fault


@pytest.mark.parametrize(
    ("fault", "requirement"),
    [
        # what is found by a second logout, where one viewer alone is logged out for good, is the other viewer's
        ("finds-profile-of-another-device", "other-device-untouched"),
        ("keeps-every-profile", "logout-deletes-profile"),
    ],
)
def test_whose_profile_a_second_logout_finds(fault: str, requirement: str) -> None:
    (case,) = certified_fault(FAULTS[fault], "--case", "state/other/other-device").record.cases
    assert case.findings[0].requirement == requirement
