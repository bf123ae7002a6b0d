"""The shards of a run as other machines left them: read, and refused where they are not those of one run."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from conformance import __version__
from conformance.record import record as records
from conformance.record.record import EXCHANGES, RESULTS
from conformance.record.stored import RecordError
from conformance.report.choice import indexes
from conformance.report.text import first_of, shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from conformance.record.gate import Gate
    from conformance.record.record import Record
    from conformance.record.shard import Shard

MOST_NAMED: Final = 5
"""How many of many equal things a reason names."""
LONGEST: Final = 200
"""How much of a value a reason quotes, in characters."""
ANEW: Final = "copy the folder again as a whole, or run the shard again"


@dataclass(frozen=True, slots=True)
class Opened:
    """A shard in its folder, and how many exchanges it made."""

    folder: Path
    record: Record
    shard: Shard
    length: int


def opened(folders: Sequence[Path], report_dir: Path) -> list[Opened]:
    """Read the shards of a run, and give them by their number.

    Raises:
        RecordError: one cannot be read or is none, or they are not all of one run; it names every reason.

    """
    shards, reasons = [], [*_in_the_way(folders, report_dir)]
    for folder in folders:
        try:
            shards.append(_opened(folder))
        except RecordError as error:
            reasons.append(str(error))
    reasons += [*_disagreements(shards), *_twice(shards)]
    if len(shards) == len(folders):
        # a folder that cannot be read may hold what seems to be missing
        reasons += _missing(shards)
    if reasons:
        raise RecordError("\n  ".join(["these are not the shards of one run:", *reasons]))
    return sorted(shards, key=lambda each: each.shard.number)


def _in_the_way(folders: Iterable[Path], report_dir: Path) -> Iterator[str]:
    for folder in folders:
        if folder.exists() and report_dir.exists() and folder.samefile(report_dir):
            yield f"{folder}: is to be merged, and is the report folder too; give another --report-dir"


def _opened(folder: Path) -> Opened:
    record = records.read(folder)
    if record.shard is None:
        raise RecordError(f"{folder / RESULTS}: is the record of a whole run; give folders of `run --shard`")
    if record.kit_version != __version__:
        raise RecordError(
            f"{folder / RESULTS}: kit {shortened(record.kit_version, LONGEST)} made it, and this is kit {__version__}; "
            "merge with the kit that ran"
        )
    strange = {case.id for case in record.cases} - set(record.shard.cases)
    if strange:
        raise RecordError(f"{folder / RESULTS}: {_named(strange)} is not among the cases of its run; {ANEW}")
    return Opened(folder, record, record.shard, _length(folder, record))


def _length(folder: Path, record: Record) -> int:
    """Count the exchanges of a record; raises RecordError where they are not those that it speaks of."""
    length, path = 0, folder / EXCHANGES
    for length, exchange in enumerate(records.read_exchanges(folder), start=1):
        if exchange.index != length - 1:
            raise RecordError(f"{path}, line {length}: its index is {exchange.index}, not {length - 1}; {ANEW}")
    pointed_at = max((index for case in record.cases for index in indexes(case)), default=-1)
    expected = max(record.request_count, pointed_at + 1)
    if length < expected:
        raise RecordError(f"{path}: has {length} exchanges where {RESULTS} speaks of {expected}; {ANEW}")
    return length


def _disagreements(shards: Iterable[Opened]) -> Iterator[str]:
    """Say in what shards differ that are of different runs."""
    seen: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for shard in shards:
        for name, value in _settings(shard.record, shard.shard):
            seen[name][value].append(f"{shard.folder}")
    for name, values in seen.items():
        if len(values) > 1:
            each = (f"{shortened(value, LONGEST)} in {_named(folders)}" for value, folders in values.items())
            yield f"{name}: {'; '.join(each)}. Run the shards with the same settings"


def _settings(record: Record, shard: Shard) -> Iterator[tuple[str, str]]:
    yield "spec", record.spec_version
    yield "version of the requirements", record.requirements_version
    yield "known failures", _known(record.gate) if record.gate else "none"
    yield from ((f"target, {name}", str(value) or "none") for name, value in record.target.model_dump().items())
    yield "seed", str(record.seed)
    yield "examples", str(record.examples)
    yield "number of shards", str(shard.of)
    yield "selected cases", f"{len(shard.cases)} ({_digest(shard.cases)})"


def _known(gate: Gate) -> str:
    # what the run says of an entry differs from shard to shard
    said = [entry.model_dump_json(exclude={"state", "message", "cases"}) for entry in gate.entries]
    strict = ", strict" if gate.strict else ""
    return f"{len(said)} entries ({_digest(said)}){strict}"


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode("utf-8", "backslashreplace")).hexdigest()[:8]


def _missing(shards: Sequence[Opened]) -> Iterator[str]:
    counts = {each.shard.of for each in shards}
    of = counts.pop() if len(counts) == 1 else 0  # where they disagree about it, that is what is said
    absent = set(range(1, of + 1)) - {each.shard.number for each in shards}
    if absent:
        named = first_of([f"{number}/{of}" for number in sorted(absent)], MOST_NAMED)
        yield f"missing: {named}. Run it with --shard, or give its folder too"


def _twice(shards: Sequence[Opened]) -> Iterator[str]:
    for name, folders in _by(shards, lambda each: [f"{each.shard}"]).items():
        if len(folders) > 1:
            yield f"{name} is there more than once: {_named(folders)}. Give one of them"
    if len({each.shard.number for each in shards}) == len(shards):
        owners = _by(shards, lambda each: [case.id for case in each.record.cases])
        again = [case for case, folders in owners.items() if len(folders) > 1]
        if again:
            yield f"in more than one shard: {_named(again)}. Run the shards with the same target file and settings"


def _by(shards: Iterable[Opened], names: Callable[[Opened], Iterable[str]]) -> dict[str, list[str]]:
    """Give the folders that have something under a name."""
    found: dict[str, list[str]] = defaultdict(list)
    for each in shards:
        for name in names(each):
            found[name].append(f"{each.folder}")
    return found


def _named(things: Iterable[str]) -> str:
    return first_of([shortened(name, LONGEST) for name in sorted(things)], MOST_NAMED)
