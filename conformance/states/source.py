"""How a server is put into a state: by a state handler, or by being in it already."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING

from conformance.states.handlers import CommandHandler, HttpHandler, PythonHandler
from conformance.states.provisioning import Provisioned, ProvisioningError, StateSource, Triple, Unsupported

if TYPE_CHECKING:
    from conformance.target.model import StaticScenario, Target

__all__ = ["Provisioned", "ProvisioningError", "StateSource", "Triple", "Unsupported", "open_states"]


def open_states(target: Target) -> StateSource:
    """Give the one way in which this target is put into states; a handler goes before described scenarios."""
    source = target.states
    if source and source.handler:
        return HttpHandler(target, source.handler)
    if source and source.command:
        return CommandHandler(target, source.command)
    if source and source.python:
        return PythonHandler(target, source.python)
    return StaticStates(target) if target.scenarios or target.mvpds else NoStates()


class NoStates:
    """A target of whose states nothing is known."""

    def setup(self, state: str, wanted: Triple) -> Provisioned:
        """Refuse: see `StateSource`."""
        del wanted
        raise Unsupported(
            f"nothing says how to reach this state: write [states] or [scenarios.{state}] in the target file, "
            "or give --state-handler"
        )

    def teardown(self, state: str, wanted: Triple) -> None:
        """Leave the target as it is."""
        del state, wanted


class StaticStates:
    """A target that is in its states already, each as often as its description says.

    Uses are counted in this process: where cases are split among several, each state needs one owner among them.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self._used: Counter[str] = Counter()
        self._lock = threading.Lock()

    def setup(self, state: str, wanted: Triple) -> Provisioned:
        """Give the described facts and count the use: see `StateSource`."""
        facts = self._target.scenario(state)
        if facts is None:
            raise Unsupported(f"scenarios.{state}.mvpd is not in the target file, and there is no state handler")
        self._match(state, facts, wanted)
        self._use(state, facts)
        return Provisioned(
            facts.service_provider or wanted.service_provider,
            facts.mvpd,
            facts.device_identifier or wanted.device_identifier,
            dict(facts.headers),
        )

    def teardown(self, state: str, wanted: Triple) -> None:
        """Leave the target as it is."""
        del state, wanted

    def _match(self, state: str, facts: StaticScenario, wanted: Triple) -> None:
        if wanted.mvpd not in {None, facts.mvpd}:
            raise Unsupported(
                f"scenarios.{state}.mvpd is another MVPD than is needed here: only a state handler has more"
            )
        # an override stands in for the default provider, never for the other one
        if wanted.service_provider not in {self._target.service_provider, facts.service_provider}:
            raise Unsupported(
                f"scenarios.{state}.service_provider is another one than is needed here: only a state handler has more"
            )

    def _use(self, state: str, facts: StaticScenario) -> None:
        with self._lock:
            if facts.uses != "unlimited" and self._used[state] >= facts.uses:
                raise Unsupported(
                    f"scenarios.{state}.uses = {facts.uses} is used up: only a state handler can renew it"
                )
            self._used[state] += 1
