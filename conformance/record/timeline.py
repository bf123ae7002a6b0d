"""What a history tells of one target: since when a requirement is broken, when it was mended, which cases are flaky."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from conformance.record.history import LETTERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.record.history import Line, Names
    from conformance.record.record import Status

BROKEN: Final = ("failed", "warned")
CHANGES_WITHOUT_VERSION: Final = 3
"""A server that does not say its version may have been broken and mended between runs; there and back and there again
is what no two releases explain."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a target's history; `number` counts from 1, the oldest."""

    number: int
    line: Line
    names: Names

    def requirement(self, name: str) -> Status | None:
        """Say how a requirement stood; None where no case judged it."""
        place = self.names.place_of_requirement.get(name)
        return None if place is None else LETTERS[self.line.requirements[place]]

    def case(self, name: str) -> Status | None:
        """Say how a case ended; None where it did not run."""
        place = self.names.place_of_case.get(name)
        return None if place is None else LETTERS[self.line.cases[place]]

    @property
    def is_whole(self) -> bool:
        """Say whether all cases ran: what a part of them leaves out may still be broken."""
        return not (self.line.partial or self.line.interrupted)


@dataclass(frozen=True, slots=True)
class Episode:
    """A time in which a requirement was broken, the latest of its kind."""

    requirement: str
    status: Status
    """As it was in the last run of the time."""
    since: Run
    last: Run
    before: Run | None
    """The last run before it in which the requirement held; None where there is none."""
    mended: Run | None = None
    """The first run behind it in which the requirement held; None where it is broken still."""

    @property
    def other_kit(self) -> str:
        """The kit that ran before it, where that was another one; empty otherwise."""
        if self.before is None or _kit(self.before) == _kit(self.since):
            return ""
        return self.before.line.kit_version


@dataclass(frozen=True, slots=True)
class Flaky:
    """A case that ended now so and now otherwise, while nothing is known to have changed."""

    case: str
    changes: int
    versions: Sequence[str]
    """The versions of the target with which it did, those that it has."""


def by_target(history: Iterable[tuple[Line, Names]]) -> dict[str, list[Run]]:
    """Sort the runs by target, each target's the oldest first."""
    found: dict[str, list[Run]] = {}
    for line, names in history:
        runs = found.setdefault(line.called, [])
        runs.append(Run(len(runs) + 1, line, names))
    return dict(sorted(found.items()))


def requirements(runs: Iterable[Run]) -> dict[str, str]:
    """Give the id of each requirement that a run judged, and its level, in the order of the law."""
    named = {one.id: one.level for run in runs for one in run.names.requirements}
    judged = {name for name in named if any(run.requirement(name) for run in runs)}
    return {name: level for name, level in named.items() if name in judged}


def episode(requirement: str, runs: Iterable[Run]) -> Episode | None:
    """Give the latest time in which a requirement was broken; None where it never was."""
    latest: Episode | None = None
    held: Run | None = None
    for run in runs:
        status = run.requirement(requirement)
        if status in BROKEN:
            is_new = latest is None or latest.mended is not None
            latest = Episode(requirement, status, run, run, held) if is_new else _longer(latest, status, run)
        elif status == "passed":
            held = run
            if latest and latest.mended is None and _shows_mending(run, latest.last):
                latest = replace(latest, mended=run)
    return latest


def flaky(runs: Sequence[Run]) -> list[Flaky]:
    """Give the cases that changed between passed and failed or warned although the version of the target did not.

    Runs of another kit or another specification are not compared, nor generated requests of another seed. Where the
    target has no version, a case is flaky that changed at least `CHANGES_WITHOUT_VERSION` times.
    """
    cases = dict.fromkeys(case for run in runs for case in run.names.cases)
    found = (_changes(case, runs) for case in cases)
    return [
        Flaky(case, sum(changes.values()), [version for version in changes if version])
        for case, changes in zip(cases, found, strict=True)
        if changes
    ]


def _longer(latest: Episode | None, status: Status, run: Run) -> Episode:
    assert latest  # noqa: S101  (who has none begins one)
    return replace(latest, status=status, last=run)


def _shows_mending(run: Run, broken: Run) -> bool:
    return run.is_whole or run.line.names == broken.line.names


def _changes(case: str, runs: Iterable[Run]) -> dict[str, int]:
    """Count by version how often a case changed, where that is more often than the version explains."""
    outcomes: dict[tuple[str, ...], list[bool]] = {}
    for run in runs:
        status = run.case(case)
        if status == "passed" or status in BROKEN:
            outcomes.setdefault(_equal_circumstances(case, run), []).append(status == "passed")
    found = Counter[str]()
    for (version, *_), of_it in outcomes.items():
        changes = sum(before != after for before, after in pairwise(of_it))
        if changes >= (1 if version else CHANGES_WITHOUT_VERSION):
            found[version] += changes
    return found


def _equal_circumstances(case: str, run: Run) -> tuple[str, ...]:
    line = run.line
    generated = (str(line.seed), str(line.examples)) if case.startswith("generated/") else ()
    return (line.version, *_kit(run), *generated)


def _kit(run: Run) -> tuple[str, str]:
    return run.line.kit_version, run.line.spec_version
