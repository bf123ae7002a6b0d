"""The report folder and the real command: taken by one run, never written through a link, missed when it goes."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from typing import TYPE_CHECKING, Final

import pytest

from conformance.record import record as records
from conformance.record.folder import Folder
from tests.commands import FILES, Ended, end_of, logout_conformance, started
from tests.held import LONG_S, Held
from tests.loopback import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ONE_CASE: Final = ("--case", "success/status/degraded")
WORDS: Final = "the words of somebody else"
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let go of what is open")


@pytest.fixture
def held() -> Iterator[Held]:
    with serving(Held()) as service:
        assert isinstance(service, Held)
        yield service
        service.released.set()


def is_refused(ended: Ended, *said: str) -> bool:
    assert ended.code == 2, ended
    assert ended.complaints.startswith("logout-conformance: the report folder reports cannot be written: ")
    assert ended.complaints.count("\n") == 1
    assert all(words in ended.complaints for words in said), ended.complaints
    return True


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


# --- One run at a time ---


@posix_only
def test_a_second_run_into_the_same_folder_is_refused_and_the_first_goes_on(held: Held, tmp_path: Path) -> None:
    first = started(*held.arguments, *ONE_CASE, folder=tmp_path)
    assert held.arrived.wait(LONG_S)
    before = contents(tmp_path / "reports")
    second = logout_conformance("run", *ONE_CASE, folder=tmp_path)
    assert is_refused(second, "another run reports into it")
    assert contents(tmp_path / "reports") == before
    held.released.set()
    ended = end_of(first)
    assert (ended.code, ended.complaints) == (3, "")
    assert records.read(tmp_path / "reports").target.base_url == held.url


def test_a_run_that_was_killed_locks_nobody_out(held: Held, tmp_path: Path) -> None:
    killed = started(*held.arguments, *ONE_CASE, folder=tmp_path)
    assert held.arrived.wait(LONG_S)
    killed.send_signal(signal.SIGKILL)
    end_of(killed)
    assert set(contents(tmp_path / "reports")) == {"exchanges.jsonl", "results.json"}
    assert logout_conformance("run", *ONE_CASE, folder=tmp_path).code == 3
    assert set(contents(tmp_path / "reports")) == FILES


@posix_only
def test_one_process_takes_a_folder_once_and_gives_it_back(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    with pytest.raises(OSError, match="another run"):
        Folder(tmp_path)
    folder.close()
    Folder(tmp_path).close()


# --- Links ---


def test_no_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    for name in (*FILES, ".results.json.part", ".report.html.part", ".junit.xml.part"):
        (tmp_path / f"victim of {name}").write_text(WORDS, encoding="utf-8")
        (tmp_path / "reports" / name).symlink_to(tmp_path / f"victim of {name}")
    assert logout_conformance("run", *ONE_CASE, folder=tmp_path).code == 3
    assert {path.name for path in (tmp_path / "reports").iterdir() if not path.is_symlink()} == FILES
    assert {path.read_text(encoding="utf-8") for path in tmp_path.glob("victim of *")} == {WORDS}


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "reports").symlink_to(tmp_path / "elsewhere")
    assert logout_conformance("run", *ONE_CASE, folder=tmp_path).code == 3
    assert set(contents(tmp_path / "elsewhere")) == FILES


def test_the_workers_folder_is_no_link_either(tmp_path: Path) -> None:
    pytest.importorskip("xdist")
    (tmp_path / "reports").mkdir()
    (tmp_path / "victim").mkdir()
    (tmp_path / "victim" / "file").write_text(WORDS, encoding="utf-8")
    (tmp_path / "reports" / ".workers").symlink_to(tmp_path / "victim")
    assert logout_conformance("run", *ONE_CASE, "-n", "1", folder=tmp_path).code == 3
    assert contents(tmp_path / "victim") == {"file": WORDS}
    assert set(contents(tmp_path / "reports")) == FILES


# --- What goes while a run goes on ---


def removed(reports: Path) -> None:
    shutil.rmtree(reports)


def renamed(reports: Path) -> None:
    reports.rename(reports.with_name("renamed"))


def replaced(reports: Path) -> None:
    renamed(reports)
    reports.mkdir()
    (reports / "results.json").write_text(WORDS, encoding="utf-8")


def evidence_removed(reports: Path) -> None:
    (reports / "exchanges.jsonl").unlink()


@posix_only
@pytest.mark.parametrize("workers", [0, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    ("act", "left"),
    [
        (removed, {}),
        (renamed, {"renamed": {"exchanges.jsonl", "results.json"}}),
        (replaced, {"renamed": {"exchanges.jsonl", "results.json"}, "reports": {"results.json"}}),
        (evidence_removed, {"reports": set()}),
    ],
)
def test_a_folder_that_goes_ends_the_run_in_words_and_is_not_made_again(
    act: Callable[[Path], None], left: dict[str, set[str]], workers: int, held: Held, tmp_path: Path
) -> None:
    if workers:
        pytest.importorskip("xdist")
    run = started(*held.arguments, *ONE_CASE, "-n", str(workers), folder=tmp_path)
    assert held.arrived.wait(LONG_S)
    act(tmp_path / "reports")
    held.released.set()
    assert is_refused(end_of(run), "exchanges.jsonl was removed or replaced while the run went on")
    assert {
        folder.name: {path.name for path in folder.iterdir() if path.name != ".workers"}
        for folder in tmp_path.iterdir()
    } == left
    if "renamed" in left:
        record = records.read(tmp_path / "renamed")
        assert record.interrupted
        assert record.request_count <= len(list(records.read_exchanges(tmp_path / "renamed")))
    if act is replaced:
        assert contents(tmp_path / "reports")["results.json"] == WORDS


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="Windows replaces nothing that is open")
def test_evidence_that_somebody_wrote_into_is_refused_in_words(held: Held, tmp_path: Path) -> None:
    run = started(*held.arguments, *ONE_CASE, folder=tmp_path)
    assert held.arrived.wait(LONG_S)
    with (tmp_path / "reports" / "exchanges.jsonl").open("a", encoding="utf-8") as lines:
        lines.write("{ no JSON\n" * 10_000)
    held.released.set()
    ended = end_of(run)
    assert (ended.code, ended.complaints.count("\n")) == (2, 1)
    assert "the record was damaged while the run went on: " in ended.complaints
