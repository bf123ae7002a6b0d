"""What the README shows is what is there, and works."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.reference import ACCESS_TOKEN, ReferenceServer, running
from tests.commands import SCRIPT

PROJECT = Path(__file__).parent.parent
README = (PROJECT / "README.md").read_text(encoding="utf-8")


def block(mark: str) -> str:
    """Give the fenced block behind a mark."""
    found = re.search(rf"<!-- {re.escape(mark)} -->\n```\w+\n(.*?)```", README, re.DOTALL)
    assert found, f"the README has no block marked {mark}"
    return found[1]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of somebody's own, with a target file for a server that runs."""
    monkeypatch.setenv("ACCESS_TOKEN", ACCESS_TOKEN)
    (tmp_path / "test_ours.py").write_text(block("example: certify"), encoding="utf-8")
    return tmp_path


def write_target(folder: Path, base_url: str) -> None:
    (folder / "acme.toml").write_text(
        f'[target]\nbase_url = "{base_url}"\n[target.headers]\nAuthorization = "Bearer ${{ACCESS_TOKEN}}"\n'
        f'[states]\nhandler = "{base_url}/_state"\n',
        encoding="utf-8",
    )


@pytest.mark.parametrize("name", ["examples/python/target.toml", "examples/python/my_states.py"])
def test_shows_the_example_files_as_they_are(name: str) -> None:
    assert block(f"file: {name}") == (PROJECT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("mark", ["newcomer: certify", "newcomer: tests"])
def test_sets_up_in_a_single_line(mark: str) -> None:
    assert len(block(mark).splitlines()) == 1


def test_certifies_inside_somebodys_own_suite(folder: Path) -> None:
    with running(ReferenceServer()) as base_url:
        write_target(folder, base_url)
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "test_ours.py"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    assert "1 passed" in done.stdout
    assert done.returncode == 0


def test_its_plain_pytest_line_works(folder: Path) -> None:
    (line,) = [line for line in README.splitlines() if line.startswith("pytest -p conformance.plugin")]
    with running(ReferenceServer()) as base_url:
        write_target(folder, base_url)
        done = subprocess.run(
            [sys.executable, "-m", *line.split(), "-q", "--disable-plugin-autoload"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    assert re.search(r"\d+ passed, (\d+ skipped, )?\d+ deselected", done.stdout)
    assert done.returncode == 0
    assert (folder / "reports" / "report.html").exists()


def shown(name: str, output: str) -> bool:
    """Say whether a command printed what the README shows of it, where `...` stands for anything."""
    lines = (re.escape(line).replace(r"\.\.\.", ".*") for line in block(f"output: {name}").splitlines())
    return re.search("\n".join(lines), output) is not None


def printed(line: str, folder: Path) -> str:
    """Run a line of the README there, with this Python and this kit."""
    line = re.sub(r"(?m)(^|-- )python ", rf"\1{shlex.quote(sys.executable)} ", line)
    line = line.replace("logout-conformance ", f"{shlex.quote(str(SCRIPT))} ")
    return subprocess.run(["sh", "-c", line], cwd=folder, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("name", ["client", "check"])
def test_what_it_shows_an_app_is_what_is_printed(tmp_path: Path, name: str) -> None:
    shutil.copytree(PROJECT / "examples", tmp_path / "examples")
    assert shown(name, printed(block(f"example: {name}"), tmp_path).replace(sys.executable, "python"))


@pytest.mark.slow
def test_what_it_shows_of_a_claim_is_what_is_printed(tmp_path: Path) -> None:
    printed("logout-conformance run", tmp_path)
    assert shown("verify", printed(block("example: verify"), tmp_path))
