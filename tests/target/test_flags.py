from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.target.file import TargetError, with_flags
from tests.acme import SECRET, WHOLE, loaded

if TYPE_CHECKING:
    from pathlib import Path


def test_flags_alone_make_a_target() -> None:
    described = with_flags(
        url="http://127.0.0.1:8080/",
        service_provider="REF31",
        other_service_provider="REF41",
        redirect_url="https://example.com/done",
        headers=["Authorization: Bearer a:b", "X-Empty:"],
        state_handler="http://127.0.0.1:9000/_state",
        mvpds=["logout-endpoint=A=B", "no-profile=C"],
        timeout_s=2.5,
        requests_per_second=4,
        burst=5,
    )
    assert described.base_url == "http://127.0.0.1:8080"
    assert (described.service_provider, described.other_service_provider) == ("REF31", "REF41")
    assert described.redirect_url == "https://example.com/done"
    assert described.headers == {"Authorization": "Bearer a:b", "X-Empty": ""}
    assert described.states is not None
    assert described.states.handler == "http://127.0.0.1:9000/_state"
    assert described.mvpds == {"logout-endpoint": "A=B", "no-profile": "C"}
    assert (described.timeout_s, described.requests_per_second, described.burst) == (2.5, 4.0, 5)
    assert described.secrets == {"AUTHORIZATION": "a:b"}


def test_a_flag_beats_the_file(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").touch()
    file = loaded(
        WHOLE.replace("verify = true", "ca_bundle = 'ca.pem'").replace("handler = ", "python = 'a:b' # "),
        tmp_path / "acme.toml",
    )
    described = with_flags(
        file,
        url="http://other.example",
        headers=["authorization: Bearer other", "X-A: 1", "x-a: 2"],
        state_handler="http://127.0.0.1:9001",
        mvpds=["logout-endpoint=Other"],
        timeout_s=1.0,
    )
    assert described.base_url == "http://other.example"
    assert described.headers == {"authorization": "Bearer other", "x-a": "2"}
    assert described.states is not None
    assert (described.states.handler, described.states.python) == ("http://127.0.0.1:9001", None)
    assert described.timeout_s == 1.0
    facts = described.scenario("logout-endpoint")
    assert facts is not None
    assert (facts.mvpd, facts.uses) == ("Other", 1)
    assert described.secrets["ACCESS_TOKEN"] == SECRET
    unchanged = {"name", "version", "service_provider", "other_service_provider", "tls", "scenarios", "folder"}
    assert {name: getattr(described, name) for name in unchanged} == {name: getattr(file, name) for name in unchanged}


def test_without_flags_the_file_stands(tmp_path: Path) -> None:
    file = loaded(WHOLE, tmp_path / "acme.toml")
    assert with_flags(file) == file


def test_all_wrong_flags_together() -> None:
    with pytest.raises(TargetError) as caught:
        with_flags(
            url=f"http://user:{SECRET}@h",
            service_provider="",
            headers=[f"Bearer {SECRET}", f"Authorization {SECRET}: x", "X-A: \x1b", ": x"],
            state_handler="9000",
            mvpds=["logout-endpoint", "logot-endpoint=A", "no-profile="],
            timeout_s=float("inf"),
            requests_per_second=-1,
            burst=0,
        )
    assert set(str(caught.value).splitlines()) == {
        'URL: expected an http(s) URL without user name, query and fragment (write e.g. "https://api.example.com")',
        '--service-provider: expected a name without control characters, seen "" (write e.g. "REF30")',
        "--header: expected 'Name: value'",
        (
            '--header "Authorization...": expected a header\'s name, and none that frames the message '
            '(write e.g. "AD-Service-Token")'
        ),
        (
            "--header X-A: expected one line of Latin-1 text without control characters and outer blanks "
            '(write e.g. "Bearer ${ACCESS_TOKEN}")'
        ),
        (
            "--state-handler: expected an http(s) URL without user name and fragment "
            '(write e.g. "http://127.0.0.1:9000/_state")'
        ),
        "--mvpd: expected SCENARIO=NAME",
        '--mvpd logot-endpoint: expected the id of a scenario (did you mean "logout-endpoint"?)',
        '--mvpd no-profile: expected a name without control characters, seen "" (write e.g. "REF30")',
        "--timeout: expected a positive number of seconds, at most a day, seen inf (write e.g. 10.0)",
        "--rate: expected a positive number, seen -1 (write e.g. 1.0)",
        "--burst: expected a whole number from 1, seen 0 (write e.g. 10)",
    }


def test_a_header_that_a_command_gives_already(tmp_path: Path) -> None:
    text = WHOLE.replace('Authorization = "Bearer ${ACCESS_TOKEN}"', "")
    file = loaded(f'{text}\n[token]\ncommand = ["./token.sh"]\n', tmp_path / "acme.toml")
    with pytest.raises(TargetError) as caught:
        with_flags(file, headers=[f"authorization: Bearer {SECRET}"])
    assert str(caught.value) == (
        "--header: expected no header Authorization beside the table [token], whose command gives it "
        "(take the one or the other out)"
    )


def test_no_url_at_all() -> None:
    with pytest.raises(TargetError) as caught:
        with_flags(service_provider="REF30")
    assert str(caught.value) == "URL: missing (give the server's base URL or a target file)"
