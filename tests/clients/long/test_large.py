"""Recordings of hundreds of megabytes, and single entries of a hundred: read in bounded memory."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.bench.measuring import KIB_PER_UNIT
from tests.bench.recordings import MIB, write
from tests.calls import a_call
from tests.clients.requests import followed
from tests.commands import SCRIPT
from tests.traffic.hars import entry_of, mitmproxy

if TYPE_CHECKING:
    from pathlib import Path

MOST_MIB = 300


def peak_mib_of(file: Path) -> float:
    """Check a recording in a process of its own; give the memory that it had at most."""
    command = [str(SCRIPT), "check", str(file), "--report-dir", str(file.parent / "reports")]
    script = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)\n"
    script += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    done = subprocess.run([sys.executable, "-c", script, *command], capture_output=True, text=True, check=True)
    return int(done.stdout) * KIB_PER_UNIT / 1024


def test_a_large_recording_takes_no_more_memory_than_a_small_one(tmp_path: Path) -> None:
    small, large = (peak_mib_of(write(tmp_path / "app.har", size * MIB)) for size in (2, 200))
    assert large < small + 20
    assert large < MOST_MIB


@pytest.mark.parametrize("where", ["a body", "a body in escapes", "a header", "many members", "blanks"])
def test_an_entry_of_a_hundred_megabytes_is_bounded(tmp_path: Path, where: str) -> None:
    entry = json.dumps(entry_of(a_call())) if where == "blanks" else json.dumps({"request": {"url": "HERE"}})
    huge = {
        "a body": "x" * 100 * MIB,
        "a body in escapes": "\\u00e9\\\\" * (12 * MIB),
        "a header": "y" * 100 * MIB,
        "many members": '", "a": "' * (11 * MIB),
        "blanks": "",
    }[where]
    text = json.dumps(mitmproxy(followed(a_call())))
    file = tmp_path / "app.har"
    with file.open("w", encoding="utf-8") as written:
        head, _, tail = text.partition('"entries": [')
        written.write(
            head + '"entries": [' + entry.replace("HERE", huge) + " " * (100 * MIB * (where == "blanks")) + ","
        )
        written.write(tail)
    assert peak_mib_of(file) < MOST_MIB
    record = json.loads((tmp_path / "reports" / "results.json").read_text(encoding="utf-8"))
    assert record["request_count"] >= 3
