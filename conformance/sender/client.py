"""The one sender: every byte that goes to the target goes through here, paced, bounded, and written down."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final, Protocol

from conformance import interruption
from conformance.exchange import Exchange, Request
from conformance.record.stored import stamp
from conformance.rules.status import ON_THE_WAY, THROTTLED
from conformance.sender import wire
from conformance.sender.logout import without_header

if TYPE_CHECKING:
    from conformance.exchange import Response
    from conformance.sender.logout import Logout
    from conformance.sender.pace import Pace
    from conformance.target.model import Target

LEAST_WAIT_S: Final = 1.0
"""How long a 429 is waited out at least: the field's bucket refills by one a second."""
LONGEST_WAIT_S: Final = 60.0
"""A Retry-After beyond this is honoured only so far."""
MOST_TRIES: Final = 6
"""How often one request is sent while it is answered 429."""
MOST_FAILURES: Final = 3
"""After so many failures of one kind in a row a target that never answered is given up, or one that only throttles."""
PATIENCE_S: Final = 15.0
"""How long a target that answered before, and does not now, is waited for: it may be starting anew."""
FIRST_PAUSE_S: Final = 0.5
"""How long after the first look at it the next one comes; each pause is twice the one before."""
PROBE: Final = "probe"
"""The visit that finds out whether a target is there, by what it answered before; no case asks for it."""
BROKEN_OFF: Final = "broken off by the kit before an answer was complete"
"""What is noted of a request that a signal came upon."""


class Spent(Exception):  # noqa: N818  (an end, not an error)
    """Nothing more is sent in this run: its time is up, or the target was given up. The text says which."""


@dataclass(slots=True)
class Spending:
    """What a run has used up: requests, seconds of waiting, and, where it ended for that, why nothing more is sent.

    `throttled_count` of the requests were answered 429 and sent again.
    """

    request_count: int = 0
    waited_s: float = 0.0
    spent: str | None = None
    throttled_count: int = 0

    def add(self, other: Spending) -> None:
        """Add what another part of the run used up."""
        self.request_count += other.request_count
        self.throttled_count += other.throttled_count
        self.waited_s += other.waited_s
        self.spent = self.spent or other.spent


class Witness(Protocol):
    """Is told of every exchange as it ends; a `Recorder` writes it down."""

    def add(self, exchange: Exchange) -> None:
        """Keep an exchange."""


class Client(Spending):
    """Sends requests to one target, one at a time and at its pace."""

    def __init__(self, target: Target, witness: Witness, pace: Pace, *, max_time_s: float) -> None:
        super().__init__()
        self._target, self._witness, self._pace = target, witness, pace
        self._max_time_s, self._deadline = max_time_s, time.monotonic() + max_time_s
        self._failures: list[str] = []
        self._answered: Logout | None = None

    def send(self, logout: Logout, *, visit: str = "", step: str = "") -> Exchange:
        """Send a request and give its exchange: with an answer, or with the trouble that there was instead.

        An answer of 429 is waited out, at least a second and as long as Retry-After asks within a minute, and the
        request sent again; each of them is an exchange of its own, and the last one is given.

        Raises:
            Spent: the run's time is up, or the target was given up.

        """
        exchange = self._send_once(logout, visit, step)
        for _ in range(MOST_TRIES - 1):
            if exchange.response is None or exchange.response.status != THROTTLED:
                break
            self.throttled_count += 1
            self._pace.throttled(time.monotonic(), _asked_wait(exchange.response))
            exchange = self._send_once(logout, visit, step)
        self._look_after(exchange, logout)
        return exchange

    def remaining_s(self) -> float:
        """Give the seconds that the run may still take; raises Spent where there are none."""
        left = self._deadline - time.monotonic()
        if left <= 0 and self.spent is None:
            self.spent = f"the run's {self._max_time_s:g} s (--max-time) were used up"
        if self.spent:
            raise Spent(self.spent)
        return left

    def _send_once(self, logout: Logout, visit: str, step: str) -> Exchange:
        waited, timeout_s = self._wait_for_turn(), min(self._target.timeout_s, self.remaining_s())
        outgoing = logout.outgoing()
        started_at, start = datetime.now(UTC), time.monotonic()
        response: Response | None = None
        trouble: str | None = BROKEN_OFF
        try:
            response, trouble = self._fetch(outgoing, timeout_s)
        finally:
            exchange = Exchange(
                self.request_count,
                Request(outgoing.method, outgoing.url, outgoing.headers),
                response,
                trouble,
                visit=visit,
                step=step,
                started_at=stamp(started_at),
                elapsed_ms=(time.monotonic() - start) * 1000,
                waited_s=waited,
            )
            # what was sent is counted and written down, whatever ended it
            with interruption.whole():
                self.request_count += 1
                self._witness.add(exchange)
        return exchange

    def _fetch(self, outgoing: wire.Outgoing, timeout_s: float) -> tuple[Response | None, str | None]:
        try:
            response = wire.fetch(outgoing, timeout_s=timeout_s, tls=self._target.tls, trust_env=self._target.trust_env)
        except wire.TransportError as error:
            return None, str(error)
        return response, None

    def _wait_for_turn(self) -> float:
        waited, left = 0.0, self.remaining_s()
        # whoever shares the pace may be first: then there is another turn to wait for
        while (wait := min(self._pace.take(time.monotonic()), left)) > 0:
            self._wait(wait)
            waited += wait
            left = self.remaining_s()
        return waited

    def _wait(self, seconds: float) -> None:
        time.sleep(seconds)
        self.waited_s += seconds

    def _look_after(self, exchange: Exchange, logout: Logout) -> None:
        """Wait for a target that no longer answers; give up one that never did, or that only throttles."""
        status = exchange.response.status if exchange.response else None
        if status is not None and status not in ON_THE_WAY | {THROTTLED}:
            self._answered, self._failures = logout, []
        elif self._answered and status != THROTTLED:
            self._await_answer(self._answered, exchange.trouble or f"the answer was {status}")
        elif status not in ON_THE_WAY:
            self._note_failure(exchange.trouble or f"{MOST_TRIES} answers of {THROTTLED} to one request")

    def _await_answer(self, answered: Logout, trouble: str) -> None:
        # it may be starting anew, or fail on odd requests alone: one that it answered is asked again, without its token
        probe = without_header("Authorization")(answered)
        until, pause_s = time.monotonic() + PATIENCE_S, FIRST_PAUSE_S
        while not self._is_alive(probe):
            if time.monotonic() >= until:
                self.spent = f"the target was given up after {PATIENCE_S:g} s in which it answered no more: {trouble}"
                return
            self._wait(min(pause_s, self.remaining_s()))
            pause_s *= 2

    def _is_alive(self, probe: Logout) -> bool:
        response = self._send_once(probe, PROBE, "").response
        return response is not None and response.status not in ON_THE_WAY

    def _note_failure(self, trouble: str) -> None:
        self._failures = [*self._failures, trouble] if trouble in self._failures else [trouble]
        if len(self._failures) >= MOST_FAILURES:
            self.spent = f"the target was given up after {MOST_FAILURES} failures in a row: {trouble}"


def _asked_wait(response: Response) -> float:
    """Read Retry-After, in seconds or as a date (RFC 9110, 10.2.3), within the bounds."""
    asked = (response.header("Retry-After") or "").strip()
    try:
        seconds = float(asked) if asked.isdecimal() and len(asked) < 10 else _seconds_until(asked)  # noqa: PLR2004
    except (ValueError, OverflowError, TypeError, IndexError):
        seconds = 0.0
    return min(max(seconds, LEAST_WAIT_S), LONGEST_WAIT_S)


def _seconds_until(date: str) -> float:
    moment = parsedate_to_datetime(date)
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
