"""The real command, with clients that are processes."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from conformance.client.scenarios import CLIENT_SCENARIOS
from conformance.client.session import ClientSettings, certify_client
from conformance.client.witness import MOST_REQUESTS
from conformance.record import record as records
from tests.commands import FILES, end_of, here, logout_conformance, started

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.record.record import Case, Record
    from tests.commands import Ended

SAMPLE: Final = Path(__file__).parents[2] / "examples" / "clients" / "client.py"
TALKATIVE: Final = """
import json, os, sys
told = {name: value for name, value in os.environ.items() if name.startswith("LOGOUT_")}
with open(os.environ["TOLD"], "w", encoding="utf-8") as file:
    json.dump(told, file)
import urllib.request
answer = urllib.request.urlopen(told["LOGOUT_TOKEN_URL"], data=b"grant_type=client_credentials").read().decode()
print("a line", told["LOGOUT_ACCESS_TOKEN"], told.get("LOGOUT_SERVICE_TOKEN"), answer)
sys.exit(5)
"""
FLOODING: Final = """
import http.client, os, urllib.parse
line = http.client.HTTPConnection(urllib.parse.urlsplit(os.environ["LOGOUT_BASE_URL"]).netloc)
while True:
    line.request("GET", "/api/v2/REF30/logout/Cablevision?redirectUrl=x")
    line.getresponse().read()
"""


def client(*command: str, folder: Path, scenarios: tuple[str, ...] = ()) -> Ended:
    chosen = [word for name in scenarios for word in ("--scenario", name)]
    return here("client", *chosen, "--report-dir", str(folder / "reports"), "--", *command)


def script(text: str, folder: Path) -> tuple[str, ...]:
    path = folder / "client.py"
    path.write_text(text, encoding="utf-8")
    return (sys.executable, "-S", str(path))


def cases(record: Record) -> Mapping[str, Case]:
    return {case.id: case for case in record.cases}


def test_a_right_client_in_a_part_of_the_scenarios(tmp_path: Path) -> None:
    chosen = ("logout-endpoint", "token-refused-once", "no-logout-endpoint", "no-profile")
    ended = client(sys.executable, str(SAMPLE), folder=tmp_path, scenarios=chosen)
    record = records.read(tmp_path / "reports")
    assert ended.code == 3, ended
    assert (record.verdict, record.reasons) == ("inconclusive", ("only a part of the scenarios was selected",))
    assert record.subject == "client"
    assert {path.name for path in (tmp_path / "reports").iterdir()} == FILES
    assert {case.scenario for case in record.cases} == set(chosen)
    assert {case.status for case in record.cases} == {"passed"}
    assert {each.id for each in record.scenarios if each.status == "tested"} == set(chosen)
    assert record.request_count == len(list(records.read_exchanges(tmp_path / "reports")))
    for case in record.cases:
        assert case.id == f"client/{case.scenario}/{case.requirements[0]}"


def test_a_faulty_client_is_not_conformant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAULT", "url-not-opened")
    ended = client(sys.executable, str(SAMPLE), folder=tmp_path, scenarios=("extra-members",))
    record = records.read(tmp_path / "reports")
    assert (ended.code, record.verdict) == (1, "not-conformant")
    (failed,) = [case for case in record.cases if case.status == "failed"]
    assert failed.id == "client/extra-members/client-opens-url"
    assert failed.rerun.endswith(f"client --scenario extra-members -- {sys.executable} {SAMPLE}")
    assert "FAILED client/extra-members/client-opens-url" in ended.output
    report = (tmp_path / "reports" / "report.html").read_text(encoding="utf-8")
    assert "The client breaks" in report or "1 case failed" in report
    assert "curl -i" not in report


def test_no_token_reaches_an_output_and_what_a_client_prints_only_where_it_ends_wrongly(tmp_path: Path) -> None:
    command = script(TALKATIVE, tmp_path)
    chosen = ("--scenario", "service-token-sso")
    ended = logout_conformance("client", *chosen, "--", *command, folder=tmp_path, TOLD=str(tmp_path / "told"))
    told = json.loads((tmp_path / "told").read_text(encoding="utf-8"))
    said = cases(records.read(tmp_path / "reports"))["client/service-token-sso/client-exit-code"]
    assert said.status == "warned"
    assert "the last that it said: a line {{ACCESS_TOKEN}} {{SERVICE_TOKEN}}" in said.message
    texts = [ended.output, ended.complaints]
    texts += [path.read_text(encoding="utf-8") for path in (tmp_path / "reports").iterdir()]
    for name in ("LOGOUT_ACCESS_TOKEN", "LOGOUT_SERVICE_TOKEN"):
        assert not any(told[name] in text for text in texts)
    assert '"access_token"' in "".join(texts)
    assert "{{FRESH_TOKEN}}" in "".join(texts)


def test_a_client_is_told_what_the_contract_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOLD", str(tmp_path / "told"))
    monkeypatch.setenv("LOGOUT_OWN", "x")
    client(*script(TALKATIVE, tmp_path), folder=tmp_path, scenarios=("relative-url",))
    told = json.loads((tmp_path / "told").read_text(encoding="utf-8"))
    assert set(told) == {
        *("LOGOUT_BASE_URL", "LOGOUT_SCENARIO", "LOGOUT_SERVICE_PROVIDER", "LOGOUT_MVPD", "LOGOUT_REDIRECT_URL"),
        *("LOGOUT_DEVICE_ID", "LOGOUT_ACCESS_TOKEN", "LOGOUT_TOKEN_URL"),
    }
    assert told["LOGOUT_SCENARIO"] == "relative-url"
    assert told["LOGOUT_BASE_URL"].startswith("http://127.0.0.1:")
    assert told["LOGOUT_BASE_URL"].endswith("/gateway/tv")
    assert told["LOGOUT_REDIRECT_URL"].startswith(told["LOGOUT_BASE_URL"])
    assert "&" in told["LOGOUT_REDIRECT_URL"]


def test_a_client_that_sends_nothing_is_not_tested(tmp_path: Path) -> None:
    record = certified(script("import sys; sys.exit(4)", tmp_path), tmp_path, "no-profile", "temporary-basic")
    skipped = {each.id: each.reason for each in record.scenarios if each.status == "skipped"}
    assert set(skipped) == {"no-profile", "temporary-basic"}
    assert set(skipped.values()) == {"the client sent no logout, and ended with 4"}
    assert record.verdict == "inconclusive"
    assert cases(record)["client/no-profile/client-path"].status == "skipped"


def test_a_logout_of_temporary_access_may_be_left_out(tmp_path: Path) -> None:
    record = certified(script("", tmp_path), tmp_path, "temporary-basic")
    assert record.summary.failed == record.summary.warned == 0
    assert next(each.status for each in record.scenarios if each.id == "temporary-basic") == "tested"


def test_a_client_that_hangs_is_ended_and_named(tmp_path: Path) -> None:
    record = certified(script("import time; time.sleep(60)", tmp_path), tmp_path, "no-profile", timeout_s=0.5)
    found = cases(record)
    assert found["client/no-profile/client-ends-in-time"].status == "warned"
    assert found["client/no-profile/client-exit-code"].status == "skipped"


def test_a_client_that_floods_the_server_is_ended(tmp_path: Path) -> None:
    record = certified(script(FLOODING, tmp_path), tmp_path, "logout-endpoint")
    found = cases(record)
    assert found["client/logout-endpoint/client-few-calls"].status == "failed"
    assert f"it sent more than {MOST_REQUESTS} requests" in found["client/logout-endpoint/client-exit-code"].message
    assert record.request_count == MOST_REQUESTS


def certified(command: tuple[str, ...], folder: Path, *scenarios: str, timeout_s: float = 30) -> Record:
    settings = ClientSettings(command, folder / "reports", scenarios, ("badge",), timeout_s)
    return certify_client(settings)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--scenario", "no-such", "--", "true"), "there is no scenario 'no-such'; the scenarios are logout-endpoint,"),
        (("--", "there-is-no-such-client"), "there-is-no-such-client: "),
        ((), "Missing argument 'COMMAND...'"),
        (("--format", "pdf", "--", "true"), "there is no format 'pdf'"),
    ],
)
def test_a_mistake_of_the_user_is_one(arguments: tuple[str, ...], complaint: str, tmp_path: Path) -> None:
    ended = here("client", "--report-dir", str(tmp_path), *arguments)
    assert ended.code == 2
    assert complaint in ended.complaints
    assert "Traceback" not in ended.complaints


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_ctrl_c_ends_the_client_and_leaves_a_record_of_what_had_run(tmp_path: Path) -> None:
    command = script("import os, time\nif os.environ['LOGOUT_SCENARIO'] != 'no-profile': time.sleep(60)", tmp_path)
    chosen = ("--scenario", "no-profile", "--scenario", "expired-profile")
    process = started("client", *chosen, "--", *command, folder=tmp_path)
    assert process.stdout is not None
    while not process.stdout.readline().startswith("no-profile: "):
        assert process.poll() is None
    os.kill(process.pid, signal.SIGINT)
    ended = end_of(process)
    record = records.read(tmp_path / "reports")
    assert (ended.code, record.interrupted) == (130, True), ended
    assert {case.scenario for case in record.cases} == {"no-profile"}
    assert next(each.status for each in record.scenarios if each.id == "expired-profile") == "not-selected"


def test_scenarios_run_in_the_order_of_the_contract(tmp_path: Path) -> None:
    settings = ClientSettings(("true",), tmp_path, ("server-error-once", "no-profile"))
    assert [each.id for each in settings.chosen] == ["no-profile", "server-error-once"]
    assert len(ClientSettings(("true",), tmp_path).chosen) == len(CLIENT_SCENARIOS)
