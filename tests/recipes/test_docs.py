"""docs/ci.md and the job for GitLab: what they show is there, and what can be run here runs."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Final

import pytest
import yaml

from conformance import __version__
from conformance.record import record as records
from conformance.reference import ACCESS_TOKEN, ReferenceServer, running
from tests.commands import SCRIPT, environment
from tests.recipes.github import BASH, PROJECT, action

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DOCS: Final = (PROJECT / "docs" / "ci.md").read_text(encoding="utf-8")
GITLAB: Final = (PROJECT / "ci" / "gitlab.yml").read_text(encoding="utf-8")
BLOCKS: Final = re.findall(r"^```yaml\n(.*?)^```", DOCS, re.DOTALL | re.MULTILINE)


def steps(value: object) -> Iterator[dict[str, object]]:
    """Give every step of an action in what was read of YAML."""
    if isinstance(value, dict):
        if "uses" in value:
            yield value
        for each in value.values():
            yield from steps(each)
    elif isinstance(value, list):
        for each in value:
            yield from steps(each)


def test_the_action_is_shown_with_inputs_that_it_has() -> None:
    shown = [step for block in BLOCKS for step in steps(yaml.safe_load(block))]
    ours = [step["with"] for step in shown if str(step["uses"]).startswith("OWNER/")]
    assert len(ours) == 2
    assert all(isinstance(given, dict) and set(given) <= set(action()["inputs"]) for given in ours)


def test_every_input_and_output_of_the_action_is_described() -> None:
    for name in (*action()["inputs"], *action()["outputs"]):
        assert f"`{name}`" in DOCS


def test_what_is_installed_is_this_version() -> None:
    versions = re.findall(r"(?:[@#]|/)v(\d+\.\d+\.\d+)\b", DOCS + GITLAB)
    assert len(versions) >= 5
    assert set(versions) == {__version__}


@pytest.mark.skipif(BASH is None, reason="there is no bash on this machine")
def test_the_job_for_gitlab_runs_and_leaves_its_artifacts_where_it_says(tmp_path: Path) -> None:
    job = yaml.safe_load(GITLAB)["logout-conformance"]
    install, run = job["script"]
    assert "$LOGOUT_CONFORMANCE" in install
    with running(ReferenceServer()) as base_url:
        (tmp_path / "target.toml").write_text(
            f'[target]\nbase_url = "{base_url}"\n[target.headers]\nAuthorization = "Bearer ${{ACCESS_TOKEN}}"\n'
            f'[states]\nhandler = "{base_url}/_state"\n',
            encoding="utf-8",
        )
        variables = job["variables"] | {"RUN_FLAGS": "--strict --case success/status/no-profile"}
        path = f"{SCRIPT.parent}:{environment()['PATH']}"
        ended = subprocess.run(
            [str(BASH), "-eo", "pipefail", "-c", run],
            cwd=tmp_path,
            env=environment(**variables, ACCESS_TOKEN=ACCESS_TOKEN, PATH=path),
            check=False,
        )
    assert ended.returncode == 3, "only a part was selected"
    assert "reports/junit.xml" in job["artifacts"]["reports"]["junit"]
    assert (tmp_path / "reports" / "junit.xml").exists()
    assert [case.id for case in records.read(tmp_path / "reports").cases] == ["success/status/no-profile"]
