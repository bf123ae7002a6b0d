"""The matrix of report.html: which part of the law holds, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from conformance.report.digest import worst_first

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.record.record import Case, Record, RequirementText, Status

OTHER_SOURCES = "other sources"


@dataclass(frozen=True, slots=True)
class Cell:
    """The cases of one requirement in one scenario."""

    status: Status
    """The gravest of them."""
    case_id: str
    """The case that has it."""
    count: int


Row: TypeAlias = "tuple[RequirementText, Sequence[Cell | None]]"


@dataclass(frozen=True, slots=True)
class Matrix:
    """Requirements by scenarios; the last column may be None: cases that belong to no scenario."""

    columns: Sequence[str | None]
    sections: Mapping[str, Sequence[Row]]


def matrix_of(record: Record) -> Matrix:
    """Lay the cases out by requirement and scenario."""
    met: dict[tuple[str, str | None], list[Case]] = {}
    for case in worst_first(record.cases):
        for name in case.requirements:
            met.setdefault((name, case.scenario), []).append(case)
    columns = _columns(record, {scenario for _, scenario in met})
    sections: dict[str, list[Row]] = {}
    for requirement in record.requirements:
        cells = [_cell(met.get((requirement.id, column))) for column in columns]
        if any(cells):
            sections.setdefault(_section_of(requirement), []).append((requirement, cells))
    return Matrix(columns, dict(sorted(sections.items(), key=lambda item: item[0] == OTHER_SOURCES)))


def _columns(record: Record, used: set[str | None]) -> list[str | None]:
    known = dict.fromkeys([*(scenario.id for scenario in record.scenarios), *sorted(used - {None}, key=str), None])
    return [scenario for scenario in known if scenario in used]


def _section_of(requirement: RequirementText) -> str:
    first = requirement.section.split(",")[0].strip()
    return f"source page {first}" if first.startswith("#") else OTHER_SOURCES


def _cell(cases: Sequence[Case] | None) -> Cell | None:
    return Cell(cases[0].status, cases[0].id, len(cases)) if cases else None
