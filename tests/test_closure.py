"""The law, the cases and the rules name each other, and nobody is left out."""

from __future__ import annotations

import ast
import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

import conformance
from conformance.certify import Settings, listed
from conformance.law.catalogue import Level, Subject, catalogue
from conformance.law.contract import SCENARIOS
from conformance.rules.client import REQUEST
from conformance.rules.sequence import SEQUENCE
from conformance.target.model import Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.suite.items import Listed

PACKAGE: Final = Path(conformance.__file__).parent
PLACEHOLDERS: Final = {
    "action-type-for-": {f"action-type-for-{name}" for name in ("logout", "partner-logout", "complete", "invalid")},
    "unknown-": {"unknown-mvpd", "unknown-service-provider"},
    "action-for-": {f"action-for-{name}" for name in SCENARIOS},
    "-untouched": {f"other-{name}-untouched" for name in ("device", "mvpd", "service-provider")},
}
"""Ids that the kit puts together, by the part that stands in the source."""
OF_A_CLIENT_UNDER_TEST: Final = {
    *("client-subject-token", "client-service-token"),
    *("client-exit-code", "client-ends-in-time"),
}
"""Demands of which nobody can judge who does not know what the client was given, and how it ended."""


@pytest.fixture(scope="module")
def cases() -> list[Listed]:
    return listed(Settings(Target(base_url="http://127.0.0.1")))


@pytest.fixture(scope="module")
def named(cases: list[Listed]) -> set[str]:
    return {requirement for case in cases for requirement in case.requirements}


def test_every_case_names_requirements_that_exist(cases: list[Listed]) -> None:
    assert [case.id for case in cases if not case.requirements] == []
    unknown = {name for case in cases for name in case.requirements if name not in catalogue()}
    assert unknown == set()


def test_every_demand_on_a_server_is_covered_by_a_case_or_says_why_it_cannot_be(named: set[str]) -> None:
    checked = {row.id for row in catalogue().requirements if row.subject is Subject.SERVER and row.checked}
    assert checked - named == set()


def test_nothing_is_covered_that_is_not_checked_or_binds_another(named: set[str]) -> None:
    rows = [catalogue()[name] for name in named]
    assert [row.id for row in rows if row.unchecked or row.subject is not Subject.SERVER] == []
    assert [row.id for row in rows if row.level is Level.MAY] == []


def test_every_must_of_a_server_is_checked_or_says_why_not() -> None:
    for row in catalogue().requirements:
        assert bool(row.checked) != bool(row.unchecked), row.id


def test_every_scenario_of_the_contract_has_a_case_on_its_answer(cases: list[Listed]) -> None:
    ids = {case.id for case in cases}
    for name, scenario in SCENARIOS.items():
        telling = f"success/status/{name}" if scenario.action else f"response/refused-scenario/{name}"
        assert telling in ids
        assert any(case.scenario == name for case in cases)


def test_ids_are_unique_and_written_for_a_command_line(cases: list[Listed]) -> None:
    ids = [case.id for case in cases]
    assert len(ids) == len(set(ids))
    assert all(name.isascii() and not set(name) & set(" []*?\"'_") for name in ids)


def test_every_case_says_what_it_tests_in_a_sentence(cases: list[Listed]) -> None:
    assert [case.id for case in cases if not case.title.endswith(".") or not case.title[0].isupper()] == []


def test_every_case_says_what_it_sends(cases: list[Listed]) -> None:
    silent = [case.id for case in cases if not case.visits and not case.id.startswith("generated/")]
    assert silent == []


def test_one_visit_has_one_name(cases: list[Listed]) -> None:
    # evidence is kept by the name of its visit
    by_name = {visit.id: visit for case in cases for visit in case.visits}
    differing = {visit.id for case in cases for visit in case.visits if by_name[visit.id] != visit}
    assert differing == set()


def test_every_checked_demand_on_a_client_is_judged_by_the_rule_of_its_name_or_by_the_client_command() -> None:
    rows = [row for row in catalogue().requirements if row.subject is Subject.CLIENT]
    checked = [row.id for row in rows if row.checked]
    judged = [*REQUEST, *SEQUENCE]
    assert set(checked) - set(judged) == OF_A_CLIENT_UNDER_TEST
    assert [name for name in judged if name not in checked] == []
    # reports have them in the order of the law
    assert judged == [name for name in checked if name in REQUEST] + [name for name in checked if name in SEQUENCE]


# --- What rules and cases can report ---


def literals(path: Path) -> Iterator[str]:
    """Give every string of a module that looks like the id of a requirement, or like the part of one."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            first = node.args[0]
            if node.func.id in {"Finding", "Unjudged", "law"} or node.func.id.startswith(
                ("must_", "should_", "_should")
            ):
                yield from ids_in(first)


def ids_in(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        parts = [part.value for part in node.values if isinstance(part, ast.Constant)]
        yield from itertools.chain.from_iterable(PLACEHOLDERS[str(part)] for part in parts)
    elif isinstance(node, ast.IfExp):
        yield from itertools.chain(ids_in(node.body), ids_in(node.orelse))


@pytest.mark.parametrize("folder", ["rules", "cases"])
def test_every_requirement_that_can_be_reported_exists(folder: str) -> None:
    found = {name for path in (PACKAGE / folder).glob("*.py") for name in literals(path)}
    assert len(found) > 20
    assert {name for name in found if name not in catalogue()} == set()


def test_every_checked_requirement_can_be_reported() -> None:
    """A row that no rule and no case ever names as broken would be a promise without a check."""
    sources = [PACKAGE / "rules", PACKAGE / "cases"]
    texts = [path.read_text(encoding="utf-8") for folder in sources for path in folder.glob("*.py")]
    texts.append((PACKAGE / "cases" / "case.py").read_text(encoding="utf-8"))
    together = set(itertools.chain.from_iterable(PLACEHOLDERS.values()))
    checked = {row.id for row in catalogue().requirements if row.subject is Subject.SERVER and row.checked}
    unreported = {name for name in checked - together if not any(f'"{name}"' in text for text in texts)}
    assert unreported == set()


def test_the_specification_documents_name_the_same_rows() -> None:
    text = (Path(__file__).parents[1] / "spec" / "openapi.yaml").read_text(encoding="utf-8")
    server = [row.id for row in catalogue().requirements if row.subject is Subject.SERVER and row.level is Level.MUST]
    assert [name for name in server if name not in text] == []
