"""Runs a client in this process through one scenario, and gives what the kit says of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.client.judging import cases_of
from conformance.client.process import Ended
from conformance.client.scenarios import CLIENT_SCENARIOS
from conformance.client.session import environment, meeting
from conformance.client.stand_in import Tokens

if TYPE_CHECKING:
    from conformance.exchange import Exchange
    from conformance.record.record import Case
    from tests.client.right import Client


@dataclass(frozen=True, slots=True)
class Met:
    code: int
    cases: list[Case]
    exchanges: list[Exchange]

    @property
    def broken(self) -> set[str]:
        return {finding.requirement for case in self.cases for finding in case.findings}

    def case(self, requirement: str) -> Case:
        return next(case for case in self.cases if case.requirements == (requirement,))


def met(client: type[Client], scenario: str) -> Met:
    exchanges: list[Exchange] = []

    def keep(exchange: Exchange) -> None:
        exchanges.append(replace(exchange, index=len(exchanges)))

    with meeting(CLIENT_SCENARIOS[scenario], Tokens.made(), keep) as (told, _):
        code = client(environment({}, told)).run()
    return Met(code, cases_of(told, exchanges, Ended(code, ""), "again"), exchanges)
