"""What a record claims as a whole: which cases were to run, the verdict, its reasons, the counts."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from conformance.certify import Settings, every_case, listed
from conformance.gate.baseline import remembered
from conformance.record.record import RESULTS, Summary
from conformance.report.text import first_of, shortened
from conformance.run import results
from conformance.sender.client import Spending
from conformance.suite.shares import share_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from conformance.bundle.comparison import Comparison
    from conformance.gate.baseline import Baseline
    from conformance.record.record import Record
    from conformance.target.model import Target

MOST_NAMED: Final = 5
LONGEST: Final = 200
"""How much of a note is quoted, in characters."""
DERIVED: Final = ("verdict", "reasons", "summary", "scenarios", "causes", "requirements", "gate")
_COUNTED: Final = re.compile(r"\d+ of the requests were answered 429 and sent again|cases that do not score, .*")
"""Notes that say how many there were, which is another number where other cases are judged again."""
_ON_ITS_WORD: Final = re.compile(
    r"the teardown of .*|tried again after trouble on the way: .*|a process of this run was killed"
    r"|the kit waited \d+ s: .*|\d+ of the requests were answered 429 and sent again",
    re.DOTALL,
)
"""Notes on what does not stand in the exchanges."""
_SPENT: Final = re.compile(r"the target was given up after .*|the run's .* s \(--max-time\) were used up", re.DOTALL)


def expected(record: Record, target: Target, cases: Iterable[str]) -> list[str]:
    """Give the ids of those of these cases that were to run: all, or those of the shard."""
    if record.shard is None:
        return list(cases)
    known = listed(Settings(target, examples=record.examples, seed=record.seed))
    shared = [case for case in known if case.id in set(record.shard.cases)]
    own = share_of(record.shard, shared, target, record.examples)
    return [case.id for case in shared if case.id in own]


def differences(record: Record, found: Comparison, wanted: Collection[str], notes: Collection[str]) -> Iterator[str]:
    """Say in what a record as a whole is not what follows from its cases, as they are now known to have ended."""
    absent = [name for name in wanted if name not in found.cases]
    planned = len(found.cases) + (0 if record.partial and not record.shard else len(absent))
    try:
        made = _derived(record, found, planned, notes)
    except ValueError:
        yield f"{RESULTS}: its gate has an entry that no file of known failures may have"
        return
    if absent and not (record.partial or record.interrupted) and made.reasons != record.reasons:
        yield f"{len(absent)} cases were left out: {first_of(absent, MOST_NAMED)}"
    foreign = [name for name in found.cases if name not in set(wanted)]
    if foreign:
        yield f"{len(foreign)} cases are none of this run: {first_of(foreign, MOST_NAMED)}"
    for name in DERIVED:
        claimed, known = getattr(record, name), getattr(made, name)
        if claimed != known:
            yield f"{RESULTS}: its {name} is not what follows from the cases{_both(claimed, known)}"
    yield from _other_notes(record, made)


def _derived(record: Record, found: Comparison, planned: int, notes: Collection[str]) -> Record:
    stops = (*record.reasons, *(case.cause for case in record.cases))
    spent = next((reason for reason in stops if _SPENT.fullmatch(reason)), None)
    return results.record_of(
        results.Facts(
            planned=planned,
            partial=record.partial,
            interrupted=record.interrupted,
            shard=record.shard,
            started_at=record.started_at,
            finished_at=record.finished_at,
            seed=record.seed,
            examples=record.examples,
            target=record.target,
            spending=Spending(record.request_count, spent=spent),
            noted=[note for note in notes if not _COUNTED.fullmatch(note)],
            kit_faults=record.kit_faults,
            requirements_version=record.requirements_version,
            known=_known(record),
            strict=bool(record.gate and record.gate.strict),
        ),
        tuple(found.cases.values()),
    )


def _known(record: Record) -> Baseline | None:
    """Give the known failures that a run was held against; a part of the cases was held against all that there are."""
    if record.gate is None:
        return None
    every = every_case() if record.partial or record.shard else ()
    return replace(remembered(record.gate), every=tuple(every))


def _other_notes(record: Record, made: Record) -> Iterator[str]:
    for note in made.notes:
        if note not in record.notes:
            yield f"{RESULTS}: its notes do not say: {note}"
    for note in record.notes:
        if note not in made.notes and not _ON_ITS_WORD.fullmatch(note):
            yield f"{RESULTS}: one of its notes says what does not follow from the evidence: {shortened(note, LONGEST)}"


def _both(claimed: object, known: object) -> str:
    if isinstance(claimed, str):
        return f": {claimed}, where it is {known}"
    return f": {claimed}, where it is {known}" if isinstance(claimed, Summary) else ""
