"""The real command, run in a process of its own."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from conformance.cli import main as cli

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SCRIPT: Final = Path(sys.executable).with_name("logout-conformance")
FILES: Final = {"results.json", "exchanges.jsonl", "report.html", "junit.xml"}
"""What a run leaves (target contract, section 5)."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    output: str
    complaints: str


def environment(**variables: str) -> Mapping[str, str]:
    """Give this process's environment without what somebody set for pytest, and with these variables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    return kept | {"COLUMNS": "200"} | variables


@contextlib.contextmanager
def announced(command: Sequence[str], folder: Path, announcement: str, **variables: str) -> Iterator[None]:
    """Run a program that goes on until it is ended, from the line on with which it says that it is ready."""
    process = subprocess.Popen(command, cwd=folder, env=environment(**variables), stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == f"{announcement}\n"
        yield
    finally:
        process.terminate()
        process.communicate(timeout=30)


def logout_conformance(*arguments: str, folder: Path, **variables: str) -> Ended:
    """Run `logout-conformance` in a folder."""
    return ran([str(SCRIPT), *arguments], folder, **variables)


def in_process(*arguments: str, folder: Path) -> Ended:
    """Run `logout-conformance` in a folder and in this process, which need not import the kit again."""
    output, complaints = io.StringIO(), io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(output), contextlib.redirect_stderr(complaints):
        code = _exit_code(arguments)
    return Ended(code, output.getvalue(), complaints.getvalue())


def _exit_code(arguments: Sequence[str]) -> int:
    try:
        cli.cli(list(arguments), standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    return 0


def here(*arguments: str) -> Ended:
    """Run `logout-conformance` in this folder and in this process."""
    return in_process(*arguments, folder=Path.cwd())


def python(script: str, *arguments: str, folder: Path, **variables: str) -> Ended:
    """Run a script; `arguments` are its command line."""
    return ran([sys.executable, "-c", script, *arguments], folder, **variables)


def ran(command: list[str], folder: Path, **variables: str) -> Ended:
    ended = subprocess.run(
        command,
        cwd=folder,
        env=environment(**variables),
        capture_output=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def started(*arguments: str, folder: Path, **variables: str) -> subprocess.Popen[str]:
    """Start `logout-conformance` in a folder and in a process group of its own, as a terminal does."""
    return subprocess.Popen(
        [str(SCRIPT), *arguments],
        cwd=folder,
        env=environment(PYTHONUNBUFFERED="1", **variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )


def end_of(process: subprocess.Popen[str]) -> Ended:
    """Wait for a command that was started."""
    output, complaints = process.communicate(timeout=100)
    return Ended(process.returncode, output, complaints)
