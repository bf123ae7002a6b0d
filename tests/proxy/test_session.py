"""The real command, between a client and a server."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, Final

import pytest

from conformance.client.scenarios import CLIENT_SCENARIOS
from conformance.client.stand_in import StandIn, Tokens
from conformance.proxy.session import upstream_of
from conformance.record import record as records
from conformance.reference import running
from tests.client.right import Client
from tests.commands import end_of, here, started

if TYPE_CHECKING:
    from pathlib import Path
    from subprocess import Popen

    from tests.commands import Ended

PAGE: Final = "https://example.com/signed-out?a=1&b=2"


def told(base_url: str, mvpd: str, token: str) -> dict[str, str]:
    return {
        "LOGOUT_BASE_URL": base_url,
        "LOGOUT_SERVICE_PROVIDER": "REF30",
        "LOGOUT_MVPD": mvpd,
        "LOGOUT_REDIRECT_URL": f"{base_url}/_app/signed-out?a=1&b=2",
        "LOGOUT_DEVICE_ID": f"a device at {mvpd}",
        "LOGOUT_ACCESS_TOKEN": token,
        "LOGOUT_TOKEN_URL": f"{base_url}/_token",
    }


def address(process: Popen[str]) -> str:
    """Wait until the command says where it listens."""
    assert process.stdout is not None
    return process.stdout.readline().split()[-1]


def interrupted(process: Popen[str]) -> Ended:
    os.kill(process.pid, signal.SIGINT)
    return end_of(process)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_a_proxy_judges_what_passes_both_ways(tmp_path: Path) -> None:
    tokens = Tokens.made()
    app = StandIn(CLIENT_SCENARIOS, tokens, is_lasting=True)
    with running(app) as server:
        process = started("proxy", "--upstream", server, "--port", "0", "--keep-host", folder=tmp_path)
        app.origin = address(process)
        codes = [Client(told(app.origin, name, tokens.access)).run() for name in ("logout-endpoint", "no-profile")]
        ended = interrupted(process)
    record = records.read(tmp_path / "reports")
    assert codes == [0, 0]
    assert record.summary.failed == record.summary.warned == 0, ended
    assert {case.id.partition("/")[0] for case in record.cases if case.status == "passed"} == {"client", "server"}
    assert record.target.name == f"traffic to {server}"
    # a page, its two hops, and two calls
    assert record.request_count == 5
    for path in (tmp_path / "reports").iterdir():
        assert tokens.access not in path.read_text(encoding="utf-8")
    assert tokens.access not in ended.output + ended.complaints
    assert (ended.code, record.verdict) == (0, "conformant"), record.reasons


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_a_server_that_records_judges_a_client_that_a_person_operates(tmp_path: Path) -> None:
    process = started("serve", "--record", "kept", "--port", "0", folder=tmp_path)
    base_url = address(process)
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(3)]
    token = lines[-1].split()[-1]

    class Hasty(Client):
        def accept(self) -> dict[str, str]:
            return {"Accept": "text/html"}

    code = Hasty(told(base_url, "two-entries", token)).run()
    ended = interrupted(process)
    record = records.read(tmp_path / "kept")
    assert (code, ended.code, record.verdict) == (0, 1, "not-conformant"), ended
    assert [case.requirements[0] for case in record.cases if case.status == "failed"] == ["client-accept-json"]
    assert next(case.status for case in record.cases if case.requirements[0] == "client-opens-url") == "passed"
    for path in (tmp_path / "kept").iterdir():
        assert token not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("ftp://example.com", "is no http or https URL"),
        ("example.com", "is no http or https URL"),
        ("https://example.com/api", "give https://example.com"),
        ("https://user@example.com:8443/", "give https://example.com:8443"),
        ("https://example.com:port", "is no http or https URL"),
    ],
)
def test_an_upstream_is_scheme_and_host(url: str, complaint: str, tmp_path: Path) -> None:
    ended = here("proxy", "--upstream", url, "--report-dir", str(tmp_path))
    assert ended.code == 2
    assert complaint in ended.complaints
    assert list(tmp_path.iterdir()) == []


def test_an_upstream_has_a_port() -> None:
    assert upstream_of("HTTPS://Example.com/").port == 443
    assert upstream_of("http://[::1]:8080").host == "::1"
    assert upstream_of("http://[::1]:8080").origin == "http://[::1]:8080"


def test_a_port_that_is_taken_is_a_mistake(tmp_path: Path) -> None:
    with running(lambda _environ, _start: []) as taken:
        port = taken.rpartition(":")[2]
        ended = here("proxy", "--upstream", "http://127.0.0.1:1", "--port", port, "--report-dir", str(tmp_path))
        recording = here("serve", "--record", str(tmp_path / "kept"), "--port", port)
    assert (ended.code, recording.code) == (2, 2)
    assert "Traceback" not in ended.complaints + recording.complaints
    assert port in ended.complaints
