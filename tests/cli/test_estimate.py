from __future__ import annotations

import pytest

from conformance.cli.estimate import Estimate
from conformance.run.run import Settings
from conformance.target.model import Target


def estimate(requests: int, rate: float | None = None, burst: int = 1, *, workers: int = 0) -> Estimate:
    target = Target(base_url="http://127.0.0.1", requests_per_second=rate, burst=burst)
    return Estimate(requests, Settings(target, workers=workers))


@pytest.mark.parametrize(
    ("requests", "rate", "burst", "said"),
    [
        (146, None, 1, "at most 146 requests"),
        (146, None, 10, "at most 146 requests"),
        (146, 1.0, 1, "at most 146 requests at 1/s: about 2 minutes"),
        (146, 1.0, 70, "at most 146 requests at 1/s: about 1 minute"),
        (146, 0.1, 1, "at most 146 requests at 0.1/s: about 24 minutes"),
        (146, 5.0, 1, "at most 146 requests at 5/s: about 30 seconds"),
        (146, 500.0, 1, "at most 146 requests at 500/s: about 1 second"),
        (4, 1.0, 1, "at most 4 requests at 1/s: about 3 seconds"),
        (4, 1.0, 10, "at most 4 requests at 1/s: about 1 second"),
    ],
)
def test_what_is_known_beforehand(requests: int, rate: float | None, burst: int, said: str) -> None:
    assert str(estimate(requests, rate, burst)) == said


def test_what_several_processes_send_is_known_less_well() -> None:
    assert str(estimate(146, workers=1)) == "at most 146 requests"
    assert str(estimate(146, workers=2)) == "about 146 requests"


@pytest.mark.parametrize(
    ("sent", "elapsed_s", "said"),
    [
        (0, 0.0, "0 of 146 requests, about 2 minutes left"),
        (10, 1.0, "10 of 146 requests, about 2 minutes left"),
        (86, 76.0, "86 of 146 requests, about 1 minute left"),
        # whoever answers more slowly than the pace
        (86, 172.0, "86 of 146 requests, about 2 minutes left"),
        (143, 140.0, "143 of 146 requests, about 3 seconds left"),
        (146, 140.0, "146 of 146 requests"),
        (150, 140.0, "150 of 150 requests"),
    ],
)
def test_what_is_left_follows_from_the_pace_and_from_what_was_measured(sent: int, elapsed_s: float, said: str) -> None:
    assert estimate(146, 1.0, 10).after(sent, elapsed_s) == said


def test_without_a_pace_it_follows_from_what_was_measured() -> None:
    assert estimate(100).after(0, 3.0) == "0 of 100 requests"
    assert estimate(100).after(50, 20.0) == "50 of 100 requests, about 20 seconds left"
