from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.sender.pace import LONGEST_PAUSE_S, Pace, SharedPace, pace_of
from conformance.target.model import Target

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

RATES = st.floats(0.01, 1000)
BURSTS = st.integers(1, 20)
JITTER = 1e-6
"""What floats lose where a moment is a big number, in seconds."""


def taken(pace: Pace, delays: Iterable[float], now: float = 1000.0) -> list[float]:
    """Give the moments at which somebody gets a turn who asks after these delays, and waits as long as is said."""
    moments = []
    for delay in delays:
        now += delay
        while (wait := pace.take(now)) > 0:
            now += wait
        moments.append(now)
    return moments


@given(RATES, BURSTS, st.lists(st.floats(0, 20), max_size=60))
def test_no_stretch_of_time_has_more_requests_than_burst_and_rate_allow(
    rate: float, burst: int, delays: list[float]
) -> None:
    moments = taken(Pace(rate, burst), delays)
    for first, begin in enumerate(moments):
        for last, end in enumerate(moments[first:], start=first):
            assert last - first + 1 <= burst + rate * (end - begin + JITTER)


@given(RATES, BURSTS, st.integers(1, 60))
def test_nobody_waits_while_there_are_turns(rate: float, burst: int, number: int) -> None:
    moments = taken(Pace(rate, burst), [0.0] * number)
    expected = [1000.0 + max(0, place - burst + 1) / rate for place in range(number)]
    assert moments == pytest.approx(expected, abs=JITTER)


@given(RATES, BURSTS)
def test_after_a_pause_all_that_may_go_at_once_does_again(rate: float, burst: int) -> None:
    pace = Pace(rate, burst)
    taken(pace, [0.0] * (burst + 3))
    again = taken(pace, [burst / rate + 1, *([0.0] * (burst - 1))], now=2000.0 + 3 / rate)
    assert again == pytest.approx([again[0]] * burst, abs=JITTER)


def test_without_a_rate_there_is_always_a_turn() -> None:
    assert taken(Pace(), [0.0] * 100) == [1000.0] * 100


@given(RATES, BURSTS, st.integers(0, 30), st.floats(1, 60))
def test_a_429_is_waited_out_and_leaves_nothing_that_may_go_at_once(
    rate: float, burst: int, before: int, asked: float
) -> None:
    pace = Pace(rate, burst)
    now = taken(pace, [0.0] * (before + 1))[-1]
    pace.throttled(now, asked)
    first, second = taken(pace, [0.0, 0.0], now)
    assert first >= now + asked - JITTER
    assert second - first >= max(1 / rate, min(asked, LONGEST_PAUSE_S) / 2) - JITTER


def test_who_is_told_to_wait_for_less_does_not_shorten_what_another_was_told() -> None:
    pace = Pace(1.0, 10)
    pace.throttled(1000.0, 60.0)
    pace.throttled(1001.0, 1.0)
    assert taken(pace, [0.0], 1001.0) == [1060.0]


def test_what_is_shared_is_the_target_s_own(tmp_path: Path) -> None:
    target = Target(base_url="http://127.0.0.1", requests_per_second=2.0, burst=3)
    for pace in (pace_of(target), pace_of(target, tmp_path / "pace")):
        assert taken(pace, [0.0] * 4) == [1000.0] * 3 + [1000.5]


# --- Shared among processes ---

TAKES = """
import sys
from pathlib import Path
from conformance.sender.pace import SharedPace

pace = SharedPace(1.0, 10, Path(sys.argv[1]))
print(sum(pace.take(1000.0) == 0 for _ in range(20)))
"""
DIES = """
import os, sys
from pathlib import Path
from conformance.sender.pace import Pace, SharedPace

Pace.take = lambda *_: os._exit(9)
SharedPace(1.0, 10, Path(sys.argv[1])).take(1000.0)
"""


def started(script: str, file: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", script, str(file)], stdout=subprocess.PIPE, encoding="utf-8")


def test_processes_have_one_bucket_and_use_it_up(tmp_path: Path) -> None:
    processes = [started(TAKES, tmp_path / "pace") for _ in range(3)]
    assert sum(int(process.communicate(timeout=60)[0]) for process in processes) == 10


def test_a_429_of_one_is_a_429_of_all(tmp_path: Path) -> None:
    one, other = (SharedPace(1.0, 10, tmp_path / "pace") for _ in range(2))
    assert one.take(1000.0) == 0
    one.throttled(1000.0, 5.0)
    assert taken(other, [0.0, 0.0], 1000.0) == [1005.0, 1006.6]


def test_a_process_that_dies_with_the_bucket_in_its_hands_lets_go_of_it(tmp_path: Path) -> None:
    file = tmp_path / "pace"
    assert SharedPace(1.0, 10, file).take(1000.0) == 0
    dying = started(DIES, file)
    dying.communicate(timeout=60)
    assert dying.returncode == 9
    assert [SharedPace(1.0, 10, file).take(1000.0) for _ in range(10)] == [*([0.0] * 9), 1.0]


def test_a_file_that_cannot_be_used_is_the_disk_s_fault(tmp_path: Path) -> None:
    (tmp_path / "pace").write_text("no database " * 100, encoding="utf-8")
    with pytest.raises(OSError, match="the pace that its processes share is lost"):
        SharedPace(1.0, 10, tmp_path / "pace").take(1000.0)


def test_where_the_folder_has_gone_each_process_keeps_the_pace_until_the_run_ends(tmp_path: Path) -> None:
    assert taken(SharedPace(1.0, 2, tmp_path / "gone" / "pace"), [0.0] * 3) == [1000.0, 1000.0, 1001.0]
