"""Sets every scenario up, asks the target in the mandatory ones, and says what a run would stumble over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.doctor import answer
from conformance.doctor.check import Health, broken, missing, ok
from conformance.evidence.access import Access
from conformance.evidence.evidence import Evidence
from conformance.evidence.outcome import Stopped, Troubled
from conformance.evidence.visit import Need, Step, Viewer, Visit
from conformance.law.contract import MANDATORY, SCENARIOS
from conformance.redaction.redactor import Redactor
from conformance.rules.action import action_of
from conformance.rules.finding import Unjudged
from conformance.rules.status import OK, ON_THE_WAY, THROTTLED
from conformance.rules.status import answer as response_of
from conformance.run.results import advice
from conformance.sender.client import Client, Spent
from conformance.sender.pace import pace_of
from conformance.sender.plain import fresh_device, plain_logout
from conformance.states.provisioning import Provisioned
from conformance.states.source import open_states
from conformance.states.token import TokenCommand, TokenError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.doctor.check import Check
    from conformance.exchange import Exchange
    from conformance.law.contract import Scenario
    from conformance.target.model import StaticScenario, Target

MAX_TIME_S: Final = 120.0
"""For all checks together."""
LONGEST_STEP_S: Final = 15.0
"""For one exchange with the target or its state handler, where the target file gives more."""
TURNED_AWAY: Final = frozenset({401, 403, 404, THROTTLED}) | ON_THE_WAY


class Examination:
    """One look at a target. It sends a request in each mandatory scenario, or one in all where states cannot be made.

    States that are there once and for all (`[scenarios]`) are left for the run: nothing is sent in them.
    """

    def __init__(self, target: Target) -> None:
        target = target.model_copy(update={"timeout_s": min(target.timeout_s, LONGEST_STEP_S)})
        self._exchanges: list[Exchange] = []
        self._stopped: dict[str, Stopped] = {}
        self._asked: dict[str, Exchange] = {}
        self.redactor = Redactor(target.secrets)
        self.client = Client(target, self, pace_of(target), max_time_s=MAX_TIME_S)
        self._without_token: TokenError | None = None
        access = self._access(target)
        self._target = access.target
        self._evidence = Evidence(access, self.client, open_states(access.target), self.redactor)

    def _access(self, target: Target) -> Access:
        try:
            return Access(target, TokenCommand(target, self.redactor) if target.token else None)
        except TokenError as error:
            self._without_token = error
            return Access(target)

    def add(self, exchange: Exchange) -> None:
        """Keep an exchange of the client, in memory and no longer than this look takes."""
        self._exchanges.append(exchange)

    def checks(self) -> Iterator[Check]:
        """Give the checks as they are made, the most basic ones first."""
        yield ok("target", f"it is described without a mistake (service provider {self._target.service_provider})")
        if self._without_token:
            yield broken("access token", f"{self._without_token}: {advice('token command')}")
            return
        for scenario in MANDATORY:
            self._visit(scenario)
        yield from self._way()
        states = self._states()
        yield states
        if states.health is not Health.OK:
            return
        for scenario in MANDATORY:
            yield self._mandatory(scenario)
        for scenario in SCENARIOS.values():
            if not scenario.mandatory:
                self._visit(scenario)
                yield self._optional(scenario)
        yield from self._teardown()

    def _visit(self, scenario: Scenario) -> None:
        # what turned one away would turn the others away too
        reached = not any(_is_turned_away(exchange) for exchange in self._exchanges)
        is_asked = scenario.mandatory and self._evidence.sets_states and reached
        visit = Visit(scenario.id, (Step(),) if is_asked else (), (Viewer(scenario.id),), Need.OWN_SCENARIO)
        before = len(self._exchanges)
        try:
            self._evidence.of(visit)
        except Stopped as stopped:
            self._stopped[scenario.id] = stopped
        if self._exchanges[before:]:
            self._asked[scenario.id] = self._exchanges[-1]

    def _way(self) -> Iterator[Check]:
        is_valid = bool(self._exchanges) or self._described is not None
        if not self._exchanges:
            self._ask_for_nobody()
        answered = [exchange for exchange in self._exchanges if exchange.response]
        accepted = [exchange for exchange in answered if exchange.response and exchange.response.status == OK]
        for exchange in (*accepted, *answered, *self._exchanges)[:1]:
            yield from answer.checks(self._target, exchange, is_valid=is_valid)

    @property
    def _described(self) -> StaticScenario | None:
        """What the target file knows of some scenario, and so an MVPD that the target has."""
        return next(filter(None, map(self._target.scenario, SCENARIOS)), None)

    def _ask_for_nobody(self) -> None:
        """Send a logout of a device that nobody has, at an MVPD that the target file names, if it names one."""
        facts = self._described
        provider = (facts and facts.service_provider) or self._target.service_provider
        viewer = Provisioned(provider, facts.mvpd if facts else "no-mvpd-is-known", fresh_device())
        try:
            self.client.send(plain_logout(self._target, viewer), visit="doctor")
        except Spent:
            return

    def _states(self) -> Check:
        if self._target.states is None:
            described = sum(self._target.scenario(name) is not None for name in SCENARIOS)
            return _static(described)
        stopped = [self._stopped.get(scenario.id) for scenario in MANDATORY if scenario.id not in self._asked]
        trouble = [each for each in stopped if isinstance(each, Troubled)]
        if len(trouble) == len(MANDATORY):
            return broken("state handler", f"{trouble[0]}: {advice('state handler')}")
        return ok("state handler", "it answers as it should")

    def _mandatory(self, scenario: Scenario) -> Check:
        exchange, stopped = self._asked.get(scenario.id), self._stopped.get(scenario.id)
        if exchange and exchange.response:
            return _answered(scenario, exchange)
        if exchange or stopped is None:
            return ok(scenario.id, self._is_there())
        make = broken if isinstance(stopped, Troubled) else missing
        return make(scenario.id, f"{stopped}; no verdict without it: {scenario.holds}")

    def _optional(self, scenario: Scenario) -> Check:
        stopped = self._stopped.get(scenario.id)
        if stopped is None:
            return ok(scenario.id, self._is_there())
        make = broken if isinstance(stopped, Troubled) else missing
        return make(scenario.id, f"{stopped}; its cases will not be judged", needed=False)

    def _is_there(self) -> str:
        return "set up, and not asked" if self._evidence.sets_states else "described, and not asked: the run needs it"

    def _teardown(self) -> Iterator[Check]:
        notes = [note for note in sorted(self._evidence.notes) if note.startswith("the teardown of ")]
        if notes:
            yield broken("teardown", f"{notes[0]} ({len(notes)} in all): have the handler undo it", needed=False)


def _is_turned_away(exchange: Exchange) -> bool:
    return exchange.response is None or exchange.response.status in TURNED_AWAY


def _static(number: int) -> Check:
    if number:
        return ok("state handler", f"there is none; {number} scenarios are described, and the kit can use no others")
    return missing("state handler", "write [states] or [scenarios] in the target file, or give --state-handler")


def _answered(scenario: Scenario, exchange: Exchange) -> Check:
    status = response_of(exchange).status
    if status != OK:
        return broken(scenario.id, f"set up, and answered {status}: {advice(f'answered {status}')}")
    try:
        action = action_of(exchange)
    except Unjudged:
        action = None
    if action == scenario.action:
        return ok(scenario.id, f"set up, and answered as it should be ({action})")
    seen = f"action {action}" if action else "no action that can be read"
    return broken(
        scenario.id, f"set up, and answered with {seen} instead of {scenario.action}: does the state really hold?"
    )
