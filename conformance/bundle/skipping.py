"""Whether a claim that a case could not be tried is likely: what one visit had, another can have too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.certify import every_case
from conformance.evidence.visit import Viewer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from conformance.evidence.visit import Visit
    from conformance.record.record import ExchangeLine, Record
    from conformance.suite.items import Listed


def unlikely(record: Record, lines: Iterable[ExchangeLine], believed: Collection[str]) -> list[str]:
    """Name the skipped cases whose visits need nothing but states that were made for other visits of the same run.

    Only a state handler makes states again and again; and only where the verdict is a good one, skipping helps it.
    """
    if not believed or record.verdict != "conformant" or record.target.states != "handler":
        return []
    known = every_case()
    sent = {line.visit for line in lines}
    made = {viewer.state for case in known for visit in case.visits if visit.id in sent for viewer in visit.viewers}
    return [case.id for case in known if case.id in believed and _could_be_tried(case, sent, made)]


def _could_be_tried(case: Listed, sent: Collection[str], made: Collection[str]) -> bool:
    return any(visit.id not in sent and _is_usual(visit, made) for visit in case.visits)


def _is_usual(visit: Visit, made: Collection[str]) -> bool:
    """Say whether a visit asks for nothing that a handler may lack: no MVPD by name, no device shared or made up."""
    return all(viewer == Viewer(viewer.state) and viewer.state in made for viewer in visit.viewers)
