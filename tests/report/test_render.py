from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

from conformance.record.stored import RecordError
from conformance.report import FORMATS, render
from tests.report.samples import a_case, a_hostile_record, a_record, an_exchange, hostile_exchanges, stored

if TYPE_CHECKING:
    from pathlib import Path


def test_all_formats_are_written_beside_the_record(tmp_path: Path) -> None:
    stored(tmp_path, a_record(a_case()), [an_exchange()])
    assert render(tmp_path) == [tmp_path / "report.html", tmp_path / "junit.xml"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "exchanges.jsonl",
        "junit.xml",
        "report.html",
        "results.json",
    ]


def test_a_format_can_be_chosen(tmp_path: Path) -> None:
    assert render(stored(tmp_path, a_record(a_case())), ["junit"]) == [tmp_path / "junit.xml"]
    assert not (tmp_path / "report.html").exists()


def test_an_unknown_format_is_named_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no format 'pdf'; choose from html, junit"):
        render(stored(tmp_path, a_record(a_case())), ["html", "pdf"])
    assert not (tmp_path / "report.html").exists()


@pytest.mark.parametrize("name", FORMATS)
def test_broken_evidence_leaves_the_earlier_report(name: str, tmp_path: Path) -> None:
    (path,) = render(stored(tmp_path, a_record(a_case()), [an_exchange()]), [name])
    earlier = path.read_bytes()
    (tmp_path / "exchanges.jsonl").write_text("garbage\n", encoding="utf-8")
    with pytest.raises(RecordError, match="line 1"):
        render(tmp_path, [name])
    assert path.read_bytes() == earlier
    assert not [entry for entry in tmp_path.iterdir() if entry.name.endswith(".part")]


def test_a_folder_without_a_record_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"results\.json: not found"):
        render(tmp_path)


def test_a_hostile_record_gives_files_of_strict_utf_8(tmp_path: Path) -> None:
    html, junit = render(stored(tmp_path, a_hostile_record(), hostile_exchanges()))
    assert html.read_bytes().decode("utf-8", "strict").startswith("<!doctype html>")
    ET.fromstring(junit.read_bytes())


def test_a_report_made_a_year_later_is_the_same(tmp_path: Path) -> None:
    stored(tmp_path, a_record(a_case("failed")), [an_exchange()])
    first = [path.read_bytes() for path in render(tmp_path)]
    assert [path.read_bytes() for path in render(tmp_path)] == first
