"""One record of several shards: what it has of each, and that nothing is left where it cannot be made."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from conformance.record import record as records
from conformance.record.folder import Folder
from conformance.record.stored import RecordError
from conformance.run.merge import merge
from tests.report.samples import a_case, a_finding, a_gate, an_entry, an_exchange, stored
from tests.run.test_shards import NAMES, a_shard

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.record.record import Record


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    """Two shards, the second of which ran the first and the last case."""
    cases = [a_case("failed", name, exchanges=[0, 1], findings=[a_finding(exchange=1)]) for name in NAMES]
    return [left(tmp_path / "one", 1, cases[1]), left(tmp_path / "two", 2, cases[0], cases[2])]


def left(folder: Path, number: int, *cases: object, **changes: Any) -> Path:  # noqa: ANN401  (members of a shard)
    shard = {"number": number, "of": 2, "cases": NAMES} | changes.pop("shard", {})
    record = a_shard(number, 2, cases=cases, shard=shard, request_count=2, **changes)
    folder.mkdir(exist_ok=True)
    return stored(folder, record, [an_exchange(index, visit=f"{folder.name}-{index}") for index in range(2)])


def merged(folders: list[Path]) -> Record:
    return merge(folders, folders[0].parent / "reports", ())


def test_cases_come_in_the_order_of_the_law_and_point_at_their_own_evidence(folders: list[Path]) -> None:
    record = merged(folders[::-1])
    assert [case.id for case in record.cases] == list(NAMES)
    visits = [line.visit for line in records.read_exchanges(folders[0].parent / "reports")]
    assert visits == ["one-0", "one-1", "two-0", "two-1"]
    assert [case.exchanges for case in record.cases] == [(2, 3), (0, 1), (2, 3)]
    assert [finding.exchange for case in record.cases for finding in case.findings] == [3, 1, 3]


def test_the_record_is_a_whole_one_and_says_so_on_the_disk_too(folders: list[Path]) -> None:
    record = merged(folders)
    assert (record.shard, record.request_count, record.summary.failed, record.interrupted) == (None, 4, 3, False)
    assert (record.verdict, record.reasons) == ("not-conformant", ("3 cases failed",))
    assert records.read(folders[0].parent / "reports") == record


def test_what_shards_noted_and_spent_is_added_up(folders: list[Path]) -> None:
    spent = {"waited_s": 2.6, "throttled_count": 1, "spent": "the run's 900 s (--max-time) were used up"}
    left(folders[0], 1, shard={"noted": ["a", "c"], **spent})
    left(folders[1], 2, shard={"noted": ["b", "c"], **spent})
    record = merged(folders)
    assert record.notes == (
        *("a", "b", "c"),
        "the kit waited 5 s: for the asked pace, after answers of 429, or for a target that was away",
        "2 of the requests were answered 429 and sent again",
    )
    assert record.reasons == (
        "3 of 3 cases did not run",
        spent["spent"],
        "not tested although mandatory: logout-endpoint, no-logout-endpoint, no-profile",
    )


def test_a_cause_is_that_of_all_shards_together(folders: list[Path]) -> None:
    cases = [a_case("error", name, cause=f"cause {number % 2}") for number, name in enumerate(NAMES)]
    left(folders[0], 1, cases[0], cases[1])
    left(folders[1], 2, cases[2], kit_faults=[NAMES[2]])
    record = merged(folders)
    assert [(cause.title, cause.cases) for cause in record.causes] == [
        ("cause 0", (NAMES[0], NAMES[2])),
        ("cause 1", (NAMES[1],)),
    ]
    assert record.reasons[0] == "cause 0"
    assert record.kit_faults == (NAMES[2],)


def test_it_began_with_the_first_shard_and_ended_with_the_last(folders: list[Path]) -> None:
    left(folders[0], 1, started_at="2026-11-24T01:00:05Z", finished_at="2026-11-24T01:00:09.500Z")
    left(folders[1], 2, started_at="2026-11-24T01:00:05.250Z", finished_at="2026-11-24T01:00:09Z")
    record = merged(folders)
    assert (record.started_at, record.finished_at) == ("2026-11-24T01:00:05Z", "2026-11-24T01:00:09.500Z")


@pytest.mark.parametrize(("status", "verdict"), [("passed", "inconclusive"), ("failed", "not-conformant")])
def test_an_interrupted_shard_makes_an_interrupted_run(status: str, verdict: str, folders: list[Path]) -> None:
    left(folders[0], 1, a_case(status, NAMES[0]))  # type: ignore[arg-type]
    left(folders[1], 2, interrupted=True)
    record = merged(folders)
    assert (record.interrupted, record.verdict) == (True, verdict)
    assert "the run was interrupted" in record.reasons


def test_a_shard_that_was_killed_may_have_more_evidence_than_its_record_knows(folders: list[Path]) -> None:
    with (folders[0] / "exchanges.jsonl").open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(an_exchange(2).model_dump(mode="json")) + '\n{"index": 3, "vis')
    assert merged(folders).request_count == 5


def test_what_stood_there_is_replaced(folders: list[Path], tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    for name in ("results.json", "results.sarif", "notes.txt"):
        (tmp_path / "reports" / name).write_text("of an earlier run", encoding="utf-8")
    merge(folders, tmp_path / "reports", ("html", "markdown"))
    assert {path.name for path in (tmp_path / "reports").iterdir()} == {
        *("results.json", "exchanges.jsonl", "report.html", "summary.md", "notes.txt"),
    }


def test_nothing_is_touched_where_a_shard_is_damaged(folders: list[Path], tmp_path: Path) -> None:
    (folders[1] / "exchanges.jsonl").write_text("garbage\n", encoding="utf-8")
    with pytest.raises(RecordError, match="line 1: is no valid JSON"):
        merged(folders)
    assert not (tmp_path / "reports").exists()


def test_nothing_is_touched_where_a_report_cannot_be_made(
    folders: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    merged(folders)
    before = {path: path.read_bytes() for path in (tmp_path / "reports").iterdir()}
    monkeypatch.setattr("conformance.run.merge.render", fails)
    with pytest.raises(OSError, match="No space left"):
        merged(folders)
    assert {path: path.read_bytes() for path in (tmp_path / "reports").iterdir()} == before


@pytest.mark.skipif(sys.platform == "win32", reason="there no folder is locked")
def test_a_folder_in_which_a_run_goes_on_is_left_alone(folders: list[Path], tmp_path: Path) -> None:
    held = Folder(tmp_path / "reports")
    try:
        with pytest.raises(OSError, match="another run reports into it"):
            merged(folders)
    finally:
        held.close()
    assert list((tmp_path / "reports").iterdir()) == []


def test_the_gate_is_that_of_all_shards_together(folders: list[Path]) -> None:
    known = an_entry("not-run", requirement="content-type-of-success", expires="9999-12-31")
    gone = an_entry("not-run", 9, requirement=None, case="success/key/degraded", expires="9999-12-31")
    for folder in folders:
        record = records.read(folder)
        gate = a_gate(known, gone, strict=True, date="2026-11-24")
        records.write(record.model_copy(update={"gate": gate}), folder)
    judged = merged(folders).gate
    assert judged is not None
    assert (judged.file, judged.strict, judged.status) == ("known.toml", True, "failed")
    assert [(entry.line, entry.reason, entry.state) for entry in judged.entries] == [
        (3, "ACME-1", "needed"),
        (9, "ACME-1", "unmatched"),
    ]
    assert judged.known == NAMES


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"gate": a_gate(an_entry())}, r"known failures: none in .*one; 1 entries \(\w+\) in .*two"),
        ({"requirements_version": "1.1"}, "version of the requirements: 1.0 in .*one; 1.1 in .*two"),
    ],
)
def test_shards_that_were_judged_by_something_else_are_refused(
    changes: dict[str, object], said: str, folders: list[Path]
) -> None:
    for folder, update in zip(folders, ({}, changes), strict=True):
        record = records.read(folder).model_copy(update={"requirements_version": "1.0", **update})
        records.write(record, folder)
    with pytest.raises(RecordError, match=said):
        merged(folders)
