"""Makes each visit once and keeps its exchanges for every case that judges them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from conformance.evidence.outcome import Stopped, Troubled, Untested, trouble_of
from conformance.evidence.visit import FOLLOWING, Need, scenario_visit
from conformance.law.contract import MANDATORY, SCENARIOS
from conformance.rules.status import OK, UNAUTHORIZED, answer
from conformance.sender.client import Spent
from conformance.sender.plain import fresh_device, plain_logout
from conformance.states.provisioning import Provisioned, ProvisioningError, Triple, Unsupported

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from conformance.evidence.access import Access
    from conformance.evidence.visit import Step, Viewer, Visit
    from conformance.exchange import Exchange
    from conformance.redaction.redactor import Redactor
    from conformance.sender.client import Client
    from conformance.sender.logout import Logout
    from conformance.states.provisioning import StateSource
    from conformance.target.model import Target

OF_A_VIEWER: Final = frozenset({"authorization", "ap-device-identifier", "x-device-info"})

RENEWED: Final = "the access token was renewed, after a request with the one before was answered 401"
MOST_PROVISIONING_ERRORS: Final = 3
"""After so many equal failures in a row the state handler is given up."""


@dataclass(frozen=True, slots=True)
class Visited:
    """A visit that was made: its exchanges by step, and whether its viewers were in the states asked for."""

    exchanges: dict[str, Exchange]
    in_state: bool

    def __getitem__(self, step: str) -> Exchange:
        """Give the exchange of a step; raises Untested where the target's states did not allow it."""
        if step not in self.exchanges:
            raise Untested("only a target with a state handler can be asked twice")
        return self.exchanges[step]

    @property
    def first(self) -> Exchange:
        """The exchange of the first step."""
        return next(iter(self.exchanges.values()))


class Evidence:
    """The exchanges of a run, made when the first case asks for them."""

    def __init__(self, access: Access, client: Client, states: StateSource, redactor: Redactor) -> None:
        self.client = client
        self._access = access
        self.notes: set[str] = set()
        self._states, self._redactor = states, redactor
        self._made: dict[str, Callable[[], Visited]] = {}
        self._provisioning_errors: list[str] = []

    def of(self, visit: Visit) -> Visited:
        """Give what a visit brought, making it first where that has not been done.

        Raises:
            Untested: the target has no such state, or nothing more is sent in this run.
            Troubled: the state could not be set up, or no answer came.

        """
        return self._once(visit.id, visit)

    def repeated(self, visit: Visit) -> Visited:
        """Make an equal visit a second time, to see whether its answers are the same; raises as `of` does."""
        if not self.lasting(visit):
            raise Untested("the target file allows one use of this state")
        return self._once(f"{visit.id}, repeated", visit)

    def accepted(self) -> Exchange:
        """Give the control: a valid request that the target accepted in this run.

        Raises:
            Untested: it accepted none, so that a refusal says nothing.
            Troubled: no answer came to any.

        """
        seen: list[int] = []
        trouble: Stopped | None = None
        for scenario in MANDATORY:
            try:
                exchange = self.of(scenario_visit(scenario)).first
            except Stopped as error:
                trouble = trouble or error
                continue
            if answer(exchange).status == OK:
                return exchange
            seen.append(answer(exchange).status)
        if not seen and trouble:
            raise trouble.with_traceback(None) from None
        statuses = " and ".join(map(str, sorted(set(seen))))
        raise Untested(
            f"not judged: no valid request was accepted in this run (all were answered {statuses})",
            cause=f"Every valid request was answered {statuses}",
        )

    @property
    def target(self) -> Target:
        """The target, with the access token that is in use."""
        return self._access.target

    @property
    def sets_states(self) -> bool:
        """Whether a state handler makes the states, so that a device has a profile only where it made one."""
        return not self._is_static

    def lasting(self, visit: Visit) -> bool:
        """Say whether the states of a visit can be had more than once."""
        return not self._is_static or all(self._is_unlimited(viewer.state) for viewer in visit.viewers)

    def _is_unlimited(self, state: str) -> bool:
        facts = self.target.scenario(state)
        return facts is not None and facts.uses == "unlimited"

    @property
    def _is_static(self) -> bool:
        return self.target.states is None

    def _once(self, key: str, visit: Visit) -> Visited:
        if key not in self._made:
            try:
                visited = self._make(visit)
            except Stopped as error:
                self._made[key] = _raising(error)
            else:
                self._made[key] = lambda: visited
        return self._made[key]()

    def _make(self, visit: Visit) -> Visited:
        try:
            return self._attempt(visit)
        except Troubled as trouble:
            # once more, with states set up anew: the first try may have used them up
            if self._puts_in_state(visit) and not self.lasting(visit):
                raise
            self.notes.add(f"tried again after trouble on the way: {trouble}")
            return self._attempt(visit)

    @contextmanager
    def attending(self, visit: Visit) -> Iterator[tuple[bool, Callable[[Step], Exchange]]]:
        """Set up the viewers of a visit; give whether they are in their states, and what sends a step.

        For steps that are not known beforehand. Raises as `of` does, and so does every step.
        """
        in_state = self._puts_in_state(visit)
        viewers: list[Provisioned] = []
        set_up: list[tuple[str, Triple]] = []
        try:
            for viewer in visit.viewers:
                if in_state:
                    wanted = self._wanted(viewer, viewers)
                    ready = self._set_up(viewer.state, wanted)
                    set_up.append((viewer.state, wanted))
                    _refuse_twins(ready, viewers)
                    viewers.append(ready)
                else:
                    viewers.append(self._bystander(viewer))
            yield in_state, lambda step: self._send(visit, step, viewers)
        finally:
            self._tear_down(set_up)

    def _attempt(self, visit: Visit) -> Visited:
        steps = [step for step in visit.steps if not (self._is_static and step.id in FOLLOWING)]
        with self.attending(visit) as (in_state, send):
            return Visited({step.id: send(step) for step in steps}, in_state)

    def _puts_in_state(self, visit: Visit) -> bool:
        if visit.need is Need.HANDLER and self._is_static:
            raise Untested("the target has no state handler")
        return visit.need is Need.OWN_SCENARIO or self.lasting(visit)

    def _wanted(self, viewer: Viewer, earlier: list[Provisioned]) -> Triple:
        provider = self.target.other_service_provider if viewer.elsewhere else self.target.service_provider
        if provider is None:
            raise Untested("the target file names no other_service_provider")
        mvpd = viewer.mvpd or self.target.mvpds.get(viewer.state)
        if viewer.mvpd_of is not None:
            mvpd = earlier[viewer.mvpd_of].mvpd
        device = (viewer.device or fresh_device)()
        if viewer.device_of is not None:
            shared = earlier[viewer.device_of].device_identifier
            device = viewer.near(shared) if viewer.near else shared
        return Triple(provider, mvpd, device)

    def _set_up(self, state: str, wanted: Triple) -> Provisioned:
        self._remaining_s()
        if len(self._provisioning_errors) >= MOST_PROVISIONING_ERRORS:
            raise _no_state(self._provisioning_errors[-1], "the state handler was given up")
        try:
            ready = self._states.setup(state, wanted)
        except Unsupported as error:
            raise Untested(str(error)) from None
        except ProvisioningError as error:
            self._provisioning_errors.append(str(error))
            raise _no_state(str(error), f"the state {state} could not be set up") from None
        self._provisioning_errors.clear()
        self._redactor.learn_headers(ready.headers)
        return ready

    def _tear_down(self, set_up: list[tuple[str, Triple]]) -> None:
        for state, wanted in reversed(set_up):
            trouble = self._states.teardown(state, wanted)
            if trouble:
                self.notes.add(f"the teardown of {state} failed: {trouble}")

    def _bystander(self, viewer: Viewer) -> Provisioned:
        """Make a viewer without a profile, at an MVPD that the target file knows."""
        facts = next(filter(None, map(self.target.scenario, SCENARIOS)), None)
        if facts is None:
            raise Untested("no MVPD is known: give the target a state handler, or describe its scenarios")
        provider = facts.service_provider or self.target.service_provider
        return Provisioned(provider, viewer.mvpd or facts.mvpd, (viewer.device or fresh_device)(), {})

    def _send(self, visit: Visit, step: Step, viewers: list[Provisioned]) -> Exchange:
        exchange = self._sent(visit, step, viewers)
        if step.is_refused and trouble_of(exchange):
            exchange = self._sent(visit, step, viewers)
        trouble = trouble_of(exchange)
        if trouble:
            raise trouble
        return exchange

    def _sent(self, visit: Visit, step: Step, viewers: list[Provisioned]) -> Exchange:
        self._access.check()
        logout = plain_logout(self.target, viewers[step.viewer])
        if step.headers_of is not None:
            logout = replace(logout, headers=(*logout.headers, *_issued(viewers[step.headers_of].headers)))
        sent = step.change(logout)
        exchange = self._exchanged(visit, step, sent)
        # of a state in which the token has expired, 401 is the right answer
        expects_401 = SCENARIOS[visit.viewers[step.viewer].state].status == UNAUTHORIZED
        while not expects_401 and (fresh := self._access.renewed(sent, exchange)):
            self.notes.add(RENEWED)
            sent, exchange = fresh, self._exchanged(visit, step, fresh)
        return exchange

    def _exchanged(self, visit: Visit, step: Step, sent: Logout) -> Exchange:
        self._remaining_s()
        try:
            return self.client.send(sent, visit=visit.id, step=step.id)
        except Spent as error:
            raise Untested(str(error), cause=str(error)) from None

    def _remaining_s(self) -> None:
        try:
            self.client.remaining_s()
        except Spent as error:
            raise Untested(str(error), cause=str(error)) from None


def _refuse_twins(viewer: Provisioned, others: Iterable[Provisioned]) -> None:
    """Stop where two viewers that should differ in provider, MVPD or device came out as one; raises Untested."""
    for other in others:
        if (viewer.service_provider, viewer.mvpd, viewer.device_identifier) == (
            other.service_provider,
            other.mvpd,
            other.device_identifier,
        ):
            raise Untested(
                f"the state handler gave the same service provider, MVPD and device twice ({viewer.service_provider}, "
                f"{viewer.mvpd})"
            )


def _issued(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Give the tokens among the headers of a state, and not who came with them."""
    return ((name, value) for name, value in headers.items() if name.lower() not in OF_A_VIEWER)


def _no_state(error: str, what: str) -> Troubled:
    return Troubled(f"{what}: {error}", cause=f"The state handler failed: {error}")


def _raising(error: Stopped) -> Callable[[], Visited]:
    def again() -> Visited:
        # one object for every case that asks: its traceback would grow with each, and pytest renders all of it
        raise error.with_traceback(None) from None

    return again
