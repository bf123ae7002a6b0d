"""Performs the action as far as a machine without GitHub can: its shell steps, and what a runner obeys in their log."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import yaml

from tests.commands import environment

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT: Final = Path(__file__).parents[2]
BASH: Final = shutil.which("bash")
INSTALLED_ALREADY: Final = "Install the kit"
"""The step that is passed over: the kit under test stands on the path."""

Step = dict[str, str | dict[str, str]]
_EXPRESSION: Final = re.compile(r"\$\{\{ (.*?) \}\}")


def action() -> dict[str, dict[str, dict[str, str]]]:
    """Give action.yml, all but its steps."""
    return dict(yaml.safe_load((PROJECT / "action.yml").read_text(encoding="utf-8")))


def steps() -> list[Step]:
    return list(yaml.safe_load((PROJECT / "action.yml").read_text(encoding="utf-8"))["runs"]["steps"])


class Command(NamedTuple):
    """A workflow command that a runner obeys."""

    name: str
    properties: dict[str, str]
    message: str


@dataclass
class Job:
    """What a job with the action came to; `code` is that of its last step."""

    folder: Path
    values: dict[str, str]
    used: list[str] = field(default_factory=list)
    log: str = ""
    summary: str = ""
    code: int = 0

    def outputs(self) -> dict[str, str]:
        return {name: self.evaluated(output["value"]) for name, output in action()["outputs"].items()}

    def evaluated(self, text: str) -> str:
        return _EXPRESSION.sub(lambda found: self.values.get(found[1], ""), text)

    def holds(self, condition: str) -> bool:
        """Say whether an `if` of this action holds: comparisons of outputs, and nobody cancels here."""
        parts = _EXPRESSION.fullmatch(condition)
        assert parts, condition
        return all(self._differs(part) for part in parts[1].split(" && ") if part != "!cancelled()")

    def _differs(self, comparison: str) -> bool:
        name, _, value = comparison.partition(" != ")
        assert value, comparison
        return self.values.get(name, "") != value.strip("'")


def performed(folder: Path, environ: dict[str, str] | None = None, **inputs: str) -> Job:
    """Perform the action in a folder; an input's name is written with `_` for `-`."""
    given = {name.replace("_", "-"): value for name, value in inputs.items()}
    known = {name: given.get(name, described.get("default", "")) for name, described in action()["inputs"].items()}
    assert set(given) <= set(known)
    job = Job(folder, {f"inputs.{name}": value for name, value in known.items()})
    for step in steps():
        if step.get("name") != INSTALLED_ALREADY and job.holds(str(step.get("if", "${{ !cancelled() }}"))):
            _perform(job, step, environ or {})
    return job


def reported(folder: Path, code: int) -> Job:
    """Perform the step alone that reports, behind a run that ended with this code."""
    job = Job(folder, {"inputs.report-dir": "reports", "steps.run.outputs.exit-code": str(code)})
    (step,) = [step for step in steps() if step.get("id") == "report"]
    _perform(job, step, {})
    return job


def _perform(job: Job, step: Step, environ: dict[str, str]) -> None:
    if "uses" in step:
        job.used.append(str(step["uses"]).partition("@")[0])
        return
    output, summary = job.folder / ".output", job.folder / ".summary"
    given = step.get("env", {})
    assert isinstance(given, dict)
    ended = subprocess.run(
        [str(BASH), "--noprofile", "--norc", "-eo", "pipefail", "-c", str(step["run"])],
        cwd=job.folder,
        env={
            **environment(GITHUB_OUTPUT=str(output), GITHUB_STEP_SUMMARY=str(summary)),
            **environ,
            **{name: job.evaluated(value) for name, value in given.items()},
            "PATH": f"{Path(sys.executable).parent}:{environment()['PATH']}",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=100,
        check=False,
    )
    job.code, job.log = ended.returncode, job.log + ended.stdout
    job.summary += _taken(summary)
    for line in _taken(output).splitlines():
        name, _, value = line.partition("=")
        job.values[f"steps.{step['id']}.outputs.{name}"] = value


def _taken(path: Path) -> str:
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    path.unlink(missing_ok=True)
    return text


def unescaped(text: str, also: str = "") -> str:
    """Undo what GitHub's runner undoes, the percent sign last."""
    for letter in f"\r\n{also}%":
        text = text.replace(f"%{ord(letter):02X}", letter)
    return text


def read(line: str) -> Command | None:
    """Read a line as GitHub's runner does: `::name key=value::message`, or `##[name key=value]message` anywhere."""
    line = line.lstrip()
    if line.startswith("::") and "::" in line[2:]:
        head, _, message = line[2:].partition("::")
        between = ","
    elif "##[" in line and "]" in line.partition("##[")[2]:
        head, _, message = line.partition("##[")[2].partition("]")
        between = ";"
    else:
        return None
    name, _, rest = head.partition(" ")
    pairs = (pair.split("=", 1) for pair in rest.split(between) if "=" in pair)
    return Command(name, {key: unescaped(value, ":,") for key, value in pairs}, unescaped(message))


def obeyed(log: str) -> Iterator[Command]:
    """Give the commands that a runner obeys: none between `stop-commands` and the token that it names."""
    stopped = ""
    for line in log.splitlines():
        command = read(line)
        if command is None:
            continue
        if stopped:
            stopped = "" if command.name == stopped else stopped
        elif command.name == "stop-commands":
            stopped = command.message
        else:
            yield command
