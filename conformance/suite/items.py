"""A pytest item seen as a case: its id, what it tests, what it sends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import conformance
from conformance.cases.forms import Form
from conformance.evidence.visit import Visit, scenario_visit
from conformance.law.contract import Scenario
from conformance.record.record import Case
from conformance.run.results import level_of

if TYPE_CHECKING:
    import pytest

    from conformance.law.catalogue import Level
    from conformance.record.record import Status

CASES: Final = Path(conformance.__file__).parent / "cases"
MODULES: Final = ("success", "response", "error", "request", "state", "generated")
"""The order of the law, in which cases are run and reported."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A case before it is run."""

    id: str
    title: str
    level: Level
    requirements: tuple[str, ...]
    scenario: str | None
    visits: tuple[Visit, ...]

    def ended(self, status: Status, message: str, rerun: str) -> Case:
        """Give the case as it ended without ever having been judged."""
        return Case(
            id=self.id,
            title=self.title,
            status=status,
            level=self.level.value,
            requirements=self.requirements,
            scenario=self.scenario,
            message=message,
            rerun=rerun,
        )


def is_case(item: pytest.Item) -> bool:
    """Say whether a test is one of the kit's, and not of a suite that it runs beside."""
    return item.path.parent == CASES


def case_id(item: pytest.Item) -> str:
    """Give a case's id, e.g. `success/content-type/logout-endpoint`: module, function and parameters."""
    function = getattr(item, "originalname", item.name)
    callspec = getattr(item, "callspec", None)
    return id_of(item.path.stem, function, callspec.id if callspec else "")


def id_of(*parts: str) -> str:
    """Make a case's id of the names that pytest knows it by."""
    return "/".join(part.removeprefix("test_").replace("_", "-") for part in parts if part)


def scenario_of(item: pytest.Item) -> str | None:
    """Give the scenario that a case is about, None where it is about none alone."""
    scenario = _params(item).get("scenario")
    if isinstance(scenario, Scenario):
        return scenario.id
    states = {viewer.state for visit in visits_of(item) for viewer in visit.viewers[:1]}
    return states.pop() if len(states) == 1 else None


def visits_of(item: pytest.Item) -> tuple[Visit, ...]:
    """Give what a case sends: the visits among its parameters and marks."""
    visits = [visit for mark in item.iter_markers("sends") for visit in mark.args]
    for value in _params(item).values():
        if isinstance(value, Scenario):
            visits.append(scenario_visit(value))
        elif isinstance(value, Form):
            visits.append(value.sent)
        elif isinstance(value, Visit):
            visits.append(value)
    return tuple(dict.fromkeys(visits))


def judged_visit(item: pytest.Item, name: str) -> Visit | None:
    """Give the visit of this name that a case may have judged, None where it names none so."""
    forms = [value for value in _params(item).values() if isinstance(value, Form)]
    visits = (*visits_of(item), *(form.visit for form in forms))
    return next((visit for visit in visits if visit.id == name), None)


def listed(item: pytest.Item) -> Listed:
    """Describe a case before it is run."""
    requirements = declared(item)
    return Listed(
        case_id(item), title_of(item), level_of(requirements), requirements, scenario_of(item), visits_of(item)
    )


def declared(item: pytest.Item) -> tuple[str, ...]:
    """Give the requirements that a case names."""
    return tuple(str(name) for mark in item.iter_markers("law") for name in mark.args)


def _params(item: pytest.Item) -> dict[str, object]:
    callspec = getattr(item, "callspec", None)
    return dict(callspec.params) if callspec else {}


def rank(item: pytest.Item) -> int:
    """Give the place of a test's module in the order of the law; what is no case comes last."""
    return rank_of(case_id(item)) if is_case(item) else len(MODULES)


def rank_of(case: str) -> int:
    """Give the place of a case's module in the order of the law."""
    module = case.partition("/")[0]
    return MODULES.index(module) if module in MODULES else len(MODULES)


def title_of(item: pytest.Item) -> str:
    """Give the sentence that a case tests, and with what: the form, the step. A scenario is told beside it."""
    function, callspec = getattr(item, "function", None), getattr(item, "callspec", None)
    sentence = re.sub(r"\s+", " ", (getattr(function, "__doc__", "") or item.name).strip())
    if callspec is None or not callspec.id or "scenario" in callspec.params:
        return sentence
    return f"{sentence.removesuffix('.')} ({re.sub(r'[-_]', ' ', callspec.id)})."
