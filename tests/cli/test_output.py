"""A run whose output nobody takes: on a full disk, into a closed pipe, into nothing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.commands import FILES, SCRIPT, environment

ONE_CASE = ("--case", "success/status/no-profile")


def run_into(stdout: int, folder: Path, *command: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*command, str(SCRIPT), "run", *ONE_CASE],
        cwd=folder,
        env=environment(),
        stdout=stdout,
        stderr=subprocess.PIPE,
        check=False,
    )


def test_a_full_disk_is_named_and_costs_no_report(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = run_into(full.fileno(), tmp_path)
    said = b"logout-conformance: the output could not be written: No space left on device\n"
    assert (ended.returncode, ended.stderr) == (3, said)
    assert {path.name for path in (tmp_path / "reports").iterdir()} == FILES


def test_a_reader_who_has_gone_costs_no_report(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ended = run_into(writing, tmp_path)
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (3, b"")
    assert {path.name for path in (tmp_path / "reports").iterdir()} == FILES


def test_no_output_at_all_costs_no_report(tmp_path: Path) -> None:
    ended = run_into(subprocess.DEVNULL, tmp_path, "sh", "-c", 'exec "$@" >&-', "sh")
    assert (ended.returncode, ended.stderr) == (3, b"")
    assert {path.name for path in (tmp_path / "reports").iterdir()} == FILES
