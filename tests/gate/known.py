"""Files of known failures for the tests, each entry with as little as it needs."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from conformance.gate.baseline import parsed
from conformance.gate.outcome import Terms, outcome

if TYPE_CHECKING:
    from conformance.gate.baseline import Baseline
    from conformance.record.gate import Gate
    from conformance.record.record import Case

TODAY: Final = date(2026, 11, 24)
CASE: Final = 'case = "success/content-type/logout-endpoint"'
REQUIREMENT: Final = 'requirement = "content-type-of-success"'


def an_entry(subject: str = REQUIREMENT, expires: str = "2026-12-24") -> str:
    return f'[[known]]\n{subject}\nreason = "ACME-1"\nowner = "team-tv"\nexpires = {expires}\n'


def a_baseline(*entries: str) -> Baseline:
    return parsed("\n".join(entries), "known.toml")


def at_the_gate(*cases: Case, known: str = "", **terms: bool) -> Gate:
    return outcome(cases, Terms(a_baseline(known), TODAY, **terms))
