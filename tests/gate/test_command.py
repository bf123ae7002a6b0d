"""`run --baseline` and `baseline write`, by the command's own entry point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from conformance.cli import main as cli
from conformance.record import record as records
from conformance.report import FORMATS, render
from tests.example.faulty import AcmeHandler, AcmeServer
from tests.faults.certifying import served
from tests.gate.known import an_entry

if TYPE_CHECKING:
    from pathlib import Path

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
    ("text", "said"), [("[[known]]\n", "known.toml:1: known[0].reason: missing"), ("", "results.json: not found")]
)
def test_what_cannot_be_written_anew_is_left_as_it_is(
    text: str, said: str, gated: tuple[int, Path], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known_in(folder, text)
    run = str(gated[1]) if text else "none"
    assert ended("baseline", "write", run, "--out", "known.toml") == 2
    assert said in capsys.readouterr().err
    assert (folder / "known.toml").read_text(encoding="utf-8") == text


def test_2_where_one_file_is_given_for_many_targets(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.toml", "b.toml"):
        (folder / name).write_text('[target]\nbase_url = "http://127.0.0.1:1"\n', encoding="utf-8")
    known_in(folder, "")
    assert ended("run", "--target", "a.toml", "--target", "b.toml", "--baseline", "known.toml") == 2
    assert "--baseline has the known failures of one target" in capsys.readouterr().err
