"""The examples work: servers by somebody else, certified as their README says."""

from __future__ import annotations

import contextlib
import shutil
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from conformance.law.contract import MANDATORY, SCENARIOS
from conformance.record import record as records
from tests.commands import announced, logout_conformance

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.record.record import Record

EXAMPLES: Final = Path(__file__).parents[1] / "examples"
TOKEN: Final = "example-access-token-0123456789"
NODE: Final = shutil.which("node")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def copied(name: str, folder: Path, port: str) -> int:
    """Copy an example and put a free port where its own stands; give the free one."""
    shutil.copytree(EXAMPLES / name, folder, dirs_exist_ok=True)
    free, replaced = free_port(), 0
    for path in folder.glob("*.*"):
        text = path.read_text(encoding="utf-8")
        replaced += text.count(port)
        path.write_text(text.replace(port, str(free)), encoding="utf-8")
    assert replaced, f"the example {name} does not name the port {port}"
    return free


@contextlib.contextmanager
def serving(command: Sequence[str], folder: Path, port: int) -> Iterator[None]:
    """Run an example's server, with the port that stands in its file."""
    ready = f"listening on http://127.0.0.1:{port}"
    with announced(command, folder, ready, ACCESS_TOKEN=TOKEN, PORT=""):
        yield


def certified(folder: Path) -> Record:
    ended = logout_conformance("run", "--target", "target.toml", folder=folder, ACCESS_TOKEN=TOKEN)
    assert ended.code == 0, ended
    for path in (folder / "reports").iterdir():
        assert TOKEN not in path.read_text(encoding="utf-8")
    return records.read(folder / "reports")


@pytest.mark.slow
@pytest.mark.skipif(NODE is None, reason="there is no Node.js on this machine")
def test_the_server_in_nodejs_is_conformant_in_every_scenario(tmp_path: Path) -> None:
    port = copied("node", tmp_path, "8081")
    with serving([str(NODE), "server.js", str(port)], tmp_path, port):
        record = certified(tmp_path)
    assert record.verdict == "conformant"
    assert {scenario.id: scenario.status for scenario in record.scenarios} == dict.fromkeys(SCENARIOS, "tested")
    assert record.summary.failed == record.summary.error == 0
    assert record.request_count <= 150


def test_the_server_in_python_is_conformant_with_a_handler_of_three_states(tmp_path: Path) -> None:
    port = copied("python", tmp_path, "8082")
    with serving([sys.executable, "server.py"], tmp_path, port):
        record = certified(tmp_path)
    assert record.verdict == "conformant"
    tested = {scenario.id for scenario in record.scenarios if scenario.status == "tested"}
    assert tested == {scenario.id for scenario in MANDATORY}
    assert record.summary.failed == record.summary.error == 0


def test_the_example_in_nodejs_needs_nothing_but_nodejs() -> None:
    text = (EXAMPLES / "node" / "server.js").read_text(encoding="utf-8")
    required = [line.partition("require(")[2].partition(")")[0] for line in text.splitlines() if "require(" in line]
    assert required
    assert all(name.startswith("'node:") for name in required)
    assert {path.name for path in (EXAMPLES / "node").iterdir()} == {"README.md", "server.js", "target.toml"}
