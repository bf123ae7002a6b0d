"""A newer kit reads every older record: one of each schema version stands beside this file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema_rs
import pytest

from conformance.record import record as records
from conformance.record.record import SCHEMA_VERSION
from conformance.record.stored import RecordError
from conformance.report import FORMATS, files_of, render

HERE = Path(__file__).parent
OLD = sorted(HERE.glob("version-*"))


@pytest.fixture(params=OLD, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of an old record."""
    for name in ("results.json", "exchanges.jsonl"):
        shutil.copy(request.param / name, tmp_path)
    return tmp_path


def test_there_is_a_record_of_every_version() -> None:
    assert [folder.name for folder in OLD] == [f"version-{number}" for number in range(1, SCHEMA_VERSION + 1)]


def test_an_old_record_is_read(folder: Path) -> None:
    record = records.read(folder)
    assert (record.verdict, record.summary.failed, record.summary.warned) == ("not-conformant", 1, 1)
    assert len(record.cases) == sum(record.summary.model_dump().values())
    assert len(list(records.read_exchanges(folder))) == record.request_count


def test_an_old_record_is_rendered_in_every_format(folder: Path) -> None:
    assert [path.name for path in render(folder, FORMATS)] == files_of()
    assert "url-opens-in-user-agent" in (folder / "summary.md").read_text(encoding="utf-8")
    assert "Not conformant" in (folder / "report.html").read_text(encoding="utf-8")


def test_the_schema_that_is_published_takes_an_old_record_once_it_is_read(folder: Path) -> None:
    published = json.loads((Path(records.__file__).parents[1] / "results.schema.json").read_bytes())
    jsonschema_rs.validate(published, records.read(folder).model_dump(mode="json"))


def test_a_record_of_a_newer_kit_is_refused_in_words(folder: Path) -> None:
    content = json.loads((folder / "results.json").read_bytes())
    (folder / "results.json").write_text(json.dumps(content | {"schema_version": SCHEMA_VERSION + 1}), encoding="utf-8")
    with pytest.raises(RecordError, match="upgrade logout-conformance"):
        records.read(folder)
