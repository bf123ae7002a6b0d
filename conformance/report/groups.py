"""The cases of report.html: by requirement, the gravest first, each with its evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

from conformance.report.choice import indexes
from conformance.report.digest import LEVELS, STATUSES, worst_first
from conformance.report.folding import Folding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.record.record import Case, ExchangeLine, Record, RequirementText
    from conformance.report.choice import Choice
    from conformance.report.folding import Shown

MOST_CASES: Final = 2000
"""Cases that are listed, the gravest first; a run of the kit has some hundreds."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with its evidence."""

    case: Case
    requirements: Sequence[RequirementText]
    """Those that it judges besides the one of its group."""
    shown: Sequence[Shown]
    """Evidence that stands here."""
    elsewhere: Mapping[str, Sequence[int]]
    """Exchanges that stand with an earlier case, by how they were answered."""
    left: int
    """How many exchanges are left to exchanges.jsonl."""
    lost: Sequence[int]
    """Exchanges that exchanges.jsonl does not have."""


@dataclass(frozen=True, slots=True)
class Group:
    """The cases that judge one requirement first; `requirement` is None where the record does not know it."""

    requirement: RequirementText | None
    views: list[CaseView] = field(default_factory=list)

    @property
    def title(self) -> str:
        """What all cases of the group have as their title; empty where they differ."""
        titles = {view.case.title for view in self.views}
        return titles.pop() if len(titles) == 1 else ""


def groups_of(record: Record, choice: Choice) -> list[Group]:
    """Put the cases in the order of the page: groups by their gravest case, then by the law."""
    known = {requirement.id: requirement for requirement in record.requirements}
    cases = list(islice(worst_first(record.cases), MOST_CASES))
    by_name: dict[str, list[Case]] = {name: [] for name in known}
    for case in cases:
        by_name.setdefault(_first_of(case, known), []).append(case)
    placing = _Placing(choice, cases)
    groups = [(known.get(name), of_it) for name, of_it in by_name.items() if of_it]
    groups.sort(key=lambda group: _gravity(group[1][0]))
    return [
        Group(requirement, [placing.view(case, _others(case, requirement, known)) for case in of_it])
        for requirement, of_it in groups
    ]


def _first_of(case: Case, known: Mapping[str, RequirementText]) -> str:
    """Name the requirement that a case stands under: the one that it found broken, or else its first."""
    broken = [finding.requirement for finding in case.findings if finding.requirement in case.requirements]
    return next((name for name in [*broken, *case.requirements] if name in known), "")


def _gravity(case: Case) -> tuple[int, int]:
    return STATUSES.index(case.status), LEVELS.index(case.level)


def _others(
    case: Case, requirement: RequirementText | None, known: Mapping[str, RequirementText]
) -> list[RequirementText]:
    own = requirement.id if requirement else ""
    return [known[name] for name in case.requirements if name in known and name != own]


class _Placing:
    # evidence stands with the first case that rests on it; later ones link to it
    def __init__(self, choice: Choice, cases: Iterable[Case]) -> None:
        self._choice = choice
        self._placed: set[int] = set()
        listed = {index for case in cases for index in indexes(case)}
        self._folding = Folding(evidence for index, evidence in choice.taken.items() if index in listed)

    def view(self, case: Case, requirements: Sequence[RequirementText]) -> CaseView:
        taken, present = self._choice.taken, self._choice.present
        every = indexes(case)
        here = [index for index in every if index in taken and index not in self._placed]
        elsewhere = [taken[index].exchange for index in every if index in taken and index in self._placed]
        self._placed.update(here)
        return CaseView(
            case=case,
            requirements=requirements,
            shown=[self._folding.fold(taken[index], whole=case.status != "passed") for index in here],
            elsewhere=_by_answer(elsewhere),
            left=sum(index in present and index not in taken for index in every),
            lost=[index for index in every if index not in present],
        )


def _by_answer(exchanges: Iterable[ExchangeLine]) -> dict[str, list[int]]:
    answers: dict[str, list[int]] = {}
    for exchange in exchanges:
        answer = f"answered {exchange.response.status}" if exchange.response else "no answer"
        answers.setdefault(answer, []).append(exchange.index)
    return answers
