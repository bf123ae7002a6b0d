"""Which exchanges report.html has: all of an ordinary run, and of a huge one what broke and each kind of answer."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from conformance.report.digest import worst_first
from conformance.report.evidence import answer_of, evidence_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.record.record import Case, ExchangeLine, Record
    from conformance.report.evidence import Evidence

ROOMY: Final = 300
"""So many exchanges are taken whatever they are."""
MOST: Final = 1000
"""More are never taken."""
MOST_OF_BROKEN: Final = 20
"""Exchanges of one case that did not pass."""
MOST_ANSWERS: Final = 5
"""Different answers of one case that passed, once there are more exchanges than `ROOMY`."""


class Choice:
    """Takes exchanges as they pass by, one at a time, so that evidence of any size fits into memory."""

    def __init__(self, record: Record) -> None:
        self.taken: dict[int, Evidence] = {}
        """By index."""
        self.present: set[int] = set()
        """Indexes of all exchanges that a case rests on, and that are in exchanges.jsonl."""
        self._verify = record.target.tls_verified
        self._resendable = record.subject == "server"
        self._broken = frozenset(islice(_broken(record), MOST // 2))
        self._places = _places(record)
        self._cases = _cases(record)
        self._answers: dict[int, set[bytes]] = {}  # of each case the answers that were taken

    def see(self, exchange: ExchangeLine) -> None:
        """Take an exchange, or let it pass."""
        if exchange.index not in self._cases:
            return
        self.present.add(exchange.index)
        if self._wanted(exchange):
            places = self._places.get(exchange.index, set())
            self.taken[exchange.index] = evidence_of(exchange, places, verify=self._verify, resendable=self._resendable)

    def _wanted(self, exchange: ExchangeLine) -> bool:
        is_new = self._is_new(exchange)
        if exchange.index in self._broken:
            return True
        return len(self.taken) < (MOST if is_new else ROOMY)

    def _is_new(self, exchange: ExchangeLine) -> bool:
        """Whether some case that rests on the exchange has no answer like it yet; from now on it has."""
        answer = answer_of(exchange)
        known = [self._answers.setdefault(case, set()) for case in self._cases[exchange.index]]
        new = [answers for answers in known if answer not in answers and len(answers) < MOST_ANSWERS]
        for answers in new:
            answers.add(answer)
        return bool(new)


def indexes(case: Case) -> list[int]:
    """Give the exchanges that a case rests on, each once."""
    pointed_at = [finding.exchange for finding in case.findings if finding.exchange is not None]
    return list(dict.fromkeys([*case.exchanges, *pointed_at]))


def _broken(record: Record) -> Iterator[int]:
    """Give the exchanges that broken cases rest on, the gravest first, those that findings point at before others."""
    for case in worst_first(record.cases):
        if case.status != "passed":
            pointed_at = [finding.exchange for finding in case.findings if finding.exchange is not None]
            yield from islice(dict.fromkeys([*pointed_at, *case.exchanges]), MOST_OF_BROKEN)


def _places(record: Record) -> dict[int, set[str]]:
    places: dict[int, set[str]] = {}
    for case in record.cases:
        for finding in case.findings:
            if finding.exchange is not None:
                places.setdefault(finding.exchange, set()).add(finding.where)
    return places


def _cases(record: Record) -> dict[int, list[int]]:
    """Give for each exchange the cases that rest on it, by their place in the record."""
    cases: dict[int, list[int]] = {}
    for number, case in enumerate(record.cases):
        for index in indexes(case):
            cases.setdefault(index, []).append(number)
    return cases
