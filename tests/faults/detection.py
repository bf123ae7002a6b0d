"""docs/detection.md: which case catches which fault, and after how many requests. The same run writes the same page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from conformance.law.catalogue import catalogue
from tests.faults.catalogue import CHECKED, NEVER_ALONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tests.faults.certifying import Outcome
    from tests.faults.registry import Fault
    from tests.unusual.registry import Unusual

PAGE: Final = Path(__file__).parents[2] / "docs" / "detection.md"

HEAD: Final = """\
# Detection

`nox -s faults` certifies {faults} faulty servers and {unusual} unusual ones with the real command, as a user would, and
writes this page. It is red where a fault is missed, where it is reported first under another requirement than the one
it breaks, where anything breaks that is not declared with it, and where a server that conforms is accused.

The servers are in [tests/faults](../tests/faults) and [tests/unusual](../tests/unusual), each a few lines, named for
what is wrong or odd. What a server does is not repeated here: its name is its class.
"""

ALONE: Final = """
## Every rule has a fault that it alone catches

In the record of this fault nothing else is reported: without the rule it would go through, and the session be red.

| requirement | level | fault | case |
|---|---|---|---|
"""

FAULTS: Final = """
## Faults

Requests are those sent until the answer that gives the fault away, that one included; the state handler's do not count.

| fault | requirement | caught by | requests | reported with it |
|---|---|---|---|---|
"""

UNUSUAL: Final = """
## Unusual servers

Each of them is conformant, or inconclusive where it lacks a mandatory scenario. A broken SHOULD is a warning.

| server | warned of | not tested |
|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Sighting:
    """How a fault came to light: the first case that reports it, the requests until then, and all that is reported."""

    case: str
    requests: int
    broken: frozenset[str]


def sighting(outcome: Outcome) -> Sighting | None:
    """Say how a fault came to light; None where it did not."""
    if outcome.first is None:
        return None
    finding = outcome.first.findings[0]
    return Sighting(outcome.first.id, (finding.exchange or 0) + 1, outcome.broken)


def caught_alone(faults: Mapping[str, Fault], seen: Mapping[str, Sighting]) -> dict[str, list[str]]:
    """Give, by requirement, the faults in whose records nothing else is reported."""
    caught: dict[str, list[str]] = {}
    for name, fault in faults.items():
        if name in seen and seen[name].broken == {fault.requirement}:
            caught.setdefault(fault.requirement, []).append(name)
    return caught


def wrong_with_catalogue(faults: Mapping[str, Fault], seen: Mapping[str, Sighting]) -> Iterator[str]:
    """Say which rule no fault proves: nothing would be red if it were removed."""
    caught = caught_alone(faults, seen)
    for requirement in CHECKED:
        if requirement not in caught and requirement not in NEVER_ALONE:
            yield f"{requirement}: no fault is caught by its rule alone"
        if requirement in caught and requirement in NEVER_ALONE:
            yield f"{requirement}: said to be never caught alone, and {caught[requirement][0]} is"


def page(faults: Mapping[str, Fault], seen: Mapping[str, Sighting], unusual: Mapping[str, Unusual]) -> str:
    """Write the page."""
    caught = caught_alone(faults, seen)
    alone = (
        (f"`{name}`", catalogue()[name].level, caught[name][0], f"`{seen[caught[name][0]].case}`")
        for name in CHECKED
        if name in caught
    )
    never = "".join(f"\n`{name}` is never broken alone. {why}\n" for name, why in NEVER_ALONE.items())
    rows = (
        (
            name,
            f"`{fault.requirement}`",
            f"`{seen[name].case}`",
            str(seen[name].requests),
            _listed(seen[name].broken - {fault.requirement}),
        )
        for name, fault in faults.items()
        if name in seen
    )
    servers = ((name, _listed(server.warned), _listed(server.untested)) for name, server in unusual.items())
    head = HEAD.format(faults=len(faults), unusual=len(unusual))
    return "".join(
        [head, ALONE, *_table(alone), never, FAULTS, *_table(rows), UNUSUAL, *_table(servers)],
    )


def rows_of(text: str, heading: str) -> list[tuple[str, ...]]:
    """Read the table under a heading of the page."""
    part = text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = re.findall(r"^\| (.*) \|$", part, re.MULTILINE)
    return [tuple(cell.strip().strip("`") for cell in line.split(" | ")) for line in lines[1:]]


def names_in(cell: str) -> list[str]:
    """Give the names in a cell that lists them."""
    return [name.strip("`") for name in cell.split(", ") if name]


def _table(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    return (f"| {' | '.join(row)} |\n" for row in rows)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))
