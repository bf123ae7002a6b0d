"""What is known, what is new, and which entries are to be removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.gate.outcome import Terms, outcome
from tests.gate.known import CASE, REQUIREMENT, TODAY, a_baseline, an_entry, at_the_gate
from tests.report.samples import ALLOW, a_case, a_finding

if TYPE_CHECKING:
    from conformance.record.record import Status

OTHER = "success/content-type/degraded"
BOTH = [a_finding(), a_finding(ALLOW)]


def states(*cases_known: object) -> list[str]:
    *cases, known = cases_known
    return [entry.state for entry in at_the_gate(*cases, known=str(known)).entries]  # type: ignore[arg-type]


# --- Known and new ---


@pytest.mark.parametrize("subject", [CASE, REQUIREMENT, REQUIREMENT + '\nscenario = "logout-endpoint"', 'case = "*"'])
def test_a_known_failure_fails_nothing(subject: str) -> None:
    gate = at_the_gate(a_case("failed"), a_case("passed", OTHER), known=an_entry(subject))
    assert (gate.status, gate.new, gate.stale) == ("passed", (), ())
    assert gate.known == ("success/content-type/logout-endpoint",)
    assert gate.reasons == ("1 known failure, nothing new, no entry to remove",)
    (entry,) = gate.entries
    assert (entry.state, entry.message, entry.line) == ("needed", "still fails in 1 case", 1)
    assert entry.cases == gate.known


def test_a_failure_that_no_entry_names_is_new() -> None:
    gate = at_the_gate(a_case("failed"), a_case("failed", OTHER, scenario="degraded"), known=an_entry(CASE))
    assert gate.status == "failed"
    assert [(new.case, new.requirements) for new in gate.new] == [(OTHER, ("content-type-of-success",))]
    assert gate.reasons == ("1 new failure",)


def test_a_known_requirement_does_not_cover_another_in_the_same_case() -> None:
    twice = a_case(
        "failed",
        requirements=["content-type-of-success", "key-equals-mvpd"],
        findings=[a_finding(), {**a_finding().model_dump(), "requirement": "key-equals-mvpd"}],
    )
    gate = at_the_gate(twice, known=an_entry())
    assert [new.requirements for new in gate.new] == [("key-equals-mvpd",)]
    assert gate.known == ()
    assert at_the_gate(twice, known=an_entry(CASE)).new == ()


def test_a_broken_should_counts_where_that_is_asked_for() -> None:
    warned = a_case("warned", findings=[a_finding(ALLOW)], requirements=[ALLOW.id])
    assert at_the_gate(warned).status == "passed"
    assert [new.case for new in at_the_gate(warned, strict=True).new] == [warned.id]
    known = an_entry(f'requirement = "{ALLOW.id}"')
    assert at_the_gate(warned, strict=True, known=known).known == (warned.id,)
    assert (at_the_gate(warned, known=known).known, states(warned, known)) == ((), ["needed"])


def test_a_should_beside_a_known_must_is_not_new_unless_that_is_asked_for() -> None:
    both = a_case("failed", findings=BOTH, requirements=[JSON, ALLOW.id])
    assert at_the_gate(both, known=an_entry()).new == ()
    assert [new.requirements for new in at_the_gate(both, known=an_entry(), strict=True).new] == [(ALLOW.id,)]


JSON = "content-type-of-success"


def test_a_failure_without_a_finding_breaks_what_its_case_is_about() -> None:
    assert at_the_gate(a_case("failed", findings=[]), known=an_entry()).status == "passed"
    assert at_the_gate(a_case("failed", findings=[])).new[0].requirements == (JSON,)


def test_a_case_that_failed_without_a_must_is_not_passed_over() -> None:
    odd = a_case("failed", findings=[a_finding(ALLOW)], requirements=[ALLOW.id])
    assert at_the_gate(odd).new[0].requirements == (ALLOW.id,)


def test_a_case_that_does_not_score_is_neither_new_nor_proof_of_anything() -> None:
    late = a_case("failed", scored=False)
    assert at_the_gate(late).status == "passed"
    gate = at_the_gate(late, known=an_entry())
    assert (gate.status, gate.known, gate.entries[0].state) == ("passed", (), "unproven")
    assert gate.entries[0].message == f"{late.id} does not score"


# --- Entries to be removed ---


def test_a_failure_that_is_gone_leaves_an_entry_to_be_removed() -> None:
    gate = at_the_gate(a_case("passed"), a_case("passed", OTHER), known="# ours\n\n" + an_entry())
    assert (gate.status, gate.reasons) == ("failed", ("1 entry to remove",))
    assert [(entry.state, entry.message, gate.at(entry)) for entry in gate.stale] == [
        ("passes", "fails no more in 2 cases", "known.toml:3")
    ]


@pytest.mark.parametrize(("expires", "status"), [("2026-11-23", "failed"), ("2026-11-24", "passed")])
def test_an_entry_counts_up_to_its_last_day(expires: str, status: str) -> None:
    gate = at_the_gate(a_case("failed"), known=an_entry(expires=expires))
    assert (gate.status, gate.new) == (status, ())


def test_an_expired_entry_is_told_with_what_still_fails() -> None:
    gate = at_the_gate(a_case("failed"), known=an_entry(expires="2026-11-01"))
    assert gate.stale[0].message == "expired on 2026-11-01, and still fails in 1 case"
    assert gate.known == ()


def test_an_expired_entry_beside_one_that_counts_leaves_the_failure_known() -> None:
    gate = at_the_gate(a_case("failed"), known=an_entry(expires="2026-11-01") + an_entry(CASE))
    assert (gate.known, len(gate.stale)) == ((a_case().id,), 1)


def test_an_entry_that_names_nothing_is_to_be_removed() -> None:
    known = an_entry(REQUIREMENT + '\nscenario = "server-failure"')
    assert at_the_gate(a_case(), known=known).stale[0].message == "no case judges it"


# --- What proves nothing ---


@pytest.mark.parametrize("status", ["skipped", "error"])
def test_a_case_that_was_not_judged_proves_nothing(status: Status) -> None:
    gate = at_the_gate(a_case(status), known=an_entry())
    assert (gate.status, gate.stale) == ("passed", ())
    assert (gate.entries[0].state, gate.entries[0].message) == ("unproven", f"{a_case().id} ended as {status}")


@pytest.mark.parametrize(
    ("status", "scenario", "state"),
    [
        ("error", "degraded", "unproven"),
        ("skipped", "degraded", "passes"),  # the target has no such scenario
        ("skipped", "logout-endpoint", "unproven"),  # something more basic is broken there
    ],
)
def test_beside_one_that_passes(status: Status, scenario: str, state: str) -> None:
    exchanges = [] if scenario == "degraded" else [1]
    assert states(a_case(), a_case(status, OTHER, scenario=scenario, exchanges=exchanges), an_entry()) == [state]


OF_ANOTHER = a_case("passed", "success/key/logout-endpoint", requirements=["key-equals-mvpd"])
"""A case that is not about the requirement, and may come upon it all the same."""


@pytest.mark.parametrize(
    ("status", "exchanges", "state"),
    [
        ("passed", (1,), "passes"),
        ("failed", (1,), "needed"),
        ("error", (1,), "unproven"),
        ("skipped", (1,), "unproven"),  # its answer could not be judged
        ("skipped", (), "passes"),  # what it needs is not there
    ],
)
def test_a_case_that_is_about_something_else_may_have_shown_the_failure(
    status: Status, exchanges: tuple[int, ...], state: str
) -> None:
    findings = (a_finding(),) if status == "failed" else ()
    other = OF_ANOTHER.model_copy(update={"status": status, "exchanges": exchanges, "findings": findings})
    assert states(a_case(), other, an_entry(REQUIREMENT + '\nscenario = "logout-endpoint"')) == [state]


def test_a_case_that_was_stopped_proves_nothing() -> None:
    stopped = OF_ANOTHER.model_copy(
        update={"status": "skipped", "exchanges": (), "cause": "the run's 6 s were used up"}
    )
    assert states(a_case(), stopped, an_entry(REQUIREMENT + '\nscenario = "logout-endpoint"')) == ["unproven"]


def test_what_breaks_something_new_may_hide_a_failure_that_no_case_is_about() -> None:
    new = a_case("failed", "success/key/logout-endpoint", requirements=["key-equals-mvpd"])
    known = an_entry('requirement = "url-is-reference"\nscenario = "logout-endpoint"')
    about = a_case(case_id="success/url/degraded", scenario="degraded", requirements=["url-is-reference"])
    gate = at_the_gate(about, new, known=known)
    assert (gate.status, [failure.case for failure in gate.new]) == ("failed", [new.id])
    assert (gate.entries[0].state, gate.entries[0].message) == ("unproven", f"{new.id} broke something new")
    passed = new.model_copy(update={"status": "passed", "findings": ()})
    assert states(about, passed, known) == ["passes"]


def test_a_case_that_is_skipped_for_good_does_not_keep_an_entry_that_it_is_not_about() -> None:
    known = an_entry('requirement = "url-is-reference"\nscenario = "logout-endpoint"')
    about = a_case(case_id="success/url/degraded", scenario="degraded", requirements=["url-is-reference"])
    lacking = a_case("skipped", "success/key/logout-endpoint", requirements=["key-equals-mvpd"], exchanges=[])
    assert states(about, a_case(), lacking, known) == ["passes"]


def test_where_such_a_case_was_left_out_the_entry_is_not_blamed() -> None:
    known = a_baseline(an_entry(REQUIREMENT + '\nscenario = "logout-endpoint"'))
    baseline = type(known)(known.source, known.known, known.lines, (a_case(), OF_ANOTHER))
    gate = outcome([a_case()], Terms(baseline, TODAY))
    assert (gate.entries[0].state, gate.entries[0].message) == ("not-run", "not all of its cases ran")


def test_a_requirement_that_no_case_is_about_is_to_be_removed() -> None:
    assert states(OF_ANOTHER, an_entry()) == ["unmatched"]


def test_a_flaky_failure_may_come_and_go_until_its_entry_expires() -> None:
    gate = at_the_gate(a_case(), known=f"{an_entry()}flaky = true\n")
    assert (gate.status, gate.stale) == ("passed", ())
    assert (gate.entries[0].state, gate.entries[0].message) == ("unproven", "did not fail this time")
    assert states(a_case("failed"), f"{an_entry()}flaky = true\n") == ["needed"]
    assert states(a_case(), f"{an_entry(expires='2026-11-01')}flaky = true\n") == ["expired"]


def test_an_entry_that_is_open_expires_all_the_same() -> None:
    assert states(a_case("skipped"), an_entry(expires="2026-11-01")) == ["expired"]


@pytest.mark.parametrize(
    ("subject", "state"),
    [
        (CASE, "passes"),
        (REQUIREMENT, "not-run"),
        (REQUIREMENT + '\nscenario = "degraded"', "not-run"),
        (REQUIREMENT + '\nscenario = "no-profile"', "unmatched"),
        ('case = "success/*"', "not-run"),
    ],
)
def test_in_a_part_of_the_cases_an_entry_is_blamed_for_what_ran_of_it(subject: str, state: str) -> None:
    known = a_baseline(an_entry(subject))
    every = (a_case(), a_case(case_id=OTHER, scenario="degraded"))
    baseline = type(known)(known.source, known.known, known.lines, every)
    (entry,) = outcome([a_case()], Terms(baseline, TODAY)).entries
    assert entry.state == state


def test_where_nobody_knows_what_did_not_run_no_entry_is_blamed_for_passing() -> None:
    gate = at_the_gate(a_case(), known=an_entry(CASE) + an_entry('case = "success/key/*"'), whole=False)
    assert [entry.state for entry in gate.entries] == ["not-run", "not-run"]


def test_nothing_new_and_too_little_shown_is_inconclusive() -> None:
    terms = Terms(a_baseline(an_entry()), TODAY)
    gate = outcome([a_case("failed")], terms, ["not tested although mandatory: no-profile"])
    assert gate.status == "inconclusive"
    assert gate.reasons[1] == "not tested although mandatory: no-profile"
    assert outcome([a_case("failed")], Terms(a_baseline(), TODAY), ["an error"]).status == "failed"
