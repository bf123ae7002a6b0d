"""Which cases stay together, and how they are shared out among workers and machines."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from conformance.evidence.visit import scenario_visit
from conformance.law.contract import MANDATORY, SCENARIOS
from conformance.suite.cost import requests_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.record.shard import Shard
    from conformance.suite.items import Listed
    from conformance.target.model import Target

CONTROL: Final = scenario_visit(MANDATORY[0])
"""The plain logout that nearly every case is held against: every share makes it."""
TWICE: Final = 12
"""A request that another share sends too weighs as much as so many by which the shares differ."""
ONE_OWNER: Final = "one owner"


def groups(cases: Iterable[Listed]) -> dict[str, str]:
    """Name the group of each case: those that judge a visit in common are together, so that it is made once."""
    cases = list(cases)
    leaders: dict[str, str] = {}

    def leader(name: str) -> str:
        while (above := leaders.setdefault(name, name)) != name:
            name = above
        return name

    for case in cases:
        for visit in case.visits[1:]:
            leaders[leader(visit.id)] = leader(case.visits[0].id)
    return {case.id: leader(case.visits[0].id) if case.visits else case.id for case in cases}


def share_of(shard: Shard, cases: Iterable[Listed], target: Target, examples: int) -> frozenset[str]:
    """Give the ids of the cases of one shard; the same on every machine, in whatever order the cases come.

    The dearest group goes first; each goes where it costs nothing more, or else where the least is sent then.
    """
    parts = _parts(sorted(cases, key=lambda case: case.id), target, examples)
    # where there are more shards than groups, the last ones stay empty
    shares = [_Share() for _ in range(min(shard.of, len(parts)))]
    for part in parts:
        min(shares, key=part.burden_on).take(part)
    return shares[shard.number - 1].cases if shard.number <= len(shares) else frozenset()


@dataclass(slots=True)
class _Share:
    """Cases that run on one machine, and the requests by visit that they send there."""

    requests: dict[str, int] = field(default_factory=lambda: {CONTROL.id: CONTROL.cost})
    cases: frozenset[str] = frozenset()

    def take(self, part: _Share) -> None:
        self.requests |= part.requests
        self.cases |= part.cases

    def burden_on(self, other: _Share) -> tuple[bool, int]:
        """Say how bad it would be to add this one to another: not at all where that sends it all anyway."""
        more = sum(number for visit, number in self.requests.items() if visit not in other.requests)
        return more > 0, sum(other.requests.values()) + (1 + TWICE) * more


def _parts(cases: Sequence[Listed], target: Target, examples: int) -> list[_Share]:
    """Give what cannot be divided further, the dearest first."""
    together, scarce = groups(cases), _scarce(target)
    owned = {together[case.id] for case in cases if _states_of(case) & scarce}
    parts: dict[str, list[Listed]] = defaultdict(list)
    for case in cases:
        group = together[case.id]
        parts[ONE_OWNER if group in owned else group].append(case)
    made = [_Share(_sent_for(part, examples), frozenset(case.id for case in part)) for part in parts.values()]
    return sorted(made, key=lambda part: (-sum(part.requests.values()), min(part.cases)))


def _sent_for(cases: Sequence[Listed], examples: int) -> dict[str, int]:
    """Give the requests of cases, with those that theirs are held against: plain ones in the same states."""
    states = {viewer.state for case in cases for visit in case.visits for viewer in visit.viewers}
    plain = {visit.id: visit.cost for visit in map(scenario_visit, map(SCENARIOS.__getitem__, sorted(states)))}
    return plain | requests_of(cases, examples) | {CONTROL.id: CONTROL.cost}


def _scarce(target: Target) -> set[str]:
    """Name the states that can be had only so often, which nothing renews: one share alone may ask for them."""
    if target.states is not None:
        return set()
    described = {name: target.scenario(name) for name in SCENARIOS}
    return {name for name, facts in described.items() if facts and facts.uses != "unlimited"}


def _states_of(case: Listed) -> set[str]:
    # any case may ask for the control, which is a plain logout in a mandatory scenario
    states = {viewer.state for visit in case.visits for viewer in visit.viewers}
    return states | {scenario.id for scenario in MANDATORY}
