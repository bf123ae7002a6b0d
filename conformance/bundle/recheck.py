"""Judges a record again from its own evidence, by the cases of this kit, and says in what it differs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from conformance.bundle.replay import stand_in, target_of
from conformance.certify import Settings, UsageError, certify

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.record.record import Case, ExchangeLine, Record
    from conformance.target.model import Target

FOREVER_S: Final = 10.0**9
MOST_EXAMPLES: Final = 1000
"""How many requests are generated again where the record has fewer: a hostile one asks for any number."""
MOST_SELECTED: Final = 64
"""A larger selection is not made: to pick so many cases takes longer than to judge all."""


@dataclass(slots=True)
class Rejudged:
    """What the cases of this kit say to recorded evidence: how each ended, by its id, in each part of the run."""

    cases: dict[str, list[Case]] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    misfits: dict[int, str] = field(default_factory=dict)
    notes: set[str] = field(default_factory=set)


def rejudge(record: Record, lines: Sequence[ExchangeLine]) -> Rejudged:
    """Run the cases over the evidence of a record: all of them, or those of a small selection.

    Raises KitError where the kit cannot.
    """
    target, found = target_of(record.target, lines), Rejudged()
    for part in dict.fromkeys(line.part for line in lines) or [""]:
        own = [line for line in lines if line.part == part]
        _judge(record, target, own, found)
    return found


def _judge(record: Record, target: Target, lines: Sequence[ExchangeLine], found: Rejudged) -> None:
    replay, instead = stand_in(target, lines, renews_token=record.target.renews_token)
    first = record.cases[0].rerun if record.cases else ""
    with TemporaryDirectory(prefix="logout-conformance-") as name:
        judged = _certified(
            Settings(
                target,
                report_dir=Path(name),
                examples=record.examples if record.examples <= max(MOST_EXAMPLES, len(lines)) else 0,
                seed=record.seed,
                max_time_s=FOREVER_S,
                cases=tuple(case.id for case in record.cases) if record.partial else (),
                formats=(),
                rerun=first.partition(" --case ")[0],
                requirements=record.requirements_version,
                stand_in=instead,
            )
        )
    for case in judged.cases:
        found.cases.setdefault(case.id, []).append(case)
    found.used |= replay.used
    found.misfits |= replay.misfits
    found.notes |= set(judged.notes)


def _certified(settings: Settings) -> Record:
    if len(settings.cases) > MOST_SELECTED:
        settings = replace(settings, cases=())
    try:
        return certify(settings)
    except UsageError:  # a case that does not exist is named there, and everything else is judged all the same
        return certify(replace(settings, cases=()))
