from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from conformance.gate.baseline import parsed
from conformance.gate.draft import Draft, drafted
from conformance.gate.outcome import Terms, outcome
from conformance.record.stored import RecordError
from tests.gate.known import CASE, REQUIREMENT, TODAY, an_entry
from tests.report.samples import ALLOW, a_case, a_finding

if TYPE_CHECKING:
    from conformance.record.record import Case

DEGRADED = "success/content-type/degraded"
FAILED = (
    a_case("failed"),
    a_case("failed", DEGRADED, scenario="degraded"),
    a_case("failed", "success/status/degraded", scenario="degraded"),
    a_case("failed", "generated/valid", scenario=None),
    a_case("passed", "success/key/degraded"),
)


def draft_of(*cases: Case, text: str = "", today: date = TODAY, strict: bool = False) -> Draft:
    return drafted(cases, Terms(parsed(text, "known.toml"), today, strict), text)


def test_there_is_an_entry_for_each_requirement_and_scenario_and_for_a_case_of_no_scenario() -> None:
    draft = draft_of(*FAILED)
    known = parsed(draft.text, "known.toml").known
    assert [(one.requirement, one.scenario, one.case) for one in known] == [
        ("content-type-of-success", "logout-endpoint", None),
        ("content-type-of-success", "degraded", None),
        (None, None, "generated/valid"),
    ]
    assert {(one.reason, one.owner, one.expires) for one in known} == {
        ("not yet explained", "unassigned", date(2026, 12, 24))
    }
    assert (draft.kept, draft.added, draft.removed) == (0, 3, ())


def test_what_is_written_is_a_gate_that_passes() -> None:
    baseline = parsed(draft_of(*FAILED).text, "known.toml")
    gate = outcome(FAILED, Terms(baseline, TODAY))
    assert (gate.status, len(gate.known)) == ("passed", 4)


def test_a_run_without_failures_makes_a_file_without_entries() -> None:
    draft = draft_of(a_case())
    assert draft.text.startswith("# Known failures: ")
    assert parsed(draft.text, "known.toml").known == ()


def test_a_broken_should_is_named_where_that_is_asked_for() -> None:
    warned = a_case("warned", findings=[a_finding(ALLOW)], requirements=[ALLOW.id])
    assert (draft_of(warned).added, draft_of(warned, strict=True).added) == (0, 1)


EDITED = f"""\
# Written by hand.

# Agreed with the platform team.
{an_entry(REQUIREMENT + "   # both scenarios", "2026-11-30")}
# Mended.
{an_entry('requirement = "key-equals-mvpd"')}
{an_entry(CASE, "2020-01-01")}
# The end.
"""


def test_what_still_fails_keeps_its_entry_to_the_letter() -> None:
    passes = a_case(case_id="success/key/degraded", requirements=["key-equals-mvpd"])
    new = a_case(
        "failed",
        "success/status/degraded",
        scenario="degraded",
        requirements=["listed-status"],
        findings=[{**a_finding().model_dump(), "requirement": "listed-status"}],
    )
    draft = draft_of(a_case("failed"), passes, new, text=EDITED)
    before, _, rest = EDITED.partition("# Mended.")
    assert draft.text.startswith(before)
    assert "key-equals-mvpd" not in draft.text
    assert rest[rest.index("[[known]]\ncase") :].strip() in draft.text
    assert draft.text.endswith(
        'scenario = "degraded"\nreason = "not yet explained"\nowner = "unassigned"\nexpires = 2026-12-24\n'
    )
    assert (draft.kept, draft.added, [entry.subject for entry in draft.removed]) == (2, 1, ["key-equals-mvpd"])


def test_what_was_not_judged_keeps_its_entry() -> None:
    draft = draft_of(a_case("skipped"), text=an_entry())
    assert (draft.kept, draft.text) == (1, an_entry())


def test_entries_that_cannot_be_cut_out_are_written_anew() -> None:
    entry = 'reason = "ACME \\"7\\" \\\\", owner = "wé", expires = 2027-01-31'
    text = f'known = [ {{ case = "generated/valid", {entry} }}, {{ {REQUIREMENT}, {entry} }} ]\n'
    draft = draft_of(a_case("failed"), a_case(case_id="generated/valid"), text=text)
    (known,) = parsed(draft.text, "known.toml").known
    assert (known.requirement, known.reason, known.owner) == ("content-type-of-success", 'ACME "7" \\', "wé")
    assert (draft.kept, len(draft.removed)) == (1, 1)


@pytest.mark.parametrize(
    "case",
    [
        a_case("failed", "success/none/such", scenario=None),
        a_case("failed", findings=[{**a_finding().model_dump(), "requirement": 'x"\n[[known]]'}]),
    ],
)
def test_what_this_kit_does_not_know_is_not_written_down(case: Case) -> None:
    with pytest.raises(RecordError, match="which this kit does not know; run the kit again"):
        draft_of(case)


def test_the_comment_at_the_top_is_the_file_s_and_line_ends_stay() -> None:
    other = an_entry('requirement = "listed-status"')
    text = f"# Known failures of acme.\n{an_entry()}\n{other}"
    draft = draft_of(a_case("passed"), a_case("passed", "b", requirements=["listed-status"]), text=text)
    assert (draft.text, len(draft.removed)) == ("# Known failures of acme.\n", 2)
    windows = draft_of(
        a_case("failed"), a_case("passed", "b", requirements=["listed-status"]), text=text.replace("\n", "\r\n")
    )
    assert windows.text == f"# Known failures of acme.\n\n{an_entry()}".replace("\n", "\r\n")
