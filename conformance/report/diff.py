"""The difference of two runs for people: on a terminal, as Markdown, as a page of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from conformance.report.digest import verdict_of
from conformance.report.markdown import code
from conformance.report.templating import still_page
from conformance.report.text import counted, shortened, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from conformance.record.difference import ChangedAnswer, Difference
    from conformance.record.record import Case, Record

MOST_ROWS: Final = 100
"""How many cases of one kind are shown."""
_LIMIT: Final = 300  # characters of one value


@dataclass(frozen=True, slots=True)
class Row:
    """A case, and in words what is to be said of it."""

    case: str
    status: str
    said: str = ""
    command: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Cases of one kind, as many as are shown, and how many there are."""

    title: str
    rows: tuple[Row, ...]
    count: int


def sections(difference: Difference) -> list[Section]:
    """Give what is to be told, the gravest first; kinds without a case are left out."""
    appeared = "Cases that the old run left out" if _is_part(difference.old) else "New cases"
    vanished = "Cases that the new run left out" if _is_part(difference.new) else "Vanished cases"
    told = (
        _section("New failures", map(_broken, difference.new_failures)),
        _section("Fixed", (Row(case.id, case.status) for case in difference.fixed)),
        _section("Still failing", map(_broken, difference.still_failing)),
        _section(
            "Other changes",
            (
                Row(change.after.id, change.after.status, f"was {change.before.status}. {change.after.message}")
                for change in difference.other_changes
            ),
        ),
        _section("Changed answers", map(_answered, difference.answers)),
        _section(appeared, (Row(case.id, case.status) for case in difference.appeared)),
        _section(vanished, (Row(case.id, case.status) for case in difference.vanished)),
    )
    return [section for section in told if section.count]


def headline(difference: Difference) -> str:
    """Say in one line what came of it."""
    return f"{_verdict(difference)}. {_counts(difference)}"


def _verdict(difference: Difference) -> str:
    before, after = (verdict_of(record)[0] for record in (difference.old, difference.new))
    return f"{after}, as before" if before == after else f"{after}, before: {before}"


def _counts(difference: Difference) -> str:
    new, fixed, still = (len(c) for c in (difference.new_failures, difference.fixed, difference.still_failing))
    return f"{counted(new, 'new failure')}, {fixed} fixed, {still} still failing."


def text(difference: Difference) -> Iterator[str]:
    """Give the difference as plain lines, on which nothing of a target acts."""
    for name, record in (("old", difference.old), ("new", difference.new)):
        yield f"{name}: {visible(run_of(record))}\n"
    for section in sections(difference):
        yield f"\n{section.title}: {section.count}\n"
        for row in section.rows:
            yield f"  {row.status:<7} {visible(row.case)}{': ' if row.said else ''}{visible(row.said)}\n"
            if row.command:
                yield f"          {visible(row.command)}\n"
        yield from _more(section, "  ")
    yield f"\n{headline(difference)}\n"


def markdown(difference: Difference) -> Iterator[str]:
    """Give the difference as GitHub's Markdown, in which foreign text is code."""
    yield f"## {headline(difference)}\n\n"
    for name, record in (("old", difference.old), ("new", difference.new)):
        yield f"- {name}: {code(run_of(record))}\n"
    for section in sections(difference):
        yield f"\n### {section.title}: {section.count}\n\n"
        for row in section.rows:
            yield f"- {row.status}: {code(row.case)}{' ' + code(row.said) if row.said else ''}\n"
        yield from _more(section, "- ")


def html(difference: Difference) -> Iterator[str]:
    """Give the difference as one page that loads nothing and runs nothing, in the style of the report."""
    yield from still_page(
        "diff.html.j2",
        ("report.css",),
        {},
        title=_verdict(difference),
        counts=_counts(difference),
        verdict=difference.new.verdict,
        runs=[("Old run", run_of(difference.old)), ("New run", run_of(difference.new))],
        sections=sections(difference),
    )


Renderer: TypeAlias = "Callable[[Difference], Iterator[str]]"
RENDERERS: Final[Mapping[str, Renderer]] = {"text": text, "markdown": markdown, "html": html}


def run_of(record: Record) -> str:
    """Name a run: its target, its verdict, when it was."""
    named = " ".join(filter(None, (record.target.name, record.target.version))) or record.target.base_url
    part = ", of a part of the cases" if _is_part(record) else ""
    return (
        f"{_cut(named)}: {record.verdict}{part}; {len(record.cases)} cases, {record.started_at[:16]}Z, "
        f"kit {_cut(record.kit_version)}, seed {record.seed}"
    )


def _is_part(record: Record) -> bool:
    return record.partial or record.shard is not None


def _section(title: str, rows: Iterable[Row]) -> Section:
    every = tuple(rows)
    return Section(title, every[:MOST_ROWS], len(every))


def _broken(case: Case) -> Row:
    finding = case.findings[0] if case.findings else None
    said = (
        f"{finding.requirement}: at {_cut(finding.where)} expected {_cut(finding.expected)}, seen {_cut(finding.seen)}"
        if finding
        else _cut(case.message)
    )
    return Row(case.id, case.status, said, case.rerun)


def _answered(changed: ChangedAnswer) -> Row:
    said = f"{changed.asked}: was {_cut(changed.before)}, is {_cut(changed.after)}"
    return Row(changed.case.id, changed.case.status, said)


def _more(section: Section, mark: str) -> Iterator[str]:
    if section.count > len(section.rows):
        yield f"{mark}... and {section.count - len(section.rows)} more\n"


def _cut(text: str) -> str:
    return shortened(text, _LIMIT)
