from __future__ import annotations

from pathlib import Path

import pytest

from conformance.redaction.redactor import Redactor
from conformance.states.token import MOST_FAILURES, TokenCommand, TokenError
from conformance.target.model import Target

TOKEN = "fresh-0123456789.abcdef~+/=="
SECRET = "client-secret-0123456789"


def tokens(*command: str, redactor: Redactor | None = None, **settings: object) -> TokenCommand:
    described = {"base_url": "http://127.0.0.1:1", "token": {"command": list(command)}} | settings
    return TokenCommand(Target.model_validate(described), redactor or Redactor({"CLIENT_SECRET": SECRET}))


def shell(script: str, redactor: Redactor | None = None, **settings: object) -> TokenCommand:
    return tokens("sh", "-c", script, redactor=redactor, **settings)


def refusal(source: TokenCommand) -> str:
    with pytest.raises(TokenError) as caught:
        source.fresh()
    return str(caught.value)


@pytest.mark.parametrize(
    "script", [f"echo '{TOKEN}'", f"printf '\\n  %s\\r\\n' '{TOKEN}'", f"cat; printf %s '{TOKEN}'"]
)
def test_what_it_prints_is_the_token(script: str) -> None:
    assert shell(script).fresh() == TOKEN


def test_it_runs_in_the_folder_of_the_target_file_and_in_the_kit_s_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "targets" / "token.sh"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "$CLIENT-$1-$(cat number)"\n', encoding="utf-8")
    (program.parent / "number").write_text("7", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLIENT", "acme")
    assert tokens("./token.sh", "token", folder=Path("targets")).fresh() == "acme-token-7"


def test_the_token_is_secret_before_anybody_has_it() -> None:
    redactor = Redactor({})
    shell(f"echo '{TOKEN}'", redactor).fresh()
    assert redactor.text(f"Bearer {TOKEN}") == "Bearer {{ACCESS_TOKEN}}"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 1", "the token command sh ended with exit code 1"),
        ("echo first >&2; echo 'no such \033[31mclient' >&2; exit 3", r"with exit code 3: no such \x1b[31mclient"),
        (f"echo 'refused {SECRET}' >&2; exit 1", "ended with exit code 1: refused {{CLIENT_SECRET}}"),
        (f"echo '{TOKEN}'; echo 'got {TOKEN}' >&2; exit 1", "ended with exit code 1: got {{ACCESS_TOKEN}}"),
        ("kill -9 $$", "the token command sh was killed by SIGKILL"),
        ("exit 0", "expected one word as RFC 6750, 2.1 has it, seen nothing"),
        (
            "echo two words",
            "printed no access token: expected one word as RFC 6750, 2.1 has it, seen 9 bytes of another",
        ),
        ("echo one; echo two", "printed no access token"),
        ('echo \'{"access_token":"x"}\'', "printed no access token"),
        ("printf 'a\\377b'", "printed no access token"),
        ("yes a", "the token command sh wrote more than 65536 bytes"),
    ],
)
def test_where_there_is_none_it_says_what_was_run_and_how_that_ended(script: str, said: str) -> None:
    assert said in refusal(shell(script))


def test_no_token_in_time() -> None:
    assert refusal(shell("exec sleep 30", timeout_s=0.1)) == "the token command sh did not end within 0.1 s"


def test_a_program_that_is_not_there_without_its_arguments(tmp_path: Path) -> None:
    said = refusal(tokens("./not-there", SECRET, folder=tmp_path))
    assert said == "the token command ./not-there could not be started: No such file or directory"


def test_what_fails_again_and_again_is_given_up_and_what_fails_now_and_then_is_not(tmp_path: Path) -> None:
    source = shell(f"test $(wc -l < asked) -eq 2 && echo '{TOKEN}'; echo >> asked", folder=tmp_path)
    (tmp_path / "asked").touch()
    for _ in range(2):
        assert "printed no access token" in refusal(source)
    assert source.fresh() == TOKEN
    for _ in range(MOST_FAILURES):
        assert not source.is_given_up
        assert "printed no access token" in refusal(source)
    assert source.is_given_up
