from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console

from conformance.cli import progress
from conformance.cli.progress import Watched
from conformance.run.run import Settings
from conformance.target.model import Target
from tests.report.samples import a_case

if TYPE_CHECKING:
    import pytest

TARGET = Target(base_url="http://127.0.0.1", requests_per_second=1.0)


def watched(*, terminal: bool) -> tuple[Watched, io.StringIO]:
    output = io.StringIO()
    console = Console(file=output, force_terminal=terminal, width=80, color_system=None)
    return Watched(console, Settings(TARGET)), output


@dataclass
class Clock:
    now: float = 1000.0

    def monotonic(self) -> float:
        return self.now


def run_of_five(watching: Watched) -> None:
    with watching:
        watching.start(5, 9)
        for status, name, sent in [
            *(("passed", "success/a", 3), ("failed", "success/b", 3), ("passed", "success/c", 5)),
            *(("skipped", "state/a", 5), ("error", "state/b", 6)),
        ]:
            watching.case(a_case(status, name), sent)  # type: ignore[arg-type]


def test_plain_lines_say_how_each_part_ended_and_what_failed() -> None:
    watching, output = watched(terminal=False)
    run_of_five(watching)
    assert output.getvalue().splitlines() == [
        "at most 9 requests at 1/s: about 8 seconds",
        "failed: success/b",
        "success: 1 failed, 2 passed",
        "state: 1 error, 1 skipped",
    ]


def test_plain_lines_have_no_control_characters() -> None:
    watching, output = watched(terminal=False)
    run_of_five(watching)
    assert output.getvalue().replace("\n", "").isprintable()


def test_on_a_terminal_there_is_a_bar_that_goes_away() -> None:
    watching, output = watched(terminal=True)
    run_of_five(watching)
    shown = output.getvalue()
    assert "5/5" in shown
    assert "6 of 9 requests, about 3 seconds left" in shown
    assert "at most 9 requests at 1/s: about 8 seconds" in shown
    assert "failed: success/b" in shown
    assert "success: " not in shown
    assert shown.rstrip().endswith("\x1b[2K") or "\x1b[2K" in shown[-40:], "the bar is erased in the end"


def test_a_run_that_breaks_off_says_how_far_it_came() -> None:
    watching, output = watched(terminal=False)
    with contextlib.suppress(KeyboardInterrupt), watching:
        watching.case(a_case("passed", "success/a"), 1)
        raise KeyboardInterrupt
    assert output.getvalue() == "success: 1 passed\n"


def test_no_part_no_line() -> None:
    watching, output = watched(terminal=False)
    with watching:
        watching.start(0, 0)
    assert output.getvalue() == "at most 0 requests at 1/s: about 1 second\n"


def test_every_ten_seconds_a_plain_line_says_how_much_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(progress, "time", clock)
    watching, output = watched(terminal=False)
    with watching:
        watching.start(40, 120)
        for sent in range(0, 60, 4):
            clock.now += 4
            watching.case(a_case("passed", "success/a"), sent)
    assert output.getvalue().splitlines() == [
        "at most 120 requests at 1/s: about 2 minutes",
        "8 of 120 requests, about 3 minutes left",
        *(f"{sent} of 120 requests, about 2 minutes left" for sent in (20, 32)),
        *(f"{sent} of 120 requests, about 1 minute left" for sent in (44, 56)),
        "success: 15 passed",
    ]
