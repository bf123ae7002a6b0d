"""Makes one record of the shards of a run: the one that a single machine would have left."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from conformance import interruption
from conformance.gate.baseline import remembered
from conformance.record import record as records
from conformance.record.folder import Folder
from conformance.record.record import EXCHANGES, RESULTS, read_exchanges
from conformance.record.recorder import encoded
from conformance.record.stored import write_whole
from conformance.report import DEFAULT_FORMATS, files_of, render
from conformance.run import results
from conformance.run.part import placed
from conformance.run.shards import opened
from conformance.sender.client import Spending

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conformance.record.record import Case, Record
    from conformance.run.shards import Opened


def merge(folders: Sequence[Path], report_dir: Path, formats: Iterable[str] = DEFAULT_FORMATS) -> Record:
    """Make one record of the shards in these folders, leave it and its reports in the report folder, and give it.

    Nothing is left there where it cannot be made. Shards are redacted already: no secret is needed here.

    Raises:
        RecordError: a folder holds no record, or they are not the shards of one run; it names every reason.
        OSError: the report folder does not take it.

    """
    shards = opened(folders, report_dir)
    merged = _merged(shards)
    with closing(Folder(report_dir)), TemporaryDirectory(dir=report_dir, prefix=".merge-") as name:
        aside = Path(name)
        write_whole(aside / EXCHANGES, _lines(shards))
        records.write(merged, aside)
        render(aside, formats)
        _move(aside, report_dir)
    return merged


def _move(aside: Path, report_dir: Path) -> None:
    """Put what was made in place of what stood there; the record comes last, so that none stands without its rest."""
    with interruption.whole():
        for file in (RESULTS, *files_of()):
            (report_dir / file).unlink(missing_ok=True)
        for path in sorted(aside.iterdir(), key=lambda path: path.name == RESULTS):
            path.replace(report_dir / path.name)


def _lines(shards: Iterable[Opened]) -> Iterator[str]:
    exchanges = ((shard.shard.number, each) for shard in shards for each in read_exchanges(shard.folder))
    for index, (number, exchange) in enumerate(exchanges):
        part = f"{number}/{exchange.part}" if exchange.part else f"{number}"
        yield encoded(exchange.model_copy(update={"index": index, "part": part}).model_dump(mode="json")).decode()


def _merged(shards: Sequence[Opened]) -> Record:
    first, made = shards[0], [shard.record for shard in shards]
    gate = first.record.gate
    faults = {name for record in made for name in record.kit_faults}
    cases = _cases(shards)
    return results.record_of(
        results.Facts(
            planned=len(first.shard.cases),
            partial=first.record.partial,
            interrupted=any(record.interrupted for record in made),
            shard=None,
            started_at=min((record.started_at for record in made), key=datetime.fromisoformat),
            finished_at=max((record.finished_at for record in made), key=datetime.fromisoformat),
            seed=first.record.seed,
            examples=first.record.examples,
            target=first.record.target,
            spending=_spending(shards),
            noted={note for shard in shards for note in shard.shard.noted},
            kit_faults=tuple(case.id for case in cases if case.id in faults),
            requirements_version=first.record.requirements_version,
            known=remembered(gate) if gate else None,
            strict=bool(gate and gate.strict),
        ),
        cases,
    )


def _cases(shards: Sequence[Opened]) -> tuple[Case, ...]:
    """Give the cases of all shards in the order of the law, each with its evidence where it is now."""
    begins = accumulate((shard.length for shard in shards), initial=0)
    found = {
        case.id: placed(case, range(begin, begin + shard.length))
        for begin, shard in zip(begins, shards, strict=False)
        for case in shard.record.cases
    }
    return tuple(found[name] for name in shards[0].shard.cases if name in found)


def _spending(shards: Iterable[Opened]) -> Spending:
    spent = Spending()
    for each in shards:
        shard = each.shard
        spent.add(Spending(each.length, shard.waited_s, shard.spent, shard.throttled_count))
    return spent
