from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

from conformance.cli import options
from conformance.record.stored import RecordError
from conformance.report import FORMATS, files_of, render
from conformance.report.text import visible
from tests.report.samples import a_case, a_hostile_record, a_record, an_exchange, hostile_exchanges, stored

if TYPE_CHECKING:
    from pathlib import Path


ALL = [
    *("report.html", "junit.xml", "summary.md", "results.sarif", "badge.svg", "badge.json", "exchanges.har"),
    "annotations.txt",
]


def test_html_and_junit_are_written_beside_the_record_where_nothing_else_is_asked_for(tmp_path: Path) -> None:
    stored(tmp_path, a_record(a_case()), [an_exchange()])
    assert render(tmp_path) == [tmp_path / "report.html", tmp_path / "junit.xml"]
    assert {path.name for path in tmp_path.iterdir()} == {"exchanges.jsonl", "results.json", "report.html", "junit.xml"}


def test_all_formats_can_be_written(tmp_path: Path) -> None:
    stored(tmp_path, a_record(a_case()), [an_exchange()])
    assert [path.name for path in render(tmp_path, FORMATS)] == ALL == files_of()


def test_the_command_line_knows_the_same_formats() -> None:
    assert tuple(FORMATS) == options.FORMATS


def test_a_format_can_be_chosen(tmp_path: Path) -> None:
    assert render(stored(tmp_path, a_record(a_case())), ["junit"]) == [tmp_path / "junit.xml"]
    assert not (tmp_path / "report.html").exists()


def test_an_unknown_format_is_named_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match="there is no format 'pdf'; choose from html, junit, markdown, sarif, badge, har, annotations"
    ):
        render(stored(tmp_path, a_record(a_case())), ["html", "pdf"])
    assert not (tmp_path / "report.html").exists()


@pytest.mark.parametrize("name", FORMATS)
def test_every_file_is_whole_or_not_there(name: str, tmp_path: Path) -> None:
    paths = render(stored(tmp_path, a_record(a_case()), [an_exchange()]), [name])
    earlier = [path.read_bytes() for path in paths]
    (tmp_path / "exchanges.jsonl").write_text("garbage\n", encoding="utf-8")
    if name in {"html", "junit", "har"}:
        with pytest.raises(RecordError, match="line 1"):
            render(tmp_path, [name])
    assert [path.read_bytes() for path in paths] == earlier
    assert not [entry for entry in tmp_path.iterdir() if entry.name.endswith(".part")]


def test_a_folder_without_a_record_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"results\.json: not found"):
        render(tmp_path)


def test_a_hostile_record_gives_files_of_strict_utf_8_with_nothing_unseen(tmp_path: Path) -> None:
    paths = render(stored(tmp_path, a_hostile_record(), hostile_exchanges()), FORMATS)
    for path in paths:
        text = path.read_bytes().decode("utf-8", "strict")
        assert visible(text, keep="\n") == text, path.name
    ET.fromstring(paths[1].read_bytes())


def test_a_report_made_a_year_later_is_the_same(tmp_path: Path) -> None:
    stored(tmp_path, a_record(a_case("failed")), [an_exchange()])
    first = [path.read_bytes() for path in render(tmp_path, FORMATS)]
    assert [path.read_bytes() for path in render(tmp_path, FORMATS)] == first
