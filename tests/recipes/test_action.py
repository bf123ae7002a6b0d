"""The GitHub action: its own steps are run by bash, against the reference server and against a hostile one."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Final

import pytest

from conformance.reference import ACCESS_TOKEN
from tests.loopback import Loopback, answer, serving
from tests.recipes.github import BASH, PROJECT, Job, action, obeyed, performed, reported, steps

if TYPE_CHECKING:
    from pathlib import Path

    from werkzeug.wrappers import Response

    from tests.loopback import Asked

needs_bash: Final = pytest.mark.skipif(BASH is None, reason="there is no bash on this machine")
ODD_MVPD: Final = "--mvpd=no-profile=a $(touch x) b"
SECRET: Final = "actions-secret-0123456789"


@needs_bash
def test_a_job_certifies_the_reference_server_where_that_is_asked_for(tmp_path: Path) -> None:
    job = performed(tmp_path, target="reference")
    assert job.code == 0, job.log
    assert job.outputs() == {"verdict": "conformant", "exit-code": "0", "report-dir": "reports"}
    assert job.summary.startswith("## ✅ Conformant: reference server\n")
    assert [(command.name, command.properties) for command in obeyed(job.log)] == [
        ("notice", {"title": "Conformant: reference server"})
    ]
    assert job.used == ["actions/setup-python", "actions/upload-artifact"]
    assert {path.name for path in (tmp_path / "reports").iterdir()} == {
        *("results.json", "exchanges.jsonl", "report.html", "junit.xml", "summary.md", "results.sarif"),
        "annotations.txt",
    }
    assert ACCESS_TOKEN not in job.log + job.summary


@needs_bash
def test_a_job_without_a_target_is_no_green_one(tmp_path: Path) -> None:
    job = performed(tmp_path)
    assert job.code == 2, job.log
    assert job.outputs()["exit-code"] == "2"
    assert [command.name for command in obeyed(job.log)] == ["error"]
    assert "Neither target nor base-url is given." in job.log
    assert not (tmp_path / "reports").exists()


ORDERS: Final = "\n::error::owned\n::set-output name=verdict::conformant\n##[set-env name=A]b ##[add-mask]e"


def orders(asked: Asked) -> Response:
    """Answer with the runner's own commands in every place that a report quotes, and with the token."""
    entry = {"actionName": ORDERS, "actionType": ORDERS + asked.headers["Authorization"], "mvpd": ORDERS}
    return answer(200, {"logouts": {asked.mvpd: entry}}, **{"Content-Type": "text/x; ##[error]owned"})


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Job:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "the target.toml").write_text(
        '[target]\nname = "##[error]name"\nbase_url = "http://127.0.0.1:1"\n'
        '[target.headers]\nAuthorization = "Bearer ${ACCESS_TOKEN}"\n',
        encoding="utf-8",
    )
    with serving(Loopback(answers=orders)) as service:
        return performed(
            folder,
            {"ACCESS_TOKEN": SECRET},
            target="the target.toml",
            base_url=service.url,
            args=f"--state-handler={service.url}/_state\n\n--case\nsuccess/*/no-profile\n{ODD_MVPD}",
            report_dir="some reports",
        )


@needs_bash
def test_a_job_ends_as_the_run_ended_after_its_reports_were_uploaded(hostile: Job) -> None:
    assert hostile.code == 1, hostile.log
    assert hostile.outputs() == {"verdict": "not-conformant", "exit-code": "1", "report-dir": "some reports"}
    assert hostile.used[-1] == "actions/upload-artifact"
    assert (hostile.folder / "some reports" / "results.sarif").exists()


@needs_bash
def test_inputs_reach_the_command_as_they_are(hostile: Job) -> None:
    record = (hostile.folder / "some reports" / "results.json").read_text(encoding="utf-8")
    assert "a $(touch x) b" in record
    assert not (hostile.folder / "x").exists()


@needs_bash
def test_what_a_target_says_is_in_the_log_and_commands_nothing(hostile: Job) -> None:
    assert r"\x23#[error]" in hostile.log
    assert "##[error]" not in hostile.log
    found = list(obeyed(hostile.log))
    assert {command.name for command in found} == {"error"}
    titles = [command.properties["title"] for command in found]
    assert titles[0] == r"Not conformant: \x23#[error]name"
    assert all(title.startswith("MUST: ") for title in titles[1:])
    assert "::error::owned" in found[-1].message + found[1].message + found[2].message
    assert SECRET not in hostile.log + hostile.summary


@needs_bash
def test_the_summaries_of_several_targets_are_shown_one_after_another(hostile: Job, tmp_path: Path) -> None:
    reports = hostile.folder / "some reports"
    for name in ("acme", "beta"):
        shutil.copytree(reports, tmp_path / "reports" / name)
    job = reported(tmp_path, 1)
    assert job.summary == 2 * (reports / "summary.md").read_text(encoding="utf-8")
    assert job.outputs()["verdict"] == ""
    assert len(list(obeyed(job.log))) == 2 * len((reports / "annotations.txt").read_text(encoding="utf-8").splitlines())


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """A job whose target file is not there, in a folder with reports of yesterday."""
    folder = tmp_path_factory.mktemp("refused")
    (folder / "reports").mkdir()
    for name in ("results.json", "summary.md", "annotations.txt"):
        (folder / "reports" / name).write_text("::error::of yesterday\n", encoding="utf-8")
    return performed(folder, target="no-such.toml")


@needs_bash
def test_a_token_that_ends_the_silence_is_another_one_each_time(hostile: Job, refused: Job) -> None:
    tokens = re.findall(r"^::stop-commands::([0-9a-f]{32})$", hostile.log + refused.log, re.MULTILINE)
    assert len(set(tokens)) == 2


@needs_bash
def test_a_usage_error_ends_with_2_and_reports_nothing_of_an_earlier_run(refused: Job) -> None:
    assert refused.code == 2
    assert refused.outputs() == {"verdict": "", "exit-code": "2", "report-dir": ""}
    assert "no-such.toml: cannot be read" in refused.log
    assert (refused.summary, list(obeyed(refused.log)), refused.used) == ("", [], ["actions/setup-python"])


def test_no_expression_stands_in_a_script() -> None:
    scripts = [str(step["run"]) for step in steps() if "run" in step]
    assert len(scripts) == 4
    assert not any("${{" in script for script in scripts)


def test_the_kit_is_installed_from_the_actions_own_checkout() -> None:
    (install,) = [step for step in steps() if step.get("name") == "Install the kit"]
    assert install["env"] == {"KIT": "${{ github.action_path }}"}
    assert '"${KIT}[parallel]"' in install["run"]


def test_what_is_used_is_pinned_to_a_commit() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (PROJECT / ".github" / "workflows").glob("*.yml")]
    text = "\n".join([*texts, (PROJECT / "action.yml").read_text(encoding="utf-8")])
    used = re.findall(r"uses: (?!\./)(.*)", text)
    assert len(used) >= 4
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each) for each in used)


def test_every_input_is_used_and_every_one_of_them_and_every_output_is_described() -> None:
    text = (PROJECT / "action.yml").read_text(encoding="utf-8")
    for name, described in action()["inputs"].items():
        assert f"${{{{ inputs.{name} }}}}" in text
        assert described["description"]
    assert all(output["description"] for output in action()["outputs"].values())
