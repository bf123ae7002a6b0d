"""What is refused by `merge`, and in which words: every reason at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance import __version__
from conformance.record.stored import RecordError
from conformance.run.shards import opened
from tests.report.samples import a_case, a_record, an_exchange, stored

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.record.record import Record

NAMES = ("success/a", "success/b", "success/c")


def a_shard(number: int, of: int = 3, **changes: Any) -> Record:  # noqa: ANN401  (members of a record)
    """Give the record of a shard with one case, which made one request."""
    members = {
        "kit_version": __version__,
        "request_count": 1,
        "shard": {"number": number, "of": of, "cases": NAMES},
    }
    cases = changes.pop("cases", [a_case("passed", NAMES[(number - 1) % 3])])
    return a_record(*cases, **members | changes)


def left(folder: Path, record: Record, exchanges: int = 1) -> Path:
    folder.mkdir()
    return stored(folder, record, [an_exchange(number) for number in range(exchanges)])


def reasons(folders: list[Path], report_dir: Path) -> str:
    with pytest.raises(RecordError) as caught:
        opened(folders, report_dir)
    first, *others = str(caught.value).replace(f"{report_dir.parent}/", "").splitlines()
    assert first == "these are not the shards of one run:"
    return "\n".join(line.removeprefix("  ") for line in others)


def test_shards_are_given_by_their_number(tmp_path: Path) -> None:
    folders = [left(tmp_path / f"{number}", a_shard(number)) for number in (3, 1, 2)]
    shards = opened(folders, tmp_path / "reports")
    assert [(each.shard.number, each.length) for each in shards] == [(1, 1), (2, 1), (3, 1)]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"spec_version": "2.0"}, "spec: 1.0 in 1, 2; 2.0 in 3."),
        ({"seed": 8}, "seed: 7 in 1, 2; 8 in 3."),
        ({"examples": 11}, "examples: 10 in 1, 2; 11 in 3."),
        ({"target": {"name": "Acme", "version": "1.4.3"}}, "target, version: 1.4.2 in 1, 2; 1.4.3 in 3."),
        ({"target": {"name": ""}}, "target, name: Acme in 1, 2; none in 3."),
        ({"target": {"base_url": "http://x"}}, "target, base_url: https://api.example.com in 1, 2; http://x in 3."),
        ({"target": {"service_provider": "A"}}, "target, service_provider: REF30 in 1, 2; A in 3."),
        ({"target": {"tls_verified": False}}, "target, tls_verified: True in 1, 2; False in 3."),
        ({"kit_version": "0.0.1"}, f"3/results.json: kit 0.0.1 made it, and this is kit {__version__}; merge with"),
        ({"shard": {"number": 3, "of": 4, "cases": NAMES}}, "number of shards: 3 in 1, 2; 4 in 3."),
        ({"shard": {"number": 3, "of": 3, "cases": NAMES[2:]}}, "selected cases: 3 ("),
        ({"shard": {"number": 2, "of": 3, "cases": NAMES}}, "shard 2 of 3 is there more than once: 2, 3. Give one"),
        ({"shard": {"number": 2, "of": 3, "cases": NAMES}}, "missing: 3/3. Run it with --shard, or give its folder"),
        ({"shard": None}, "3/results.json: is the record of a whole run; give folders of `run --shard`"),
        ({"cases": [a_case("passed", "success/b")]}, "in more than one shard: success/b. Run the shards with the same"),
        ({"cases": [a_case("passed", "x")]}, "3/results.json: x is not among the cases of its run; copy the folder"),
        ({"request_count": 2}, "3/exchanges.jsonl: has 1 exchanges where results.json speaks of 2; copy"),
        (
            {"cases": [a_case("passed", "success/c", exchanges=[4])]},
            "3/exchanges.jsonl: has 1 exchanges where results.json speaks of 5; copy",
        ),
    ],
)
def test_what_is_not_of_the_same_run(changes: dict[str, Any], said: str, tmp_path: Path) -> None:
    if changes.get("target"):
        usual = a_record().target.model_dump()
        changes = {"target": usual | changes["target"]}
    folders = [left(tmp_path / f"{number}", a_shard(number)) for number in (1, 2)]
    folders.append(left(tmp_path / "3", a_shard(3, **changes)))
    assert said in reasons(folders, tmp_path / "reports")


def test_every_reason_is_given_at_once_and_a_folder_that_cannot_be_read_is_not_missed_as_well(tmp_path: Path) -> None:
    one = left(tmp_path / "1", a_shard(1, seed=8))
    two = left(tmp_path / "2", a_shard(2))
    (broken := left(tmp_path / "3", a_shard(3))).joinpath("exchanges.jsonl").write_text("garbage\n", encoding="utf-8")
    said = reasons([one, two, broken, tmp_path / "nowhere"], two)
    assert said.splitlines() == [
        "2: is to be merged, and is the report folder too; give another --report-dir",
        *(line for line in said.splitlines() if line.startswith(("3/exchanges.jsonl, line 1: ", "nowhere/results"))),
        "seed: 8 in 1; 7 in 2. Run the shards with the same settings",
    ]
    assert len(said.splitlines()) == 4


def test_many_missing_shards_are_counted(tmp_path: Path) -> None:
    said = reasons([left(tmp_path / "1", a_shard(1, 9))], tmp_path / "reports")
    assert said == "missing: 2/9, 3/9, 4/9, 5/9, 6/9 and 3 more. Run it with --shard, or give its folder too"


def test_a_line_that_is_lost_is_named(tmp_path: Path) -> None:
    folder = left(tmp_path / "1", a_shard(1, 1), exchanges=3)
    lines = (folder / "exchanges.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "exchanges.jsonl").write_text(lines[0] + lines[2], encoding="utf-8")
    assert reasons([folder], tmp_path / "reports").startswith("1/exchanges.jsonl, line 2: its index is 2, not 1;")
