"""Many targets on one page, requirements by targets: overview.html, and overview.json for programs."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from conformance.record.standing import TELLING_FIRST, standings
from conformance.record.stored import write_whole
from conformance.report.digest import LEVELS, STATUSES, VERDICTS
from conformance.report.marks import GATES
from conformance.report.page import anchor_of
from conformance.report.templating import still_page
from conformance.report.text import counted, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from conformance.record.fleet import Member
    from conformance.record.gate import GateStatus
    from conformance.record.record import Record, RequirementText, Status, Verdict
    from conformance.record.standing import Standing

HTML: Final = "overview.html"
JSON: Final = "overview.json"
REPORT: Final = "report.html"
SCHEMA_VERSION: Final = 1
MOST_NAMED: Final = 8
"""How many targets are named in a sentence."""
MOST_BREAKING: Final = 10
"""How many requirements are told of in words; the table has all."""
_LIMIT: Final = 300  # characters of one value
TITLES: Final[Mapping[Status, str]] = {
    "failed": "Failed somewhere",
    "warned": "Warned somewhere",
    "error": "Could not be judged somewhere",
    "passed": "Kept wherever judged",
    "skipped": "Judged nowhere",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A target with its record; `report` is the address of its page, empty where it has none."""

    name: str
    record: Record
    report: str
    stands: Mapping[str, Standing]

    @property
    def counts(self) -> str:
        """How its cases ended, the gravest first."""
        return counts(self.record)

    def address(self, requirement: str) -> str:
        """Give where its report shows how a requirement stands; empty where it has no report."""
        return f"{self.report}#{anchor_of(self.stands[requirement].case_id)}" if self.report else ""


@dataclass(frozen=True, slots=True)
class Row:
    """A requirement, and with each target how it stands there."""

    requirement: RequirementText
    cells: Sequence[Status | None]
    broken: Sequence[Column]
    """The targets that break it."""

    @property
    def status(self) -> Status:
        """The most telling of all."""
        return next(status for status in TELLING_FIRST if status in self.cells)


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything on the page."""

    columns: Sequence[Column]
    missing: Sequence[str]
    """The targets that left no record."""
    rows: Sequence[Row]
    """Requirements that a case judged somewhere: what fails in most targets first."""

    @property
    def size(self) -> str:
        """How many targets there are, in words."""
        return counted(len(self.columns) + len(self.missing), "target")

    @property
    def verdicts(self) -> dict[Verdict, int]:
        """How many targets have which verdict."""
        found = Counter(column.record.verdict for column in self.columns)
        return {verdict: found[verdict] for verdict in VERDICTS}

    @property
    def gates(self) -> dict[GateStatus, int]:
        """What became of how many runs at the gate; empty where none was judged there."""
        found = Counter(column.record.gate.status for column in self.columns if column.record.gate)
        return {status: found[status] for status in GATES if found[status]}

    @property
    def breaking(self) -> Sequence[Row]:
        """What is broken, by most targets first."""
        return [row for row in self.rows if row.broken]

    @property
    def groups(self) -> Mapping[str, Sequence[Row]]:
        """The rows by what is to be said of them."""
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault(TITLES[row.status], []).append(row)
        return found


def write(folder: Path, members: Sequence[Member]) -> list[Path]:
    """Write the overview of the records in a folder's folders, and give the paths; raises OSError."""
    overview = overview_of(members, {one.name for one in members if (folder / one.name / REPORT).is_file()})
    return [write_whole(folder / HTML, html(overview)), write_whole(folder / JSON, [as_json(overview)])]


def overview_of(members: Iterable[Member], reported: Iterable[str] = ()) -> Overview:
    """Put the overview together; `reported` names the members that have a report beside their record."""
    reports = {name: f"{quote(name)}/{REPORT}" for name in reported}
    columns, missing = [], []
    for member in members:
        if member.record is None:
            missing.append(member.name)
        else:
            record = member.record
            columns.append(Column(member.name, record, reports.get(member.name, ""), standings(record)))
    return Overview(columns, missing, _rows(columns))


def html(overview: Overview) -> Iterator[str]:
    """Give overview.html piece by piece: one page that loads nothing and runs nothing."""
    yield from still_page(
        "overview.html.j2",
        ("report.css", "overview.css"),
        {"cut": lambda value: shortened(value, _LIMIT)},
        overview=overview,
        title=headline(overview),
        worst_first=sorted(overview.columns, key=_gravity),
        verdicts=VERDICTS,
        gates=GATES,
        most_breaking=MOST_BREAKING,
        most_named=MOST_NAMED,
    )


def as_json(overview: Overview) -> str:
    """Give overview.json."""
    content = {
        "schema_version": SCHEMA_VERSION,
        "verdicts": overview.verdicts,
        "without_record": list(overview.missing),
        "targets": [_target(column) for column in overview.columns],
        "requirements": [_requirement(row, overview.columns) for row in overview.rows],
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def headline(overview: Overview) -> str:
    """Say in one line what came of it."""
    said = [f"{number} {verdict.replace('-', ' ')}" for verdict, number in overview.verdicts.items() if number]
    said += [f"{len(overview.missing)} without a record"] if overview.missing else []
    gates = ", ".join(f"{number} {status}" for status, number in overview.gates.items())
    return f"{overview.size}: {', '.join(said)}" + (f"; at the gate {gates}" if gates else "")


def counts(record: Record) -> str:
    """Say how many cases ended how, the gravest first."""
    numbers = record.summary.model_dump()
    return ", ".join(f"{numbers[status]} {status}" for status in STATUSES if numbers[status]) or "no case ran"


def _rows(columns: Sequence[Column]) -> list[Row]:
    known = {requirement.id: requirement for column in columns for requirement in column.record.requirements}
    rows = [_row(requirement, columns) for requirement in known.values()]
    judged = [row for row in rows if any(row.cells)]
    return sorted(
        judged,
        key=lambda row: (TELLING_FIRST.index(row.status), -len(row.broken), LEVELS.index(row.requirement.level)),
    )


def _row(requirement: RequirementText, columns: Sequence[Column]) -> Row:
    stands = [column.stands.get(requirement.id) for column in columns]
    pairs = zip(columns, stands, strict=True)
    broken = [column for column, one in pairs if one and one.status in {"failed", "warned"}]
    return Row(requirement, [one.status if one else None for one in stands], broken)


def _gravity(column: Column) -> tuple[int, int]:
    order: tuple[Verdict, ...] = ("not-conformant", "inconclusive", "conformant")
    return order.index(column.record.verdict), -column.record.summary.failed


def _target(column: Column) -> Mapping[str, object]:
    record = column.record.model_dump(mode="json")
    members = (
        *("verdict", "reasons", "partial", "interrupted", "target", "summary", "started_at", "finished_at"),
        *("kit_version", "spec_version", "seed", "request_count"),
    )
    gate = column.record.gate
    return {
        "folder": column.name,
        "report": column.report or None,
        "gate": {"status": gate.status, "reasons": gate.reasons} if gate else None,
    } | {name: record[name] for name in members}


def _requirement(row: Row, columns: Sequence[Column]) -> Mapping[str, object]:
    stands = {column.name: cell for column, cell in zip(columns, row.cells, strict=True) if cell}
    members = row.requirement.model_dump(mode="json", include={"id", "level", "section", "sentence"})
    return {**members, "status": row.status, "targets": stands}
