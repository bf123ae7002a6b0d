"""A run that several machines share: `run --shard` and `merge`, against the run of one machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.certify import Settings, certify
from conformance.cli import main as cli
from conformance.record import record as records
from conformance.record.shard import Shard
from conformance.reference import ACCESS_TOKEN, Json, LogoutRequest, ReferenceServer, running
from conformance.run.merge import merge
from tests.commands import FILES, logout_conformance
from tests.servers import target_at

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from werkzeug.wrappers import Request, Response

    from conformance.record.record import Record
    from tests.conftest import ReferenceRun

SAME = ("verdict", "reasons", "partial", "interrupted", "shard", "seed", "examples", "summary", "scenarios", "causes")


class Faulty(ReferenceServer):
    """Names a type that no action has; its state handler has no degradation, and fails for temporary access."""

    def entry(self, asked: LogoutRequest, action: str) -> Json:
        return super().entry(asked, action) | ({"actionType": ACCESS_TOKEN} if action == "logout" else {})

    def change_state(self, request: Request) -> Response:
        status = {"degraded": 422, "temporary-basic": 500}.get(request.get_json()["state"])
        return self.render(status, {}) if status else super().change_state(request)


def essence(record: Record) -> dict[str, object]:
    """Give what a merged record has in common with that of one machine."""
    cases = [case.model_dump(exclude={"exchanges", "rerun", "findings"}) for case in record.cases]
    found = [finding.model_dump(exclude={"exchange"}) for case in record.cases for finding in case.findings]
    return {name: getattr(record, name) for name in (*SAME, "notes", "kit_faults", "requirements")} | {
        "cases": cases,
        "findings": found,
    }


def shards_of(of: int, url: str, folder: Path, **settings: object) -> list[Path]:
    """Run each shard into a folder of its own, and give the folders."""
    folders = [folder / f"{number}" for number in range(1, of + 1)]
    for number, each in enumerate(folders, start=1):
        shard = Shard(number=number, of=of)
        certify(Settings(target_at(url), report_dir=each, formats=(), shard=shard, **settings))  # type: ignore[arg-type]
    return folders


def counts(folders: list[Path]) -> Mapping[str, int]:
    return {folder.name: len(records.read(folder).cases) for folder in folders}


def test_merged_shards_are_the_run_of_one_machine(reference_run: ReferenceRun, tmp_path: Path) -> None:
    with running(ReferenceServer()) as url:
        record = merge(shards_of(2, url, tmp_path), tmp_path / "all", ())
    assert essence(record) == essence(reference_run.record)
    assert reference_run.record.request_count < record.request_count < 1.1 * reference_run.record.request_count
    lines = list(records.read_exchanges(tmp_path / "all"))
    assert [line.index for line in lines] == list(range(record.request_count))
    visits = {line.index: line.visit for line in reference_run.exchanges}
    for case, alone in zip(record.cases, reference_run.record.cases, strict=True):
        assert {lines[index].visit for index in case.exchanges} == {visits[index] for index in alone.exchanges}


def test_those_of_a_faulty_server_too_and_no_secret_is_in_them(tmp_path: Path) -> None:
    cases = ("success/*", "error/*", "state/again/*", "request/long/*")
    with running(Faulty()) as url:
        alone = certify(Settings(target_at(url), report_dir=tmp_path / "alone", formats=(), cases=cases))
        folders = shards_of(2, url, tmp_path, cases=cases)
    merged = merge(folders, tmp_path / "all", ("markdown", "har"))
    assert essence(merged) == essence(alone)
    assert {"failed", "error", "skipped", "passed"} <= {case.status for case in merged.cases}
    assert merged.causes
    for path in (tmp_path / "all").iterdir():
        assert ACCESS_TOKEN not in path.read_text(encoding="utf-8"), path.name
    assert "{{ACCESS_TOKEN}}" in (tmp_path / "all" / "exchanges.jsonl").read_text(encoding="utf-8")


def test_a_shard_says_so_and_leaves_the_verdict_to_merge(tmp_path: Path) -> None:
    ended = logout_conformance("run", "--shard", "1/1", "--scenario", "no-profile", folder=tmp_path)
    assert (ended.code, ended.complaints) == (0, "")
    assert ended.output.splitlines()[0].endswith(", shard 1 of 1")
    assert "Inconclusive, shard 1 of 1: reference server (" in ended.output
    assert "this is shard 1 of 1; logout-conformance merge gives the verdict of them all" in ended.output
    for name, said in (("report.html", '<h1 class="status">Inconclusive, shard 1 of 1</h1>'), ("junit.xml", "merge")):
        assert said in (tmp_path / "reports" / name).read_text(encoding="utf-8")
    merged = logout_conformance("merge", "reports", "--report-dir", "all", folder=tmp_path)
    assert (merged.code, merged.complaints) == (3, "")
    assert "\nInconclusive: reference server (only a part of the cases was selected" in f"\n{merged.output}"
    assert {path.name for path in (tmp_path / "all").iterdir()} == FILES


def test_more_shards_than_cases_are_empty_and_a_selection_stays_one(tmp_path: Path) -> None:
    pytest.importorskip("xdist")
    case = "success/status/no-profile"
    with running(ReferenceServer()) as url:
        folders = shards_of(2, url, tmp_path, cases=(case,), workers=1)
    assert counts(folders) == {"1": 1, "2": 0}
    record = merge(folders, tmp_path / "all", ())
    assert (record.partial, [each.id for each in record.cases], record.request_count) == (True, [case], 2)
    assert record.reasons[0] == "only a part of the cases was selected"


@pytest.mark.parametrize("text", ["0/5", "6/5", "a/b", "2", "1/1001", "1/2/3", "-1/2", "\u0662/\u0665"])
def test_what_is_no_shard(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.cli(["run", f"--shard={text}"])
    assert ended.value.code == 2
    assert f"{text!r} is no shard; write e.g. 2/5 for the second of five" in capsys.readouterr().err


def test_folders_that_are_no_shards_are_refused(
    reference_run: ReferenceRun, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.cli(["merge", str(reference_run.folder), str(tmp_path / "no"), "--report-dir", str(tmp_path / "all")])
    assert ended.value.code == 2
    first, *reasons = capsys.readouterr().err.splitlines()
    assert first == "logout-conformance: these are not the shards of one run:"
    assert [reason.partition(": ")[2].partition(";")[0] for reason in reasons] == [
        "is the record of a whole run",
        "not found",
    ]
    assert list(tmp_path.iterdir()) == []


def test_a_shard_is_no_run_of_a_history(tmp_path: Path) -> None:
    ended = logout_conformance("run", "--shard", "1/2", "--history", "history", folder=tmp_path)
    assert ended.code == 2
    assert "--history takes whole runs" in ended.complaints
    assert list(tmp_path.iterdir()) == []
