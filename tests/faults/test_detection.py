"""docs/detection.md is what the session would write, as far as that can be told without running it."""

from __future__ import annotations

import dataclasses
from typing import Final

import pytest

from conformance.law.catalogue import catalogue
from tests.faults import detection
from tests.faults.catalogue import CHECKED, FAULTS, NEVER_ALONE
from tests.faults.detection import Sighting
from tests.unusual.catalogue import UNUSUAL

TEXT: Final = detection.PAGE.read_text(encoding="utf-8")
CAUGHT: Final = {row[0]: row for row in detection.rows_of(TEXT, "Faults")}


@pytest.fixture(scope="module")
def seen() -> dict[str, Sighting]:
    """What the page says of each fault."""
    return {
        name: Sighting(case, int(requests), frozenset({requirement, *detection.names_in(also)}))
        for name, requirement, case, requests, also in CAUGHT.values()
    }


def test_the_page_is_current(seen: dict[str, Sighting]) -> None:
    # where this fails, `nox -s faults` writes the page anew
    assert {name: row[1] for name, row in CAUGHT.items()} == {name: fault.requirement for name, fault in FAULTS.items()}
    stray = {name: each.broken - FAULTS[name].also - {FAULTS[name].requirement} for name, each in seen.items()}
    assert {name: names for name, names in stray.items() if names} == {}
    assert detection.page(FAULTS, seen, UNUSUAL) == TEXT


def test_every_rule_has_a_fault_that_it_alone_catches(seen: dict[str, Sighting]) -> None:
    assert list(detection.wrong_with_catalogue(FAULTS, seen)) == []
    rows = detection.rows_of(TEXT, "Every rule has a fault that it alone catches")
    assert [(name, level) for name, level, *_ in rows] == [
        (name, catalogue()[name].level) for name in CHECKED if name not in NEVER_ALONE
    ]


@pytest.mark.parametrize("requirement", [name for name in CHECKED if name not in NEVER_ALONE])
def test_a_rule_that_is_removed_is_missed(requirement: str, seen: dict[str, Sighting]) -> None:
    without = {
        name: dataclasses.replace(each, broken=each.broken - {requirement})
        for name, each in seen.items()
        if each.broken != {requirement}
    }
    assert requirement in "".join(detection.wrong_with_catalogue(FAULTS, without))
    assert len(without) < len(FAULTS), "a fault that nothing reports is missed"


def test_a_rule_that_is_said_to_be_never_alone_is_not(seen: dict[str, Sighting]) -> None:
    (name,) = NEVER_ALONE
    fault = dataclasses.replace(FAULTS["empty-body"], requirement=name)
    alone = Sighting("success/json/logout-endpoint", 1, frozenset({name}))
    (complaint,) = detection.wrong_with_catalogue({**FAULTS, "empty-body": fault}, {**seen, "empty-body": alone})
    assert complaint.startswith(f"{name}: said to be never caught alone")


def test_a_rule_that_catches_nothing_alone_is_named() -> None:
    complaints = list(detection.wrong_with_catalogue(FAULTS, {}))
    assert len(complaints) == len(CHECKED) - len(NEVER_ALONE)
