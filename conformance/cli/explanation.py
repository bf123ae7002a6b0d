"""What a requirement or a case is about, in the law's own words, and what a run found of it."""

from __future__ import annotations

import difflib
import json
import textwrap
from typing import TYPE_CHECKING, Final

from conformance.certify import UsageError, listed
from conformance.cli.dry_run import sent_by
from conformance.law.catalogue import Level, Subject, catalogue
from conformance.law.contract import SCENARIOS
from conformance.law.errata import errata
from conformance.law.examples import right_in, that_conform
from conformance.record import record as records
from conformance.record.difference import in_short
from conformance.report.curl import curl_line
from conformance.report.html import sources
from conformance.report.text import shortened
from conformance.run.run import DEFAULT_EXAMPLES, Settings
from conformance.suite.cost import GENERATED
from conformance.target.model import Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from conformance.evidence.visit import Visit
    from conformance.law.catalogue import Requirement
    from conformance.law.contract import Scenario
    from conformance.law.examples import Example
    from conformance.record.record import Case, ExchangeLine, Record
    from conformance.suite.items import Listed

NOWHERE: Final = Settings(
    Target(
        base_url="https://api.example.com",
        other_service_provider="REF40",
        headers={"Authorization": "Bearer an-access-token"},
    )
)
"""A server that nobody asks: what would be sent to it is shown."""
WIDTH: Final = 100
MOST_CASES: Final = 10
MOST_VISITS: Final = 3
"""How much of what a requirement's many cases send is shown; a case shows all of its own."""
_LIMIT: Final = 2000  # characters of a foreign text
_OUTCOME: Final = {
    Level.MUST: "An answer of which this is not true fails the case, and the target is not conformant.",
    Level.SHOULD: "An answer of which this is not true is a warning; the verdict stays (--strict ends with 1).",
    Level.MAY: "Nothing does: the sentence says what is left free.",
}
_OF_CLIENTS: Final = (
    "A client of which this is not true does not conform where it is a MUST. `client` runs a client and judges it, and "
    "`check` its recorded traffic, as far as that shows it; `run`, which judges servers, says nothing of it."
)


def lines(name: str, folder: Path | None = None) -> Iterator[str]:
    """Explain a requirement or a case, and with a folder what the run that reported into it found.

    Raises:
        UsageError: there is no such requirement or case.
        RecordError: the folder holds no record that can be read.

    """
    record = records.read(folder) if folder else None
    asked, name = name, _requirement_of(name)
    cases = {case.id: case for case in listed(NOWHERE)}
    if name in catalogue():
        row = catalogue()[name]
        yield from _requirement(row, [case for case in cases.values() if name in case.requirements])
    elif name in cases:
        yield from _case(cases[name])
    elif not record or not any(case.id == name for case in record.cases):
        raise UsageError(_unknown(name, [*cases, *(row.id for row in catalogue().requirements)]))
    if folder and record:
        yield from _run(asked, record, folder)


def _requirement_of(name: str) -> str:
    """Give the requirement of a case of `client` or `check`, which is named for it; every other name as it is."""
    whose, _, rest = name.partition("/")
    last = rest.rpartition("/")[2]
    found = (each for each in (last, f"client-{last}") if whose in {"client", "server"} and each in catalogue())
    return next(found, name)


def _unknown(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=5, cutoff=0.5) or [each for each in known if name in each][:5]
    hint = f"close are: {', '.join(close)}" if close else "`logout-conformance list` shows them"
    return f"there is no requirement or case {name!r}; {hint}"


def _requirement(row: Requirement, cases: Sequence[Listed]) -> Iterator[str]:
    scenarios = [SCENARIOS[case.scenario] for case in cases if case.scenario in SCENARIOS]
    yield f"{row.id}: {row.level}, binds the {row.subject}"
    yield from _law(row)
    yield from _titled("How it is checked" if row.checked else "Why it is not checked", row.checked or row.unchecked)
    yield from _cases(cases)
    yield from _sent(list(dict.fromkeys(visit for case in cases for visit in case.visits)), MOST_VISITS)
    outcome = _OUTCOME[row.level] if row.subject is Subject.SERVER else _OF_CLIENTS
    yield from _titled("What would fail", outcome, *(errata()[number].consequence for number in row.errata))
    if row.subject is Subject.SERVER:
        yield from _answers(that_conform(row, scenarios))


def _case(case: Listed) -> Iterator[str]:
    yield f"{case.id}: {case.level}"
    yield from _wrapped(case.title)
    rows = [catalogue()[name] for name in case.requirements]
    for row in rows:
        yield ""
        yield f"{row.id}: {row.level}"
        yield from _law(row)
    scenario = SCENARIOS.get(case.scenario or "")
    if scenario:
        yield from _titled(f"The scenario {scenario.id}", scenario.holds, _right(scenario))
    yield from _sent(case.visits, len(case.visits))
    if case.id in GENERATED:
        number = GENERATED[case.id](DEFAULT_EXAMPLES)
        yield from _titled("What is sent", f"At most {number} generated requests; --examples and --seed steer them.")
    consequences = dict.fromkeys(errata()[number].consequence for row in rows for number in row.errata)
    yield from _titled("What would fail", _OUTCOME[case.level], *consequences)
    tried = [scenario] if scenario else []
    found = {(e.status, e.name): e for row in rows[:1] for e in that_conform(row, tried)}
    yield from _answers(list(found.values()))


def _right(scenario: Scenario) -> str:
    if scenario.action is None:
        return f"A conforming server answers {scenario.status}."
    return f"A conforming server answers {scenario.status} with {scenario.action}, as in {right_in(scenario).name}."


def _law(row: Requirement) -> Iterator[str]:
    yield from _wrapped(row.sentence)
    places = [
        (f"source page {name}" if name.startswith("#") else name) + (f" ({address})" if address else "")
        for name, address in sources(row.section)
    ]
    yield from _titled("Where it stands", *places, f"spec/requirements.yaml, line {row.line}")
    for number in row.errata:
        erratum = errata()[number]
        yield from _titled(f"Erratum {number}: {erratum.title}", f"Source: {erratum.source}", erratum.decision)


def _cases(cases: Sequence[Listed]) -> Iterator[str]:
    if cases:
        more = len(cases) - MOST_CASES
        rest = [f"... and {more} more (`logout-conformance list` shows all)"] if more > 0 else []
        yield from _titled(f"Its cases: {len(cases)}", *(case.id for case in cases[:MOST_CASES]), *rest)


def _sent(visits: Sequence[Visit], most: int) -> Iterator[str]:
    if not visits:
        return
    yield from _titled("What is sent")
    for visit in visits[:most]:
        yield from (f"    {line}" for line in sent_by(visit, NOWHERE))
    if len(visits) > most:
        yield f"    ... and more in {len(visits) - most} other visits; explain a case to see its own"


def _answers(found: Iterable[Example]) -> Iterator[str]:
    yield from _titled("What a conforming answer looks like")
    for example in found:
        yield f"    {example.status}, {example.name}: {example.summary}"
        for name, value in (("Content-Type", example.media_type), *example.headers):
            yield f"        {name}: {value}"
        body = example.value if isinstance(example.value, str) else json.dumps(example.value, indent=2)
        yield from (f"        {line}" for line in body.splitlines())


def _run(name: str, record: Record, folder: Path) -> Iterator[str]:
    cases = [case for case in record.cases if name == case.id or name in case.requirements]
    yield from _titled(f"What the run of {record.started_at[:16]}Z found ({record.verdict})")
    if not cases:
        yield "    no case of it ran"
    told = [case for case in cases if case.status != "passed"] or cases
    wanted = {index for case in told[:MOST_CASES] for index in _evidence_of(case)}
    known = {exchange.index: exchange for exchange in records.read_exchanges(folder) if exchange.index in wanted}
    for case in told[:MOST_CASES]:
        yield from _found(case, known, record)
    if len(told) < len(cases) or len(told) > MOST_CASES:
        yield f"    ... and {len(cases) - len(told[:MOST_CASES])} more cases"


def _evidence_of(case: Case) -> list[int]:
    pointed = [finding.exchange for finding in case.findings if finding.exchange is not None]
    return (pointed or [*case.exchanges])[:1]


def _found(case: Case, known: dict[int, ExchangeLine], record: Record) -> Iterator[str]:
    yield f"    {case.status}: {case.id}"
    for finding in case.findings:
        yield f"        {finding.requirement}, at {_cut(finding.where)}"
        yield f"            expected {_cut(finding.expected)}"
        yield f"            seen     {_cut(finding.seen)}"
    if case.message and not case.findings:
        yield f"        {_cut(case.message)}"
    for index in _evidence_of(case):
        if index in known:
            yield f"        answered {_cut(in_short(known[index].response))}"
            if record.subject == "server":
                line = curl_line(known[index], verify=record.target.tls_verified)
                yield f"        send it yourself: {line}"
    yield f"        run it again: {case.rerun}"


def _titled(title: str, *paragraphs: str | None) -> Iterator[str]:
    yield ""
    yield title
    for paragraph in paragraphs:
        yield from _wrapped(paragraph or "")


def _wrapped(paragraph: str) -> list[str]:
    indent = "    "
    return textwrap.wrap(
        paragraph,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _cut(text: str) -> str:
    return shortened(text, _LIMIT)
