"""The lines of a history: what is in them, what a crash or a second run does to them, and what is read back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conformance.record.history import FILE, History, line_of, read
from conformance.record.stored import RecordError
from tests.json_values import JSON
from tests.report.samples import JSON_TYPE, a_case, a_hostile_record, a_record

if TYPE_CHECKING:
    from pathlib import Path

CASES = (a_case("passed", "a"), a_case("failed", "b"), a_case("skipped", "c"), a_case("error", "d"))


def added(folder: Path, *names: str) -> None:
    history = History(folder)
    for name in names:
        history.add(a_record(*CASES), name, 1)


def names_in(folder: Path) -> list[str]:
    return [line.called for line, _ in read(folder)[0]]


def test_a_line_has_what_the_questions_need(tmp_path: Path) -> None:
    added(tmp_path, "acme")
    ((line, names),), damages = read(tmp_path)
    assert (line.called, line.name, line.version, line.base_url) == (
        "acme",
        "Acme",
        "1.4.2",
        "https://api.example.com",
    )
    assert (line.verdict, line.exit_code, line.seed, line.examples) == ("not-conformant", 1, 7, 10)
    assert (line.kit_version, line.spec_version, line.started_at) == ("0.1.0", "1.0", "2026-11-24T01:00:00.000Z")
    assert line.summary.failed == 1
    assert (line.cases, names.cases) == ("pfse", ("a", "b", "c", "d"))
    assert (line.requirements, names.requirements[0].sentence) == ("f-", JSON_TYPE.sentence)
    assert damages == []


def test_names_are_written_once_and_a_line_of_a_whole_run_takes_about_a_kilobyte(tmp_path: Path) -> None:
    many = a_record(*[a_case(case_id=f"success/content-type/scenario-{number}") for number in range(354)])
    for _ in range(3):
        History(tmp_path).add(many, "acme", 0)
    assert len(list(tmp_path.glob("names-*.json"))) == 1
    assert max(map(len, (tmp_path / FILE).read_bytes().splitlines())) < 1100


def test_a_target_is_known_by_its_name_or_its_base_url_where_it_is_not_called_otherwise() -> None:
    record = a_record()
    nameless = record.model_copy(update={"target": record.target.model_copy(update={"name": ""})})
    assert line_of(record, called="", exit_code=0).called == "Acme"
    assert line_of(nameless, called="", exit_code=0).called == "https://api.example.com"


def test_half_a_line_of_a_killed_run_spoils_no_other(tmp_path: Path) -> None:
    added(tmp_path, "first")
    with (tmp_path / FILE).open("ab") as file:
        file.write(b'{"called": "half')
    added(tmp_path, "third")
    lines, damages = read(tmp_path)
    assert [line.called for line, _ in lines] == ["first", "third"]
    assert len(damages) == 1
    assert f"{FILE}, line 2: is no valid JSON" in damages[0]
    assert damages[0].endswith("the line is passed over")


def test_a_disk_that_does_not_take_it_leaves_no_half_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    added(tmp_path, "first")
    before = (tmp_path / FILE).read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            added(tmp_path, "second")
    assert (tmp_path / FILE).read_bytes() == before
    added(tmp_path, "third")
    assert names_in(tmp_path) == ["first", "third"]


ADDS = """
import sys
from pathlib import Path
from conformance.record.history import History
from tests.record.test_history import CASES
from tests.report.samples import a_record
for _ in range(40):
    History(Path(sys.argv[1])).add(a_record(*CASES), sys.argv[2] * 3000, 0)
"""


def test_two_runs_at_once_mix_no_lines(tmp_path: Path) -> None:
    both = [subprocess.Popen([sys.executable, "-c", ADDS, str(tmp_path), name]) for name in ("a", "b")]
    assert [process.wait() for process in both] == [0, 0]
    lines, damages = read(tmp_path)
    assert damages == []
    assert sorted(line.called for line, _ in lines) == ["a" * 3000] * 40 + ["b" * 3000] * 40


def test_lines_are_sorted_by_when_the_runs_began(tmp_path: Path) -> None:
    for number in (2, 1):
        History(tmp_path).add(a_record(started_at=f"2026-11-0{number}T01:00:00Z"), str(number), 0)
    assert names_in(tmp_path) == ["1", "2"]


@pytest.mark.parametrize("what", ["gone", "{", "[]", '{"cases": ["a"]}'])
def test_lines_whose_names_are_lost_or_do_not_fit_are_named_and_passed_over(what: str, tmp_path: Path) -> None:
    added(tmp_path, "acme")
    (path,) = tmp_path.glob("names-*.json")
    if what == "gone":
        path.unlink()
    else:
        path.write_text(what, encoding="utf-8")
    lines, damages = read(tmp_path)
    assert lines == []
    assert "line 1: " in damages[0]
    assert path.name in damages[0]
    assert damages[0].endswith("; the line is passed over")


def test_names_that_were_lost_are_there_again_behind_the_next_run(tmp_path: Path) -> None:
    added(tmp_path, "acme")
    next(tmp_path.glob("names-*.json")).unlink()
    added(tmp_path, "beta")
    assert names_in(tmp_path) == ["acme", "beta"]


def test_a_folder_that_cannot_be_written_is_known_before_anything_is_sent(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        History(tmp_path / "file")


def test_no_history_is_no_traceback(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"history\.jsonl: No such file.*run --history"):
        read(tmp_path)


def test_a_hostile_record_makes_one_line(tmp_path: Path) -> None:
    History(tmp_path).add(a_hostile_record(), "", 1)
    assert len((tmp_path / FILE).read_bytes().splitlines()) == 1
    assert read(tmp_path)[1] == []


A_LINE = json.loads(line_of(a_record(*CASES), called="acme", exit_code=1).model_dump_json())
NEARLY = st.dictionaries(st.sampled_from(sorted(A_LINE)), JSON, max_size=3).map(lambda changes: A_LINE | changes)
BYTES = (JSON | NEARLY).map(lambda value: json.dumps(value).encode()) | st.binary(max_size=60)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(BYTES, max_size=4))
@example(lines=[b"\xff", b"[" * 100_000, b'{"seed": ' + b"9" * 5000 + b"}", b"\x00", b"NaN", b"null"])
def test_whatever_stands_in_a_history_what_is_whole_is_read_and_the_rest_is_named(
    lines: list[bytes], tmp_path: Path
) -> None:
    if not list(tmp_path.glob("names-*.json")):
        added(tmp_path, "acme")
    content = [json.dumps(A_LINE).encode(), *lines, json.dumps(A_LINE | {"called": "last"}).encode()]
    (tmp_path / FILE).write_bytes(b"\n".join(content))
    found, damages = read(tmp_path)
    known = [line.called for line, _ in found]
    assert {"acme", "last"} <= set(known)
    written = [line for line in b"\n".join(content).split(b"\n") if line.strip()]
    assert len(found) + len(damages) == len(written)
    assert all(f"{FILE}, line " in damage for damage in damages)
