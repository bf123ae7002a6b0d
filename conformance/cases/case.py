"""What the cases are written with: the law they test, what they send, and the judge."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

import pytest

from conformance.evidence.outcome import Broken, Judgement, Troubled, Untested
from conformance.law.catalogue import Level, catalogue
from conformance.rules import law as whole_law
from conformance.rules.action import entries
from conformance.rules.body import Oversized, excerpt
from conformance.rules.finding import Finding, Unjudged
from conformance.rules.status import LISTED, OK, answer
from conformance.run.words import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conformance.evidence.visit import Visit
    from conformance.exchange import Exchange
    from conformance.rules.status import Rule


MOST_FINDINGS: Final = 20
"""How many findings of one call are kept: a body can be wrong in a hundred thousand places."""


def law(*requirements: str) -> pytest.MarkDecorator:
    """Name the requirements that a case tests, the one it is about first."""
    return pytest.mark.law(*requirements)


def sends(*visits: Visit) -> pytest.MarkDecorator:
    """Name the visits that a case judges, where they are not among its parameters."""
    return pytest.mark.sends(*visits)


class Judge:
    """Applies rules to exchanges and keeps what they find; `verdict` raises where a MUST is broken."""

    def __init__(self) -> None:
        self.judgements: list[Judgement] = []
        self.exchanges: list[Exchange] = []

    def __call__(self, exchange: Exchange, *rules: Rule) -> None:
        """Judge an exchange by these rules.

        Raises:
            Untested: it breaks something more basic, which is reported where it belongs.
            Troubled: the answer is longer than the kit reads.

        """
        self.looked_at(exchange)
        for rule in rules:
            self.found(exchange, _judged(rule, exchange))

    def each(self, exchanges: Iterable[Exchange], *rules: Rule) -> None:
        """Judge several exchanges, as far as each allows; raises as one does where none can be judged."""
        reasons: list[Untested] = []
        judged = 0
        for exchange in exchanges:
            try:
                self(exchange, *rules)
                judged += 1
            except Untested as reason:
                reasons.append(reason)
        if reasons and not judged:
            raise reasons[0]

    def found(self, exchange: Exchange, findings: Iterable[Finding]) -> None:
        """Keep findings."""
        self.looked_at(exchange)
        # one by one: what was found before a rule met its limits still counts
        for finding in islice(findings, MOST_FINDINGS):
            self.judgements.append(Judgement(finding, exchange))

    def lawful(self, exchange: Exchange, control: Exchange) -> None:
        """Judge an answer by everything that holds in any state; what the control breaks too is reported with it."""
        if answer(exchange).status in LISTED:
            self.found(exchange, beyond(control, exchange))

    def looked_at(self, exchange: Exchange) -> None:
        """Count an exchange among the evidence of the case."""
        if exchange not in self.exchanges:
            self.exchanges.append(exchange)

    def compare(self, repeated: Mapping[str, Exchange]) -> None:
        """Add a finding where an equal request in an equal state got another answer than one that was judged."""
        for exchange in {judged.exchange.index: judged.exchange for judged in self.judgements}.values():
            other = repeated.get(exchange.step)
            if other and _kind(other) != _kind(exchange):
                self.looked_at(other)
                seen = f"inconsistent answers: {_brief(exchange)}, then {_brief(other)}"
                wavers = Finding("consistent-answers", "one answer to equal requests", seen, "body")
                self.judgements.insert(0, Judgement(wavers, exchange))

    def verdict(self) -> None:
        """End the case; raises Broken where a MUST was found broken."""
        if any(catalogue()[judged.finding.requirement].level is Level.MUST for judged in self.judgements):
            raise Broken("; ".join(in_words(judged.finding) for judged in self.judgements))


def beyond(control: Exchange, exchange: Exchange) -> list[Finding]:
    """Give what an answer breaks that the control's own does not: the rest is reported with the control."""
    known = {finding.requirement for finding in whole_law.findings(control)}
    return [finding for finding in whole_law.findings(exchange) if finding.requirement not in known]


def _kind(exchange: Exchange) -> tuple[object, ...]:
    """Give what equal requests have in common in their answers; texts and URLs may differ from call to call."""
    broken = tuple(sorted({finding.requirement for finding in whole_law.findings(exchange)}))
    return (answer(exchange).status, broken, _actions(exchange))


def _actions(exchange: Exchange) -> tuple[str, ...]:
    if answer(exchange).status != OK:
        return ()
    try:
        return tuple(
            f"{key}: {excerpt({name: entry.get(name) for name in ('actionName', 'actionType', 'mvpd')})}"
            for key, entry in entries(exchange)
        )
    except Unjudged:
        return ()


def _brief(exchange: Exchange) -> str:
    return " ".join([str(answer(exchange).status), *_actions(exchange)])


def _judged(rule: Rule, exchange: Exchange) -> Iterator[Finding]:
    try:
        yield from rule(exchange)
    except Oversized as reason:
        raise Troubled(str(reason)) from None
    except Unjudged as reason:
        raise Untested(str(reason)) from None
