from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from conformance.report import annotation
from conformance.report.digest import fixes
from conformance.report.sarif import LAW
from conformance.report.text import shortened, visible
from tests.recipes.github import Command, read
from tests.report.samples import HOSTILE, JSON_TYPE, a_case, a_finding, a_hostile_record, a_record

if TYPE_CHECKING:
    from conformance.record.record import Record

AWKWARD = st.text(st.sampled_from(":%,=#[]\r\n \x0b\x85\u2028adefrotspcm-")) | st.sampled_from(
    ["::stop-commands::x", "\n::error::x", "##[set-env name=X]y", "%0A::error::x", "a,file=/etc/passwd"]
)


def read_all(text: str) -> list[Command]:
    """Read every line as GitHub's runner does."""
    found = [read(line) for line in text.splitlines()]
    assert None not in found, "the runner takes a line for output"
    return [command for command in found if command]


def commands(record: Record) -> list[Command]:
    return read_all("".join(annotation.render(record, [])))


def test_the_verdict_comes_first_and_a_conformant_server_gets_nothing_else() -> None:
    record = a_record(a_case(), reasons=["all passed"])
    assert commands(record) == [Command("notice", {"title": "Conformant: Acme"}, "all passed")]
    assert commands(a_record(a_case(), verdict="inconclusive"))[0].name == "warning"


def test_a_finding_is_annotated_at_the_line_of_its_law_with_what_was_seen_and_how_to_see_it() -> None:
    law = JSON_TYPE.model_copy(update={"line": 12})
    assert commands(a_record(a_case("failed"), requirements=[law]))[1] == Command(
        "error",
        {"file": "spec/requirements.yaml", "line": "12", "title": "MUST: content-type-of-success"},
        "A 200 has the Content-Type application/json.\n"
        "at Content-Type expected application/json, seen text/html\n"
        "See it: logout-conformance run --case success/content-type/logout-endpoint --seed 0",
    )


def test_a_should_is_a_warning_and_a_cause_comes_with_its_advice() -> None:
    cause = {"title": "The target gave no answer", "advice": "Start it.", "cases": ["a"]}
    record = a_record(
        a_case("error", "a", findings=[]),
        a_case("warned", "b", level="SHOULD", findings=[a_finding().model_copy(update={"level": "SHOULD"})]),
        causes=[cause],
        requirements=[JSON_TYPE.model_copy(update={"level": "SHOULD"})],
    )
    _, first, second = commands(record)
    assert (first.name, first.properties) == ("error", {"title": "MUST: The target gave no answer"})
    assert "Start it." in first.message
    assert second.name == "warning"


def test_a_record_without_the_line_of_a_law_names_its_file_alone() -> None:
    assert "line" not in commands(a_record(a_case("failed")))[1].properties


def test_many_ways_and_long_values_are_cut_and_say_so() -> None:
    ways = [a_finding().model_copy(update={"seen": f"{number}" * 1000}) for number in range(5)]
    message = commands(a_record(a_case("failed", findings=ways)))[1].message
    assert "... and 2 more ways" in message
    assert "700 more characters" in message


def only_annotates(record: Record) -> None:
    found = commands(record)
    of_the_gate = 1 + len(record.gate.stale) if record.gate else 0
    assert len(found) == 1 + of_the_gate + len(fixes(record))
    assert {command.name for command in found} <= {"error", "warning", "notice"}
    assert {key for command in found for key in command.properties} <= {"file", "line", "title"}
    known = {shortened(visible(record.gate.file), 300)} if record.gate else set()
    assert {command.properties.get("file", LAW) for command in found} == {LAW, *known}


def test_a_hostile_record_gives_no_command_of_its_own() -> None:
    only_annotates(a_hostile_record())
    text = "".join(annotation.render(a_hostile_record(), []))
    assert not re.search(r"[^\x20-\x7e\n]", text.replace("\\", ""))
    assert "<script>" in HOSTILE


@given(seen=AWKWARD, where=AWKWARD, target=AWKWARD, name=AWKWARD)
def test_whatever_is_sent_stays_in_its_place(seen: str, where: str, target: str, name: str) -> None:
    finding = a_finding().model_copy(update={"seen": seen, "where": where, "requirement": name})
    record = a_record(
        a_case("failed", findings=[finding], rerun=seen),
        reasons=[where],
        target={"name": target, "version": "", "base_url": "http://127.0.0.1", "service_provider": "REF30"},
    )
    only_annotates(record)
    assert f"seen {visible(seen)}" in commands(record)[1].message
