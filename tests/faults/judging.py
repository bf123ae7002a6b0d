"""What is wrong with a verdict: a fault that is missed or blamed on another demand, a conforming server accused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.law.catalogue import Level
from conformance.law.contract import MANDATORY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.certifying import Outcome
    from tests.faults.registry import Fault
    from tests.unusual.registry import Unusual

MOST_REQUESTS: Final = 150
"""What a run on a conforming server may send; what is sent again after a 429 is not counted."""
ENDS: Final = {Level.MUST: (1, "not-conformant"), Level.SHOULD: (0, "conformant")}
"""Exit code and verdict of a server that breaks one demand of this level."""


def wrong_with_fault(fault: Fault, outcome: Outcome) -> Iterator[str]:
    """Say what a run on a faulty server did not do that it should have done."""
    first = outcome.first
    if first is None:
        yield f"missed: no case reports {fault.requirement}"
        return
    if first.findings[0].requirement != fault.requirement:
        yield f"reported first as {first.findings[0].requirement} by {first.id}, not as {fault.requirement}"
    stray = outcome.broken - fault.also - {fault.requirement}
    if stray:
        yield f"reported too, outside its family: {', '.join(sorted(stray))}"
    yield from _wrong_end(outcome, *ENDS[fault.level])


def wrong_with_unusual(server: Unusual, outcome: Outcome) -> Iterator[str]:
    """Say what a run holds against a server that conforms."""
    for case in outcome.with_status("failed", "error"):
        yield f"{case.id} is {case.status}: {case.message}"
    warned = {finding.requirement for case in outcome.with_status("warned") for finding in case.findings}
    if warned != server.warned:
        yield f"warned of {_listed(warned)}, where {_listed(server.warned)} was declared"
    untested = {scenario.id for scenario in outcome.record.scenarios if scenario.status != "tested"}
    if untested != server.untested:
        yield f"not tested: {_listed(untested)}, where {_listed(server.untested)} was declared"
    if outcome.request_count > MOST_REQUESTS:
        yield f"{outcome.request_count} requests were sent, more than {MOST_REQUESTS}"
    is_enough = server.untested.isdisjoint(scenario.id for scenario in MANDATORY)
    yield from _wrong_end(outcome, *((0, "conformant") if is_enough else (3, "inconclusive")))


def _wrong_end(outcome: Outcome, exit_code: int, verdict: str) -> Iterator[str]:
    if (outcome.exit_code, outcome.record.verdict) != (exit_code, verdict):
        seen = f"{outcome.record.verdict}, exit code {outcome.exit_code}"
        yield f"the run ended {seen}, not {verdict}, exit code {exit_code}"
    if outcome.record.kit_faults:
        yield f"the kit itself failed in {', '.join(outcome.record.kit_faults)}"


def _listed(names: set[str] | frozenset[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"
