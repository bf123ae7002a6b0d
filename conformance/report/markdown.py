"""The record as summary.md: what the page of a CI job shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.report.digest import STATUSES, fixes, tally, untested_scenarios, untried, verdict_of
from conformance.report.html import sources
from conformance.report.marks import Marks, entry_line, gate_line
from conformance.report.text import shortened, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from conformance.record.gate import Gate, GateStatus
    from conformance.record.record import ExchangeLine, Finding, Record, Scenario, Verdict
    from conformance.report.digest import Fix

ROWS: Final = 20
"""How many things to fix, and of what else there is a list of, are shown; the report has all of them."""
WAYS: Final = 3
"""How many ways in which one requirement was broken are shown."""
_LIMIT: Final = 300  # characters of one value; with the numbers above it keeps a summary below GitHub's 1 MiB
_LONGEST_COMMAND: Final = 2000
_SHAPES: Final[Mapping[Verdict, str]] = {"conformant": "✅", "not-conformant": "❌", "inconclusive": "❔"}
_GATE_SHAPES: Final[Mapping[GateStatus, str]] = {"passed": "✅", "failed": "❌", "inconclusive": "❔"}

_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#!|~&$])")
# what becomes a link or a picture by itself, and what begins a list, a heading or a rule
_ACTING = re.compile(r"[@<]|://|www\.|#\d|:\w+:|^(\d+[.)](\s|$)|[-+=#>~])", re.IGNORECASE)
_BACKTICKS = re.compile("`+")


def render(record: Record, _exchanges: Iterable[ExchangeLine]) -> Iterator[str]:
    """Give summary.md: GitHub's Markdown, in which nothing that a target sent is markup, link or HTML."""
    for line in _lines(record):
        yield f"{line}\n"


def _lines(record: Record) -> Iterator[str]:
    words, meaning = verdict_of(record)
    yield f"## {_SHAPES[record.verdict]} {words}: {prose(record.target.name or record.target.base_url)}"
    yield ""
    yield from (f"- {prose(reason)}" for reason in record.reasons[:ROWS] or [meaning])
    yield ""
    yield from _gate(record.gate)
    yield from _facts(record)
    yield from _counts(record)
    yield from _fixes(record)
    yield from _rest(record)


def _gate(gate: Gate | None) -> Iterator[str]:
    if gate is None:
        return
    yield f"**{_GATE_SHAPES[gate.status]} {prose(gate_line(gate))}**"
    yield ""
    # what has to be removed is never cut
    yield from (f"- {prose(entry_line(gate, entry))}" for entry in (*gate.stale, *gate.others[:ROWS]))
    yield from _more(len(gate.others))
    yield ""


def _facts(record: Record) -> Iterator[str]:
    target = record.target
    version = f", version {code(target.version)}" if target.version else ""
    yield f"Target {code(target.base_url)}{version}, service provider {code(target.service_provider)}."
    seed = f"seed {record.seed}, " if record.subject == "server" else ""
    yield (
        f"Run of {record.started_at[:16].replace('T', ' ')} UTC: {record.request_count} requests, {seed}"
        f"kit {prose(record.kit_version)}, spec {prose(record.spec_version)}."
    )
    yield ""


def _counts(record: Record) -> Iterator[str]:
    yield f"| level | {' | '.join(STATUSES)} |"
    yield f"|---|{'---:|' * len(STATUSES)}"
    for level, row in tally(record).items():
        yield f"| {level} | {' | '.join(str(row[status]) for status in STATUSES)} |"
    yield ""


def _fixes(record: Record) -> Iterator[str]:
    found = fixes(record)
    if not found:
        return
    marks = Marks(record)
    yield "### What to fix first"
    yield ""
    for number, fix in enumerate(found[:ROWS], start=1):
        yield from _fix(number, fix, marks)
    yield from _more(len(found))


def _fix(number: int, fix: Fix, marks: Marks) -> Iterator[str]:
    yield f"{number}. **{fix.level}** {prose(fix.title)}"
    if fix.requirement:
        yield f"   {code(fix.requirement.id)}, {_sources(fix.requirement.section)}"
    if fix.advice:
        yield f"   {prose(fix.advice)}"
    yield from (f"   {prose(mark)}" for mark in marks.of_fix(fix)[:WAYS])
    yield from (f"   - {_difference(finding)}" for finding in fix.findings[:WAYS])
    if len(fix.findings) > WAYS:
        yield f"   - ... and {len(fix.findings) - WAYS} more ways"
    yield f"   - {_cases(fix)}"
    yield ""
    yield from _command(fix.cases[0].rerun if fix.cases else "")


def _difference(finding: Finding) -> str:
    return f"at {code(finding.where)} expected {code(finding.expected)}, seen {code(finding.seen)}"


def _cases(fix: Fix) -> str:
    more = f" and {len(fix.cases) - WAYS} more" if len(fix.cases) > WAYS else ""
    return "cases: " + ", ".join(code(case.id) for case in fix.cases[:WAYS]) + more


def _command(line: str) -> Iterator[str]:
    # half a command line must not be run
    if line and len(line) <= _LONGEST_COMMAND:
        fence = "`" * max(3, _longest_run(line) + 1)
        yield f"   {fence}sh"
        yield f"   {visible(line)}"
        yield f"   {fence}"
        yield ""


def _rest(record: Record) -> Iterator[str]:
    untested = untested_scenarios(record)
    others = untried(record)
    if untested or others or record.notes or record.kit_faults:
        yield "### What else to know"
        yield ""
    yield from _untested(untested)
    for group in others[:ROWS]:
        yield f"- {group.status}: {len(group.cases)} cases, such as {code(group.cases[0].id)}: {prose(group.reason)}"
    yield from _more(len(others))
    yield from (f"- the kit itself failed in {code(case)}; please report it" for case in record.kit_faults[:ROWS])
    yield from (f"- {prose(note)}" for note in record.notes[:ROWS])


def _untested(scenarios: Sequence[Scenario]) -> Iterator[str]:
    reasons: dict[str, list[str]] = {}
    for scenario in scenarios[:ROWS]:
        reason = scenario.reason or scenario.status.replace("-", " ")
        reasons.setdefault(reason, []).append(code(scenario.id) + (" (mandatory)" if scenario.mandatory else ""))
    for reason, names in reasons.items():
        yield f"- not tested: {', '.join(names)}: {prose(reason)}"
    yield from _more(len(scenarios))


def _more(number: int) -> Iterator[str]:
    if number > ROWS:
        yield f"- ... and {number - ROWS} more in the report"
        yield ""


def _sources(section: str) -> str:
    named = sources(section[:_LIMIT])
    return ", ".join(f"[{prose(name)}]({address})" if address else _named(name) for name, address in named)


def _named(name: str) -> str:
    return f"source page {code(name)}" if name.startswith("#") else prose(name)


def prose(text: str) -> str:
    """Give a sentence as Markdown that says it letter by letter; as code where a part of it would act."""
    shown = _one_line(text)
    return code(text) if _ACTING.search(shown) else _MARKUP.sub(r"\\\1", shown)


def code(text: str) -> str:
    """Give foreign text as a code span, which nothing in it can end; an empty one is said in words."""
    shown = _one_line(text)
    if not shown:
        return "(empty)"
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if shown[0] == "`" or shown[-1] == "`" else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _one_line(text: str) -> str:
    # without its outer spaces: a code span or a list item would lose them anyway
    return shortened(visible(text), _LIMIT).strip()


def _longest_run(text: str) -> int:
    return max((len(run) for run in _BACKTICKS.findall(text)), default=0)
