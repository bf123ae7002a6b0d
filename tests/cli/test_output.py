"""The real command, where what it prints can go nowhere."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.commands import FILES, SCRIPT, environment

if TYPE_CHECKING:
    from collections.abc import Callable

ONE_CASE: Final = ("run", "--case", "success/status/no-profile")
FULL: Final = Path("/dev/full")


def ended(*arguments: str, folder: Path, before: Callable[[], object] | None = None) -> tuple[int, str]:
    """Run the command with a stdout that nobody reads, or what `before` makes of it in the new process."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as nowhere:
        done = subprocess.run(
            [str(SCRIPT), *arguments],
            cwd=folder,
            env=environment(),
            stdout=nowhere,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=before,
            timeout=100,
            check=False,
        )
    return done.returncode, done.stderr


def left_in(folder: Path) -> set[str]:
    return {path.name for path in (folder / "reports").iterdir()}


def test_a_run_whose_reader_has_gone_goes_on_to_its_end_and_says_nothing_of_it(tmp_path: Path) -> None:
    assert ended(*ONE_CASE, folder=tmp_path) == (3, "")
    assert left_in(tmp_path) == FILES


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
def test_a_run_whose_output_finds_no_room_says_so_in_one_line(tmp_path: Path) -> None:
    code, complaints = ended(*ONE_CASE, folder=tmp_path, before=lambda: os.dup2(os.open(FULL, os.O_WRONLY), 1))
    assert code == 3
    assert complaints == "logout-conformance: the output could not be written: No space left on device\n"
    assert left_in(tmp_path) == FILES


@pytest.mark.parametrize("closed", [(1,), (1, 2), (0, 1, 2)])
def test_a_run_with_no_output_at_all_is_a_run(closed: tuple[int, ...], tmp_path: Path) -> None:
    def close() -> None:
        for number in closed:
            os.close(number)

    assert ended(*ONE_CASE, folder=tmp_path, before=close) == (3, "")
    assert left_in(tmp_path) == FILES


def test_a_mistake_that_nobody_can_read_of_is_a_mistake_still(tmp_path: Path) -> None:
    code, _ = ended("run", "--nonsense", folder=tmp_path, before=lambda: os.dup2(1, 2))
    assert code == 2
