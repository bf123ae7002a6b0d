"""Every report shows what became of a run at the gate, beside the verdict, which stays what it is."""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from rich.console import Console

from conformance.report import annotation, badge, html, junit, markdown, sarif, terminal
from conformance.report.marks import Marks
from tests import published
from tests.recipes.github import Command, read
from tests.report.samples import ALLOW, JSON_TYPE, a_case, a_finding, a_gate, a_record, an_entry

if TYPE_CHECKING:
    from conformance.record.record import Record

KNOWN = a_case("failed")
NEW = a_case("failed", "success/content-type/degraded")
LATE = a_case("failed", "success/new/degraded", scored=False)
EXCUSE = "known failure: ACME-1 (team-tv, until 2026-12-24), known.toml:3"
UNSCORED = "does not score (came after 1.0)"
RECORD = a_record(
    KNOWN,
    NEW,
    LATE,
    requirements_version="1.0",
    gate=a_gate(an_entry(), an_entry("passes", 9), an_entry("unproven", 15), new=[NEW.id]),
)


def said_on_a_terminal(record: Record) -> list[str]:
    screen = io.StringIO()
    terminal.show(record, Console(file=screen, width=200))
    return screen.getvalue().splitlines()


def test_the_mark_of_a_case_says_whether_it_is_known_new_or_does_not_score() -> None:
    marks = Marks(RECORD)
    assert [marks.of(case) for case in (KNOWN, NEW, LATE, a_case("failed", "a"))] == [
        EXCUSE,
        "new failure",
        UNSCORED,
        "",
    ]
    assert [marks.excuse(case) for case in (KNOWN, NEW, LATE)] == [EXCUSE, "", UNSCORED]


def test_of_a_case_that_is_new_what_is_known_is_excused_alone() -> None:
    gate = a_gate(an_entry(), new=[KNOWN.id], known=[])
    marks = Marks(a_record(KNOWN, gate=gate))
    assert [marks.excuse_of(KNOWN, name) for name in (JSON_TYPE.id, ALLOW.id)] == [EXCUSE, ""]
    assert (marks.excuse(KNOWN), marks.of(KNOWN)) == ("", "new failure")


def test_what_an_expired_entry_names_is_not_excused() -> None:
    marks = Marks(a_record(KNOWN, gate=a_gate(an_entry("expired"))))
    assert (marks.of(KNOWN), marks.excuse_of(KNOWN, JSON_TYPE.id)) == ("", "")


def test_without_a_gate_nothing_is_marked() -> None:
    assert Marks(a_record(KNOWN)).of(KNOWN) == ""


def test_the_terminal_shows_what_is_new_each_entry_and_both_results() -> None:
    wrong = "Content-Type: expected application/json, seen text/html"
    assert said_on_a_terminal(RECORD) == [
        f"FAILED success/content-type/degraded [content-type-of-success] new failure: {wrong}",
        f"FAILED success/new/degraded [content-type-of-success] {UNSCORED}: {wrong}",
        "KNOWN known.toml:3: content-type-of-success: it is needed: ACME-1 (team-tv, until 2026-12-24)",
        "OPEN known.toml:15: content-type-of-success: it is unproven: ACME-1 (team-tv, until 2026-12-24)",
        "STALE known.toml:9: content-type-of-success: it is passes; remove the entry",
        "Not conformant: Acme 1.4.2",
        "Gate failed: so it is (known.toml)",
        "3 failed; 108 requests, seed 7",
    ]


def test_the_terminal_shows_twenty_entries_and_every_one_to_be_removed() -> None:
    entries = [*(an_entry(line=number) for number in range(25)), *(an_entry("passes", number) for number in range(25))]
    said = said_on_a_terminal(a_record(KNOWN, gate=a_gate(*entries)))
    counts = [sum(line.startswith(word) for line in said) for word in ("KNOWN", "STALE")]
    assert counts == [20, 25]
    assert "... and 5 more entries in the report" in said


def test_the_page_shows_both_results_and_links_the_entries_to_their_cases() -> None:
    page = "".join(html.render(RECORD, []))
    assert '<h1 class="status">Not conformant</h1>' in page
    assert '<b class="status failed">Gate failed</b> so it is (<a href="#gate">known failures</a>)' in page
    section = page[page.index('<h2 id="gate">') : page.index("</section>", page.index('<h2 id="gate">'))]
    places = [section.index(f"<code>known.toml:{line}</code>") for line in (9, 3, 15)]
    assert places == sorted(places), "what is to be removed comes first"
    assert '<a href="#case-success/content-type/logout-endpoint">' in section
    marks = [part.partition("<")[0] for part in page.split('<span class="mark">')[1:]]
    assert marks == [EXCUSE, "new failure", UNSCORED]


def test_a_page_without_a_gate_has_none() -> None:
    page = "".join(html.render(a_record(KNOWN), []))
    assert "Gate" not in page
    assert "Known failures" not in page


def test_the_summary_shows_both_results_and_what_to_remove() -> None:
    summary = "".join(markdown.render(RECORD, []))
    assert summary.startswith("## ❌ Not conformant: Acme\n")
    assert "**❌ Gate failed: so it is \\(known.toml\\)**" in summary
    lines = [line for line in summary.splitlines() if line.startswith("- ") and "known.toml:" in line]
    assert ["known.toml:9" in line and "remove the entry" in line for line in lines] == [True, False, False]
    assert EXCUSE.partition(" (")[0] in summary


def test_junit_skips_what_is_excused_and_fails_for_what_is_to_be_removed() -> None:
    text = "".join(junit.render(RECORD, []))
    published.junit().validate(text)
    root = ET.fromstring(text)
    found = {f"{case.get('classname')}/{case.get('name')}": case for case in root.iter("testcase")}
    skipped = {name: case.find("skipped") for name, case in found.items()}
    assert {name: skip.get("message") for name, skip in skipped.items() if skip is not None} == {
        "success.content-type/logout-endpoint": f"{EXCUSE}. it was failed",
        "success.new/degraded": f"{UNSCORED}. it was failed",
    }
    assert [name for name, case in found.items() if case.find("failure") is not None] == [
        "success.content-type/degraded",
        "known-failures/line-9",
    ]
    assert (root.get("tests"), root.get("failures")) == ("4", "2")


def test_sarif_suppresses_what_is_excused_with_the_reason() -> None:
    log = json.loads("".join(sarif.render(RECORD, [])))
    published.sarif().validate(log)
    (run,) = log["runs"]
    said = [[one["justification"] for one in result["suppressions"]] for result in run["results"]]
    assert said == [[EXCUSE], [], [UNSCORED]]
    told = run["invocations"][0]["toolConfigurationNotifications"]
    assert [one["message"]["text"] for one in told] == [
        "known.toml:9: content-type-of-success: it is passes; remove the entry"
    ]
    assert run["properties"]["gate"] == "failed"


def test_sarif_says_nothing_of_suppression_where_nobody_asked() -> None:
    (result,) = json.loads("".join(sarif.render(a_record(KNOWN), [])))["runs"][0]["results"]
    assert "suppressions" not in result


def test_annotations_are_errors_for_what_is_new_and_for_what_is_to_be_removed() -> None:
    found = [read(line.rstrip("\n")) for line in annotation.render(RECORD, [])]
    assert [(command.name, command.properties.get("title")) for command in found if command] == [
        ("notice", "Not conformant: Acme"),
        ("error", "Gate failed"),
        ("error", "Remove the entry"),
        ("error", "MUST: content-type-of-success"),
    ]
    assert found[2] == Command(
        "error",
        {"file": "known.toml", "line": "9", "title": "Remove the entry"},
        "known.toml:9: content-type-of-success: it is passes; remove the entry",
    )
    quiet = [*annotation.render(a_record(KNOWN, LATE, requirements_version="1.0", gate=a_gate(an_entry())), [])]
    assert [line.split()[0] for line in quiet] == ["::notice"] * 3
    assert EXCUSE in read_text(quiet[2])


def read_text(line: str) -> str:
    command = read(line.rstrip("\n"))
    assert command is not None
    return command.message


def test_the_badge_counts_what_scores() -> None:
    summary = {"failed": 3}
    assert badge.message_of(RECORD.model_copy(update={"summary": RECORD.summary.model_copy(update=summary)})) == (
        "not conformant, 2 failed"
    )


def test_one_finding_of_two_can_be_known() -> None:
    both = a_case("failed", findings=[a_finding(), a_finding(ALLOW)])
    record = a_record(both, gate=a_gate(an_entry(), new=[both.id], known=[]))
    results = json.loads("".join(sarif.render(record, [])))["runs"][0]["results"]
    assert [bool(result["suppressions"]) for result in results] == [True, False]
