"""Judges traffic both ways: what a client sent and did next, and the answers as far as no state has to be known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from conformance.law.catalogue import Level, Subject, catalogue
from conformance.record.record import Case, Finding
from conformance.rules.client import REQUEST
from conformance.rules.finding import Finding as Found
from conformance.rules.finding import Inapplicable, Unjudged, Unseen
from conformance.rules.law import ANSWER, must_list_status
from conformance.rules.sequence import SEQUENCE
from conformance.rules.status import answer
from conformance.run.words import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.exchange import Exchange
    from conformance.record.record import Status
    from conformance.rules.course import Course

_Item = TypeVar("_Item")
Judging: TypeAlias = Callable[[_Item], Iterator[Found]]

MOST_FINDINGS: Final = 20
"""How many findings of a case are kept."""
MOST_EXCHANGES: Final = 50
"""How many exchanges a case that passed names as its evidence."""
UNKNOWN_INTENT: Final = "not judged: it takes to know what the client was given, as the command `client` does"


def judged(calls: Sequence[Exchange], courses: Sequence[Course], *, rerun: str = "") -> list[Case]:
    """Judge calls and logouts by every rule: a case for each requirement, in the order of the law."""
    made = _Cases(rerun)
    for name, rule in REQUEST.items():
        made.add(f"client/request/{name.removeprefix('client-')}", name, ((call, [call.index]) for call in calls), rule)
    for name, sequence_rule in SEQUENCE.items():
        each = ((course, [call.index for call in course.calls]) for course in courses)
        made.add(f"client/next/{name.removeprefix('client-')}", name, each, sequence_rule)
    for row in catalogue().requirements:
        if row.subject is Subject.CLIENT and row.checked and row.id not in {*REQUEST, *SEQUENCE}:
            made.skip(f"client/given/{row.id.removeprefix('client-')}", row.id, UNKNOWN_INTENT)
    answered = [call for call in calls if call.response]
    made.add("server/answer/listed-status", "listed-status", _with_index(answered), _of_the_endpoint(must_list_status))
    for name, rule in ANSWER.items():
        made.add(f"server/answer/{name}", name, _with_index(answered), _of_the_endpoint(rule))
    return made.cases


def _with_index(calls: Iterable[Exchange]) -> Iterator[tuple[Exchange, list[int]]]:
    return ((call, [call.index]) for call in calls)


def _of_the_endpoint(rule: Judging[Exchange]) -> Judging[Exchange]:
    """Leave out answers to what may have been another resource, answers without their headers, and erratum 11."""

    def judging(exchange: Exchange) -> Iterator[Found]:
        if exchange.request.method in {"HEAD", "OPTIONS", "TRACE"}:
            raise Unseen(f"an answer to {exchange.request.method} may be a gateway's")
        if any(list(REQUEST[name](exchange)) for name in ("client-path", "client-path-encoded")):
            raise Unseen("the request asks for another resource, or for one that is not well named")
        if not answer(exchange).headers:
            raise Unseen("the recording does not have the headers of the answer")
        yield from rule(exchange)

    return judging


@dataclass(slots=True)
class _Cases:
    rerun: str
    cases: list[Case] = field(default_factory=list)

    def add(
        self,
        name: str,
        requirement: str,
        items: Iterable[tuple[_Item, Sequence[int]]],
        rule: Judging[_Item],
    ) -> None:
        """Judge each item, and make a case of what was found."""
        findings: list[Finding] = []
        looked_at: list[int] = []
        reasons: list[Unjudged] = []
        for item, indexes in items:
            found, reason = _judged(rule, item)
            findings += [_recorded(each, indexes[0]) for each in found if each.requirement == requirement]
            if reason and not found:
                reasons.append(reason)
            else:
                looked_at += indexes
        if findings:
            self._break(name, requirement, findings)
        elif looked_at:
            self._end(name, requirement, "passed", exchanges=tuple(dict.fromkeys(looked_at[:MOST_EXCHANGES])))
        else:
            # that it did not come to it in one logout says nothing of another
            telling = min(reasons, key=lambda each: isinstance(each, Inapplicable), default=None)
            self.skip(name, requirement, str(telling or "not judged: no call of the endpoint was seen"))

    def skip(self, name: str, requirement: str, reason: str) -> None:
        """Make a case that could not be judged."""
        self._end(name, requirement, "skipped", message=reason)

    def _break(self, name: str, requirement: str, findings: Sequence[Finding]) -> None:
        status: Status = "failed" if catalogue()[requirement].level is Level.MUST else "warned"
        pointed_at = dict.fromkeys(each.exchange for each in findings if each.exchange is not None)
        message = "; ".join(dict.fromkeys(in_words(each) for each in findings[:3]))
        self._end(name, requirement, status, message, tuple(pointed_at), tuple(findings[:MOST_FINDINGS]))

    def _end(  # noqa: PLR0913, PLR0917  (all of it stands in the case)
        self,
        name: str,
        requirement: str,
        status: Status,
        message: str = "",
        exchanges: tuple[int, ...] = (),
        findings: tuple[Finding, ...] = (),
    ) -> None:
        row = catalogue()[requirement]
        self.cases.append(
            Case(
                id=name,
                title=row.sentence,
                status=status,
                level=row.level.value,
                requirements=(requirement,),
                message=message,
                exchanges=exchanges,
                findings=findings,
                rerun=self.rerun,
            )
        )


def _judged(rule: Judging[_Item], item: _Item) -> tuple[list[Found], Unjudged | None]:
    found: list[Found] = []
    try:
        # extend, not a comprehension: what was found before a rule met its limits is kept
        found.extend(islice(rule(item), MOST_FINDINGS))
    except Unjudged as reason:
        return found, reason
    return found, None


def _recorded(found: Found, exchange: int) -> Finding:
    return Finding(
        requirement=found.requirement,
        level=catalogue()[found.requirement].level.value,
        expected=found.expected,
        seen=found.seen,
        where=found.where,
        exchange=exchange if found.exchange is None else found.exchange,
    )
