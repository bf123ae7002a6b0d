"""How a case ends other than well: the law was broken, nothing could be tried, or something was in the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.rules.status import ON_THE_WAY, THROTTLED

if TYPE_CHECKING:
    from conformance.exchange import Exchange
    from conformance.rules.finding import Finding


@dataclass(frozen=True, slots=True)
class Judgement:
    """A finding and the exchange that it is about."""

    finding: Finding
    exchange: Exchange


class Broken(AssertionError):  # noqa: N818  (what the target did, not an error of the kit)
    """The target broke at least one MUST; the text names each finding."""


class Stopped(Exception):  # noqa: N818
    """A case could not be judged; the text says why.

    `cause` is what stopped this case and others alike, in words that the report can lead with.
    """

    def __init__(self, reason: str, cause: str = "") -> None:
        super().__init__(reason)
        self.cause = cause


class Untested(Stopped):
    """The case could not be tried, or its answer not be judged. It is skipped."""


class Troubled(Stopped):
    """Provisioning or transport got in the way. The case is an error, neither pass nor fail."""


def trouble_of(exchange: Exchange) -> Troubled | None:
    """Say what stood in the way of an answer that can be judged, None where nothing did."""
    response = exchange.response
    if response is None:
        return Troubled(f"no answer: {exchange.trouble}", cause=f"The target gave no answer: {exchange.trouble}")
    if response.truncated:
        seen = f"the answer is longer than the {len(response.body)} bytes that the kit reads"
        return Troubled(seen, cause=seen)
    if response.status in ON_THE_WAY | {THROTTLED}:
        seen = f"the answer was {response.status}, more than once"
        return Troubled(seen, cause=f"Trouble on the way: {seen}")
    return None
