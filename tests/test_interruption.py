"""The real command and the signals that end it: alone or with workers, once or again and again."""

from __future__ import annotations

import importlib.util
import os
import signal
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest

from conformance.record import record as records
from conformance.sender.client import BROKEN_OFF
from tests.commands import FILES, end_of, python, started
from tests.held import LONG_S, Held
from tests.loopback import answer, serving

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conformance.record.record import ExchangeLine, Record
    from tests.commands import Ended

WORKERS: Final = pytest.param(
    2,
    marks=[
        pytest.mark.skipif(importlib.util.find_spec("xdist") is None, reason="needs the extra `parallel`"),
        pytest.mark.slow,
    ],
)
alone_and_with_workers = pytest.mark.parametrize("workers", [0, WORKERS])


@pytest.fixture
def held() -> Iterator[Held]:
    with serving(Held()) as service:
        assert isinstance(service, Held)
        yield service
        service.released.set()


def interrupted(held: Held, folder: Path, workers: int, signals: Callable[[subprocess.Popen[str]], None]) -> Ended:
    process = started(*held.arguments, "-n", str(workers), folder=folder)
    assert held.arrived.wait(LONG_S)
    signals(process)
    ended = end_of(process)
    assert (ended.code, ended.complaints) == (130, "")
    return ended


def left_in(folder: Path) -> tuple[Record, list[ExchangeLine]]:
    """Give what an interrupted run left, once it is seen to be whole and to agree with itself."""
    reports = folder / "reports"
    assert {path.name for path in reports.iterdir()} == FILES
    record, lines = records.read(reports), list(records.read_exchanges(reports))
    assert record.interrupted
    assert "the run was interrupted" in record.reasons
    assert [line.index for line in lines] == list(range(record.request_count))
    for case in record.cases:
        assert all(index < len(lines) for index in case.exchanges), case.id
        if case.id.startswith("success/") and case.exchanges:
            assert lines[case.exchanges[0]].visit == case.scenario
    return record, lines


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such timer")
def test_nothing_ends_a_process_that_is_over(tmp_path: Path) -> None:
    script = """
import os, signal
from conformance import interruption
interruption.heed()
try:
    os.kill(os.getpid(), signal.SIGINT)
except KeyboardInterrupt:
    interruption.over()
print(signal.getitimer(signal.ITIMER_REAL))
"""
    ended = python(script, folder=tmp_path)
    assert (ended.code, ended.output) == (0, "(0.0, 0.0)\n")


@alone_and_with_workers
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_had_run_is_in_the_report_with_its_evidence(
    number: signal.Signals, workers: int, held: Held, tmp_path: Path
) -> None:
    interrupted(held, tmp_path, workers, lambda process: process.send_signal(number))
    record, lines = left_in(tmp_path)
    assert len(lines) >= 1
    if not workers:  # which cases a worker has by then is its scheduler's choice
        assert any(case.id == "success/status/logout-endpoint" for case in record.cases)
        assert any(line.response for line in lines)


@alone_and_with_workers
def test_ctrl_c_at_a_terminal_reaches_every_process_at_once(workers: int, held: Held, tmp_path: Path) -> None:
    interrupted(held, tmp_path, workers, lambda process: os.killpg(process.pid, signal.SIGINT))
    assert left_in(tmp_path)


def test_a_request_that_is_broken_off_was_sent_and_is_written_down(held: Held, tmp_path: Path) -> None:
    interrupted(held, tmp_path, 0, lambda process: process.send_signal(signal.SIGTERM))
    _, lines = left_in(tmp_path)
    assert len(lines) == len(held.asked)
    assert [line.trouble for line in lines if not line.response] == [BROKEN_OFF]
    assert lines[-1].visit == "degraded"


def test_more_signals_cost_no_report(held: Held, tmp_path: Path) -> None:
    def again_and_again(process: subprocess.Popen[str]) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGINT):
            process.send_signal(number)
        assert process.stdout is not None
        assert any("success" in line for line in process.stdout), "it says how far it came"
        process.send_signal(signal.SIGINT)

    interrupted(held, tmp_path, 0, again_and_again)
    left_in(tmp_path)


@alone_and_with_workers
def test_a_teardown_that_hangs_does_not_hold_the_end_up(workers: int, held: Held, tmp_path: Path) -> None:
    def states(question: dict[str, Any]) -> Any:  # noqa: ANN401  (an answer)
        if question["action"] == "teardown" and question["state"] == held.state:
            held.released.wait(LONG_S)
        return answer(200, {"mvpd": question["state"]})

    held.states = states
    interrupted(held, tmp_path, workers, lambda process: process.send_signal(signal.SIGINT))
    left_in(tmp_path)


BEFORE_THE_WORKERS: Final = """
import os, signal
from xdist.workermanage import NodeManager
from conformance.cli.main import main

def interrupt(*_, **__):
    os.kill(os.getpid(), signal.SIGTERM)

NodeManager.setup_node = interrupt
main()
"""


def test_a_run_whose_workers_are_not_ready_leaves_its_reports_too(tmp_path: Path) -> None:
    pytest.importorskip("xdist")
    ended = python(BEFORE_THE_WORKERS, "run", "-n", "2", folder=tmp_path)
    assert (ended.code, ended.complaints) == (130, "")
    record, _ = left_in(tmp_path)
    assert (record.cases, record.request_count) == ((), 0)
