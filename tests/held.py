"""A target that holds one answer back, so that a test can do something to the run that waits for it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.loopback import Answer, Asked, Loopback, answer, success

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

LONG_S = 100


@dataclass
class Held(Loopback):
    """Answers as any target does until it is asked for this state; its MVPDs are named as the states are."""

    state: str = "degraded"
    arrived: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.answers: Callable[[Asked], Answer] = self._hold
        self.states: Callable[[dict[str, Any]], Response] = lambda question: answer(200, {"mvpd": question["state"]})

    def _hold(self, asked: Asked) -> Answer:
        if asked.mvpd == self.state:
            self.arrived.set()
            self.released.wait(LONG_S)
        return success(asked)

    @property
    def arguments(self) -> tuple[str, ...]:
        return ("run", self.url, "--state-handler", f"{self.url}/_state", "--timeout", str(LONG_S))
