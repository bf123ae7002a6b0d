"""A file of known failures as a run suggests it: what still fails keeps its entry, to the letter, and the rest is new.

An entry is made for each requirement and scenario, since that is what somebody mends: a case for each would be many
entries for one fault, and a requirement in all scenarios would pass over what breaks elsewhere tomorrow.
"""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from conformance.gate.baseline import Baseline, KnownFailure, parsed
from conformance.gate.outcome import outcome
from conformance.law.catalogue import catalogue
from conformance.law.frozen import known_cases
from conformance.record.stored import RecordError
from conformance.toml.mistakes import MistakesError

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence
    from datetime import date

    from conformance.gate.outcome import Terms
    from conformance.record.gate import GateEntry
    from conformance.record.record import Case

ACCEPTED_FOR: Final = timedelta(days=30)
HEAD: Final = """\
# Known failures: `logout-conformance run --baseline` with this file fails on new ones alone. An entry that has expired,
# or whose failure is gone, fails the run until it is removed. Say in each why it is accepted, and who looks after it.
"""
_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True)
class Draft:
    """The text of a file, and what became of the entries that there were."""

    text: str
    kept: int
    added: int
    removed: tuple[GateEntry, ...]

    @property
    def names_any(self) -> bool:
        """Whether it has an entry."""
        return self.kept + self.added > 0


def drafted(cases: Sequence[Case], terms: Terms, text: str = "") -> Draft:
    """Write a file that names every failure of these cases; `text` is what `terms.baseline` was read from.

    Raises:
        RecordError: the cases break what this kit does not know.

    """
    gate = outcome(cases, terms)
    # what has expired stays as it is: another day for it is not the kit's to give
    stays = [entry.state not in {"passes", "unmatched"} for entry in gate.entries]
    kept = list(itertools.compress(terms.baseline.known, stays))
    by_id = {case.id: case for case in cases}
    failures = ((by_id[failure.case], name) for failure in gate.new for name in failure.requirements)
    added = _entries(failures, terms.today)
    return Draft(
        text=_text(text, terms.baseline, stays, added),
        kept=len(kept),
        added=len(added),
        removed=tuple(entry for entry, stays_there in zip(gate.entries, stays, strict=True) if not stays_there),
    )


def _entries(failures: Iterable[tuple[Case, str]], today: date) -> list[KnownFailure]:
    laws = [row.id for row in catalogue().requirements]
    _refuse_unknown(failures := list(failures), laws)
    in_order = sorted(failures, key=lambda failure: laws.index(failure[1]))
    subjects = dict.fromkeys(_subject(case, requirement) for case, requirement in in_order)
    return [
        KnownFailure(
            case=case,
            requirement=requirement,
            scenario=scenario,
            reason="not yet explained",
            owner="unassigned",
            expires=today + ACCEPTED_FOR,
        )
        for case, requirement, scenario in subjects
    ]


def _refuse_unknown(failures: Iterable[tuple[Case, str]], laws: Container[str]) -> None:
    for case, requirement in failures:
        unknown = requirement if requirement not in laws else case.id if case.id not in known_cases() else ""
        if unknown:
            raise RecordError(f"the record names {unknown!r}, which this kit does not know; run the kit again")


def _subject(case: Case, requirement: str) -> tuple[str | None, str | None, str | None]:
    # in all scenarios it would pass over too much: a case that belongs to none is named itself
    return (None, requirement, case.scenario) if case.scenario else (case.id, None, None)


def _text(text: str, baseline: Baseline, stays: Sequence[bool], added: Sequence[KnownFailure]) -> str:
    """Give the text with what is to stay as it was written, where that can be cut out of it."""
    wanted = [*itertools.compress(baseline.known, stays), *added]
    end = "\r\n" if "\r\n" in text else "\n"
    head, *blocks = _blocks(text.replace("\r\n", "\n") or HEAD, baseline.lines)
    edited = _joined([head, *itertools.compress(blocks, stays), *map(_written, added)])
    made = edited if _says(edited, wanted) else _joined([HEAD, *map(_written, wanted)])
    return made.replace("\n", end)


def _blocks(text: str, lines: Sequence[int]) -> list[str]:
    """Cut a text into what stands before the entries, and the entries, each with the comment right above it."""
    written = _LINE.findall(text)
    starts = [0, *(_with_comment(written, line - 1) for line in lines), len(written)]
    return ["".join(written[start:end]) for start, end in itertools.pairwise(starts)]


def _with_comment(written: Sequence[str], start: int) -> int:
    begin = start
    while begin and written[begin - 1].lstrip().startswith("#"):
        begin -= 1
    return begin or start  # a comment at the very top is the file's


def _joined(blocks: Iterable[str]) -> str:
    return "\n".join(f"{block.strip()}\n" for block in blocks if block.strip())


def _says(text: str, wanted: Sequence[KnownFailure]) -> bool:
    try:
        return list(parsed(text, "").known) == list(wanted)
    except MistakesError:
        return False


def _written(known: KnownFailure) -> str:
    # TOML writes a text as JSON does
    texts = known.model_dump(exclude={"expires"}, exclude_defaults=True)
    lines = [f"{name} = {json.dumps(text, ensure_ascii=False)}" for name, text in texts.items()]
    return "\n".join(["[[known]]", *lines, f"expires = {known.expires}"])
