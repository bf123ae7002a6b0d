from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from conformance.record.record import Record, Scenario
from conformance.report.terminal import show
from tests.report.samples import a_case, a_hostile_record, a_record


def printed(record: Record, *reports: Path, terminal: bool = False, encoding: str = "utf-8") -> str:
    # without colours, so that every escape sequence in the output is somebody else's
    octets = io.BytesIO()
    file = io.TextIOWrapper(octets, encoding=encoding, newline="\n")
    show(record, Console(file=file, force_terminal=terminal, color_system=None, width=160), reports)
    file.flush()
    return octets.getvalue().decode(encoding)


def test_without_a_terminal_the_summary_is_plain_lines() -> None:
    apple = Scenario(id="apple-sso", mandatory=False, status="skipped", reason="not supported")
    mandatory = Scenario(id="no-profile", mandatory=True, status="error", reason="handler: 500")
    record = a_record(
        a_case("passed", "a"),
        a_case("warned", "b"),
        a_case("failed", "c"),
        a_case("error", "d", message="refused"),
        reasons=["1 MUST case failed"],
        notes=["waited 12 s for 429 answers"],
        scenarios=[apple, mandatory],
    )
    assert printed(record).split("\n") == [
        "FAILED c [content-type-of-success] Content-Type: expected application/json, seen text/html",
        "ERROR d [content-type-of-success] refused",
        "WARNED b [content-type-of-success] Content-Type: expected application/json, seen text/html",
        "not tested: no-profile (mandatory): handler: 500",
        "not tested: apple-sso: not supported",
        "note: waited 12 s for 429 answers",
        "Not conformant: Acme 1.4.2 (1 MUST case failed)",
        "1 passed, 1 warned, 1 error, 1 failed; 108 requests, seed 7",
        "",
    ]


def test_a_run_without_faults_is_two_lines() -> None:
    assert printed(a_record(a_case())) == "Conformant: Acme 1.4.2\n1 passed; 108 requests, seed 7\n"


def test_a_target_without_a_name_goes_by_its_url() -> None:
    target = {"base_url": "https://api.example.com", "service_provider": "REF30"}
    assert printed(a_record(target=target)).startswith("Conformant: https://api.example.com\nno case ran; ")


def test_a_fault_of_the_kit_is_named_as_its_own() -> None:
    record = a_record(a_case("error", "a"), kit_faults=["a"])
    assert "the kit itself failed in a; please report it\n" in printed(record)


def test_the_report_is_named_and_how_to_open_it() -> None:
    path = Path("/srv/my reports/report.html")
    assert printed(a_record(), path, path.with_name("junit.xml")).split("\n")[2:] == [
        "Report: /srv/my reports/report.html",
        "Open it in a browser: file:///srv/my%20reports/report.html",
        "",
    ]


def test_on_a_terminal_what_failed_is_a_table() -> None:
    header, row = printed(a_record(a_case("failed")), terminal=True).split("\n")[:2]
    assert header.split() == ["status", "case", "requirement", "what", "was", "wrong"]
    assert row.split()[:3] == ["failed", "success/content-type/logout-endpoint", "content-type-of-success"]


def test_at_most_twenty_cases_are_shown() -> None:
    lines = printed(a_record(*[a_case("failed", f"case-{number:02}") for number in range(23)])).split("\n")
    assert [line.split()[1] for line in lines[:20]] == [f"case-{number:02}" for number in range(20)]
    assert lines[20] == "... and 3 more cases in the report"


def test_a_long_answer_is_cut() -> None:
    assert "x" * 200 + "... 800 more characters" in printed(a_record(a_case("error", message="x" * 1000)))


def test_no_control_sequence_of_a_target_reaches_the_terminal() -> None:
    for terminal in (False, True):
        text = printed(a_hostile_record(), terminal=terminal)
        assert all(character.isprintable() or character == "\n" for character in text)
        assert r"\x1b[31m" in text.replace("\n", "")


def test_markup_and_emoji_codes_of_a_target_are_shown_as_they_are() -> None:
    case = a_case("failed", message="[bold red]:smile:[/]", findings=[])
    for terminal in (False, True):
        assert "[bold red]:smile:[/]" in printed(a_record(case), terminal=terminal)


def test_a_terminal_without_the_letters_shows_escapes() -> None:
    case = a_case("error", message="登出 é")
    assert r"\u767b\u51fa \xe9" in printed(a_record(case), encoding="ascii")
