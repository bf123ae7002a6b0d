"""The cases are plain pytest: its own flags work, and a suite of one's own is left alone."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import pytest

from conformance.certify import Settings, certify
from conformance.record import record as records
from conformance.target.file import load
from tests.commands import FILES, Ended, ran
from tests.loopback import Loopback, answer, serving, success

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CASES: Final = ("--pyargs", "conformance.cases")
TARGET: Final = ("--target", "acme.toml")
OWN_TEST: Final = "def test_our_own():\n    assert True\n"


@pytest.fixture(scope="module")
def service() -> Iterator[Loopback]:
    """A target with one fault: it answers `complete` where it should answer `partner_logout`."""
    states = lambda question: answer(200, {"mvpd": question["params"]["mvpd"] or question["state"]})  # noqa: E731  (one line)
    answers = lambda asked: success(asked, "invalid" if asked.mvpd == "no-profile" else "complete")  # noqa: E731
    with serving(Loopback(answers, states)) as loopback:
        yield loopback


@pytest.fixture
def folder(service: Loopback, tmp_path: Path) -> Path:
    """The folder of somebody who has a suite, and pytest settings, of their own."""
    (tmp_path / "acme.toml").write_text(
        f'[target]\nbase_url = "{service.url}"\n[states]\nhandler = "{service.url}/_state"\n', encoding="utf-8"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -W error --strict-markers\n", encoding="utf-8")
    (tmp_path / "test_own.py").write_text(OWN_TEST, encoding="utf-8")
    return tmp_path


@pytest.fixture
def plain(folder: Path) -> Callable[..., Ended]:
    def run(*arguments: str) -> Ended:
        command = [sys.executable, "-m", "pytest", "-p", "conformance.plugin", "-p", "no:cacheprovider", *arguments]
        # no other plugin, so that none is needed; it also starts in half the time
        return ran(command, folder, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")

    return run


def statuses(folder: Path) -> dict[str, str]:
    return {case.id: case.status for case in records.read(folder / "reports").cases}


def test_cases_run_beside_tests_of_ones_own_which_are_no_cases(plain: Callable[..., Ended], folder: Path) -> None:
    selected = ("-k", "test_own or (test_status and no-profile)")
    ended = plain(*CASES, "test_own.py", *TARGET, *selected, "--report-dir", "out", "--seed", "3")
    assert ended.code == 0, ended
    assert "2 passed" in ended.output
    assert {path.name for path in (folder / "out").iterdir()} == FILES
    record = records.read(folder / "out")
    assert [case.id for case in record.cases] == ["success/status/no-profile"]
    assert (record.partial, record.verdict, record.seed) == (True, "inconclusive", 3)
    assert record.cases[0].rerun == (
        "logout-conformance run --target acme.toml --case success/status/no-profile --seed 3"
    )


def test_a_failure_is_shown_in_words_and_not_as_a_traceback(plain: Callable[..., Ended], folder: Path) -> None:
    ended = plain(*CASES, *TARGET, "-k", "test_action and (apple-sso or no-profile) and not test_action_")
    assert ended.code == 1, ended
    assert "1 failed, 1 passed" in ended.output
    assert 'action-for-apple-sso: at /logouts/apple-sso/actionName, expected "partner_logout", seen "complete"' in (
        ended.output
    )
    assert "Traceback" not in ended.output
    assert "conformance/" not in ended.output.replace("conformance/cases/", "")
    assert statuses(folder) == {"success/action/apple-sso": "failed", "success/action/no-profile": "passed"}


def test_stopping_at_the_first_failure(plain: Callable[..., Ended], folder: Path) -> None:
    ended = plain(*CASES, *TARGET, "-x")
    assert ended.code == 1, ended
    record = records.read(folder / "reports")
    assert [case.status for case in record.cases].count("failed") == 1
    assert record.cases[-1].status == "failed"
    assert record.verdict == "not-conformant"
    assert any("cases did not run" in reason for reason in record.reasons)


def test_collecting_sends_nothing(plain: Callable[..., Ended], folder: Path, service: Loopback) -> None:
    requests = len(service.asked)
    ended = plain(*CASES, *TARGET, "--collect-only", "-q")
    assert ended.code == 0, ended
    assert "test_success.py::test_content_type[logout-endpoint]" in ended.output
    assert len(service.asked) == requests
    assert not (folder / "reports").exists()


def test_one_case_by_its_node(plain: Callable[..., Ended], folder: Path) -> None:
    ended = plain("--pyargs", "conformance.cases.test_success::test_key", *TARGET)
    assert ended.code == 0, ended
    assert {name.rpartition("/")[0] for name in statuses(folder)} == {"success/key"}
    assert records.read(folder / "reports").partial


def test_a_suite_without_cases_is_left_alone(plain: Callable[..., Ended], folder: Path) -> None:
    ended = plain("test_own.py")
    assert ended.code == 0, ended
    assert "1 passed" in ended.output
    assert not (folder / "reports").exists()


def test_without_a_target_nothing_was_tried(plain: Callable[..., Ended], folder: Path) -> None:
    ended = plain(*CASES, "-k", "test_status", "-rs")
    assert "no target was named: give --target FILE" in ended.output + ended.complaints
    assert "passed" not in ended.output
    assert not (folder / "reports").exists()


@pytest.mark.parametrize("name", ["no-such.toml", "broken.toml"])
def test_a_target_file_that_cannot_be_used(name: str, plain: Callable[..., Ended], folder: Path) -> None:
    (folder / "broken.toml").write_text("[target]\nbase = 1\n", encoding="utf-8")
    ended = plain(*CASES, "--target", name)
    assert ended.code == 4, ended
    assert f"{name}:" in ended.complaints
    assert "Traceback" not in ended.output + ended.complaints


def test_another_plugins_randomness_has_no_say(plain: Callable[..., Ended], folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("pytest_randomly", reason="shown with pytest-randomly, which seeds every random generator")
    ended = plain(*CASES, *TARGET, "-k", "test_valid", "--examples", "5", "-p", "randomly", "--randomly-seed=1")
    assert ended.code == 0, ended
    alone = Settings(load(folder / "acme.toml"), report_dir=tmp_path / "alone", examples=5, cases=("generated/valid",))
    assert certify(alone).summary.passed == 1
    urls = [
        [line.request.url for line in records.read_exchanges(reports) if line.visit.startswith("generated-")]
        for reports in (folder / "reports", tmp_path / "alone")
    ]
    assert urls[0]
    assert urls[0] == urls[1]
