"""What is equal is shown once: of a request what sets it apart from the plain one, of equal answers the first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.record.record import Header, SentRequest
    from conformance.report.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Shown:
    """Evidence in its place on the page."""

    evidence: Evidence
    headers: Sequence[Header]
    """Those of the request that are shown."""
    whole: bool = True
    """Whether long values are shown as far as there is room; else only their beginnings."""
    absent: Sequence[str] = ()
    """Names of headers that the plain request has, and this one has not."""
    again: int | None = None
    """The exchange that shows the same request; None where it stands here."""
    plain: int | None = None
    """The exchange whose request has the other headers; None where all are shown."""
    equal: int | None = None
    """The exchange that shows an equal answer; None where the answer stands here."""


class Folding:
    """Folds evidence in the order in which it stands on the page."""

    def __init__(self, evidence: Iterable[Evidence]) -> None:
        self._plain = plainest(evidence)
        self._requests: dict[SentRequest, int] = {}
        self._answers: dict[bytes, int] = {}

    def fold(self, evidence: Evidence, *, whole: bool) -> Shown:
        """Put evidence into its place; what did not pass is shown whole."""
        again = self._requests.setdefault(evidence.exchange.request, evidence.index)
        equal = self._answers.setdefault(evidence.answer, evidence.index)
        if whole:
            return Shown(evidence, evidence.exchange.request.headers)
        changed = self._changed(evidence)
        return Shown(
            evidence,
            headers=changed[0] if changed else evidence.exchange.request.headers,
            whole=not changed,
            absent=changed[1] if changed else (),
            again=again if changed and again != evidence.index else None,
            plain=self._plain.index if changed and self._plain else None,
            equal=equal if equal != evidence.index and evidence.exchange.response else None,
        )

    def _changed(self, evidence: Evidence) -> tuple[Sequence[Header], Sequence[str]] | None:
        """Give the headers that the plain request does not have, and the names that it alone has; None to show all."""
        if not self._plain or evidence.index == self._plain.index or evidence.more_sent:
            return None
        own, plain = evidence.exchange.request.headers, self._plain.exchange.request.headers
        if [header for header in own if header in plain] != [header for header in plain if header in own]:
            return None  # the order is another one
        names = {name.lower() for name, _ in own}
        return (
            [header for header in own if header not in plain],
            [name for name, _ in plain if name.lower() not in names],
        )


def plainest(evidence: Iterable[Evidence]) -> Evidence | None:
    """Find the exchange whose request has the most headers in common with the others, the earliest of several."""
    every = sorted(evidence, key=lambda one: one.index)
    common = Counter(header for one in every for header in one.exchange.request.headers)
    return max(every, key=lambda one: sum(common[header] for header in one.exchange.request.headers), default=None)
