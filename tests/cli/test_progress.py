from __future__ import annotations

import contextlib
import io

from rich.console import Console

from conformance.cli.progress import Watched
from tests.report.samples import a_case


def watched(*, terminal: bool) -> tuple[Watched, io.StringIO]:
    output = io.StringIO()
    return Watched(Console(file=output, force_terminal=terminal, width=80, color_system=None)), output


def run_of_five(watching: Watched) -> None:
    with watching:
        watching.start(5)
        for status, name in [
            *(("passed", "success/a"), ("failed", "success/b"), ("passed", "success/c")),
            *(("skipped", "state/a"), ("error", "state/b")),
        ]:
            watching.case(a_case(status, name))  # type: ignore[arg-type]


def test_plain_lines_say_how_each_part_ended_and_what_failed() -> None:
    watching, output = watched(terminal=False)
    run_of_five(watching)
    assert output.getvalue().splitlines() == [
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
    assert "failed: success/b" in shown
    assert "success: " not in shown
    assert shown.rstrip().endswith("\x1b[2K") or "\x1b[2K" in shown[-40:], "the bar is erased in the end"


def test_a_run_that_breaks_off_says_how_far_it_came() -> None:
    watching, output = watched(terminal=False)
    with contextlib.suppress(KeyboardInterrupt), watching:
        watching.case(a_case("passed", "success/a"))
        raise KeyboardInterrupt
    assert output.getvalue() == "success: 1 passed\n"


def test_no_part_no_line() -> None:
    watching, output = watched(terminal=False)
    with watching:
        watching.start(0)
    assert output.getvalue() == ""
