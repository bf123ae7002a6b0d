from __future__ import annotations

import json
from typing import TYPE_CHECKING

from conformance.record import fleet
from conformance.record.fleet import Member
from conformance.report import overview
from conformance.report.text import visible
from tests.gate.known import an_entry, at_the_gate
from tests.report.samples import ALLOW, HOSTILE, JSON_TYPE, a_case, a_finding, a_hostile_record, a_record, stored
from tests.report.test_html import Page, words

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.report.overview import Overview

ALLOWED = a_case("warned", "error/allow", requirements=[ALLOW.id], findings=[a_finding(ALLOW)], level="SHOULD")
GOOD = a_record(a_case(), a_case(case_id="error/allow", requirements=[ALLOW.id]))
BAD = a_record(a_case("failed"), ALLOWED, reasons=["1 case failed"])
HALF = a_record(a_case("error"), verdict="inconclusive", reasons=["The target gave no answer"])


def an_overview() -> Overview:
    members = [Member("good", GOOD), Member("bad one", BAD), Member("half", HALF), Member("gone", None)]
    return overview.overview_of(members, ["good", "bad one"])


def page_of(made: Overview) -> Page:
    return Page("".join(overview.html(made)))


def test_the_summary_has_the_verdicts_and_who_left_no_record() -> None:
    assert overview.headline(an_overview()) == (
        "4 targets: 1 conformant, 1 not conformant, 1 inconclusive, 1 without a record"
    )
    page = page_of(an_overview())
    assert page.texts["h1"] == "4 targets"
    assert "1 conformant 1 not conformant 1 inconclusive 1 without a record" in words(page)
    assert "No record was left by gone" in words(page)


def test_what_breaks_most_targets_comes_first_and_names_them() -> None:
    members = [Member(f"t{number}", BAD if number else GOOD) for number in range(12)]
    text = words(page_of(overview.overview_of(members)))
    assert (
        f"MUST {JSON_TYPE.sentence} {JSON_TYPE.id}, broken by 11 of 12: t1, t2, t3, t4, t5, t6, t7, t8 and 3 more"
        in text
    )
    assert text.index(JSON_TYPE.sentence) < text.index(ALLOW.sentence)


def test_rows_are_grouped_by_what_is_to_be_said_of_them() -> None:
    unjudged = a_record(a_case("skipped"))
    made = overview.overview_of([Member("a", unjudged), Member("b", GOOD)])
    assert {title: [row.requirement.id for row in rows] for title, rows in made.groups.items()} == {
        "Kept wherever judged": [JSON_TYPE.id, ALLOW.id]
    }
    groups = an_overview().groups
    assert list(groups) == ["Failed somewhere", "Warned somewhere"]
    assert [row.cells for row in groups["Failed somewhere"]] == [["passed", "failed", "error"]]


def test_each_mark_leads_to_its_case_in_the_report_of_its_target_where_there_is_one() -> None:
    page = page_of(an_overview())
    marks = {
        (link["class"], link["href"]) for link in page.all("a") if link.get("class") in {"passed", "failed", "warned"}
    }
    assert marks == {
        ("passed", "good/report.html#case-success/content-type/logout-endpoint"),
        ("passed", "good/report.html#case-error/allow"),
        ("failed", "bad%20one/report.html#case-success/content-type/logout-endpoint"),
        ("warned", "bad%20one/report.html#case-error/allow"),
    }
    assert not any("half" in (link["href"] or "") for link in page.all("a"))


def test_programs_read_the_same() -> None:
    read = json.loads(overview.as_json(an_overview()))
    assert read["schema_version"] == 1
    assert read["verdicts"] == {"conformant": 1, "not-conformant": 1, "inconclusive": 1}
    assert read["without_record"] == ["gone"]
    assert [(one["folder"], one["verdict"], one["report"]) for one in read["targets"]] == [
        ("good", "conformant", "good/report.html"),
        ("bad one", "not-conformant", "bad%20one/report.html"),
        ("half", "inconclusive", None),
    ]
    assert read["targets"][1]["summary"]["failed"] == 1
    first = read["requirements"][0]
    assert (first["id"], first["status"]) == (JSON_TYPE.id, "failed")
    assert first["targets"] == {"good": "passed", "bad one": "failed", "half": "error"}


def test_it_is_written_beside_the_folders_and_made_of_their_records_alone(tmp_path: Path) -> None:
    for name, record in (("bad", BAD), ("good", GOOD)):
        (tmp_path / name).mkdir()
        stored(tmp_path / name, record)
    (tmp_path / "good" / "report.html").touch()
    first = [path.read_bytes() for path in overview.write(tmp_path, fleet.read(tmp_path))]
    assert [path.read_bytes() for path in overview.write(tmp_path, fleet.read(tmp_path))] == first
    assert b'href="good/report.html"' in first[0]
    assert b'href="bad/' not in first[0]


def test_the_page_runs_and_loads_nothing() -> None:
    page = page_of(an_overview())
    assert not {tag for tag, _ in page.elements} & {"script", "img", "iframe", "form", "object"}
    (policy,) = [meta["content"] or "" for meta in page.all("meta") if "http-equiv" in meta]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy


def test_hostile_names_are_shown_and_not_obeyed() -> None:
    name = "<b>\u202e'\"&#x1b;"
    made = overview.overview_of([Member(name, a_hostile_record()), Member("a", a_record(a_case()))], [name])
    source = "".join(overview.html(made))
    page = Page(source)
    assert not {tag for tag, _ in page.elements} & {"script", "img"}
    assert not any("on" in attributes for _, attributes in page.elements)
    assert visible(source, keep="\n") == source
    assert visible(HOSTILE)[:60] in page.text
    links = {link["href"] or "" for link in page.all("a")}
    assert all(link.startswith("%3Cb%3E%E2%80%AE%27%22%26%23x1b%3B/report.html") for link in links)
    assert json.loads(overview.as_json(made))["targets"][0]["folder"] == name


def test_fifty_targets_stay_below_a_megabyte() -> None:
    laws = [JSON_TYPE.model_copy(update={"id": f"a-requirement-of-usual-length-{number}"}) for number in range(127)]
    cases = [a_case(case_id=f"success/content-type/{law.id}", requirements=[law.id]) for law in laws]
    record = a_record(*cases, requirements=laws)
    names = [f"mvpd-{number}-production" for number in range(50)]
    page = "".join(overview.html(overview.overview_of([Member(name, record) for name in names], names)))
    assert len(page) < 1_200_000


def test_what_became_of_the_runs_at_the_gate_stands_beside_the_verdict() -> None:
    passed = BAD.model_copy(update={"gate": at_the_gate(*BAD.cases, known=an_entry())})
    failed = BAD.model_copy(update={"gate": at_the_gate(*BAD.cases)})
    made = overview.overview_of([Member("a", passed), Member("b", failed), Member("c", GOOD)])
    assert overview.headline(made) == "3 targets: 1 conformant, 2 not conformant; at the gate 1 passed, 1 failed"
    text = words(page_of(made))
    assert "Gate passed 1 known failure, nothing new, no entry to remove" in text
    assert "Gate failed 1 new failure" in text
    gates = [one["gate"] for one in json.loads(overview.as_json(made))["targets"]]
    assert gates == [
        {"status": "passed", "reasons": ["1 known failure, nothing new, no entry to remove"]},
        {"status": "failed", "reasons": ["1 new failure"]},
        None,
    ]
