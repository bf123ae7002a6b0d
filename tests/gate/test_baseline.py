from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.gate.baseline import load, parsed
from conformance.toml.mistakes import MistakesError
from tests.gate.known import CASE, REQUIREMENT, a_baseline, an_entry
from tests.report.samples import a_case

if TYPE_CHECKING:
    from pathlib import Path


def mistakes_in(text: str) -> list[str]:
    with pytest.raises(MistakesError) as caught:
        parsed(text, "known.toml")
    return str(caught.value).splitlines()


def test_an_entry_is_read_with_its_line() -> None:
    baseline = a_baseline("# ours", an_entry(REQUIREMENT + '\nscenario = "degraded"', "2027-01-31"), an_entry(CASE))
    first, second = baseline.known
    assert (first.requirement, first.scenario, first.case) == ("content-type-of-success", "degraded", None)
    assert (first.reason, first.owner, first.expires) == ("ACME-1", "team-tv", date(2027, 1, 31))
    assert second.case == "success/content-type/logout-endpoint"
    assert (baseline.source, baseline.lines) == ("known.toml", (2, 9))


def test_a_file_without_an_entry_knows_nothing(tmp_path: Path) -> None:
    (tmp_path / "known.toml").write_text("# nothing yet\n", encoding="utf-8")
    assert load(tmp_path / "known.toml").known == ()


def test_entries_in_one_array_stand_where_it_begins() -> None:
    entry = 'requirement = "content-type-of-success", reason = "a", owner = "b", expires = 2027-01-31'
    assert parsed(f"\nknown = [\n {{ {entry} }},\n {{ {entry} }} ]", "known.toml").lines == (2, 2)


@pytest.mark.parametrize(
    ("subject", "cases"),
    [
        (CASE, ["success/content-type/logout-endpoint"]),
        ('case = "success/content-type/*"', ["success/content-type/logout-endpoint", "success/content-type/degraded"]),
        (REQUIREMENT, ["success/content-type/logout-endpoint", "success/content-type/degraded"]),
        (REQUIREMENT + '\nscenario = "degraded"', ["success/content-type/degraded"]),
    ],
)
def test_which_cases_an_entry_names(subject: str, cases: list[str]) -> None:
    (known,) = a_baseline(an_entry(subject)).known
    every = [
        a_case(case_id="success/content-type/logout-endpoint"),
        a_case(case_id="success/content-type/degraded", scenario="degraded"),
        a_case(case_id="success/key/degraded", scenario="degraded", requirements=["key-equals-mvpd"]),
    ]
    assert [case.id for case in every if known.is_judged_by(case)] == cases


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        (
            'case = "success/content-typ/degraded"',
            (
                'known[0].case: expected the id of a case, seen "success/content-typ/degraded" '
                '(did you mean "success/content-type/degraded"?)'
            ),
        ),
        ('case = "nothing*"', "`logout-conformance list` shows all of them"),
        ("case = 3", "known[0].case: expected the id of a case, seen 3"),
        (
            'requirement = "content-type-of-succes"',
            (
                'known[0].requirement: expected the id of a requirement, seen "content-type-of-succes" '
                '(did you mean "content-type-of-success"?)'
            ),
        ),
        ('requirement = "x"', "`logout-conformance list --requirements` shows all of them"),
        (
            REQUIREMENT + '\nscenario = "degrated"',
            'known[0].scenario: expected the id of a scenario, seen "degrated" (did',
        ),
        ("", "known[0]: expected exactly one of case and requirement (write e.g. requirement = "),
        (f"{CASE}\n{REQUIREMENT}", "known[0]: expected exactly one of case and requirement"),
        (CASE + '\nscenario = "degraded"', "known[0]: expected no scenario beside case"),
        (REQUIREMENT + '\nresaon = "x"', 'known[0].resaon: unknown key (did you mean "reason"?)'),
    ],
)
def test_one_mistake_is_one_line(subject: str, said: str) -> None:
    (line,) = mistakes_in(an_entry(subject))
    assert said in line


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        (
            "2026-12-24",
            '"2026-12-24"',
            'expires: expected a date without quotes, seen "2026-12-24" (write e.g. ',
        ),
        ("2026-12-24", "2026-12-24T00:00:00", "expires: expected a date without quotes, seen a date or time"),
        ('"ACME-1"', '" "', 'reason: expected one line of text, seen " "'),
        ('"ACME-1"', '"a\\u001b[31m"', r'reason: expected one line of text, seen "a\x1b[31m"'),
        ('"team-tv"', "7", "owner: expected one line of text, seen 7"),
        ('owner = "team-tv"\n', "", 'known.toml:1: known[0].owner: missing (write e.g. owner = "team-streaming")'),
    ],
)
def test_every_entry_says_why_who_and_until_when(written: str, instead: str, said: str) -> None:
    (line,) = mistakes_in(an_entry().replace(written, instead))
    assert said in line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("known = 1", "known.toml:1: known: expected tables, seen an integer (write [[known]] above each)"),
        ("[known]\n" + REQUIREMENT, "known.toml:1: known: expected tables, seen a table (write [[known]] above each)"),
        ("known = [1]", "known.toml:1: known[0]: expected a table, seen an integer"),
        ('reason = "x"', "known.toml:1: reason: unknown key (write it below a line [[known]])"),
        ("\n[[knwon]]", 'known.toml:2: knwon: unknown key (did you mean "known"?)'),
        ("[[known]", "known.toml:1: is not valid TOML"),
    ],
)
def test_what_is_no_list_of_entries(text: str, said: str) -> None:
    (line,) = mistakes_in(text)
    assert said in line


def test_all_mistakes_together_each_with_its_line() -> None:
    wrong = an_entry('requirement = "nothing"', "true").replace('"team-tv"', '""')
    lines = mistakes_in(an_entry() + wrong + "[[known]]\n")
    places = [line.split(": ")[0:2] for line in lines]
    assert places == [
        ["known.toml:7", "known[1].requirement"],
        ["known.toml:9", "known[1].owner"],
        ["known.toml:10", "known[1].expires"],
        ["known.toml:11", "known[2].reason"],
        ["known.toml:11", "known[2].owner"],
        ["known.toml:11", "known[2].expires"],
    ]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MistakesError, match=r"none\.toml: cannot be read: No such file"):
        load(tmp_path / "none.toml")


@settings(max_examples=40, deadline=None)
@given(
    st.text()
    | st.lists(st.sampled_from([an_entry(), "[[known]]", "[", '"', "\n", "known", "=", "\x00", "'''"])).map("".join)
)
def test_any_text_is_a_file_of_known_failures_or_a_mistake(text: str) -> None:
    try:
        baseline = parsed(text, "known.toml")
    except MistakesError as error:
        assert str(error).startswith("known.toml:")  # noqa: PT017  (both ends are right here)
    else:
        assert len(baseline.known) == len(baseline.lines)
