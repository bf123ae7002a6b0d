"""The end of a run on the terminal: the verdict, what failed, what was not tested, and where the report is."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from conformance.report.digest import STATUSES, untested_scenarios, verdict_of, worst_first
from conformance.report.marks import Marks, entry_line, gate_line
from conformance.report.text import counted, shortened, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from rich.console import Console

    from conformance.record.gate import Gate, GateStatus
    from conformance.record.record import Case, Finding, Record, Scenario, Status, Verdict

ROWS = 20  # cases shown; the report has all of them
_LIMIT = 200  # characters of one value

_STATUS_STYLES: Mapping[Status, str] = {
    "failed": "red",
    "error": "magenta",
    "warned": "yellow",
    "skipped": "dim",
    "passed": "green",
}
_VERDICT_STYLES: Mapping[Verdict, str] = {
    "conformant": "bold green",
    "not-conformant": "bold red",
    "inconclusive": "bold yellow",
}
_GATE_STYLES: Mapping[GateStatus, str] = {
    "passed": "bold green",
    "failed": "bold red",
    "inconclusive": "bold yellow",
}


def show(record: Record, console: Console, reports: Sequence[Path] = ()) -> None:
    """Print the summary of a record: tables and colour on a terminal, plain lines elsewhere.

    `reports` are the files that were written. Nothing that the target sent reaches the terminal unescaped.
    """
    _print_lines(console, _causes(record))
    broken = _broken(record)
    shown, marks = broken[:ROWS], Marks(record)
    if shown and console.is_terminal:
        console.print(_table(shown, marks, console))
    elif shown:
        _print_lines(console, (_line(case, marks) for case in shown))
    _print_lines(console, _left_out(record, len(broken) - len(shown)))
    _print_lines(console, _entries(record))
    console.print(Text(_safe(_headline(record), console), style=_VERDICT_STYLES[record.verdict]), soft_wrap=True)
    if record.gate:
        console.print(
            Text(_safe(gate_line(record.gate), console), style=_GATE_STYLES[record.gate.status]), soft_wrap=True
        )
    _print_lines(console, _rest(record, reports))


def _broken(record: Record) -> list[Case]:
    """Give the cases that are shown one by one: neither told with their cause, nor known by an entry."""
    told = {case for cause in record.causes for case in cause.cases} | set(record.gate.known if record.gate else ())
    return [
        case
        for case in worst_first(record.cases)
        if case.status in {"failed", "error", "warned"} and case.id not in told
    ]


def show_brief(name: str, record: Record, console: Console) -> None:
    """Print one line for a target of many, and below it what came of its run at the gate where there is one."""
    verdict = f"{record.verdict.replace('-', ' '):<14}"
    why = f": {_cut(record.reasons[0])}" if record.verdict == "inconclusive" and record.reasons else ""
    line = Text(_safe(verdict, console), style=_VERDICT_STYLES[record.verdict])
    line.append(_safe(f"  {name}: {_counted(record)}{why}", console), style="default not bold")
    console.print(line, soft_wrap=True)
    if record.gate:
        said = [*_new(record.gate), *_stale(record.gate), gate_line(record.gate)]
        _print_lines(console, (f"                {each}" for each in said))


def _print_lines(console: Console, lines: Iterator[str]) -> None:
    for line in lines:
        # as Text: markup, emoji codes and highlighting are for the kit's own words
        console.print(Text(_safe(line, console)), soft_wrap=True)


def _table(cases: Sequence[Case], marks: Marks, console: Console) -> Padding:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("status", no_wrap=True)
    table.add_column("case", overflow="fold", ratio=2)
    table.add_column("requirement", overflow="fold", ratio=2)
    table.add_column("what was wrong", overflow="fold", ratio=3)
    for case in cases:
        cells = (_requirements(case), _wrong(case, marks))
        table.add_row(
            Text(case.status, style=_STATUS_STYLES[case.status]),
            *(Text(_safe(cell, console)) for cell in (case.id, *cells)),
        )
    return Padding(table, (0, 0, 1, 0))


def _line(case: Case, marks: Marks) -> str:
    return f"{case.status.upper()} {case.id} [{_requirements(case)}] {_wrong(case, marks)}"


def _requirements(case: Case) -> str:
    broken = dict.fromkeys(finding.requirement for finding in case.findings)
    return ", ".join(broken or case.requirements)


def _wrong(case: Case, marks: Marks) -> str:
    wrong = _sentence(marks.telling(case)) if case.findings else _cut(case.message)
    mark = marks.of(case)
    return f"{mark}: {wrong}" if mark else wrong


def _sentence(finding: Finding) -> str:
    return f"{_cut(finding.where)}: expected {_cut(finding.expected)}, seen {_cut(finding.seen)}"


def _cut(text: str) -> str:
    return shortened(text, _LIMIT)


def _left_out(record: Record, more: int) -> Iterator[str]:
    if more:
        yield f"... and {more} more cases in the report"
    for reason, scenarios in _by_reason(untested_scenarios(record)).items():
        yield f"not tested: {', '.join(scenarios)}: {_cut(reason)}"
    for case_id in record.kit_faults:
        yield f"the kit itself failed in {case_id}; please report it"
    for note in record.notes:
        yield f"note: {_cut(note)}"


def _entries(record: Record) -> Iterator[str]:
    if record.gate is None:
        return
    for entry in record.gate.others[:ROWS]:
        yield f"{'KNOWN' if entry.state == 'needed' else 'OPEN'} {entry_line(record.gate, entry)}"
    if (more := len(record.gate.others) - ROWS) > 0:
        yield f"... and {more} more entries in the report"
    yield from _stale(record.gate)


def _new(gate: Gate) -> Iterator[str]:
    for failure in gate.new[:ROWS]:
        yield f"NEW {failure.case} [{', '.join(failure.requirements)}]"
    if (more := len(gate.new) - ROWS) > 0:
        yield f"... and {more} more new failures in the report"


def _stale(gate: Gate) -> Iterator[str]:
    for entry in gate.stale:
        yield f"STALE {entry_line(gate, entry)}"


def _by_reason(untested: Sequence[Scenario]) -> Mapping[str, list[str]]:
    reasons: dict[str, list[str]] = defaultdict(list)
    for scenario in untested:
        if scenario.status != "not-selected":
            reasons[scenario.reason].append(scenario.id + (" (mandatory)" if scenario.mandatory else ""))
    return reasons


def _causes(record: Record) -> Iterator[str]:
    for cause in record.causes:
        yield f"CAUSE of {counted(len(cause.cases), 'case')}: {_cut(cause.title)}"
        yield f"      {_cut(cause.advice)}"


def _headline(record: Record) -> str:
    words, _ = verdict_of(record)
    named = " ".join(part for part in (record.target.name, record.target.version) if part) or record.target.base_url
    return f"{words}: {named}" + (f" ({'; '.join(map(_cut, record.reasons))})" if record.reasons else "")


def _rest(record: Record, reports: Sequence[Path]) -> Iterator[str]:
    seed = f", seed {record.seed}" if record.subject == "server" else ""
    yield f"{_counted(record)}; {record.request_count} requests{seed}"
    for path in reports:
        if path.suffix == ".html":
            yield f"Report: {path}"
            yield f"Open it in a browser: {path.resolve().as_uri()}"


def _counted(record: Record) -> str:
    counts = record.summary.model_dump()
    return ", ".join(f"{counts[status]} {status}" for status in reversed(STATUSES) if counts[status]) or "no case ran"


def _safe(text: str, console: Console) -> str:
    # a terminal that has no such letter must not end the run either
    known = visible(text).encode(console.encoding, "backslashreplace")
    return known.decode(console.encoding)
