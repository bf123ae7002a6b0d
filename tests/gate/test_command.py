"""`run --baseline` and `baseline write`, by the command's own entry point."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from conformance.cli import main as cli
from conformance.record import record as records
from conformance.record.shard import Shard
from conformance.report import FORMATS, render
from tests.example.faulty import AcmeHandler, AcmeServer
from tests.faults.certifying import served
from tests.gate.known import an_entry
from tests.loopback import Loopback, serving, success
from tests.report.samples import a_case, a_record, stored

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]
COUNTED: Final = ("passed", "skipped", "warned", "failed")
ONE: Final = "success/status/no-profile"
FOR_EVER: Final = "9999-12-31"
NAMES: Final = ("listed-status", "action-type-for-complete", "url-is-reference", "url-keeps-redirect-target")
"""What that server breaks."""


def ended(*arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        cli.cli([*arguments], standalone_mode=False)
    assert isinstance(caught.value.code, int)
    return caught.value.code


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def known_in(folder: Path, *entries: str) -> None:
    (folder / "known.toml").write_text("\n".join(entries), encoding="utf-8")


@pytest.fixture(scope="module")
def gated(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Path]:
    """A run of a faulty server all of whose failures are known, in every format."""
    folder = tmp_path_factory.mktemp("gated")
    known_in(folder, *(an_entry(f'requirement = "{name}"', FOR_EVER) for name in NAMES))
    arguments = ("--baseline", str(folder / "known.toml"), "--report-dir", str(folder), "--format", ",".join(FORMATS))
    quick = ("--examples", "0")
    with served(AcmeServer(), AcmeHandler) as usual:
        return ended("run", *usual, *arguments, *quick), folder


def test_0_where_all_failures_are_known_and_the_verdict_stays(gated: tuple[int, Path]) -> None:
    code, folder = gated
    record = records.read(folder)
    assert (code, record.verdict, record.summary.failed) == (0, "not-conformant", 28)
    assert record.gate is not None
    assert (record.gate.status, len(record.gate.known), record.gate.new) == ("passed", 28, ())
    assert [(entry.line, entry.state) for entry in record.gate.entries] == [(line, "needed") for line in (1, 7, 13, 19)]


def test_a_report_that_is_made_later_shows_the_same(gated: tuple[int, Path]) -> None:
    _, folder = gated
    files = [folder / file for files in FORMATS.values() for file in files]
    before = [path.read_bytes() for path in files]
    render(folder, FORMATS)
    assert [path.read_bytes() for path in files] == before
    assert b"Gate passed" in (folder / "report.html").read_bytes()


def test_a_first_file_is_made_of_a_run_and_keeps_what_was_edited(
    gated: tuple[int, Path], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.cli(["baseline", "write", str(gated[1]), "--out", "new/known.toml"], standalone_mode=False)
    assert capsys.readouterr().out == "new/known.toml: 0 kept, 13 new, 0 removed\n"
    path = folder / "new" / "known.toml"
    edited = path.read_text(encoding="utf-8").replace("not yet explained", "ACME-7", 1)
    path.write_text(edited + "\n" + an_entry(f'case = "{ONE}"', FOR_EVER), encoding="utf-8")
    cli.cli(["baseline", "write", str(gated[1]), "--out", "new/known.toml"], standalone_mode=False)
    assert capsys.readouterr().out.splitlines() == [
        "new/known.toml: 13 kept, 0 new, 1 removed",
        f"removed: {ONE}: fails no more in 1 case",
    ]
    assert path.read_text(encoding="utf-8") == edited


def test_1_where_an_entry_is_to_be_removed_with_its_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known_in(folder, "# ours\n", an_entry(f'case = "{ONE}"', FOR_EVER), an_entry('case = "success/key/*"', FOR_EVER))
    assert ended("run", "--case", ONE, "--baseline", "known.toml") == 1
    said = capsys.readouterr().out.splitlines()
    assert f"STALE known.toml:3: {ONE}: fails no more in 1 case; remove the entry" in said
    assert "OPEN known.toml:9: success/key/*: none of its cases ran: ACME-1 (team-tv, until 9999-12-31)" in said
    assert "Gate failed: 1 entry to remove (known.toml)" in said


def test_3_where_nothing_was_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known_in(folder, an_entry(f'case = "{ONE}"', FOR_EVER))
    assert ended("run", "http://127.0.0.1:1", "--mvpd", "no-profile=A", "--case", ONE, "--baseline", "known.toml") == 3
    said = capsys.readouterr().out
    assert f"OPEN known.toml:1: {ONE}: {ONE} ended as error" in said
    assert "Gate inconclusive: 0 known failures, nothing new, no entry to remove; " in said


def test_2_where_the_file_is_wrong_and_nothing_is_sent(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known_in(folder, an_entry('case = "success/statsu/no-profile"'), an_entry(expires='"soon"'))
    assert ended("run", "--baseline", "known.toml") == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("logout-conformance: known.toml:2: known[0].case: expected the id of a case, seen ")
    assert first.endswith('(did you mean "success/status/no-profile"?)')
    assert second.startswith("known.toml:11: known[1].expires: expected a date without quotes, seen ")
    assert not (folder / "reports").exists()


@pytest.mark.parametrize(
    ("text", "said"), [("[[known]]\n", "known.toml:1: known[0].reason: missing"), ("", "none: not found")]
)
def test_what_cannot_be_written_anew_is_left_as_it_is(
    text: str, said: str, gated: tuple[int, Path], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known_in(folder, text)
    run = str(gated[1]) if text else "none"
    assert ended("baseline", "write", run, "--out", "known.toml") == 2
    assert said in capsys.readouterr().err
    assert (folder / "known.toml").read_text(encoding="utf-8") == text


def test_the_page_about_the_gate_tells_of_the_example_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs" / "gate.md").read_text(encoding="utf-8")
    example = ROOT / "reports" / "example" / "faulty"
    record = records.read(example)
    assert f"fails {record.summary.failed} cases" in page
    passed, skipped, warned, failed = (record.summary.model_dump()[name] for name in COUNTED)
    counts = f"{passed} passed, {skipped} skipped, {warned} warned, {failed} failed"
    assert page.count(f"{counts}; {record.request_count} requests, seed {record.seed}\n") == 2
    assert f"acme: {counts}\n" in page
    assert f"Gate passed: {record.summary.failed} known failures, nothing new, no entry to remove (known.toml)" in page
    cli.cli(["baseline", "write", str(example), "--out", "known.toml"], standalone_mode=False)
    assert capsys.readouterr().out in page


def test_what_a_shard_did_not_run_keeps_its_entry(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shard = Shard(number=2, of=3, cases=(ONE, "success/key/no-profile"))
    stored(folder, a_record(a_case(case_id="success/key/no-profile", scenario="no-profile"), shard=shard))
    known_in(folder, an_entry(f'case = "{ONE}"', FOR_EVER))
    cli.cli(["baseline", "write", ".", "--out", "known.toml"], standalone_mode=False)
    assert capsys.readouterr().out == "known.toml: 1 kept, 0 new, 0 removed\n"


# --- Many targets, each with a file of its own ---


@pytest.fixture
def fleet(folder: Path) -> Iterator[Path]:
    """Two targets, one of which fails in one case, and one that is not there."""
    wrong = Loopback(answers=lambda asked: success(asked, "logout", "interactive"))
    with serving(Loopback()) as good, serving(wrong) as bad:
        (folder / "targets").mkdir()
        for name, url in (("good", good.url), ("bad", bad.url), ("away", "http://127.0.0.1:1")):
            handler = f'[states]\nhandler = "{url}/_state"\n'
            (folder / "targets" / f"{name}.toml").write_text(
                f'[target]\nbase_url = "{url}"\n{handler}', encoding="utf-8"
            )
        yield folder


def run_all(*more: str) -> int:
    return ended("run", "--target", "targets", "--case", "success/action/no-profile", "--rate", "900", *more)


def test_each_of_many_targets_is_judged_by_a_file_of_its_own(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (fleet / "empty").mkdir()
    assert run_all("--baseline", "empty") == 1
    assert "NEW success/action/no-profile [action-for-no-profile]" in capsys.readouterr().out
    cli.cli(["baseline", "write", "reports", "--out", "known"], standalone_mode=False)
    assert capsys.readouterr().out.splitlines()[-1] == "known/bad.toml: 0 kept, 1 new, 0 removed"
    assert [path.name for path in (fleet / "known").iterdir()] == ["bad.toml"]

    (fleet / "known" / "good.toml").write_text(an_entry('case = "success/action/no-profile"'), encoding="utf-8")
    (fleet / "known" / "old.toml").touch()
    assert run_all("--baseline", "known") == 1
    said = capsys.readouterr()
    assert said.err == "note: known/old.toml: belongs to none of these targets\n"
    lines = [line.strip() for line in said.out.splitlines()]
    known = [line for line in lines if line.endswith("(known/bad.toml)")]
    assert [line.partition(";")[0] for line in known] == [
        "Gate inconclusive: 1 known failure, nothing new, no entry to remove"
    ]
    stale = "success/action/no-profile: fails no more in 1 case; remove the entry"
    at = lines.index("Gate failed: 1 entry to remove (known/good.toml)")
    assert lines[at - 1] == f"STALE known/good.toml:1: {stale}"
    assert lines[-2].endswith("; at the gate 1 failed, 2 inconclusive")

    cli.cli(["baseline", "write", "reports", "--out", "known"], standalone_mode=False)
    assert "known/good.toml: 0 kept, 0 new, 1 removed" in capsys.readouterr().out
    assert run_all("--baseline", "known") == 3  # of each only one case was run
    read = json.loads((fleet / "reports" / "overview.json").read_text(encoding="utf-8"))
    gates = {one["folder"]: one["gate"]["reasons"][0].partition(",")[0] for one in read["targets"]}
    assert gates == {"away": "0 known failures", "bad": "1 known failure", "good": "0 known failures"}


def test_2_where_two_targets_would_share_a_name(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (fleet / "more").mkdir()
    (fleet / "more" / "bad.toml").write_bytes((fleet / "targets" / "bad.toml").read_bytes())
    (fleet / "known").mkdir()
    assert run_all("--target", "more/bad.toml", "--baseline", "known") == 2
    assert "two targets would share the known failures of one name (bad-2)" in capsys.readouterr().err


def test_one_target_of_many_is_judged_by_its_own_file_in_the_folder(
    fleet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (fleet / "known").mkdir()
    (fleet / "known" / "bad.toml").write_text(
        an_entry('case = "success/action/no-profile"', FOR_EVER), encoding="utf-8"
    )
    case = ("--case", "success/action/no-profile", "--rate", "900")
    assert ended("run", "--target", "targets/bad.toml", *case, "--baseline", "known") == 3
    assert "1 known failure, nothing new, no entry to remove" in capsys.readouterr().out


def test_2_where_a_folder_is_given_for_a_target_without_a_file(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended("run", "http://127.0.0.1:1", "--baseline", "targets") == 2
    assert "targets: cannot be read: " in capsys.readouterr().err
    assert not (fleet / "reports").exists()


def test_2_where_one_file_is_given_for_many_targets(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known_in(fleet, "")
    assert run_all("--baseline", "known.toml") == 2
    assert "known.toml: expected a folder with a file for each of several targets" in capsys.readouterr().err
    assert not (fleet / "reports").exists()


def test_a_run_without_a_record_leaves_its_known_failures_as_they_are(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("acme", "gone"):
        (folder / "reports" / name).mkdir(parents=True)
    stored(folder / "reports" / "acme", a_record(a_case()))
    cli.cli(["baseline", "write", "reports", "--out", "known"], standalone_mode=False)
    assert capsys.readouterr().out == "gone left no record: its known failures stay as they are\n"
    assert not (folder / "known").exists()
