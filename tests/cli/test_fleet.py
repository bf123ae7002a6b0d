"""`logout-conformance run` with many targets, as it is run."""

from __future__ import annotations

import json
import os
import re
import signal
from typing import TYPE_CHECKING, Final

import pytest

from conformance import certify, interruption
from conformance.cli import fleet
from conformance.cli.targets import Chosen
from conformance.record import history
from conformance.record import record as records
from conformance.record.folder import Folder
from conformance.target.file import load
from tests.commands import end_of, in_process, logout_conformance, started
from tests.held import LONG_S, Held
from tests.loopback import Loopback, serving, success
from tests.report.samples import a_case, a_record, stored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.commands import Ended

ONE_CASE: Final = ("--case", "success/action/no-profile")


def write_target(folder: Path, name: str, base_url: str, handler: str = "", more: str = "") -> None:
    folder.mkdir(exist_ok=True)
    states = f'[states]\nhandler = "{handler}"\n' if handler else '[scenarios.no-profile]\nmvpd = "A"\n'
    (folder / f"{name}.toml").write_text(f'[target]\nbase_url = "{base_url}"\n{more}{states}', encoding="utf-8")


def one_line(ended: Ended) -> str:
    assert "Traceback" not in ended.complaints + ended.output
    assert len(re.findall("^(?:logout-conformance|Error): ", ended.complaints, re.MULTILINE)) == 1, ended.complaints
    return ended.complaints


# --- A run of three: one that conforms, one that does not, one that is not there ---


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ended, Path]]:
    folder = tmp_path_factory.mktemp("fleet")
    wrong = Loopback(answers=lambda asked: success(asked, "logout", "interactive"))
    with serving(Loopback()) as good, serving(wrong) as bad:
        write_target(folder / "targets", "good", good.url, f"{good.url}/_state", 'version = "1.4.2"\n')
        write_target(folder / "targets", "bad", bad.url, f"{bad.url}/_state")
        write_target(folder / "targets", "away", "http://127.0.0.1:1")
        write_target(folder, "good", good.url, f"{good.url}/_state")
        (folder / "reports").mkdir()
        (folder / "reports" / "overview.html").write_text("of an earlier run", encoding="utf-8")
        arguments = ("--target", "targets", "--target", "good.toml", *ONE_CASE, "--history", "history", "--rate", "900")
        yield logout_conformance("run", *arguments, folder=folder), folder


def test_the_exit_code_is_that_of_the_gravest(ran: tuple[Ended, Path]) -> None:
    ended, _ = ran
    assert (ended.code, ended.complaints) == (1, "")


def test_the_terminal_has_a_line_for_each_target(ran: tuple[Ended, Path]) -> None:
    lines = ran[0].output.splitlines()
    assert lines[0].endswith(": 4 targets, one after another")
    assert lines[1] == "These runs log real profiles out at each of them."
    assert [line.partition(": ")[0].split() for line in lines[2:6]] == [
        ["inconclusive", "away"],
        ["not", "conformant", "bad"],
        ["inconclusive", "good"],
        ["inconclusive", "good-2"],
    ]
    assert lines[2].endswith("1 error: The target gave no answer: the connection was refused")
    assert lines[3] == "not conformant  bad: 1 failed"
    assert lines[6:] == ["4 targets: 1 not conformant, 3 inconclusive", "Overview: reports/overview.html"]


def test_each_target_has_a_record_and_reports_of_its_own(ran: tuple[Ended, Path]) -> None:
    _, folder = ran
    reports = folder / "reports"
    files = {"results.json", "exchanges.jsonl", "report.html", "junit.xml"}
    for name in ("away", "bad", "good", "good-2"):
        assert {path.name for path in (reports / name).iterdir()} == files
    assert {path.name for path in reports.iterdir() if path.is_file()} == {"overview.html", "overview.json"}
    reruns = {name: records.read(reports / name).cases[0].rerun for name in ("bad", "good-2")}
    assert reruns["bad"].startswith("logout-conformance run --target targets/bad.toml --rate 900.0 --case ")
    assert reruns["good-2"].startswith("logout-conformance run --target good.toml --rate 900.0 --case ")


def test_the_overview_has_them_all_and_is_rendered_again(ran: tuple[Ended, Path]) -> None:
    _, folder = ran
    first = (folder / "reports" / "overview.html").read_text(encoding="utf-8")
    read = json.loads((folder / "reports" / "overview.json").read_text(encoding="utf-8"))
    assert {one["folder"]: one["verdict"] for one in read["targets"]} == {
        "away": "inconclusive",
        "bad": "not-conformant",
        "good": "inconclusive",
        "good-2": "inconclusive",
    }
    ended = in_process("overview", "reports", folder=folder)
    assert (ended.code, ended.output) == (0, "reports/overview.html\nreports/overview.json\n")
    assert (folder / "reports" / "overview.html").read_text(encoding="utf-8") == first


def test_the_history_has_a_line_of_each(ran: tuple[Ended, Path]) -> None:
    _, folder = ran
    lines, damages = history.read(folder / "history")
    assert {line.called: (line.exit_code, line.version, line.partial) for line, _ in lines} == {
        "away": (3, "", True),
        "bad": (1, "", True),
        "good": (3, "1.4.2", True),
        "good-2": (3, "", True),
    }
    assert damages == []


# --- What ends it ---


def test_all_mistakes_of_all_files_are_told_and_nothing_is_sent(tmp_path: Path) -> None:
    with serving(Loopback()) as good:
        write_target(tmp_path / "t", "good", good.url, f"{good.url}/_state")
        write_target(tmp_path / "t", "one", "ftp://a", more="nam = 1\n")
        write_target(tmp_path / "t", "two", "http://a", more='other_service_provider = "REF40"\n')
        (tmp_path / "none").mkdir()
        arguments = ("--target", "t", "--target", "none", "--target", "gone.toml", "--service-provider", "REF40")
        ended = in_process("run", *arguments, folder=tmp_path)
        assert good.asked == []
    assert (ended.code, ended.output) == (2, "")
    said = one_line(ended)
    for part in (
        *("t/one.toml:2: target.base_url: ", "t/one.toml:3: target.nam: unknown key", "gone.toml: cannot be read"),
        *("none: holds no target file", "t/two.toml, with the flags of the command: --other-service-provider: "),
    ):
        assert part in said
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("http://127.0.0.1:1", "--target", "t"), "a URL beside several targets"),
        (("--target", "t", "--case", "nonsense"), "there is no case 'nonsense'"),
        (("--target", "t", "--history", "t/a.toml"), "t/a.toml: "),
        (("--target", "t", "--report-dir", "t/a.toml"), "t/a.toml: "),
    ],
    ids=["url", "case", "history", "report-dir"],
)
def test_usage_errors_are_told_before_anything_is_sent(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    write_target(tmp_path / "t", "a", "http://127.0.0.1:1")
    ended = in_process("run", *arguments, folder=tmp_path)
    assert (ended.code, ended.output) == (2, "")
    assert said in one_line(ended)
    assert not (tmp_path / "reports").exists()


def test_a_dry_run_shows_each(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_target(tmp_path / "t", name, "http://127.0.0.1:1")
    ended = in_process("run", "--target", "t", *ONE_CASE, "--dry-run", folder=tmp_path)
    assert (ended.code, ended.complaints) == (0, "")
    assert [line for line in ended.output.splitlines() if not line.startswith((" ", "no-", "1 "))] == ["a:", "b:"]
    assert not (tmp_path / "reports").exists()


def test_ctrl_c_ends_the_whole_and_the_overview_has_what_ran(tmp_path: Path) -> None:
    with serving(Loopback()) as good, serving(Held(state="no-profile")) as held:
        assert isinstance(held, Held)
        write_target(tmp_path / "t", "a", good.url, f"{good.url}/_state")
        write_target(tmp_path / "t", "b", held.url, f"{held.url}/_state", f"timeout_s = {LONG_S}.0\n")
        write_target(tmp_path / "t", "c", good.url, f"{good.url}/_state")
        process = started("run", "--target", "t", *ONE_CASE, "--history", "h", folder=tmp_path)
        assert held.arrived.wait(LONG_S)
        process.send_signal(signal.SIGINT)
        ended = end_of(process)
        held.released.set()
    assert (ended.code, ended.complaints) == (130, "")
    assert "interrupted; 1 target not begun\n" in ended.output
    read = json.loads((tmp_path / "reports" / "overview.json").read_text(encoding="utf-8"))
    assert [(one["folder"], one["interrupted"]) for one in read["targets"]] == [("a", False), ("b", True)]
    assert read["without_record"] == ["c"]
    assert [line.interrupted for line, _ in history.read(tmp_path / "h")[0]] == [False, True]


# --- What one target does has no say in another's run ---


@pytest.fixture
def three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Certify three targets, whatever that does here, and give the exit code."""
    monkeypatch.setattr(certify, "listed", lambda *_, **__: [])
    names = ("a", "b", "c")
    for name in names:
        write_target(tmp_path, name, "http://127.0.0.1:1")
    targets = [Chosen(name, load(tmp_path / f"{name}.toml"), "logout-conformance run") for name in names]
    settings = certify.Settings(targets[0].target, report_dir=tmp_path / "reports")
    return lambda: fleet.run(targets, fleet.Asked(settings, keyword="", history=None, strict=False))


def left_in(folder: Path) -> records.Record:
    """Leave a record as a run does."""
    record = a_record(a_case())
    stored(folder, record)
    return record


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (certify.KitError("x"), (4, "b: the kit itself failed")),
        (certify.UsageError("the report folder is gone"), (2, "b: the report folder is gone")),
        (OSError(28, "No space left"), (2, "b: ")),
    ],
    ids=["kit", "usage", "disk"],
)
def test_a_run_that_leaves_no_record_stops_no_other(
    raised: Exception,
    said: tuple[int, str],
    three: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def certified(settings: certify.Settings, **_: object) -> records.Record:
        if settings.report_dir.name == "b":
            raise raised
        return left_in(settings.report_dir)

    monkeypatch.setattr(certify, "certify", certified)
    code = three()
    captured = capsys.readouterr()
    assert code == said[0]
    assert said[1] in captured.err
    assert captured.out.splitlines()[-2] == "3 targets: 2 conformant, 1 without a record"


def test_a_signal_at_the_end_of_a_run_ends_the_whole(
    three: Callable[[], int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    state = interruption._Interruption()  # noqa: SLF001  (this process goes on)
    state.closing()
    monkeypatch.setattr(interruption, "_STATE", state)

    def certified(settings: certify.Settings, **_: object) -> records.Record:
        state.closing()
        state.arrived()  # a signal, while the run writes its reports
        return left_in(settings.report_dir)

    monkeypatch.setattr(certify, "certify", certified)
    assert three() == 130
    assert capsys.readouterr().out.splitlines()[-2] == "3 targets: 1 conformant, 2 without a record"


HANDLES: Final = """
import helper
def handle(asked):
    raise NotImplementedError(helper.NAME)
"""


def test_state_handlers_of_the_same_name_are_each_their_own(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_target(tmp_path / name, name, "http://127.0.0.1:1")
        file = tmp_path / name / f"{name}.toml"
        states = '[states]\npython = "my_states:handle"\n'
        file.write_text('[target]\nbase_url = "http://127.0.0.1:1"\n' + states, encoding="utf-8")
        (tmp_path / name / "my_states.py").write_text(HANDLES, encoding="utf-8")
        (tmp_path / name / "helper.py").write_text(f'NAME = "this is {name}"\n', encoding="utf-8")
    ended = in_process("run", "--target", "one", "--target", "two", *ONE_CASE, folder=tmp_path)
    assert (ended.code, ended.complaints) == (3, "")
    for name in ("one", "two"):
        message = records.read(tmp_path / "reports" / name).cases[0].message
        assert message.endswith(f"this is {name}")


@pytest.mark.skipif(os.name == "nt", reason="there such a folder is not locked")
def test_a_folder_that_another_run_has_is_refused(three: Callable[[], int], tmp_path: Path) -> None:
    held = Folder(tmp_path / "reports" / "b")
    with pytest.raises(OSError, match="another run reports into it"):
        three()
    held.close()


@pytest.mark.parametrize(
    ("codes", "gravest"), [((0, 3), 3), ((3, 1, 0), 1), ((1, 2), 2), ((2, 4, 1), 4), ((4, 130), 130), ((0, 0), 0)]
)
def test_the_order_of_exit_codes(codes: tuple[int, ...], gravest: int) -> None:
    assert min(codes, key=fleet.GRAVEST_FIRST.index) == gravest
