"""The history of targets for people: on a terminal, and as a page with a strip of runs for each requirement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from conformance.record.history import LETTERS
from conformance.record.timeline import episode, flaky, requirements
from conformance.report.digest import VERDICTS
from conformance.report.templating import still_page
from conformance.report.text import counted, shortened, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.record.record import Status
    from conformance.record.timeline import Episode, Flaky, Run

DEFAULT_LAST: Final = 30
MARKS: Final[Mapping[Status | None, str]] = {
    status: {"p": ".", "-": " "}.get(letter, letter.upper()) for letter, status in LETTERS.items()
}
"""A run in a strip on a terminal: what passed is a dot, so that the rest stands out."""
MOST_ROWS: Final = 100
_LIMIT: Final = 300  # characters of one value


@dataclass(frozen=True, slots=True)
class Row:
    """A requirement over the runs that are shown."""

    requirement: str
    level: str
    stands: Sequence[Status | None]

    @property
    def is_steady(self) -> bool:
        """Say whether nothing is to be told of it: it passed wherever it was judged."""
        return {*self.stands} <= {"passed", "skipped", None}

    @property
    def is_judged(self) -> bool:
        """Say whether a run showed that it holds, or that it does not."""
        return not {*self.stands} <= {"skipped", "error", None}


@dataclass(frozen=True, slots=True)
class Target:
    """One target: the runs that are shown, and what is to be told of them."""

    called: str
    runs: Sequence[Run]
    broken: Sequence[Episode]
    mended: Sequence[Episode]
    flaky: Sequence[Flaky]
    rows: Sequence[Row]
    """Those that are not one long pass first."""

    @property
    def telling(self) -> Sequence[Row]:
        """The rows that are not one long pass."""
        return [row for row in self.rows if not row.is_steady]

    def row(self, requirement: str) -> Row:
        """Give the row of a requirement."""
        return next(row for row in self.rows if row.requirement == requirement)

    @property
    def headline(self) -> str:
        """The target, how many runs are shown, and how the last one ended."""
        line = self.runs[-1].line
        version = f" {line.version}" if line.version else ""
        first = f", runs {self.runs[0].number} to" if len(self.runs) > 1 else ", run"
        verdict = VERDICTS[line.verdict][0].lower()
        return f"{_cut(self.called)}{_cut(version)}: {verdict}{first} {self.runs[-1].number}, {line.started_at[:10]}"


def target_of(called: str, runs: Sequence[Run], last: int = DEFAULT_LAST) -> Target:
    """Put together what is told of a target: of its last runs, and since when something is broken of all of them."""
    shown = runs[-last:]
    laws = requirements(shown)
    times = [found for name in laws if (found := episode(name, runs))]
    rows = [Row(name, level, [run.requirement(name) for run in shown]) for name, level in laws.items()]
    return Target(
        called=called,
        runs=shown,
        broken=[one for one in times if one.mended is None],
        mended=[one for one in times if one.mended and one.mended.number >= shown[0].number],
        flaky=flaky(shown),
        rows=sorted(rows, key=lambda row: row.is_steady),
    )


def told(time: Episode) -> str:
    """Say when a requirement broke, and whether it was mended."""
    since = f"{time.status} since {_when(time.since)}"
    if time.mended:
        since = f"mended {_when(time.mended)}; {time.status} from {_when(time.since)}"
    return since + _before(time)


def told_of_flaky(one: Flaky) -> str:
    """Say how a case wavered."""
    number = f"changed {counted(one.changes, 'time')}"
    versions = ", ".join(map(_cut, one.versions))
    return f"{number} with version {versions}" if versions else f"{number}; the target has no version"


def text(targets: Sequence[Target]) -> Iterator[str]:
    """Give the history as plain lines, on which nothing of a target acts."""
    for target in targets:
        yield f"{visible(target.headline)}\n"
        for time in (*target.broken, *target.mended):
            yield f"  {_strip(target.row(time.requirement))}  {visible(time.requirement)}: {visible(told(time))}\n"
        for one in target.flaky[:MOST_ROWS]:
            yield f"  flaky: {visible(one.case)}: {visible(told_of_flaky(one))}\n"
        if len(target.flaky) > MOST_ROWS:
            yield f"  ... and {len(target.flaky) - MOST_ROWS} more flaky cases\n"
        yield f"  {_steady(target)}\n"
    yield "a run is a letter, the last one on the right: . passed, F failed, W warned, E error, S skipped\n"


def html(targets: Sequence[Target]) -> Iterator[str]:
    """Give the history as one page that loads nothing and runs nothing; of a single target every requirement."""
    yield from still_page(
        "history.html.j2",
        ("report.css", "overview.css"),
        {"told": told, "told_of_flaky": told_of_flaky, "cut": _cut},
        targets=targets,
        is_single=len(targets) == 1,
        broken=sum(bool(target.broken) for target in targets),
        verdicts=VERDICTS,
        most_rows=MOST_ROWS,
        steady=_steady,
    )


def _when(run: Run) -> str:
    version = f" with version {_cut(run.line.version)}" if run.line.version else ""
    return f"{run.line.started_at[:10]}, run {run.number}{version}"


def _before(time: Episode) -> str:
    if time.before is None:
        return "; it never passed before"
    kit = f"; the kit was {_cut(time.other_kit)} before" if time.other_kit else ""
    return f"; passed before in {_when(time.before).partition(', ')[2]}{kit}"


def _strip(row: Row) -> str:
    return "".join(MARKS[status] for status in row.stands)


def _steady(target: Target) -> str:
    judged = [row for row in target.rows if row.is_judged]
    if not judged:
        return "no requirement was judged"
    return f"{sum(row.is_steady for row in judged)} of {len(judged)} requirements passed in every run that judged them"


def _cut(value: str) -> str:
    return shortened(value, _LIMIT)
