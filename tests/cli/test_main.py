"""The real command: what every flag does, and what bad input gets."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import pytest
import requests

from conformance import __version__
from conformance.cli import main as cli
from conformance.record import record as records
from conformance.reference import ACCESS_TOKEN, LogoutError, LogoutRequest, ReferenceServer, running
from conformance.reference.errors import METHOD_NOT_ALLOWED
from conformance.report import FORMATS, files_of
from tests.commands import FILES, SCRIPT, environment, in_process, logout_conformance, python, started
from tests.loopback import Loopback, answer, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.record.record import Record
    from tests.commands import Ended
    from tests.conftest import ReferenceRun

README: Final = Path(__file__).parents[2] / "README.md"
ONE_CASE: Final = ("--case", "success/status/no-profile")
UNREACHABLE: Final = "http://127.0.0.1:1"
"""Port 1 is tcpmux, which nobody serves."""


def record_of(folder: Path) -> Record:
    reports = folder / "reports"
    assert {path.name for path in reports.iterdir()} == FILES
    return records.read(reports)


def is_clear(ended: Ended) -> bool:
    """Say whether a refusal is one message to the person at the terminal, and nothing else."""
    assert "Traceback" not in ended.complaints + ended.output
    assert ended.complaints.strip()
    assert len(re.findall("^(?:logout-conformance|Error): ", ended.complaints, re.MULTILINE)) == 1, ended.complaints
    return True


# --- Commands and their help ---


def commands() -> dict[str, click.Command]:
    """Give every command by its words; those of a group are commands of their own."""
    found: dict[str, click.Command] = {}
    for name, command in cli.cli.commands.items():
        inner = command.commands if isinstance(command, click.Group) else None
        found |= {f"{name} {each}": one for each, one in inner.items()} if inner else {name: command}
    return found


def test_the_commands_and_their_flags() -> None:
    names = (
        "init doctor run client check proxy serve list report merge diff explain overview history baseline write"
        " bundle verify"
    )
    assert " ".join(commands()) == names
    flags = {name: {flag for option in command.params for flag in option.opts} for name, command in commands().items()}
    assert flags["run"] == {
        *("url", "--target", "--service-provider", "--other-service-provider", "--redirect-url", "--header"),
        *("--state-handler", "--mvpd", "--timeout", "--rate", "--burst", "--case", "--scenario", "-k", "--report-dir"),
        *("--examples", "--seed", "--max-time", "--format", "-n", "--shard", "--strict", "--history", "--dry-run"),
        *("--baseline", "--requirements"),
    }
    assert flags["doctor"] < flags["run"]
    assert "--target" in flags["doctor"]
    assert flags["init"] == {"folder", "--language", "--base-url", "--service-provider"}
    assert flags["client"] == {"command", "--scenario", "--report-dir", "--format", "--strict"}
    assert flags["check"] == {"files", "--report-dir", "--format", "--strict"}
    assert flags["proxy"] == {
        "--upstream",
        "--port",
        "--keep-host",
        "--timeout",
        "--report-dir",
        "--format",
        "--strict",
    }
    assert flags["serve"] == {"--host", "--port", "--record", "--format"}
    assert flags["list"] == {"--case", "--scenario", "-k", "--requirements", "--cost"}
    assert flags["report"] == {"folder", "--format"}
    assert flags["merge"] == {"folders", "--report-dir", "--format", "--strict"}
    assert flags["explain"] == {"name", "--report-dir"}
    assert flags["baseline write"] == {"folder", "--out", "--strict"}
    assert flags["diff"] == {"old", "new", "--format", "--out"}
    assert flags["overview"] == {"folder"}
    assert flags["bundle"] == {"folder", "--out", "--format", "--note", "--sign"}
    assert flags["verify"] == {"file", "--trusted-keys", "--max-age"}
    assert flags["history"] == {"folder", "--out", "--target", "--last"}


@pytest.mark.parametrize("command", commands())
def test_the_help_of_each_command_says_what_each_flag_does_and_has_an_example(command: str, tmp_path: Path) -> None:
    ended = logout_conformance(*command.split(), "--help", folder=tmp_path)
    assert (ended.code, ended.complaints) == (0, "")
    assert f"Example: logout-conformance {command} " in ended.output
    for option in commands()[command].params:
        if isinstance(option, click.Option):
            assert option.help, option.name
            assert option.opts[0] in ended.output


def test_the_help_of_all(tmp_path: Path) -> None:
    ended = logout_conformance("--help", folder=tmp_path)
    assert (ended.code, ended.complaints) == (0, "")
    assert all(re.search(rf"^  {name} ", ended.output, re.MULTILINE) for name in cli.cli.commands)
    assert logout_conformance("-h", folder=tmp_path).output == ended.output


def test_a_help_text_warns_of_what_a_run_does(tmp_path: Path) -> None:
    assert "logs real profiles out" in logout_conformance("run", "--help", folder=tmp_path).output
    assert "A run logs real profiles out." in README.read_text(encoding="utf-8")


def test_the_version(tmp_path: Path) -> None:
    assert logout_conformance("--version", folder=tmp_path).output == f"logout-conformance {__version__}\n"


def test_every_command_and_flag_is_documented() -> None:
    docs = [README, *sorted((README.parent / "docs").glob("*.md"))]
    text = "\n".join(path.read_text(encoding="utf-8") for path in docs)
    for name, command in commands().items():
        assert f"logout-conformance {name}" in text
        for option in command.params:
            if isinstance(option, click.Option):
                assert re.search(rf"(?<![\w-]){re.escape(option.opts[0])}(?![\w-])", text), option.opts[0]


def test_it_is_run_as_a_module_too(tmp_path: Path) -> None:
    ended = python("import runpy; runpy.run_module('conformance', run_name='__main__')", "--version", folder=tmp_path)
    assert ended.output.endswith(f" {__version__}\n")


# --- What every flag does ---


@pytest.fixture(scope="module")
def service() -> Iterator[Loopback]:
    """A target where everybody may log out for ever."""
    with serving(Loopback()) as loopback:
        yield loopback


@pytest.fixture(scope="module")
def flagged(service: Loopback, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run with every flag that says something of the target or of the run."""
    folder = tmp_path_factory.mktemp("flags")
    service.states = lambda question: answer(200, {"mvpd": question["params"]["mvpd"] or "Cablevision"})
    ended = logout_conformance(
        *("run", service.url, "--service-provider", "REF31", "--other-service-provider", "REF41"),
        *("--redirect-url", "https://a.example/?x=1", "--header", "X-Extra: one", "--header", "x-more:two"),
        *("--header", "Authorization: Bearer flag-0123456789", "--state-handler", f"{service.url}/_state"),
        *("--mvpd", "no-profile=Theirs", "--mvpd", "degraded=Other", "--timeout", "5", "--rate", "500", "--burst", "3"),
        *("--case", "success/status/*", "--case", "state/other/*", "--case", "generated/*"),
        *("--report-dir", "out/of/the way", "--examples", "3", "--seed", "9", "--max-time", "30", "--format", "junit"),
        folder=folder,
    )
    assert ended.code == 1, ended
    return folder / "out/of/the way"


def test_flags_that_describe_the_target(flagged: Path, service: Loopback) -> None:
    asked = service.asked
    assert {"REF31"} == {one.provider for one in asked if one.mvpd == "Theirs"}
    assert {one.query for one in asked if one.mvpd == "Theirs"} == {"redirectUrl=https%3A%2F%2Fa.example%2F%3Fx%3D1"}
    assert {(one.headers["X-Extra"], one.headers["X-More"]) for one in asked if one.mvpd == "Theirs"} == {
        ("one", "two")
    }
    providers = {params["serviceProvider"] for _, _, params in service.questions}
    assert "REF31" in providers
    degraded = [params for _, state, params in service.questions if state == "degraded"]
    assert {params["mvpd"] for params in degraded if params["serviceProvider"] == "REF31"} == {"Other"}
    assert records.read(flagged).target.service_provider == "REF31"


def test_flags_that_describe_the_run(flagged: Path) -> None:
    assert {path.name for path in flagged.iterdir()} == {"results.json", "exchanges.jsonl", "junit.xml"}
    record = records.read(flagged)
    assert (record.seed, record.examples, record.partial) == (9, 3, True)
    assert {case.id.partition("/")[0] for case in record.cases} == {"success", "state", "generated"}


def test_a_case_can_be_run_again_by_the_line_that_it_shows(flagged: Path, service: Loopback) -> None:
    for case in records.read(flagged).cases:
        assert case.rerun.startswith(f"logout-conformance run {service.url} ")
        assert case.rerun.endswith(f"--case {case.id} --seed 9 --examples 3")
        assert "--service-provider REF31" in case.rerun
        assert "--header 'X-Extra: one' --header x-more:two" in case.rerun
        assert "flag-0123456789" not in case.rerun
        assert "--mvpd no-profile=Theirs --mvpd degraded=Other" in case.rerun


def test_a_flag_beats_the_file(service: Loopback, tmp_path: Path) -> None:
    (tmp_path / "acme.toml").write_text(
        f'[target]\nname = "Acme"\nbase_url = "{UNREACHABLE}"\nservice_provider = "REF30"\n'
        f'[target.headers]\nX-Extra = "file"\n[states]\nhandler = "{service.url}/_state"\n',
        encoding="utf-8",
    )
    ended = logout_conformance(
        *("run", service.url, "--target", "acme.toml", "--service-provider", "REF32", "--header", "x-extra: flag"),
        *ONE_CASE,
        folder=tmp_path,
    )
    assert ended.code == 3, ended
    assert f"Acme at {service.url}" in ended.output
    asked = [one for one in service.asked if one.provider == "REF32"]
    assert {one.headers["X-Extra"] for one in asked} == {"flag"}
    assert record_of(tmp_path).cases[0].rerun.startswith(f"logout-conformance run {service.url} --target acme.toml ")


def test_selections_by_scenario_and_by_keyword(service: Loopback, tmp_path: Path) -> None:
    arguments = ("run", service.url, "--state-handler", f"{service.url}/_state")
    ended = logout_conformance(*arguments, "--scenario", "degraded", "-k", "pairing or key", folder=tmp_path)
    assert ended.code in {1, 3}
    record = record_of(tmp_path)
    assert [case.id for case in record.cases] == ["success/key/degraded", "success/pairing/degraded"]
    assert record.partial
    assert "only a part of the cases was selected" in ended.output


# --- Exit codes (target contract, section 4) ---


class WithoutAllow(ReferenceServer):
    """Breaks a SHOULD: its 405 has no Allow."""

    def check_method(self, asked: LogoutRequest) -> None:
        if asked.request.method != "GET":
            raise LogoutError(METHOD_NOT_ALLOWED)


@pytest.fixture(scope="module")
def warned() -> Iterator[tuple[str, ...]]:
    with running(WithoutAllow()) as url:
        yield (url, "--header", f"Authorization: Bearer {ACCESS_TOKEN}", "--state-handler", f"{url}/_state")


def test_0_where_the_target_is_conformant(reference_run: ReferenceRun) -> None:
    assert reference_run.ended.code == 0


@pytest.mark.parametrize(("strict", "code"), [((), 3), (("--strict",), 1)])
def test_a_broken_should_ends_with_1_where_that_is_asked_for(
    strict: tuple[str, ...], code: int, warned: tuple[str, ...], tmp_path: Path
) -> None:
    ended = logout_conformance("run", *warned, *strict, "--case", "error/allow", folder=tmp_path)
    assert ended.code == code, ended
    assert "WARNED error/allow" in ended.output
    record = record_of(tmp_path)
    assert ([case.status for case in record.cases], record.verdict) == (["warned"], "inconclusive")


def test_1_where_a_must_is_broken(service: Loopback, tmp_path: Path) -> None:
    arguments = ("run", service.url, "--state-handler", f"{service.url}/_state")
    ended = logout_conformance(*arguments, "--case", "success/action/logout-endpoint", folder=tmp_path)
    assert ended.code == 1
    assert "action-for-logout-endpoint" in ended.output
    assert (record_of(tmp_path).verdict, ended.complaints) == ("not-conformant", "")


def test_3_where_only_a_part_was_selected(tmp_path: Path) -> None:
    ended = logout_conformance("run", *ONE_CASE, folder=tmp_path)
    assert ended.code == 3
    assert record_of(tmp_path).verdict == "inconclusive"


@pytest.fixture(scope="module")
def unreachable(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ended, Path]:
    folder = tmp_path_factory.mktemp("unreachable")
    return logout_conformance("run", UNREACHABLE, "--mvpd", "no-profile=A", folder=folder), folder


def test_3_where_the_target_cannot_be_reached(unreachable: tuple[Ended, Path]) -> None:
    ended, folder = unreachable
    assert (ended.code, ended.complaints) == (3, "")
    assert "The target gave no answer: the connection was refused" in ended.output
    record = record_of(folder)
    assert record.verdict == "inconclusive"
    assert record.reasons[0] == "The target gave no answer: the connection was refused"
    assert {case.status for case in record.cases} == {"error", "skipped"}


def test_3_where_the_state_handler_fails(service: Loopback, tmp_path: Path) -> None:
    arguments = ("--state-handler", f"{UNREACHABLE}/_state", "--scenario", "no-profile")
    ended = logout_conformance("run", service.url, *arguments, folder=tmp_path)
    assert (ended.code, ended.complaints) == (3, "")
    assert "The state handler failed: the state handler gave no answer: the connection was refused" in ended.output
    assert {case.status for case in record_of(tmp_path).cases} == {"error"}


def test_3_where_every_valid_request_is_refused(tmp_path: Path) -> None:
    with serving(Loopback(answers=lambda _: answer(401, {"code": "x"}, WWW_Authenticate="Bearer"))) as refusing:
        ended = logout_conformance(
            *("run", refusing.url, "--header", "Authorization: Bearer wrong-token", "--state-handler"),
            f"{refusing.url}/_state",
            folder=tmp_path,
        )
    assert ended.code == 3, ended.output
    record = record_of(tmp_path)
    assert record.causes[0].title == "Every valid request was answered 401"
    assert "access token" in record.causes[0].advice
    assert [case.id for case in record.cases if case.status == "passed" and case.level == "MUST"] == []


BROKEN_RULE: Final = """
from conformance.rules import action

def broken(exchange):
    raise ZeroDivisionError("s3cret-0123456789")
    yield

action.must_map_to_objects = broken
from conformance.cli.main import main
main()
"""


def test_4_where_the_kit_itself_fails_and_the_target_is_not_to_blame(tmp_path: Path) -> None:
    ended = python(BROKEN_RULE, "run", "--scenario", "degraded", folder=tmp_path)
    assert ended.code == 4, ended
    assert "Traceback" not in ended.complaints + ended.output
    assert "please report it" in ended.output
    record = record_of(tmp_path)
    assert record.kit_faults[0] == "success/entries/degraded"
    case = next(case for case in record.cases if case.id in record.kit_faults)
    assert (case.status, record.summary.failed) == ("error", 0)
    assert "ZeroDivisionError" in case.message
    assert record.summary.passed > 5, "the other cases go on"


@pytest.mark.parametrize(
    ("raised", "code"), [("RuntimeError('x')", 4), ("KeyboardInterrupt()", 130), ("OSError(28, 'No space left')", 2)]
)
def test_whatever_ends_a_run_early_ends_it_in_words(raised: str, code: int, tmp_path: Path) -> None:
    script = f"""
from conformance import certify
from conformance.cli import main as cli

def ends(*_, **__):
    raise {raised}

certify.certify = ends
cli.main()
"""
    ended = python(script, "run", *ONE_CASE, folder=tmp_path)
    assert ended.code == code, ended
    assert "Traceback" not in ended.complaints
    assert ("Please report it" in ended.complaints) is (code == 4)


# --- serve ---


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_runs_the_reference_server_until_it_is_told_to_stop(number: signal.Signals, tmp_path: Path) -> None:
    process = started("serve", "--port", "0", folder=tmp_path)
    assert process.stdout is not None
    lines = dict(process.stdout.readline().strip().split(": ", 1) for _ in range(3))
    url = lines["reference server"].strip()
    assert lines["state handler"].strip() == f"{url}/_state"
    assert lines["access token"].strip().startswith(ACCESS_TOKEN)
    with requests.Session() as session:
        session.trust_env = False
        assert session.get(f"{url}/api/v2/REF30/logout/Dish", timeout=10).status_code == 401
    process.send_signal(number)
    output, complaints = process.communicate(timeout=60)
    assert (process.returncode, output, complaints) == (0, "stopped\n", "")


# --- What bad input gets: exit code 2 and one clear message ---

FLAGS: Final = [
    (("walk",), "walk"),
    (("run", "--nonsense"), "--nonsense"),
    (("run", "a", "b"), "b"),
    (("run", "--seed", "x"), "--seed"),
    (("run", "--examples", "-1"), "--examples"),
    (("run", "--examples", "many"), "--examples"),
    (("run", "--max-time", "0"), "--max-time"),
    (("run", "--max-time", "nan"), "--max-time"),
    (("run", "-n", "-1"), "-n"),
    (("serve", "--port", "65536"), "--port"),
    (("run", "--format", "html,pdf"), "'pdf'"),
    (("report", ".", "--format", "pdf"), "'pdf'"),
    (("report",), "FOLDER"),
    (("run", "--case"), "--case"),
]
TARGETS: Final = [
    (("example.com",), "URL: expected an http(s) URL"),
    (("ftp://example.com",), "URL: expected an http(s) URL"),
    (("http://user:pw@example.com",), "URL: expected an http(s) URL"),
    ((UNREACHABLE, "--rate", "0"), "--rate: expected a positive number"),
    ((UNREACHABLE, "--burst", "0"), "--burst: expected a whole number from 1"),
    ((UNREACHABLE, "--timeout", "0"), "--timeout: expected a positive number"),
    ((UNREACHABLE, "--header", "no colon"), "--header: expected 'Name: value'"),
    ((UNREACHABLE, "--header", "A b: c"), "--header"),
    ((UNREACHABLE, "--mvpd", "Cablevision"), "--mvpd: expected SCENARIO=NAME"),
    ((UNREACHABLE, "--mvpd", "degrated=A"), 'did you mean "degraded"?'),
    ((UNREACHABLE, "--state-handler", "nowhere"), "--state-handler: expected an http(s) URL"),
    ((UNREACHABLE, "--redirect-url", "no url"), "--redirect-url: expected an absolute URL"),
    ((UNREACHABLE, "--service-provider", ""), "--service-provider"),
    (("--target", "no-such.toml"), "no-such.toml: cannot be read: No such file or directory"),
    (("--target", "."), "binary.toml:1: is not UTF-8 text"),
    (("--target", "no-toml.toml"), "no-toml.toml:2: is not valid TOML"),
    (("--target", "binary.toml"), "binary.toml:1: is not UTF-8 text"),
    (("--target", "empty.toml"), "target: missing"),
    (("--target", "variable.toml"), "the environment variable NO_SUCH_VARIABLE is not set"),
    (("--scenario", "degrated"), "there is no scenario 'degrated'"),
    (("--case", "success/status/degrated"), "there is no case 'success/status/degrated'"),
    ((*ONE_CASE, "--case", "nonsense/*"), "there is no case 'nonsense/*'"),
    (("-k", "nonsense"), "no case matches"),
    (("-k", "and and"), "-k"),
    (("--report-dir", "file"), "file"),
    (("--report-dir", "file/reports"), "file"),
]
FILES_OF_A_USER: Final = {
    "no-toml.toml": b'[target]\nbase_url = "http://127.0.0.1\n',
    "binary.toml": b"\xff\xfe\x00",
    "empty.toml": b"",
    "variable.toml": b'[target]\nbase_url = "http://127.0.0.1:1"\nname = "${NO_SUCH_VARIABLE}"\n',
    "file": b"",
}


def label(arguments: tuple[str, ...]) -> str:
    return " ".join(arguments)


@pytest.mark.parametrize(("arguments", "said"), FLAGS, ids=[label(arguments) for arguments, _ in FLAGS])
def test_a_flag_that_is_wrong(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    ended = logout_conformance(*arguments, folder=tmp_path)
    assert (ended.code, ended.output) == (2, "")
    assert is_clear(ended)
    assert said in ended.complaints
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("arguments", "said"), TARGETS, ids=[label(arguments) for arguments, _ in TARGETS])
def test_a_run_that_cannot_be_made(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    for name, content in FILES_OF_A_USER.items():
        (tmp_path / name).write_bytes(content)
    ended = in_process("run", *arguments, folder=tmp_path)
    assert ended.code == 2, ended
    assert is_clear(ended)
    assert said in ended.complaints
    assert {path.name for path in tmp_path.iterdir()} == set(FILES_OF_A_USER), "nothing is left behind"


def test_all_mistakes_of_a_file_are_reported_together_with_key_and_line(tmp_path: Path) -> None:
    (tmp_path / "acme.toml").write_text(
        '[target]\nbase_url = "example.com"\ntimeout_s = "10"\nname = "${ACME_NAME}"\n[targets]\n', encoding="utf-8"
    )
    ended = logout_conformance("run", "--target", "acme.toml", folder=tmp_path)
    assert (ended.code, ended.output) == (2, "")
    lines = ended.complaints.removeprefix("logout-conformance: ").splitlines()
    assert [line.partition(" ")[0] for line in lines] == [
        "acme.toml:2:",
        "acme.toml:3:",
        "acme.toml:4:",
        "acme.toml:5:",
    ]
    for line, key in zip(lines, ("base_url", "timeout_s", "ACME_NAME", "targets"), strict=True):
        assert key in line


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_report_folder_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    ended = logout_conformance("run", *ONE_CASE, folder=tmp_path)
    assert ended.code == 2
    assert is_clear(ended)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "results.json: not found"),
        ("{", "is no valid JSON"),
        ("[]", "is no record of logout-conformance"),
        ('{"schema_version": 99}', "upgrade logout-conformance"),
    ],
    ids=["none", "broken", "no record", "newer"],
)
def test_a_report_of_a_folder_that_holds_no_record(content: str | None, said: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "results.json").write_text(content, encoding="utf-8")
        (tmp_path / "exchanges.jsonl").touch()
    ended = logout_conformance("report", ".", folder=tmp_path)
    assert (ended.code, ended.output) == (2, "")
    assert is_clear(ended)
    assert said in ended.complaints


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as taken:
        ended = logout_conformance("serve", "--port", str(taken.server_port), folder=tmp_path)
    assert (ended.code, ended.output) == (2, "")
    assert is_clear(ended)
    assert "in use" in ended.complaints


# --- list and report ---


def test_list_has_every_case_with_level_and_requirements(reference_run: ReferenceRun, tmp_path: Path) -> None:
    ended = logout_conformance("list", folder=tmp_path)
    assert (ended.code, ended.complaints) == (0, "")
    listed = dict(line.split("  ", 1) for line in ended.output.splitlines())
    cases = {case.id: case for case in reference_run.record.cases}
    assert list(listed) == list(cases)
    assert listed["response/method/POST"] == "MUST  method-not-allowed"
    for name, rest in listed.items():
        level, _, requirements = rest.partition("  ")
        assert (level, tuple(requirements.split())) == (cases[name].level, cases[name].requirements)


def test_list_shows_what_each_case_sends(tmp_path: Path) -> None:
    ended = logout_conformance(
        "list", "--cost", "--case", "response/method/*", "--case", "success/url/*", folder=tmp_path
    )
    assert "    sends bad-method: POST, PUT, PATCH, DELETE, afterwards" in ended.output.splitlines()
    assert "    sends logout-endpoint: first, again, once more" in ended.output.splitlines()


def test_list_takes_the_selections_of_run(tmp_path: Path) -> None:
    ended = logout_conformance("list", "--scenario", "degraded", "-k", "again", folder=tmp_path)
    assert ended.output == "state/again/degraded  MUST  degraded-again\n"
    nothing = logout_conformance("list", "--scenario", "nowhere", folder=tmp_path)
    assert nothing.code == 2
    assert is_clear(nothing)


def test_list_has_the_law(tmp_path: Path) -> None:
    lines = logout_conformance("list", "--requirements", folder=tmp_path).output.splitlines()
    at = lines.index("method-not-allowed  MUST  server  #response")
    assert lines[at + 1 : at + 3] == [
        "    POST, PUT, PATCH and DELETE on the endpoint are answered 405.",
        "    checked: An otherwise valid request is sent with each of these methods, and the status is compared.",
    ]
    assert any(line.startswith("    not checked: ") for line in lines)


def test_list_may_be_cut_short_by_who_reads_it(tmp_path: Path) -> None:
    with subprocess.Popen(
        [str(SCRIPT), "list"], cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complaints = process.stderr.read().decode()
    assert "Traceback" not in complaints
    assert "report folder" not in complaints


def test_report_renders_the_same_again(reference_run: ReferenceRun, tmp_path: Path) -> None:
    for name in ("results.json", "exchanges.jsonl"):
        (tmp_path / name).write_bytes((reference_run.folder / name).read_bytes())
    ended = logout_conformance("report", ".", folder=tmp_path)
    assert (ended.code, ended.complaints) == (0, "")
    assert ended.output.splitlines() == ["report.html", "junit.xml"]
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (reference_run.folder / name).read_bytes(), name


def test_report_renders_what_is_asked_for(reference_run: ReferenceRun, tmp_path: Path) -> None:
    for name in ("results.json", "exchanges.jsonl"):
        (tmp_path / name).write_bytes((reference_run.folder / name).read_bytes())
    assert logout_conformance("report", ".", "--format", "junit", folder=tmp_path).output == "junit.xml\n"
    assert not (tmp_path / "report.html").exists()
    every = logout_conformance("report", ".", "--format", ",".join(FORMATS), folder=tmp_path)
    assert (every.code, every.output.splitlines()) == (0, files_of())


def test_results_are_json_for_whoever_reads_them(unreachable: tuple[Ended, Path]) -> None:
    _, folder = unreachable
    content = json.loads((folder / "reports" / "results.json").read_bytes())
    assert (content["schema_version"], content["verdict"]) == (1, "inconclusive")
    assert content["target"]["base_url"] == UNREACHABLE
