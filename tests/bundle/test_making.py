"""A bundle holds the record of a run, what is rendered of it, and nothing else: no secret, no stray file."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from conformance.bundle import manifest
from conformance.bundle.archive import packed, unpacked
from conformance.bundle.making import FILES
from conformance.cli.verify import MOST_DIFFERENCES
from conformance.record import record as records
from conformance.record.record import EXCHANGES, RESULTS
from conformance.reference import ACCESS_TOKEN
from tests.bundle.tampering import verified
from tests.commands import in_process

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bundle.tampering import Json, Kept


@pytest.fixture
def folder(few: Kept, tmp_path: Path) -> Path:
    shutil.copytree(few.folder, tmp_path / "reports")
    return tmp_path


def test_what_is_in_it(whole: Kept, tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    shutil.copytree(whole.folder, reports)
    (reports / "secret.txt").write_text(ACCESS_TOKEN, encoding="utf-8")
    (reports / "report.html").write_text("edited", encoding="utf-8")
    ended = in_process("bundle", "reports", "--out", "deep/acme.zip", folder=tmp_path)
    assert (ended.code, ended.complaints) == (0, "")
    shutil.unpack_archive(tmp_path / "deep" / "acme.zip", tmp_path / "out")
    found = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "out").iterdir()}
    assert set(found) == {RESULTS, EXCHANGES, "report.html", "junit.xml", "bundle.json"}
    assert not any(ACCESS_TOKEN in text for text in found.values())
    for name in (RESULTS, EXCHANGES):
        assert found[name] == (whole.folder / name).read_text(encoding="utf-8")
    about = json.loads(found["bundle.json"])
    assert about["target"]["headers"] == ["Authorization"]
    assert [file["name"] for file in about["files"]] == sorted(set(found) - {"bundle.json"})
    checked = in_process("verify", "deep/acme.zip", folder=tmp_path)
    assert (checked.code, checked.complaints) == (0, "")
    assert checked.output.splitlines()[::3] == [
        "confirmed: conformant",
        "357 of 357 cases were judged again, and ended as claimed",
    ]


def test_an_edited_report_is_named(folder: Path) -> None:
    assert in_process("bundle", "reports", "--out", "a.zip", "--format", "markdown", folder=folder).code == 0
    content = (folder / "a.zip").read_bytes()
    assert b"Inconclusive" in content
    shutil.unpack_archive(folder / "a.zip", folder / "out")
    report = folder / "out" / "summary.md"
    report.write_text(report.read_text(encoding="utf-8").replace("Inconclusive", "Conformant"), encoding="utf-8")
    files = {path.name: path.read_bytes() for path in (folder / "out").iterdir()}
    differences = _verified_with_right_digests(files, folder)
    assert "summary.md is not what this kit renders of the record" in differences


def _verified_with_right_digests(files: dict[str, bytes], folder: Path) -> list[str]:
    files.pop(manifest.MANIFEST)
    about = manifest.manifest_of(records.read(folder / "out"), files, "")
    (folder / "b.zip").write_bytes(packed(files | {manifest.MANIFEST: manifest.written(about)}))
    return verified(folder / "b.zip").differences


def test_a_wrong_digest_is_named(folder: Path) -> None:
    in_process("bundle", "reports", "--out", "a.zip", "--format", "badge", folder=folder)
    files = unpacked(folder / "a.zip", FILES)
    files.pop("badge.svg")
    (folder / "b.zip").write_bytes(packed(files | {"badge.json": b"{}", "report.html": b""}))
    assert [each for each in verified(folder / "b.zip").differences if "bundle.json" in each] == [
        "badge.json was changed: its SHA-256 is not the one in bundle.json",
        "badge.svg is missing, although bundle.json names it",
        "report.html is there, although bundle.json does not name it",
    ]


def refused(folder: Path, *more: str) -> str:
    ended = in_process("bundle", "reports", "--out", "a.zip", "--format", "", *more, folder=folder)
    assert (ended.code, ended.output) == (2, "")
    assert not (folder / "a.zip").exists()
    return ended.complaints


def test_a_folder_that_has_no_whole_record_is_refused(folder: Path) -> None:
    reports = folder / "reports"
    results = json.loads((reports / RESULTS).read_text(encoding="utf-8"))
    (reports / RESULTS).write_text(json.dumps(results | {"interrupted": True}), encoding="utf-8")
    assert "its run was interrupted" in refused(folder)
    (reports / RESULTS).write_text("{", encoding="utf-8")
    assert refused(folder, "--note", "a").startswith("logout-conformance: reports/results.json: is no valid JSON")
    (reports / RESULTS).unlink()
    assert "reports/results.json: not found" in refused(folder)
    (folder / "elsewhere.json").write_text(json.dumps(results), encoding="utf-8")
    (reports / RESULTS).symlink_to(folder / "elsewhere.json")
    assert "is a link or a folder, and a bundle takes neither" in refused(folder)


def test_an_interrupted_run_is_confirmed_as_one(folder: Path, few: Kept) -> None:
    def interrupt(results: Json, _: list[Json]) -> None:
        results.update(interrupted=True, reasons=["the run was interrupted", *results["reasons"]])

    made = verified(few.tampered(interrupt, folder))
    assert (made.differences, made.exit_code, made.note) == ([], 0, "a note")


def test_of_many_differences_the_first_are_shown_and_the_rest_counted(folder: Path, few: Kept) -> None:
    def pass_all(_: Json, lines: list[Json]) -> None:
        for line in lines:
            line["response"]["status"] = 204

    few.tampered(pass_all, folder)
    ended = in_process("verify", "tampered.zip", folder=folder)
    shown = [line for line in ended.output.splitlines()[1:] if line.startswith("differs: ")]
    assert (ended.code, len(shown)) == (1, MOST_DIFFERENCES + 1)
    assert re.match(r"differs: and [1-9]\d* more; ", shown[-1])


def test_what_is_no_bundle_is_a_usage_error(folder: Path) -> None:
    (folder / "a.zip").write_bytes(b"no archive \x1b[31m")
    ended = in_process("verify", "a.zip", folder=folder)
    assert (ended.code, ended.output) == (2, "")
    assert ended.complaints == (
        "logout-conformance: a.zip: is no bundle: it is no ZIP archive; make one with `logout-conformance bundle`\n"
    )
