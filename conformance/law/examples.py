"""The named examples of openapi.yaml: what a conforming answer looks like."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from conformance.law.document import openapi

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conformance.law.catalogue import Requirement
    from conformance.law.contract import Scenario

OK: Final = 200
FAILURE: Final = 500
_STATUS: Final = re.compile(r"\b(200|400|401|405|429|500)\b")
_TELLING: Final = re.compile(r"\b(invalid|complete|partner_logout)\b")


@dataclass(frozen=True, slots=True)
class Example:
    """An answer as the document has it."""

    name: str
    status: int
    summary: str
    media_type: str
    headers: tuple[tuple[str, str], ...]
    value: Any

    @property
    def action(self) -> str | None:
        """The actionName of the first entry of a success, None for every other answer."""
        entries = self.value.get("logouts") if isinstance(self.value, dict) else None
        return next((entry["actionName"] for entry in entries.values()), None) if entries else None


@functools.cache
def examples() -> tuple[Example, ...]:
    """Read the examples of all answers, by status, once."""
    document = openapi()
    found = (_examples_of(int(status), answer) for status, answer in _answers(document).items())
    return tuple(example for each in found for example in each)


def right_in(scenario: Scenario) -> Example:
    """Give the answer that is right in a scenario; where none has its name, one with the same action."""
    fitting = [example for example in examples() if example.status == scenario.status]
    named = (example for example in fitting if example.name == scenario.id)
    alike = (example for example in fitting if example.action == scenario.action)
    return next(named, None) or next(alike)


def that_conform(requirement: Requirement, scenarios: Iterable[Scenario]) -> list[Example]:
    """Give what conforms to a requirement, one for each status that it leaves; `scenarios` are those it is tried in."""
    tried = [*scenarios]
    statuses = _statuses_of(requirement, tried)
    return [_closest(requirement, status, tried) for status in statuses]


def _statuses_of(requirement: Requirement, scenarios: list[Scenario]) -> list[int]:
    said = [int(status) for status in _STATUS.findall(_demanded(requirement))]
    # a failure of the server is right only where the sentence asks for one
    placed = [status for status, names in _places().items() if requirement.id in names and status < FAILURE]
    return list(dict.fromkeys(said or placed[:1] or [scenario.status for scenario in scenarios][:1] or [OK]))


def _closest(requirement: Requirement, status: int, scenarios: list[Scenario]) -> Example:
    fitting = [example for example in examples() if example.status == status]
    named = sorted((e for e in fitting if e.name in requirement.id), key=lambda e: len(e.name))
    if named:
        return named[-1]
    right = [right_in(scenario) for scenario in scenarios if scenario.status == status]
    words = set(_TELLING.findall(_demanded(requirement)))
    if status == OK and len(words) == 1:
        return next(example for example in [*right, *fitting] if example.action in words)
    return [*right, *fitting][0]


def _demanded(requirement: Requirement) -> str:
    return requirement.sentence.partition("never")[0]


@functools.cache
def _places() -> Mapping[int, frozenset[str]]:
    """Give the requirements that each answer carries, in itself or in its schema."""
    document = openapi()
    return {int(status): frozenset(_names(answer, document)) for status, answer in _answers(document).items()}


def _answers(document: Any) -> Mapping[str, Any]:  # noqa: ANN401  (any YAML)
    (path,) = document["paths"].values()
    return {status: _resolved(answer, document) for status, answer in path["get"]["responses"].items()}


def _resolved(part: Any, document: Any) -> Any:  # noqa: ANN401  (any YAML)
    for name in part["$ref"].removeprefix("#/").split("/") if "$ref" in part else ():
        document = document[name]
    return document if "$ref" in part else part


def _names(part: Any, document: Any) -> Iterator[str]:  # noqa: ANN401  (any YAML)
    if isinstance(part, list):
        for each in part:
            yield from _names(each, document)
    elif isinstance(part, dict):
        part = _resolved(part, document)
        yield from part.get("x-requirements", ())
        for name, each in part.items():
            if name not in {"x-requirements", "examples", "example"}:
                yield from _names(each, document)


def _examples_of(status: int, answer: Mapping[str, Any]) -> Iterator[Example]:
    headers = tuple((name, header["example"]) for name, header in answer.get("headers", {}).items())
    for media_type, content in answer["content"].items():
        given = content.get("examples") or {"": {"summary": answer["description"], "value": content["example"]}}
        for name, example in given.items():
            yield Example(name or str(status), status, example["summary"], media_type, headers, example["value"])
