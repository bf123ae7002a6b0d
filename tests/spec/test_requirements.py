"""The rows of the law are well formed, and rest on decisions that are written down."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

SPEC = Path(__file__).parents[2] / "spec"

Row = dict[str, object]

ROWS: list[Row] = yaml.safe_load((SPEC / "requirements.yaml").read_text("utf-8"))["requirements"]
BY_ID = {str(row["id"]): row for row in ROWS}

DECISIVE = re.compile(
    r"#(?:request|response|success|error|samples|initiate-logout-for-specific-mvpd)"
    r"|RFC (?:9110|3986|8259) \d+(?:\.\d+)*"
    r"|target contract [256]"
)
REFERENCE = re.compile(r"linked page: \S.*|later edition|hardening|robustness")


def sections(row: Row) -> list[str]:
    return str(row["section"]).split(", ")


def errata(row: Row) -> list[int]:
    cited = row.get("errata", [])
    assert isinstance(cited, list)
    return cited


def decisions() -> dict[int, str]:
    text = (SPEC / "errata.md").read_text("utf-8")
    _, *parts = re.split(r"^## (\d+)\. ", text, flags=re.MULTILINE)
    return {int(number): body for number, body in zip(parts[::2], parts[1::2], strict=True)}


def named_rows(decision: str) -> set[str]:
    return set(re.findall(r"`([a-z]+(?:-[a-z0-9]+)+)`", decision))


def texts(row: Row) -> list[str]:
    return [str(row[column]) for column in ("sentence", "checked", "unchecked") if column in row]


def those(broken: Callable[[Row], bool]) -> list[object]:
    return [row["id"] for row in ROWS if broken(row)]


def test_ids_are_unique_and_kebab_case() -> None:
    assert [name for name, times in Counter(str(row["id"]) for row in ROWS).items() if times > 1] == []
    assert those(lambda row: not re.fullmatch(r"[a-z]+(?:-[a-z0-9]+)+", str(row["id"]))) == []


def test_columns_are_the_documented_ones() -> None:
    required = {"id", "level", "subject", "section", "sentence"}
    assert those(lambda row: not required <= row.keys() <= required | {"checked", "unchecked", "errata"}) == []


def test_levels_and_subjects_are_known() -> None:
    assert those(lambda row: row["level"] not in {"MUST", "SHOULD", "MAY"}) == []
    assert those(lambda row: row["subject"] not in {"server", "client"}) == []


def test_ids_of_client_rows_and_no_others_say_so() -> None:
    assert those(lambda row: str(row["id"]).startswith("client-") != (row["subject"] == "client")) == []


def test_each_row_says_either_how_it_is_checked_or_why_not() -> None:
    assert those(lambda row: ("checked" in row) == ("unchecked" in row)) == []


def test_texts_are_whole_sentences() -> None:
    assert those(lambda row: not all(re.fullmatch(r"[A-Z].+\.", text) for text in texts(row))) == []


def test_sections_are_of_a_known_kind() -> None:
    known = re.compile(f"{DECISIVE.pattern}|{REFERENCE.pattern}")
    assert those(lambda row: not all(known.fullmatch(section) for section in sections(row))) == []


def test_must_rests_on_the_source_page_a_basic_standard_or_the_target_contract() -> None:
    decisive = {row["id"] for row in ROWS if any(DECISIVE.fullmatch(section) for section in sections(row))}
    assert those(lambda row: row["level"] == "MUST" and row["id"] not in decisive) == []


def test_may_is_never_checked() -> None:
    assert those(lambda row: row["level"] == "MAY" and "checked" in row) == []


@pytest.mark.parametrize(
    ("requirement", "level"),
    [
        ("redirect-url-required", "MUST"),  # erratum 8
        ("redirect-url-is-a-url", "SHOULD"),  # erratum 8
        ("authorization-required", "MUST"),  # erratum 9
        ("missing-token-is-401", "SHOULD"),  # erratum 9
        ("url-for-logout", "MUST"),  # erratum 5
        ("no-url-for-complete", "MUST"),  # erratum 5
        ("no-url-for-invalid", "MUST"),  # erratum 5
        ("url-is-reference", "MUST"),  # erratum 4
        ("url-opens-in-user-agent", "MUST"),  # erratum 4
        ("listed-status", "MUST"),  # erratum 12
        ("throttled-429", "MAY"),  # erratum 12
        ("method-not-allowed", "MUST"),  # erratum 11
        ("other-methods", "MAY"),  # erratum 11
        ("logout-deletes-profile", "MUST"),  # erratum 13
        ("refused-deletes-nothing", "MUST"),  # erratum 13
        ("degraded-again", "MUST"),  # erratum 13
        ("temporary-again", "SHOULD"),  # erratum 13
        ("service-token-optional", "SHOULD"),  # erratum 14
        ("url-without-token", "SHOULD"),  # erratum 15
        ("error-without-token", "SHOULD"),  # erratum 15
        ("error-without-stack-trace", "SHOULD"),  # erratum 15
        ("no-reflected-line-break", "SHOULD"),  # erratum 15
        ("allow-with-405", "SHOULD"),  # erratum 15
        ("www-authenticate-with-401", "SHOULD"),  # erratum 15
        ("content-type-of-error", "MUST"),  # erratum 7
        ("error-action-known", "SHOULD"),  # a linked page
    ],
)
def test_level_is_the_decided_one(requirement: str, level: str) -> None:
    assert BY_ID[requirement]["level"] == level


@pytest.mark.parametrize(
    "requirement",
    [
        "action-for-logout-endpoint",
        "action-for-no-logout-endpoint",
        "action-for-service-token-sso",
        "action-for-platform-identity-sso",
        "action-for-apple-sso",
        "action-for-degraded",
        "action-for-temporary",
        "action-for-no-profile",
        "action-for-expired-profile",
        "inactive-integration-is-400",
        "token-checked",
        "server-failure-is-500",
    ],
)
def test_the_right_answer_in_every_scenario_is_a_must(requirement: str) -> None:
    assert BY_ID[requirement]["level"] == "MUST"
    assert "checked" in BY_ID[requirement]


def test_decisions_are_numbered_from_1_to_15() -> None:
    assert list(decisions()) == list(range(1, 16))


@pytest.mark.parametrize("number", range(1, 16))
def test_decision_has_source_decision_and_consequence(number: int) -> None:
    assert re.findall(r"^\*\*(\w+)\.\*\*", decisions()[number], flags=re.MULTILINE) == [
        "Source",
        "Decision",
        "Consequence",
    ]


def test_cited_errata_exist_and_stand_in_order() -> None:
    assert those(lambda row: not set(errata(row)) <= set(range(1, 16))) == []
    assert those(lambda row: sorted(set(errata(row))) != errata(row)) == []


def test_every_erratum_is_cited() -> None:
    assert {number for row in ROWS for number in errata(row)} == set(range(1, 16))


@pytest.mark.parametrize("number", range(1, 16))
def test_rows_that_a_decision_names_cite_it(number: int) -> None:
    named = named_rows(decisions()[number])
    assert named
    assert {name for name in named if name not in BY_ID or number not in errata(BY_ID[name])} == set()
