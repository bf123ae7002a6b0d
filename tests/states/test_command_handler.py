from __future__ import annotations

import json
import os
import select
from pathlib import Path

import pytest

from conformance.states import command
from conformance.states.source import Provisioned, StateSource, Triple
from tests.asking import ANY, DEVICE, SECRET, SETUP, lack, refusal, source


def shell(script: str, **settings: object) -> StateSource:
    return source(states={"command": ["sh", "-c", script]}, **settings)


def test_it_is_asked_on_stdin_and_answers_on_stdout(tmp_path: Path) -> None:
    states = shell('cat > asked; echo \'{"mvpd": "A"}\'', folder=tmp_path)
    assert states.setup("apple-sso", ANY) == Provisioned("REF30", "A", DEVICE, {})
    assert json.loads((tmp_path / "asked").read_text()) == SETUP
    assert states.teardown("apple-sso", ANY) is None
    assert json.loads((tmp_path / "asked").read_text()) == SETUP | {"action": "teardown"}


def test_no_output_changes_nothing() -> None:
    assert shell("exit 0").setup("apple-sso", Triple("REF30", "B", DEVICE)) == Provisioned("REF30", "B", DEVICE, {})


def test_a_relative_program_is_found_from_the_target_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "targets" / "state.sh"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\nprintf \'{"mvpd": "%s"}\' "$1"\n')
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    states = source(states={"command": ["./state.sh", "A B"]}, folder=Path("targets"))
    assert states.setup("apple-sso", ANY).mvpd == "A B"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 22", "the state command does not support this state (exit code 22)"),
        ("exit 166", "the state command does not support this state (exit code 166)"),
        ("exit 245", "the state command does not support this state (exit code 245)"),
        ("echo no Apple here >&2; exit 22", "does not support this state (exit code 22): no Apple here"),
    ],
)
def test_a_state_that_is_not_supported(script: str, said: str) -> None:
    assert lack(shell(script)).endswith(said)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 1", "the state command ended with exit code 1"),
        ("echo first >&2; echo 'the \033[31mlast' >&2; exit 3", r"with exit code 3: the \x1b[31mlast"),
        ("printf '\\377\\000' >&2; exit 1", "ended with exit code 1: \ufffd\\x00"),
        ("kill -9 $$", "the state command was killed by SIGKILL"),
        ('echo \'{"mvpd": "A"}\'; exit 4', "the state command ended with exit code 4"),
    ],
)
def test_any_other_end_is_an_error(script: str, said: str) -> None:
    assert refusal(shell(script)).endswith(said)


def test_a_long_remark_is_cut() -> None:
    said = refusal(shell("yes a | head -c 200000 | tr -d '\\n' >&2; exit 1"))
    assert said == "the state command ended with exit code 1: " + "a" * 300


def test_no_known_secret_is_in_a_remark() -> None:
    assert refusal(shell(f"echo 'curl: Bearer {SECRET} refused' >&2; exit 1")).endswith(
        "curl: Bearer {{ACCESS_TOKEN}} refused"
    )


def test_no_line_of_a_longer_secret_is_in_a_remark() -> None:
    states = source(
        states={"command": ["sh", "-c", 'echo "$0" >&2; exit 1', "first-half\nsecond-half"]},
        variables={"KEY": "first-half\nsecond-half"},
    )
    assert refusal(states) == "the state command ended with exit code 1: {{KEY}}"


@pytest.mark.parametrize("program", ["./not-there", "not-there-either"])
def test_a_program_that_is_not_there(program: str, tmp_path: Path) -> None:
    said = refusal(source(states={"command": [program, SECRET]}, folder=tmp_path))
    assert said == f"the state command {program} could not be started: No such file or directory"


def test_a_program_that_cannot_be_run(tmp_path: Path) -> None:
    (tmp_path / "state").write_bytes(b"\0")
    states = source(states={"command": ["./state"]}, folder=tmp_path)
    assert refusal(states) == "the state command ./state could not be started: Permission denied"
    (tmp_path / "state").chmod(0o755)
    assert refusal(states) == "the state command ./state could not be started: Exec format error"


def test_no_answer_in_time() -> None:
    assert refusal(shell("exec sleep 30", timeout_s=0.1)) == "the state command sh did not end within 0.1 s"
    assert refusal(shell("exec >&- 2>&-; exec sleep 30", timeout_s=0.1)).endswith("did not end within 0.1 s")


def test_output_without_end_ends_the_command_and_its_children(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "alive")
    alive = os.open(tmp_path / "alive", os.O_RDONLY | os.O_NONBLOCK)
    try:
        said = refusal(shell("exec 3> alive; echo started >&3; sleep 60 & exec yes", folder=tmp_path))
        assert said == "the state command sh wrote more than 1048576 bytes"
        assert read_to_the_end(alive) == b"started\n"
    finally:
        os.close(alive)


def test_complaints_without_end_are_not_kept() -> None:
    said = refusal(shell("exec yes >&2", timeout_s=0.3))
    assert said == "the state command sh did not end within 0.3 s"


def test_of_complaints_the_end_is_kept(tmp_path: Path) -> None:
    script = "yes a | head -c 200000 >&2; echo end >&2"
    finished = command.run(["sh", "-c", script], b"", folder=tmp_path, environ=os.environ, timeout_s=30, largest=1)
    assert finished.complaints == b"a\n" * 32_766 + b"end\n"


def test_a_question_that_nobody_reads() -> None:
    states = shell("echo '{}'")
    assert states.setup("apple-sso", Triple("REF30", "A" * 200_000, DEVICE)).service_provider == "REF30"


def test_a_server_that_the_command_leaves_running_is_not_waited_for() -> None:
    # it holds on to stdout and stderr, so that neither ends
    states = shell('sleep 3 & echo \'{"mvpd": "A"}\'', timeout_s=2.0)
    assert states.setup("apple-sso", ANY).mvpd == "A"


def test_it_never_gets_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCESS_TOKEN", SECRET)
    monkeypatch.setenv("SAME_TOKEN", SECRET)
    monkeypatch.setenv("DATABASE_PASSWORD", "needed")
    variables = {"ACCESS_TOKEN": SECRET, "DATABASE_PASSWORD": "needed"}
    states = shell("env > environ; cat > asked; ps -o args= $$ > args", folder=tmp_path, variables=variables)
    states.teardown("apple-sso", ANY)
    assert SECRET not in "".join(file.read_text() for file in tmp_path.iterdir())
    assert "DATABASE_PASSWORD=needed" in (tmp_path / "environ").read_text().splitlines()


def test_a_teardown_that_fails_is_told_and_not_raised() -> None:
    assert shell("exit 7").teardown("apple-sso", ANY) == "the state command ended with exit code 7"
    assert shell("echo garbage").teardown("apple-sso", ANY) is None


def read_to_the_end(pipe: int) -> bytes:
    """Read until every process that holds the other end is gone."""
    data = b""
    while True:
        assert select.select([pipe], [], [], 10)[0], "a child of the command is still alive"
        piece = os.read(pipe, 1024)
        if not piece:
            return data
        data += piece
