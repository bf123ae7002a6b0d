"""The record as workflow commands, of which GitHub makes annotations: `cat annotations.txt` in a step of a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.report.digest import VERDICTS, fixes
from conformance.report.marks import GATES, Marks, entry_line
from conformance.report.sarif import LAW
from conformance.report.text import shortened, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conformance.record.gate import Gate, GateStatus
    from conformance.record.record import ExchangeLine, Finding, Level, Record, Verdict
    from conformance.report.digest import Fix

COMMANDS: Final[Mapping[Level, str]] = {"MUST": "error", "SHOULD": "warning", "MAY": "notice"}
OF_VERDICT: Final[Mapping[Verdict, str]] = {
    "conformant": "notice",
    "not-conformant": "error",
    "inconclusive": "warning",
}
OF_GATE: Final[Mapping[GateStatus, str]] = {"passed": "notice", "failed": "error", "inconclusive": "warning"}
WAYS: Final = 3
"""How many ways in which one requirement was broken are shown."""
_LIMIT: Final = 300  # characters of one value


def render(record: Record, _exchanges: Iterable[ExchangeLine]) -> Iterator[str]:
    """Give annotations.txt: the verdict, and a line for each thing to fix; no other command comes out of it."""
    words, meaning = VERDICTS[record.verdict]
    target = record.target.name or record.target.base_url
    # at a gate the verdict fails nothing
    name = "notice" if record.gate else OF_VERDICT[record.verdict]
    yield _command(name, {"title": f"{words}: {_plain(target)}"}, [*record.reasons] or [meaning])
    yield from _gate(record.gate)
    marks = Marks(record)
    for fix in fixes(record):
        name = "notice" if marks.is_excused(fix) else COMMANDS[fix.level]
        yield _command(name, _properties(fix), [*_message(fix), *marks.of_fix(fix)[:WAYS]])


def _gate(gate: Gate | None) -> Iterator[str]:
    if gate is None:
        return
    yield _command(OF_GATE[gate.status], {"title": GATES[gate.status]}, [f"{'; '.join(gate.reasons)} ({gate.file})"])
    for entry in gate.stale:
        place = {"file": _plain(gate.file), "line": str(entry.line), "title": "Remove the entry"}
        yield _command("error", place, [entry_line(gate, entry)])


def _properties(fix: Fix) -> Mapping[str, str]:
    if fix.requirement is None:
        return {"title": f"{fix.level}: {_plain(fix.title)}"}
    line = {"line": str(fix.requirement.line)} if fix.requirement.line else {}
    return {"file": LAW, **line, "title": f"{fix.level}: {_plain(fix.requirement.id)}"}


def _message(fix: Fix) -> Iterator[str]:
    yield fix.title
    if fix.advice:
        yield fix.advice
    yield from (_difference(finding) for finding in fix.findings[:WAYS])
    if len(fix.findings) > WAYS:
        yield f"... and {len(fix.findings) - WAYS} more ways"
    if fix.cases:
        yield f"See it: {fix.cases[0].rerun}"


def _difference(finding: Finding) -> str:
    return f"at {_plain(finding.where)} expected {_plain(finding.expected)}, seen {_plain(finding.seen)}"


def _command(name: str, properties: Mapping[str, str], lines: Iterable[str]) -> str:
    given = ",".join(f"{key}={_escaped(value, also=':,')}" for key, value in properties.items())
    message = "\n".join(shortened(visible(line), 4 * _LIMIT) for line in lines)
    return f"::{name} {given}::{_escaped(message)}\n"


def _escaped(text: str, also: str = "") -> str:
    """Write whatever could end a command, or a property of it, as GitHub's runner reads it back."""
    for letter in f"%\r\n{also}":  # the percent sign first: the others become one
        text = text.replace(letter, f"%{ord(letter):02X}")
    return text


def _plain(text: str) -> str:
    return shortened(visible(text), _LIMIT)
