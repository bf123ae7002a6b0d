"""Checks a bundle without any network: its file, its digests, its evidence, and every verdict in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from conformance import __version__
from conformance.bundle import evidence, manifest, rest, signature
from conformance.bundle.archive import BundleError, unpacked
from conformance.bundle.comparison import Comparison, compared
from conformance.bundle.making import FILES, RECORD, read
from conformance.bundle.recheck import Rejudged, rejudge
from conformance.bundle.replay import target_of
from conformance.bundle.signature import Signer, Standing
from conformance.bundle.skipping import unlikely
from conformance.certify import KitError
from conformance.law.catalogue import catalogue
from conformance.law.frozen import versions
from conformance.record.record import RESULTS
from conformance.record.stored import RecordError
from conformance.report import FORMATS
from conformance.report.text import first_of
from conformance.sender.client import PROBE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from conformance.record.record import ExchangeLine, Record

CONFIRMED, DIFFERS, OPEN = 0, 1, 3
MOST_EXCHANGES: Final = 20_000
"""How many exchanges are judged again at most."""
MOST_PARTS: Final = 100
"""How many parts of a run are judged at most, each by itself."""
MOST_RESULTS: Final = 16 * 1024 * 1024
"""How large results.json may be, in bytes: that of a whole run has half a megabyte."""
UNKNOWN_STATES: Final = (
    "its record does not say how states were made, as those of older kits and of recorded traffic: certify the server "
    "with `logout-conformance run`"
)
CLOCKS_DIFFER: Final = timedelta(days=1)


@dataclass(slots=True)
class Verification:
    """What is known of a bundle: `differences` contradict its claim, `doubts` keep it from being confirmed."""

    record: Record
    note: str
    signer: Signer
    differences: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    comparison: Comparison | None = None

    @property
    def exit_code(self) -> int:
        """Give 0 where the claim is confirmed, 1 where something differs, 3 where it can be neither."""
        if self.differences:
            return DIFFERS
        return OPEN if self.doubts else CONFIRMED


def verify(path: Path, trusted: Mapping[bytes, str] | None, *, max_age: timedelta, now: datetime) -> Verification:
    """Check a bundle; with `trusted` keys, one of them must have signed it.

    Raises:
        BundleError: it is no bundle.
        OSError: it cannot be read.

    """
    files = unpacked(path, FILES)
    missing = sorted({*RECORD, manifest.MANIFEST} - set(files))
    if missing:
        raise BundleError(f"{path}: is no bundle: {missing[0]} is missing; ask for it again")
    if len(files[RESULTS]) > MOST_RESULTS:
        raise BundleError(f"{path}: is no bundle: {RESULTS} is larger than {MOST_RESULTS // 1024 // 1024} MiB")
    try:
        return _checked(files, path, trusted, max_age, now)
    except RecordError as error:
        raise BundleError(f"{error}") from None


def _checked(
    files: Mapping[str, bytes], path: Path, trusted: Mapping[bytes, str] | None, max_age: timedelta, now: datetime
) -> Verification:
    about = files[manifest.MANIFEST]
    claimed = manifest.read(about)
    record, lines, _ = read(files, (), path)
    if len(lines) > MOST_EXCHANGES:
        raise BundleError(f"{path}: has {len(lines)} exchanges, and at most {MOST_EXCHANGES} are judged again")
    who = signature.signer(about, files.get(signature.SIGNATURE), trusted or {})
    made = Verification(record, claimed.note, who)
    packed = {name: content for name, content in files.items() if name not in {manifest.MANIFEST, signature.SIGNATURE}}
    made.differences += manifest.differences(claimed, record, packed)
    made.differences += [who.words] * (who.standing is Standing.BAD)
    if trusted is not None and who.standing not in {Standing.TRUSTED, Standing.BAD}:
        made.doubts.append(f"no trusted key signed it; it is {who.words}")
    made.differences += evidence.differences(record, lines)
    made.doubts += _age(record, max_age, now)
    _judge_again(made, files, lines, path)
    return made


def _age(record: Record, max_age: timedelta, now: datetime) -> Iterator[str]:
    age = now - datetime.fromisoformat(record.finished_at)
    if age > max_age:
        yield f"the claim is past its date: the run ended {age.days} days ago, and --max-age is {max_age.days}"
    if age < -CLOCKS_DIFFER:
        yield f"the run ended at {record.finished_at}, which is yet to come"


def _judge_again(made: Verification, files: Mapping[str, bytes], lines: Sequence[ExchangeLine], path: Path) -> None:
    record, spec = made.record, catalogue().spec_version
    why = [
        f"{name} {theirs} made it, and this is {name} {ours}: verify it with the kit that ran"
        for name, theirs, ours in (("kit", record.kit_version, __version__), ("spec", record.spec_version, spec))
        if theirs != ours
    ]
    if record.subject != "server":
        why.append(f"it is about a {record.subject}, and only what is claimed about a server is judged again")
    elif record.target.states == "unknown":
        why.append(UNKNOWN_STATES)
    parts = len({line.part for line in lines})
    if parts > MOST_PARTS:
        why.append(f"{parts} processes made it, and the parts of at most {MOST_PARTS} are judged again")
    if record.requirements_version not in versions() and not why:
        why.append(f"it was judged by version {record.requirements_version!r} of the requirements, which is none")
    made.doubts += why or evidence.doubts(record, lines)
    if why or not all(map(evidence.has_url, lines)):
        return
    made.differences += _other_reports(files, path)
    try:
        judged = rejudge(record, lines)
    except KitError as error:
        made.doubts.append(f"this kit cannot judge it again: {error}")
        return
    _compare(made, lines, judged)


def _other_reports(files: Mapping[str, bytes], path: Path) -> Iterator[str]:
    formats = [name for name, readers in FORMATS.items() if set(readers) & set(files)]
    _, _, reports = read(files, formats, path)
    for name, content in reports.items():
        if files.get(name) != content:
            yield f"{name} is not what this kit renders of the record"


def _compare(made: Verification, lines: Sequence[ExchangeLine], judged: Rejudged) -> None:
    record = made.record
    found = made.comparison = compared(record, lines, judged.cases)
    made.differences += found.differences
    made.differences += [f"exchange {index}: {why}" for index, why in sorted(judged.misfits.items())]
    wanted = rest.expected(record, target_of(record.target, lines), judged.cases)
    made.differences += rest.differences(record, found, wanted, judged.notes)
    unused = [line for line in lines if line.index not in judged.used and line.visit != PROBE]
    if unused and not (found.open or found.believed or record.interrupted):
        made.differences += [
            f"exchange {line.index}: no case asks for it ({line.visit}, {line.step})" for line in unused
        ]
    made.doubts += _undecided(record, found)
    skipped = unlikely(record, lines, found.believed)
    if skipped:
        made.doubts.append(f"skipped, although the states that it needs were made for others: {first_of(skipped, 1)}")


def _undecided(record: Record, found: Comparison) -> Iterator[str]:
    """Say where the verdict rests on cases that cannot be judged again: one failure is enough for a bad one."""
    if not found.open:
        return
    failed = [case for case in record.cases if case.status == "failed" and case.id not in found.open]
    if not failed:
        first = next(iter(found.open))
        yield f"{len(found.open)} of the cases cannot be judged again, and the verdict rests on them: {first} ..."
