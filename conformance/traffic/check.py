"""The one function behind `check`: recorded traffic is judged, and a record says what it shows."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final

from conformance.record.record import EXCHANGES, TargetInfo
from conformance.record.stored import RecordError
from conformance.report import files_of
from conformance.rules.client import REQUEST
from conformance.run.words import LONGEST_TEXT, cut
from conformance.traffic.courses import courses_of
from conformance.traffic.judging import judged
from conformance.traffic.ledger import Ledger
from conformance.traffic.recording import opened
from conformance.traffic.traffic import Traffic, traffic_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from conformance.record.record import Case, Record, Verdict
    from conformance.traffic.recording import Recording

API: Final = "/api/v2/"
NEXT: Final = ("client-opens-url", "client-does-nothing-more")
"""Of these one at least must have been seen to hold: a client is more than its request."""


def check(files: Sequence[Path], *, report_dir: Path, formats: Sequence[str]) -> Record:
    """Judge recorded traffic, leave record and reports in the report folder, and give the record.

    Raises:
        RecordError: a file cannot be read, is no recording, or would be overwritten; the text names all such files.
        OSError: the report folder cannot be written.

    """
    _refuse_overwriting(files, report_dir)
    recordings, traffic = _read(files)
    ledger = Ledger(report_dir)
    try:
        for exchange in sorted([*traffic.calls, *traffic.others], key=lambda each: each.index):
            ledger.add(exchange)
        names = [str(each.path) for each in recordings]
        rerun = shlex.join(["logout-conformance", "check", *names])
        return finished(ledger, traffic, name=", ".join(names), rerun=rerun, recordings=recordings, formats=formats)
    except BaseException:
        ledger.close()
        raise


def _read(files: Sequence[Path]) -> tuple[list[Recording], Traffic]:
    """Read all files, or say of all what is wrong with them."""
    recordings, mistakes, traffic = list["Recording"](), list[str](), Traffic()
    for path in files:
        try:
            recordings.append(opened(path))
        except OSError as error:
            mistakes.append(f"{path}: {error.strerror or error}")
    try:
        traffic = traffic_of(recordings)
    except RecordError as error:
        mistakes.append(str(error))
    if mistakes:
        raise RecordError("\n".join(mistakes))
    return recordings, traffic


def finished(  # noqa: PLR0913  (all of it stands in the record)
    ledger: Ledger,
    traffic: Traffic,
    *,
    name: str,
    rerun: str,
    formats: Sequence[str],
    recordings: Sequence[Recording] = (),
) -> Record:
    """Judge traffic that a ledger has kept, and give the record; `name` says whose it is. Raises as `Ledger.finish`."""
    cases = [_shortened(ledger.redacted(case)) for case in judged(traffic.calls, courses_of(traffic), rerun=rerun)]
    first = traffic.calls[0].request.url if traffic.calls else ""
    base_url, _, behind = first.partition(API)
    return ledger.finish(
        subject="server" if _only_the_server_failed(cases) else "client",
        target=TargetInfo(
            name=name,
            base_url=base_url,
            service_provider=behind.partition("/")[0] if "/logout/" in behind else "",
        ),
        cases=cases,
        verdict=_verdict(cases, list(_unfinished(traffic, recordings))),
        notes=list(_notes(traffic, recordings)),
        formats=formats,
    )


def _verdict(cases: Sequence[Case], unfinished: list[str]) -> tuple[Verdict, list[str]]:
    """Judge the whole: what is broken decides; what is not shown cannot be certified."""
    broken = [f"{number} of the {whose}" for whose in ("client", "server") if (number := _failed(cases, whose))]
    if broken:
        return "not-conformant", [f"cases failed: {', '.join(broken)}", *unfinished]
    reasons = unfinished or _unshown(cases)
    if reasons:
        return "inconclusive", reasons
    return "conformant", ["every MUST that the recording shows is met, by each request and by what was done next"]


def _failed(cases: Iterable[Case], whose: str) -> int:
    return sum(case.status == "failed" and case.id.startswith(f"{whose}/") for case in cases)


def _only_the_server_failed(cases: Sequence[Case]) -> bool:
    return bool(_failed(cases, "server")) and not _failed(cases, "client")


def _unfinished(traffic: Traffic, recordings: Sequence[Recording]) -> Iterable[str]:
    if not traffic.calls:
        yield f"no call of the endpoint is among the {traffic.seen} requests that were recorded"
    if traffic.left_out:
        yield f"{traffic.left_out} calls beyond the first {len(traffic.calls)} were not judged"
    yield from (f"{each.path} could not be read as a whole" for each in recordings if each.faults)


def _unshown(cases: Sequence[Case]) -> list[str]:
    """Name what a client has to show before it can be called conformant."""
    ended = {case.requirements[0]: case.status for case in cases}
    must = [case.requirements[0] for case in cases if case.level == "MUST" and case.requirements[0] in REQUEST]
    unshown = [name for name in must if ended[name] != "passed"]
    reasons = [f"not shown: {', '.join(unshown)}"] if unshown else []
    if all(ended[name] != "passed" for name in NEXT):
        reasons.append("not shown: what the client did after an answer")
    return reasons


def _notes(traffic: Traffic, recordings: Sequence[Recording]) -> Iterable[str]:
    yield f"{traffic.seen} requests were recorded; {len(traffic.calls)} of them are calls of the endpoint"
    for each in recordings:
        yield from (f"{each.path}: {fault}" for fault in each.faults)
    hosts = {call.request.url.partition(API)[0] for call in traffic.calls}
    if len(hosts) > 1:
        yield f"the calls went to {len(hosts)} servers: {', '.join(sorted(hosts))}"
    if any("authorization" in call.request.withheld for call in traffic.calls):
        yield (
            "the recorder may have left credentials out; where it asks (Chrome: settings, network), export a HAR with "
            "sensitive data: no secret of it comes into a report"
        )


def _shortened(case: Case) -> Case:
    """Cut long texts, now that they are redacted."""
    findings = tuple(
        finding.model_copy(update={name: cut(getattr(finding, name)) for name in ("expected", "seen")})
        for finding in case.findings
    )
    return case.model_copy(update={"findings": findings, "message": cut(case.message, 2 * LONGEST_TEXT)})


def _refuse_overwriting(files: Sequence[Path], report_dir: Path) -> None:
    """Refuse to report into the folder that holds what is to be read."""
    ours = {(report_dir / name).resolve() for name in (EXCHANGES, *files_of())}
    taken = [path for path in files if (path / EXCHANGES if path.is_dir() else path).resolve() in ours]
    if taken:
        named = ", ".join(map(str, taken))
        raise RecordError(f"{named}: the reports would overwrite it; give another folder with --report-dir")
