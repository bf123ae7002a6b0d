"""The search for the smallest generated request that fails: Hypothesis makes and shrinks, the caller judges."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hypothesis import HealthCheck, Phase, given, seed, settings

from conformance.evidence.outcome import Stopped, Untested
from conformance.generated.confined import confined
from conformance.generated.requests import REQUIRED, operations, request_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.exchange import Exchange
    from conformance.generated.requests import Case, Generated
    from conformance.rules.finding import Finding

MOST_TO_SHRINK: Final = 50
"""How many requests finding the smallest failing one may cost."""

KEPT_FOR_HEADERS: Final = 10
"""How many of them are kept to leave out headers at the end."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What sending a generated request showed."""

    exchange: Exchange
    findings: tuple[Finding, ...]


class _Failing(Exception):  # noqa: N818
    def __init__(self, request: Generated) -> None:
        super().__init__()
        self.request = request


class _Enough(BaseException):
    """Ends the search at once: Hypothesis takes any other exception for a failure to shrink further."""


class Search:
    """Sends generated requests until one fails, and then looks for the smallest that fails in the same way."""

    def __init__(self, send: Callable[[Generated], Tried], *, skip: Callable[[Generated], bool]) -> None:
        self.tried: list[Tried] = []
        self._send, self._skip = send, skip
        self._known: dict[Generated, Tried] = {}
        self._stopped: Stopped | None = None
        self._sought = ""
        self._shrinking, self._most = 0, MOST_TO_SHRINK - KEPT_FOR_HEADERS

    def run(self, kind: str, *, examples: int, seed_: int) -> Tried | None:
        """Try at most `examples` requests of a kind, `valid` or `invalid`, and give the smallest failure if any.

        Raises:
            Untested: nothing more is sent in this run.
            Troubled: no answer came to one of them.

        """
        if examples < 1:
            raise Untested("no examples were asked for (--examples)")

        def attempt(case: Case) -> None:
            self._attempt(request_of(case, valid=kind == "valid"))

        with confined():
            return self._searched(kind, attempt, examples, seed_)

    def _searched(self, kind: str, attempt: Callable[[Case], None], examples: int, seed_: int) -> Tried | None:
        search = settings(
            max_examples=examples,
            phases=(Phase.generate, Phase.shrink),
            database=None,
            deadline=None,
            derandomize=False,
            report_multiple_bugs=False,
            print_blob=False,
            suppress_health_check=list(HealthCheck),
        )(seed(seed_)(given(operations()[kind])(attempt)))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                search()
        except _Failing as failing:
            return self._with_fewest_headers(failing.request)
        except _Enough:
            return self._with_fewest_headers(min(filter(self._fails, self._known), key=_size))
        if self._stopped:
            raise self._stopped
        return None

    def _attempt(self, request: Generated) -> None:
        tried = self._known.get(request) or self._try(request)
        if tried is None:
            return
        self._sought = self._sought or next((finding.requirement for finding in tried.findings), "")
        if self._fails(request):
            raise _Failing(request)

    def _fails(self, request: Generated) -> bool:
        """Say whether a request that was sent fails like the first one: in another way is another failure."""
        return self._sought in {finding.requirement for finding in self._known[request].findings}

    def _with_fewest_headers(self, request: Generated) -> Tried:
        """Leave out what the failure does not need; Hypothesis may have spent its requests on smaller values."""
        self._most = MOST_TO_SHRINK + 1
        for name, _ in request.headers:
            smaller = request.without(name)
            tried = None if name.lower() in REQUIRED else self._known.get(smaller) or self._try(smaller)
            if tried and self._fails(smaller):
                request = smaller
        return self._known[request]

    def _try(self, request: Generated) -> Tried | None:
        if self._stopped or self._skip(request) or self._shrinking >= MOST_TO_SHRINK:
            return None
        if self._shrinking == self._most:
            raise _Enough
        self._shrinking += bool(self._sought)
        try:
            tried = self._known[request] = self._send(request)
        except Stopped as error:
            self._stopped = error
            return None
        self.tried.append(tried)
        return tried


def _size(request: Generated) -> tuple[int, int]:
    return len(request.headers), len(request.raw_query) + sum(len(value) for _, value in request.headers)
