from __future__ import annotations

import os
from pathlib import Path

import pytest

from conformance.target.file import Mistake, TargetError, load
from conformance.target.model import StaticScenario, TokenSource
from tests.acme import ENVIRON, SECRET, WHOLE, loaded


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a file that messages call by its bare name."""
    monkeypatch.chdir(tmp_path)
    return Path("acme.toml")


def mistakes_in(text: str, path: Path) -> list[str]:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TargetError) as caught:
        load(path, ENVIRON)
    return str(caught.value).splitlines()


def test_every_key_of_the_contract(acme: Path, tmp_path: Path) -> None:
    described = loaded(WHOLE, acme)
    assert described.name == "Acme logout service"
    assert described.version == "1.4.2"
    assert described.base_url == "https://api.example.com"
    assert described.service_provider == "REF30"
    assert described.other_service_provider == "REF40"
    assert described.redirect_url == "https://example.com/bye"
    assert described.requests_per_second == 1.0
    assert described.burst == 10
    assert described.timeout_s == 10.0
    assert described.headers == {"Authorization": f"Bearer {SECRET}"}
    assert described.tls.verify is True
    assert described.states is not None
    assert described.states.handler == "http://127.0.0.1:9000/_state"
    assert described.scenarios == {
        "logout-endpoint": StaticScenario(
            mvpd="Cablevision",
            service_provider="REF30",
            device_identifier="fingerprint YmEy...",
            headers={"AD-Service-Token": f"service-{SECRET}"},
            uses=1,
        )
    }
    assert described.secrets == {"ACCESS_TOKEN": SECRET, "SERVICE_TOKEN": f"service-{SECRET}"}
    assert described.folder == tmp_path


@pytest.mark.parametrize(
    ("rest", "line"),
    [
        ("requests_per_second = 'fast'", 'target.requests_per_second: expected a positive number, seen "fast"'),
        ("requests_per_second = -1", "target.requests_per_second: expected a positive number, seen -1"),
        ("requests_per_second = nan", "target.requests_per_second: expected a positive number, seen nan"),
        ("requests_per_second = true", "target.requests_per_second: expected a positive number, seen true"),
        ("requests_per_second = [1]", "target.requests_per_second: expected a positive number, seen an array"),
        ("requests_per_second = 1979-05-27", "target.requests_per_second: expected a positive number, seen a date"),
        ("burst = 0", "target.burst: expected a whole number from 1, seen 0 (write e.g. 10)"),
        ("burst = 1.5", "target.burst: expected a whole number from 1, seen 1.5"),
        ("burst = true", "target.burst: expected a whole number from 1, seen true"),
        ("timeout_s = 0", "target.timeout_s: expected a positive number of seconds, at most a day, seen 0"),
        ("timeout_s = 0x" + "f" * 9000, "target.timeout_s: expected a positive number of seconds, at most a day, seen"),
        ("name = 3", "target.name: expected text without control characters, seen 3"),
        ('name = "a\\u001b[31m\\u202e"', r'name: expected text without control characters, seen "a\x1b[31m\u202e"'),
        (f"name = '\t{'x' * 100}'", 'name: expected text without control characters, seen "\\t' + "x" * 59 + '..."'),
        ("naem = 'x'", 'target.naem: unknown key (did you mean "name"?)'),
        ("colour = 'x'", "target.colour: unknown key (known here: base_url, name, version, service_provider, "),
        ("service_provider = ''", 'target.service_provider: expected a name without control characters, seen ""'),
        ("other_service_provider = 'REF30'", "target.other_service_provider: expected another name than "),
        ("headers = 'Authorization: Bearer x'", "target.headers: expected a table, seen a string"),
        ("headers = ['a']", "target.headers: expected a table, seen an array"),
        ("headers.X-A = 1", "target.headers.X-A: expected one line of Latin-1 text"),
        ("headers.'X A' = 'b'", 'target.headers."X...": expected a header\'s name'),
        ("trust_env = 'yes'", 'target.trust_env: expected true or false, seen "yes" (write e.g. true)'),
        ("tls.verify = 0", "target.tls.verify: expected true or false, seen 0"),
        ("tls.verfy = true", 'target.tls.verfy: unknown key (did you mean "verify"?)'),
        ("tls.ca_bundle = 'no.pem'", 'target.tls.ca_bundle: expected a file that exists, seen "no.pem"'),
        ("[states]", "states: expected exactly one of handler, command and python"),
        ("states = 1", "target.states: unknown key"),
        ("[[states]]\npython = 'a:b'", "states: expected a table, seen an array"),
        ("[states]\nhandlr = 'x'", 'states.handlr: unknown key (did you mean "handler"?)'),
        ("[states]\ncommand = 'x'", "states.command: expected a list: the program and its arguments"),
        ("[states]\npython = 'x'", 'states.python: expected a module and a callable, seen "x"'),
        ("[token]", 'token.command: missing (write e.g. command = ["./token.sh"])'),
        ("[token]\ncommand = './token.sh'", "token.command: expected a list: the program and its arguments"),
        ("[token]\ncommand = ['a']\nscheme = 'b'", "token.scheme: unknown key (known here: command)"),
        ("[token]\ncommand = ['a', '${NONE}']", "token.command: the environment variable NONE is not set"),
        ("token = 1", "target.token: unknown key"),
        (
            "headers.authorization = 'Bearer x'\n[token]\ncommand = ['a']",
            "acme.toml:4: token: expected no header Authorization beside the table [token], whose command gives it",
        ),
        ("[scenarios.logot-endpoint]\nmvpd = 'A'", 'expected the id of a scenario (did you mean "logout-endpoint"?)'),
        ("[scenarios.x]\nmvpd = 'A'", "scenarios.x: expected the id of a scenario (write one of logout-endpoint, "),
        ("[scenarios]\napple-sso = 1", "scenarios.apple-sso: expected a table, seen an integer"),
        ("[scenarios.apple-sso]", 'scenarios.apple-sso.mvpd: missing (write e.g. mvpd = "Cablevision")'),
        ("[scenarios.apple-sso]\nmvpd = 'A'\nuse = 1", 'scenarios.apple-sso.use: unknown key (did you mean "uses"?)'),
        ("[scenarios.apple-sso]\nmvpd = 'A'\nuses = 0", 'uses: expected a whole number from 1, or "unlimited", seen 0'),
        ("[headers]\nX = 'y'", "headers: unknown key (write it in the table [target])"),
        ("'\\\\ odd\t.' = 1", 'target."\\\\ odd\\t.": unknown key'),
        ("version = '${NONE}'", "target.version: the environment variable NONE is not set (export NONE=...)"),
        ("version = '${EMPTY}'", "target.version: the environment variable EMPTY is empty (export EMPTY=...)"),
        ("version = '${}'", "target.version: a ${ without the name of a variable and a } (write $${ for ${ itself)"),
        ("version = 'a ${b'", "target.version: a ${ without the name"),
        ("[states]\ncommand = ['a', '${NONE}']", "states.command: the environment variable NONE is not set"),
        ("[scenarios.apple-sso]\nmvpd = '${NONE}'", "scenarios.apple-sso.mvpd: the environment variable NONE is not"),
        ("headers.Authorization = 'Bearer ${NONE}'", "target.headers.Authorization: the environment variable NONE is"),
    ],
)
def test_one_mistake_is_one_line(acme: Path, rest: str, line: str) -> None:
    said = mistakes_in(f"[target]\nbase_url = 'http://h'\n{rest}", acme)
    assert [line in sentence for sentence in said] == [True], said


def test_a_command_that_gives_tokens(acme: Path, tmp_path: Path) -> None:
    text = WHOLE.replace('Authorization = "Bearer ${ACCESS_TOKEN}"', 'X-Client = "${ACCESS_TOKEN}"')
    described = loaded(f'{text}\n[token]\ncommand = ["./token.sh", "${{ACCESS_TOKEN}}"]\n', acme)
    assert described.token == TokenSource(command=["./token.sh", SECRET])
    assert described.folder == tmp_path
    assert SECRET not in repr(described) + repr(described.token)


def test_all_mistakes_together_each_with_its_line(acme: Path) -> None:
    text = """\
# a comment
[target]
service_provider = ""

requests_per_second = "fast"
[target.headers]
Authorization = "Bearer ${NOT_THERE} ${NOR_THERE}"
[scenarios.apple-sso]
headers = { "AD-Service-Token" = "${EMPTY}", "X-A" = 1 }
uses = 0
"""
    assert mistakes_in(text, acme) == [
        'acme.toml:2: target.base_url: missing (write e.g. base_url = "https://api.example.com")',
        (
            'acme.toml:3: target.service_provider: expected a name without control characters, seen "" '
            '(write e.g. "REF30")'
        ),
        'acme.toml:5: target.requests_per_second: expected a positive number, seen "fast" (write e.g. 1.0)',
        (
            "acme.toml:7: target.headers.Authorization: the environment variable NOT_THERE is not set "
            "(export NOT_THERE=...)"
        ),
        (
            "acme.toml:7: target.headers.Authorization: the environment variable NOR_THERE is not set "
            "(export NOR_THERE=...)"
        ),
        'acme.toml:8: scenarios.apple-sso.mvpd: missing (write e.g. mvpd = "Cablevision")',
        (
            "acme.toml:9: scenarios.apple-sso.headers.AD-Service-Token: the environment variable EMPTY is empty "
            "(export EMPTY=...)"
        ),
        (
            "acme.toml:9: scenarios.apple-sso.headers.X-A: expected one line of Latin-1 text without control "
            'characters and outer blanks (write e.g. "Bearer ${ACCESS_TOKEN}")'
        ),
        'acme.toml:10: scenarios.apple-sso.uses: expected a whole number from 1, or "unlimited", seen 0 (write e.g. 1)',
    ]


def test_a_mistake_can_be_read_by_a_program(acme: Path) -> None:
    acme.write_text("[target]\nbase_url = 'http://h'\ntimeout_s = 'x'")
    with pytest.raises(TargetError) as caught:
        load(acme, {})
    assert caught.value.mistakes == (
        Mistake(
            key="target.timeout_s",
            line=3,
            problem='expected a positive number of seconds, at most a day, seen "x"',
            advice="write e.g. 10.0",
        ),
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "acme.toml: target: missing (write a table [target])"),
        (b"[target\n", "acme.toml:1: is not valid TOML: Expected ']' at the end of a table declaration"),
        (b"[target]\na = 1\na = 2\n\n", "acme.toml:3: is not valid TOML: Cannot overwrite a value"),
        (b'[target]\na = "\n', "acme.toml:2: is not valid TOML: Illegal character"),
        (b"a = " + b"9" * 5000, "acme.toml: is not valid TOML: Exceeds the limit"),
        (b"# \n\xff", "acme.toml:2: is not UTF-8 text (save it as UTF-8)"),
        (b"\x00", "acme.toml:1: is not valid TOML: "),
        (b"#" * (1024 * 1024 + 1), "acme.toml: is larger than 1 MiB (is it a target file?)"),
    ],
)
def test_what_is_no_target_file(acme: Path, content: bytes, said: str) -> None:
    acme.write_bytes(content)
    with pytest.raises(TargetError) as caught:
        load(acme, ENVIRON)
    assert str(caught.value).startswith(said)
    assert len(caught.value.mistakes) == 1


@pytest.mark.parametrize("text", ["a = " + "[" * 50_000, "a = " + "{a = " * 50_000, "a." * 2000 + "a = 1"])
def test_a_file_that_is_nested_too_deeply(acme: Path, text: str) -> None:
    assert ["nested" in line for line in mistakes_in(text, acme)] == [True]


def test_a_file_of_one_mebibyte_is_read(acme: Path) -> None:
    text = "[target]\nbase_url = 'http://h'\n"
    assert loaded(text + "#" * (1024 * 1024 - len(text)), acme).base_url == "http://h"


def test_a_byte_order_mark_is_passed_over(acme: Path) -> None:
    assert loaded("\ufeff[target]\nbase_url = 'http://h'", acme).base_url == "http://h"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("none.toml", "none.toml: cannot be read: No such file or directory"),
        (".", ".: cannot be read: Is a directory"),
        ("a\0b", r"a\x00b: cannot be read: no such path"),
        ("\x1b[31m", r"\x1b[31m: cannot be read: No such file or directory"),
    ],
)
def test_a_path_that_cannot_be_read(acme: Path, path: str, said: str) -> None:
    with pytest.raises(TargetError) as caught:
        load(acme.parent / path, {})
    assert str(caught.value) == said


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_without_permission(acme: Path) -> None:
    acme.touch(mode=0)
    with pytest.raises(TargetError, match="Permission denied"):
        load(acme, {})


def test_variables_are_read_in_every_table_and_in_strings_only(acme: Path) -> None:
    described = loaded(
        """\
[target]
base_url = "http://${PLAIN}.example/${PLAIN}"
name = "$${PLAIN} $PLAIN {PLAIN} $$ ${PLAIN}"
[states]
command = ["./x", "--${PLAIN}"]
[scenarios.no-profile]
mvpd = "${PLAIN}"
headers = { X = "$$$${PLAIN}${PLAIN}" }
""",
        acme,
    )
    assert described.base_url == "http://a.example/a"
    assert described.name == "${PLAIN} $PLAIN {PLAIN} $$ a"
    assert described.states is not None
    assert described.states.command == ["./x", "--a"]
    assert described.scenarios["no-profile"].mvpd == "a"
    assert described.scenarios["no-profile"].headers == {"X": "$$${PLAIN}a"}
    assert described.secrets == {"PLAIN": "a"}


def test_what_a_variable_holds_is_not_expanded_again(acme: Path) -> None:
    acme.write_text("[target]\nbase_url = 'http://h'\nname = '${A}'")
    assert load(acme, {"A": "${B} $${C}"}).name == "${B} $${C}"


def test_a_variable_is_no_number(acme: Path) -> None:
    said = mistakes_in("[target]\nbase_url = 'http://h'\ntimeout_s = '${PLAIN}'", acme)
    assert said == [
        "acme.toml:3: target.timeout_s: expected a positive number of seconds, at most a day (write e.g. 10.0)"
    ]


def test_the_environment_is_read_unless_another_is_given(acme: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FROM_THE_ENVIRONMENT", "here")
    acme.write_text("[target]\nbase_url = 'http://h'\nname = '${FROM_THE_ENVIRONMENT}'")
    assert load(acme).name == "here"


@pytest.mark.parametrize(
    "rest",
    [
        f"base_url = 'http://user:{SECRET}@h'",
        f"base_url = 'http://h/?token={SECRET}'",
        "base_url = 'http://${ACCESS_TOKEN}@h'",
        f"redirect_url = '{SECRET}'",
        f"headers.Authorization = 'Bearer {SECRET}\\u0000 '",
        f"headers = 'Authorization: Bearer {SECRET}'",
        f"headers = ['Authorization: Bearer {SECRET}']",
        f"headers.'Authorization: Bearer {SECRET}' = ''",
        f"headers.'Bearer {SECRET}' = ''",
        f"authorization = 'Bearer {SECRET}'",
        "name = '${ACCESS_TOKEN}\t'",
        "timeout_s = '${ACCESS_TOKEN}'",
        "tls.ca_bundle = '${ACCESS_TOKEN}'",
        "tls.verify = '${ACCESS_TOKEN}'",
        "version = ['${ACCESS_TOKEN}']",
        f"[states]\nhandler = 'http://{SECRET}@h'",
        f"[states]\ncommand = '{SECRET}'",
        f"[states]\ncommand = ['{SECRET}', 1]",
        "[states]\npython = '${ACCESS_TOKEN}'",
        f"[scenarios.apple-sso]\nmvpd = 'A'\nheaders = {{ AD-Service-Token = '{SECRET} ' }}",
        f"[scenarios.apple-sso]\nmvpd = 'A'\ndevice_identifier = '{SECRET} '",
        "[scenarios.apple-sso]\nmvpd = '${ACCESS_TOKEN}\t'",
        "[scenarios.apple-sso]\nmvpd = 'A'\nuses = '${ACCESS_TOKEN}'",
    ],
)
def test_no_secret_is_in_a_message(acme: Path, rest: str) -> None:
    acme.write_text(f"[target]\n{rest}")
    with pytest.raises(TargetError) as caught:
        load(acme, ENVIRON)
    assert SECRET not in f"{caught.value} {caught.value!r} {caught.value.__cause__!r} {caught.value.args}"
    assert caught.value.__suppress_context__
