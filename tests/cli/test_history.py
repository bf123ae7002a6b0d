"""`run --history` and `logout-conformance history`, as they are run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.record.history import FILE, History
from tests.commands import in_process
from tests.record.test_timeline import a_run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A history of two targets, one of which broke, with a damaged line."""
    history = History(tmp_path / "h")
    for day, letter in enumerate("ppf", start=1):
        history.add(a_run(day, letter, version=f"1.{day}"), "acme", 0)
    history.add(a_run(1, "p"), "beta", 0)
    with (tmp_path / "h" / FILE).open("ab") as file:
        file.write(b'{"half')
    return tmp_path


def test_a_run_adds_a_line_and_the_history_tells_of_it(tmp_path: Path) -> None:
    arguments = ("run", "--case", "success/status/no-profile", "--history", "a/history")
    assert in_process(*arguments, folder=tmp_path).code == 3
    ended = in_process("history", "a/history", folder=tmp_path)
    assert (ended.code, ended.complaints) == (0, "")
    assert ended.output.startswith("reference server: inconclusive, run 1, 20")
    assert "3 of 3 requirements passed in every run that judged them" in ended.output


def test_it_tells_of_each_target_and_names_a_damaged_line(folder: Path) -> None:
    ended = in_process("history", "h", folder=folder)
    assert ended.code == 0
    assert "acme 1.3: not conformant, runs 1 to 3, 2026-11-03\n" in ended.output
    assert "failed since 2026-11-03, run 3 with version 1.3; passed before in run 2 with version 1.2\n" in ended.output
    assert "beta 1.0: conformant, run 1, 2026-11-01\n" in ended.output
    assert "h/history.jsonl, line 5: is no valid JSON" in ended.complaints
    assert "Traceback" not in ended.complaints


def test_it_writes_a_page_of_one_target(folder: Path) -> None:
    arguments = ("--target", "acme", "--last", "2", "--out", "out/history.html")
    ended = in_process("history", "h", *arguments, folder=folder)
    assert (ended.code, ended.output) == (0, "out/history.html\n")
    page = (folder / "out" / "history.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "beta" not in page
    assert "2026-11-01, run 1" not in page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere",), "history.jsonl: No such file or directory"),
        (("h", "--target", "gamma"), "the history has no target gamma; it has acme, beta"),
        (("h", "--last", "0"), "--last"),
        (("h", "--out", "h"), "s a directory"),
    ],
)
def test_what_cannot_be_shown_is_a_usage_error(arguments: tuple[str, ...], said: str, folder: Path) -> None:
    ended = in_process("history", *arguments, folder=folder)
    assert (ended.code, ended.output) == (2, "")
    assert said in ended.complaints
    assert "Traceback" not in ended.complaints
