from __future__ import annotations

import os
import socket
import sys

import pytest

from conformance.client.process import KEPT_OUTPUT, StartError, run


def python(script: str) -> list[str]:
    return [sys.executable, "-S", "-c", script]


def test_gives_the_exit_code_and_the_end_of_what_was_printed() -> None:
    ended = run(python("import sys; print('out'); sys.stderr.write('err'); sys.exit(7)"), os.environ)
    assert (ended.code, ended.stopped) == (7, "")
    assert {"out", "err"} <= set(ended.tail.replace("err", " err ").split())


def test_keeps_no_more_than_the_end_of_the_output() -> None:
    ended = run(python("print('a' * 300_000 + 'end')"), os.environ)
    assert len(ended.tail) <= KEPT_OUTPUT
    assert ended.tail.rstrip().endswith("aend")


def test_has_nothing_to_read() -> None:
    assert run(python("import sys; sys.exit(len(sys.stdin.read()))"), os.environ).code == 0


def test_passes_the_environment_on() -> None:
    script = "import os, sys; sys.exit(os.environ['LOGOUT_SCENARIO'] != 'degraded')"
    assert run(python(script), os.environ | {"LOGOUT_SCENARIO": "degraded"}).code == 0


def test_ends_a_client_that_hangs_and_what_it_started() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        child = f"import socket, time; s = socket.create_connection({listener.getsockname()!r}); time.sleep(60)"
        script = f"import subprocess, sys; subprocess.run([sys.executable, '-S', '-c', {child!r}])"
        ended = run(python(script), os.environ, timeout_s=1.0)
        line, _ = listener.accept()
        with line:
            line.settimeout(20)
            assert line.recv(1) == b""  # the child's end is closed: it is no more
    assert ended.stopped == "it did not end within 1 seconds"
    assert ended.code != 0


def test_does_not_wait_for_what_a_client_leaves_running() -> None:
    script = "import subprocess, sys; subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(60)'])"
    assert run(python(script), os.environ, timeout_s=20).stopped == ""


def test_ends_a_client_where_there_is_a_reason() -> None:
    ended = run(python("import time; time.sleep(60)"), os.environ, why_stop=lambda: "enough was seen")
    assert ended.stopped == "enough was seen"


@pytest.mark.parametrize("command", ["there-is-no-such-client", "a\0b"])
def test_says_which_command_cannot_be_started(command: str) -> None:
    with pytest.raises(StartError) as refused:
        run([command], os.environ)
    assert str(refused.value).startswith(f"{command}: ")
