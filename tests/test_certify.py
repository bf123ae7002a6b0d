from __future__ import annotations

import os
import socket
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from conformance.certify import KitError, Settings, UsageError, certify, exit_code, listed, reference_target
from conformance.record.record import Record, Summary
from conformance.record.shard import Shard
from tests.commands import FILES, logout_conformance
from tests.loopback import Loopback, answer, serving, success
from tests.report.samples import a_case, a_gate, a_record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ONE = ("success/status/no-profile",)
SHARD = Shard(number=2, of=5)


@pytest.fixture(scope="module")
def service() -> Iterator[Loopback]:
    with serving(Loopback(states=lambda question: answer(200, {"mvpd": question["state"]}))) as loopback:
        yield loopback


@pytest.fixture
def settings(service: Loopback, tmp_path: Path) -> Settings:
    return Settings(service.target(), report_dir=tmp_path / "reports", cases=ONE)


# --- The one function behind `run` ---


def test_it_gives_the_record_and_leaves_it(settings: Settings) -> None:
    record = certify(settings)
    assert [(case.id, case.status) for case in record.cases] == [("success/status/no-profile", "passed")]
    assert (record.verdict, record.partial) == ("inconclusive", True)
    assert {path.name for path in settings.report_dir.iterdir()} == FILES


def test_it_prints_nothing(settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    certify(settings)
    assert capfd.readouterr() == ("", "")


def test_it_can_be_called_again_and_again(settings: Settings) -> None:
    first, second = certify(settings), certify(settings)
    assert first.cases == second.cases
    assert first.request_count == second.request_count == 2


def test_who_watches_is_told_how_much_there_is_to_do_and_of_each_case_that_ended(settings: Settings) -> None:
    seen: list[object] = []
    certify(settings.watched_by(lambda *most: seen.append(most), lambda case, sent: seen.append((case.id, sent))))
    assert seen == [(1, 2), ("success/status/no-profile", 2)]


def test_a_keyword_selects_as_pytest_does(service: Loopback, tmp_path: Path) -> None:
    record = certify(Settings(service.target(), report_dir=tmp_path), keyword="test_status and (degraded or apple)")
    assert [case.id for case in record.cases] == ["success/status/apple-sso", "success/status/degraded"]


def test_a_selection_may_have_wildcards(service: Loopback, tmp_path: Path) -> None:
    record = certify(Settings(service.target(), report_dir=tmp_path, cases=("*/key/degraded", "success/action/no-*")))
    assert [case.id for case in record.cases] == [
        *("success/key/degraded", "success/action/no-logout-endpoint", "success/action/no-profile"),
    ]


@pytest.mark.parametrize(
    ("change", "keyword", "said"),
    [
        ({"scenarios": ("degrated",)}, "", "there is no scenario 'degrated'"),
        ({"cases": ("success/status/degrated",)}, "", "there is no case 'success/status/degrated'"),
        ({"cases": (*ONE, "nonsense")}, "", "there is no case 'nonsense'"),
        ({"cases": ONE, "scenarios": ("degraded",)}, "", "no case matches"),
        ({"cases": ()}, "nonsense", "no case matches"),
        ({"requirements": "0.9"}, "", "there is no version '0.9' of the requirements; there are 1.0"),
        ({"cases": ()}, "and and", "'-k'"),
    ],
)
def test_what_cannot_be_done_is_said_and_leaves_nothing(
    change: dict[str, tuple[str, ...]], keyword: str, said: str, service: Loopback, tmp_path: Path
) -> None:
    requests = len(service.asked)
    wrong = Settings(service.target(), report_dir=tmp_path / "reports", **change)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=said):
        certify(wrong, keyword=keyword)
    with pytest.raises(UsageError, match=said):
        listed(wrong, keyword=keyword)
    assert len(service.asked) == requests
    assert not (tmp_path / "reports").exists()


def test_a_folder_that_cannot_be_written(settings: Settings) -> None:
    settings.report_dir.touch()
    with pytest.raises(UsageError, match=f"the report folder {settings.report_dir} cannot be written"):
        certify(settings)


def test_a_pytest_that_does_not_start_is_a_fault_of_the_kit(settings: Settings) -> None:
    with pytest.raises((KitError, UsageError), match="no_such_plugin"):
        certify(settings, pytest_args=["-p", "no_such_plugin"])


def test_ctrl_c_before_there_is_a_run(settings: Settings) -> None:
    with pytest.raises(KeyboardInterrupt):
        certify(settings, pytest_args=["-p", "tests.interrupting"])
    assert not settings.report_dir.exists()


# --- What somebody set for their own suite has no say ---


def test_the_callers_pytest_settings_have_no_say(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option -k nothing")
    monkeypatch.setenv("PYTEST_PLUGINS", "no_such_plugin")
    assert certify(settings).summary.passed == 1
    assert os.environ["PYTEST_ADDOPTS"] == "--no-such-option -k nothing"
    assert os.environ["PYTEST_PLUGINS"] == "no_such_plugin"


def test_nor_have_settings_of_what_generates_requests(tmp_path: Path) -> None:
    variables = {"SCHEMATHESIS_HOOKS": "no_such_module", "HYPOTHESIS_PROFILE": "no_such_profile"}
    ended = logout_conformance("run", "--case", "generated/valid", folder=tmp_path, **variables)
    assert (ended.code, ended.complaints) == (3, "")
    assert "1 passed" in ended.output


def test_nor_has_a_schemathesis_toml_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "schemathesis.toml").write_text('hooks = "no_such_module"\nbroken', encoding="utf-8")
    ended = logout_conformance("run", "--case", "generated/valid", folder=tmp_path)
    assert (ended.code, ended.complaints) == (3, "")
    assert "1 passed" in ended.output


def test_the_folders_pytest_settings_have_no_say(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\naddopts = --no-such-option -W error\npython_files = nothing.py\nfilterwarnings = error\n",
        encoding="utf-8",
    )
    (tmp_path / "conftest.py").write_text("raise RuntimeError('this suite is broken')\n", encoding="utf-8")
    (tmp_path / "conformance").mkdir()
    (tmp_path / "conformance" / "__init__.py").write_text("raise RuntimeError('another package')\n", encoding="utf-8")
    variables = {"PYTEST_ADDOPTS": "-p no_such_plugin", "PYTHONWARNINGS": "error"}
    ended = logout_conformance("run", "--case", ONE[0], folder=tmp_path, **variables)
    assert (ended.code, ended.complaints) == (3, "")
    assert "1 passed" in ended.output
    assert {path.name for path in (tmp_path / "reports").iterdir()} == FILES


# --- Exit codes (target contract, section 4) ---


def ended(verdict: str, **changes: object) -> Record:
    return a_record(verdict=verdict, **changes)


@pytest.mark.parametrize(
    ("record", "code", "strict"),
    [
        (ended("conformant"), 0, 0),
        (ended("conformant", summary=Summary(passed=1, warned=1)), 0, 1),
        (ended("not-conformant"), 1, 1),
        (ended("not-conformant", partial=True), 1, 1),
        (ended("inconclusive"), 3, 3),
        (ended("inconclusive", summary=Summary(warned=1)), 3, 1),
        (ended("inconclusive", kit_faults=["success/x"]), 4, 4),
        (ended("not-conformant", kit_faults=["success/x"]), 4, 4),
        (ended("inconclusive", interrupted=True), 130, 130),
        (ended("inconclusive", shard=SHARD), 0, 0),
        (ended("inconclusive", shard=SHARD, summary=Summary(error=1)), 0, 0),
        (ended("inconclusive", shard=SHARD, summary=Summary(warned=1)), 0, 1),
        (ended("not-conformant", shard=SHARD), 1, 1),
        (ended("inconclusive", shard=SHARD, kit_faults=["success/x"]), 4, 4),
        (ended("inconclusive", shard=SHARD, interrupted=True), 130, 130),
        # at a gate the verdict has no say
        (ended("not-conformant", gate=a_gate()), 0, 0),
        (ended("conformant", gate=a_gate(new=["success/x"])), 1, 1),
        (ended("not-conformant", gate=a_gate(status="inconclusive")), 3, 3),
        (ended("not-conformant", gate=a_gate(), kit_faults=["success/x"]), 4, 4),
        (ended("not-conformant", gate=a_gate(), interrupted=True), 130, 130),
        (ended("not-conformant", gate=a_gate(status="inconclusive"), shard=SHARD), 0, 0),
        (ended("not-conformant", gate=a_gate(new=["success/x"]), shard=SHARD), 1, 1),
        (ended("not-conformant", interrupted=True, summary=Summary(warned=1)), 130, 130),
    ],
)
def test_the_exit_code_of_a_record(record: Record, code: int, strict: int) -> None:
    assert (exit_code(record), exit_code(record, strict=True)) == (code, strict)


def test_a_case_that_does_not_score_has_no_say_in_the_exit_code() -> None:
    late = a_case("warned", scored=False)
    assert exit_code(a_record(late), strict=True) == 0
    assert exit_code(a_record(late, a_case("warned", "b")), strict=True) == 1


# --- What is there to be run ---


def test_cases_are_listed_in_the_order_of_the_law_without_sending_anything(
    settings: Settings, service: Loopback
) -> None:
    requests = len(service.asked)
    cases = listed(Settings(settings.target, report_dir=settings.report_dir))
    modules = [case.id.partition("/")[0] for case in cases]
    assert list(dict.fromkeys(modules)) == ["success", "response", "error", "request", "state", "generated"]
    assert len(service.asked) == requests
    assert not settings.report_dir.exists()


def test_a_listed_case_says_what_it_tests_and_sends(settings: Settings) -> None:
    (case,) = listed(Settings(settings.target, cases=("success/content-type/logout-endpoint",)))
    assert case.title == "The answer is declared as application/json."
    assert (case.level, case.requirements, case.scenario) == ("MUST", ("content-type-of-success",), "logout-endpoint")
    assert [(visit.id, visit.cost) for visit in case.visits] == [("logout-endpoint", 3)]


def test_what_is_selected_is_shared_out_and_a_share_may_be_empty(settings: Settings) -> None:
    everything = replace(settings, cases=("success/status/*",))
    shares = [
        [case.id for case in listed(replace(everything, shard=Shard(number=number, of=3)), keyword="degraded or apple")]
        for number in (1, 2, 3)
    ]
    assert sorted(shares) == [[], ["success/status/apple-sso"], ["success/status/degraded"]]
    with pytest.raises(UsageError, match="no case matches"):
        listed(replace(settings, shard=SHARD), keyword="nonsense")


# --- The reference server ---


def test_the_reference_server_runs_as_long_as_it_is_needed() -> None:
    with reference_target() as target:
        where = urlsplit(target.base_url)
        address = str(where.hostname), int(where.port or 0)
        socket.create_connection(address, timeout=5).close()
        assert target.secrets == {"ACCESS_TOKEN": target.headers["Authorization"].removeprefix("Bearer ")}
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=5)


def test_a_target_that_answers_the_same_to_everything_is_not_credited(tmp_path: Path) -> None:
    # a null server: what it refuses rightly it refuses only because it knows nothing else
    with serving(Loopback(states=lambda _: answer(200, {"mvpd": "A"}))) as null:
        null.answers = success
        record = certify(Settings(null.target(), report_dir=tmp_path, examples=2))
    assert record.verdict == "not-conformant"
