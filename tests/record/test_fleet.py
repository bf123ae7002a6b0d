from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.record import fleet
from conformance.record.stored import RecordError
from tests.report.samples import a_case, a_record, stored

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two records, a run that left none, and two folders that are none of a run."""
    for name in ("beta", "acme", "begun", "notes", ".hidden"):
        (tmp_path / name).mkdir()
    for name in ("beta", "acme"):
        stored(tmp_path / name, a_record(a_case()))
    (tmp_path / "notes" / "todo.txt").touch()
    (tmp_path / "overview.html").touch()
    return tmp_path


def test_every_folder_with_a_record_is_a_member_and_every_empty_one(folder: Path) -> None:
    assert [(one.name, bool(one.record)) for one in fleet.read(folder)] == [
        ("acme", True),
        ("begun", False),
        ("beta", True),
    ]


def test_those_that_are_named_are_read_in_that_order(folder: Path) -> None:
    assert [one.name for one in fleet.read(folder, ["beta", "begun"])] == ["beta", "begun"]


def test_all_damaged_records_are_told_together(folder: Path) -> None:
    (folder / "acme" / "results.json").write_text("{", encoding="utf-8")
    (folder / "notes" / "results.json").write_text("[]", encoding="utf-8")
    with pytest.raises(RecordError, match=r"(?s)acme.*no valid JSON.*\n.*notes.*no record"):
        fleet.read(folder)


def test_a_folder_of_nothing_and_none_at_all_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="holds no folder of a run"):
        fleet.read(tmp_path)
    with pytest.raises(RecordError, match="not found"):
        fleet.read(tmp_path / "nowhere")
