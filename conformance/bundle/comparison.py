"""What a record claims, held against what this kit's cases say to its evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from conformance.bundle.markers import hold_one
from conformance.bundle.replay import ABSENT, UNREADABLE
from conformance.record.record import Case
from conformance.report.text import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from conformance.record.record import ExchangeLine, Record

JUDGING: Final = frozenset({"passed", "failed", "warned"})
SPENT: Final = ("the target was given up after ", "the run's ")
"""How the reasons begin for which nothing more was sent; a case that they stopped may have had its evidence already."""
KILLED: Final = "the process that ran this case was killed"
LONGEST: Final = 120
"""How much of a text a difference quotes, in characters."""
_WORDS: Final = frozenset({"message", "findings"})
"""Members in which the words of a target stand."""


@dataclass(slots=True)
class Comparison:
    """What came out; `cases` are as they are now known to have ended, by id and in the order of the record."""

    differences: list[str] = field(default_factory=list)
    cases: dict[str, Case] = field(default_factory=dict)
    agreeing: int = 0
    """How many cases come out of the evidence as the record has them."""
    open: dict[str, str] = field(default_factory=dict)
    """Cases that were judged and cannot be judged again, and why."""
    believed: dict[str, str] = field(default_factory=dict)
    """Cases that were not judged, for a reason that cannot be seen in what was sent, and that reason."""


def compared(record: Record, lines: Sequence[ExchangeLine], judged: Mapping[str, Sequence[Case]]) -> Comparison:
    """Compare each case of a record with the same case judged again, in whichever part of the run its evidence is."""
    made = Comparison()
    marked = {line.index for line in lines if line.response and hold_one(line.response.model_dump_json())}
    cut = {line.index for line in lines if line.response and line.response.body_truncated}
    for case in record.cases:
        if case.id in made.cases:
            made.differences.append(f"{case.id}: is in the record twice")
        elif not judged.get(case.id):
            made.differences.append(f"{case.id}: is no case of this kit")
        else:
            made.cases[case.id] = case
            _compare(made, case, judged[case.id], _Known(marked, cut, case.id in record.kit_faults))
    return made


@dataclass(frozen=True, slots=True)
class _Known:
    """What bears upon a comparison: exchanges in which a secret stood, cut ones, and whether the kit failed."""

    marked: AbstractSet[int]
    cut: AbstractSet[int]
    is_fault: bool

    def may_rest_on_cut(self, *cases: Case) -> bool:
        """Say whether a body that the record has the beginning of may have decided one of these outcomes."""
        # a cause is found in the answers of the whole run
        return any(not self.cut.isdisjoint(case.exchanges) or (case.cause and self.cut) for case in cases)


def _compare(made: Comparison, case: Case, judged: Sequence[Case], known: _Known) -> None:
    others = [(each, _differing(case, each, known.marked)) for each in judged]
    if not all(differing for _, differing in others):
        made.agreeing += 1
        return
    word = _on_its_word(case, is_fault=known.is_fault)
    unreadable = next((each.message for each in judged if each.cause == UNREADABLE), "")
    if word or any(_is_unseen(case, each) for each in judged):
        made.believed[case.id] = word or case.message
    elif not known.marked.isdisjoint(case.exchanges) and not any(each.cause == ABSENT for each in judged):
        made.open[case.id] = "a secret stood in its evidence, and it may have been judged by what that was"
    elif unreadable or known.may_rest_on_cut(case, *judged):
        made.open[case.id] = unreadable or "it may rest on a body of which the record has only the beginning"
    else:
        other, differing = min(others, key=lambda each: len(each[1]))
        made.cases[case.id] = other
        made.differences.append(f"{case.id}: {_in_words(case, other, differing)}")


def _is_unseen(case: Case, other: Case) -> bool:
    """Say whether nothing that was sent shows why a case was not judged: what a state handler said is in no record."""
    if case.status in JUDGING or other.status in JUDGING:
        return False
    return other.cause in {ABSENT, UNREADABLE} or not (case.exchanges or other.exchanges)


def _on_its_word(case: Case, *, is_fault: bool) -> str:
    """Give the reason of a case that stood outside of what was sent; empty where there is none."""
    if case.status in JUDGING:
        return ""
    if is_fault or case.message == KILLED or (case.cause.startswith(SPENT) and case.message == case.cause):
        return case.message
    return ""


def _differing(case: Case, other: Case, marked: AbstractSet[int]) -> list[str]:
    names = [name for name in Case.model_fields if getattr(case, name) != getattr(other, name)]
    if set(names) <= _WORDS and not marked.isdisjoint(case.exchanges):
        # where a secret stood, the run quoted what the record cannot have; what was found, and where, is the same
        return [] if list(_places(case)) == list(_places(other)) else names
    return names


def _places(case: Case) -> Iterator[tuple[object, ...]]:
    for finding in case.findings:
        yield finding.requirement, finding.level, finding.where, finding.exchange


def _in_words(case: Case, other: Case, differing: Sequence[str]) -> str:
    if other.cause == ABSENT:
        return f"is claimed to have {case.status}, and {other.message}"
    name = "status" if "status" in differing else differing[0]
    said, seen = (shortened(f"{_plain(getattr(each, name))}", LONGEST) for each in (case, other))
    rest = ", ".join(each for each in differing if each != name)
    more = f"; it differs in its {rest} too" if rest else ""
    why = f" ({shortened(other.message, LONGEST)})" if name == "status" and other.message else ""
    return f"its {name} is {said}, and judged again it is {seen}{why}{more}"


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(str(getattr(each, "requirement", each)) for each in value) or "none"
    return f"{value!r}"
