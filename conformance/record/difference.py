"""What changed between two runs: verdict, failures, answers, cases. It compares two records and knows no report."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conformance.record.record import Case, ExchangeLine, ReceivedResponse, Record

MOST_ACTIONS: Final = 5
"""How many actions of one answer are compared; a body can have thousands."""
_LONGEST: Final = 80  # characters of an action's name

Answers: TypeAlias = "dict[str, str]"
"""The answers that a case rests on, in short, by what was asked: visit, step, and which of several."""


@dataclass(frozen=True, slots=True)
class Change:
    """A case that both runs have and that ended in another way."""

    before: Case
    after: Case


@dataclass(frozen=True, slots=True)
class ChangedAnswer:
    """An answer that differs although the case ended in the same way."""

    case: Case
    asked: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that differs, each list in the order of the new run."""

    old: Record
    new: Record
    new_failures: tuple[Case, ...]
    """Cases that fail now and did not fail before, those that are new among them."""
    fixed: tuple[Case, ...]
    still_failing: tuple[Case, ...]
    other_changes: tuple[Change, ...]
    answers: tuple[ChangedAnswer, ...]
    appeared: tuple[Case, ...]
    vanished: tuple[Case, ...]

    @property
    def is_worse(self) -> bool:
        """Say whether something fails that did not fail before."""
        return bool(self.new_failures)


def compare(
    old: Record, new: Record, old_exchanges: Iterable[ExchangeLine], new_exchanges: Iterable[ExchangeLine]
) -> Difference:
    """Compare two runs; the exchanges are read once, and no more of them is kept than a line each."""
    before = {case.id: case for case in old.cases}
    after = {case.id: case for case in new.cases}
    both = [Change(before[name], case) for name, case in after.items() if name in before]
    return Difference(
        old=old,
        new=new,
        new_failures=tuple(case for case in after.values() if _fails(case) and not _fails(before.get(case.id))),
        fixed=tuple(change.after for change in both if _is_fixed(change)),
        still_failing=tuple(change.after for change in both if _fails(change.before) and _fails(change.after)),
        other_changes=tuple(change for change in both if _is_other(change)),
        answers=tuple(_changed_answers(both, _answers(old, old_exchanges), _answers(new, new_exchanges))),
        appeared=tuple(case for name, case in after.items() if name not in before),
        vanished=tuple(case for name, case in before.items() if name not in after),
    )


def in_short(response: ReceivedResponse | None) -> str:
    """Give of an answer what a device acts on: its status, and of a success the actions."""
    if response is None:
        return "no answer"
    return " ".join([str(response.status), *_actions(response)])


def _fails(case: Case | None) -> bool:
    # what does not score turns nothing red: it stands among the other changes, or the new cases
    return case is not None and case.status == "failed" and case.scored


def _is_fixed(change: Change) -> bool:
    return _fails(change.before) and change.after.status in {"passed", "warned"}


def _is_other(change: Change) -> bool:
    return change.before.status != change.after.status and not _fails(change.after) and not _is_fixed(change)


def _changed_answers(
    both: Iterable[Change], before: Mapping[str, Answers], after: Mapping[str, Answers]
) -> Iterator[ChangedAnswer]:
    for change in both:
        if change.before.status != change.after.status:
            continue
        then, now = before[change.after.id], after[change.after.id]
        for asked, answer in now.items():
            if then.get(asked, answer) != answer:
                yield ChangedAnswer(change.after, asked, then[asked], answer)


def _answers(record: Record, exchanges: Iterable[ExchangeLine]) -> dict[str, Answers]:
    wanted = {index for case in record.cases for index in case.exchanges}
    known = {
        exchange.index: (f"{exchange.visit}, {exchange.step}", in_short(exchange.response))
        for exchange in exchanges
        if exchange.index in wanted
    }
    return {case.id: _of_case(case, known) for case in record.cases}


def _of_case(case: Case, known: Mapping[int, tuple[str, str]]) -> Answers:
    answers: Answers = {}
    for asked, answer in (known[index] for index in sorted(case.exchanges) if index in known):
        number = 1
        while (name := asked if number == 1 else f"{asked}, {number}") in answers:
            number += 1
        answers[name] = answer
    return answers


def _actions(response: ReceivedResponse) -> list[str]:
    try:
        body = json.loads(response.content())
    except (ValueError, RecursionError):
        return []
    logouts = body.get("logouts") if isinstance(body, dict) else None
    entries = [entry for entry in logouts.values() if isinstance(entry, dict)] if isinstance(logouts, dict) else []
    named = {f"{_word(entry.get('actionName'))}/{_word(entry.get('actionType'))}" for entry in entries}
    return sorted(named)[:MOST_ACTIONS]


def _word(value: object) -> str:
    return str(value)[:_LONGEST] if isinstance(value, str) else type(value).__name__
