"""The file of known failures: TOML, each entry with a reason, an owner and a day on which it expires."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Final, Protocol, Self

from pydantic import BaseModel, BeforeValidator, Field, ValidationError, model_validator

from conformance.law.catalogue import catalogue
from conformance.law.contract import SCENARIOS
from conformance.law.frozen import known_cases
from conformance.record.gate import Gate
from conformance.toml.lines import KeyPath, LinesOfKeys
from conformance.toml.mistakes import Form, MistakesError
from conformance.toml.text import tables_in, text_of
from conformance.toml.values import Table, expected, meant, mistake, that

KIND: Final = "file of known failures"


class Named(Protocol):
    """What is known of a case whether it ran or not."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def requirements(self) -> Sequence[str]:
        """The ids of the requirements that it judges."""

    @property
    def scenario(self) -> str | None:
        """The scenario that it is about."""


def _case(value: object) -> object:
    if isinstance(value, str) and any(fnmatchcase(case, value) for case in known_cases()):
        return value
    raise mistake("the id of a case", meant(str(value), known_cases(), "`logout-conformance list` shows all of them"))


def _requirement(value: object) -> object:
    if isinstance(value, str) and value in catalogue():
        return value
    known = [row.id for row in catalogue().requirements]
    raise mistake(
        "the id of a requirement",
        meant(str(value), known, "`logout-conformance list --requirements` shows all of them"),
    )


def _scenario(value: object) -> object:
    if isinstance(value, str) and value in SCENARIOS:
        return value
    raise mistake("the id of a scenario", meant(str(value), SCENARIOS, "write one of " + ", ".join(SCENARIOS)))


def _is_said(value: str) -> bool:
    return bool(value.strip()) and value.isprintable()


Reason = Annotated[str, that(_is_said), expected("one line of text", '"ACME-123: mended with the next release"')]
Owner = Annotated[str, that(_is_said), expected("one line of text", '"team-streaming"')]
Day = Annotated[date, expected("a date without quotes", "2027-01-31")]


class KnownFailure(Table):
    """An entry: what is known to fail, why, who looks after it, and until when that is accepted."""

    case: Annotated[str, BeforeValidator(_case)] | None = None
    requirement: Annotated[str, BeforeValidator(_requirement)] | None = None
    scenario: Annotated[str, BeforeValidator(_scenario)] | None = None
    reason: Reason
    owner: Owner
    expires: Day
    flaky: Annotated[bool, expected("true or false", "true")] = False
    """Whether it may come and go: then it is not to be removed on a night on which nothing fails."""

    @model_validator(mode="after")
    def _names_one_thing(self) -> Self:
        if (self.case is None) == (self.requirement is None):
            raise mistake(
                "exactly one of case and requirement", 'write e.g. requirement = "key-equals-mvpd"', quoted=False
            )
        if self.case and self.scenario:
            raise mistake("no scenario beside case", "a case has its own; remove the scenario", quoted=False)
        return self

    def may_show_in(self, case: Named) -> bool:
        """Say whether a case can fail by it: a case finds broken what it is about, and whatever else it comes upon."""
        return fnmatchcase(case.id, self.case) if self.case else self.scenario in {None, case.scenario}

    def names(self, case: Named, requirement: str) -> bool:
        """Say whether it names what a case broke."""
        return self.may_show_in(case) and self.requirement in {None, requirement}

    def is_judged_by(self, case: Named) -> bool:
        """Say whether a case is about it."""
        return self.may_show_in(case) and (self.case is not None or self.requirement in case.requirements)


class BaselineFile(Table):
    """The whole file."""

    known: list[KnownFailure] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Baseline:
    """The known failures of a target."""

    source: str
    """The file, as it was named."""
    known: tuple[KnownFailure, ...] = ()
    lines: tuple[int, ...] = ()
    """Where each begins."""
    every: tuple[Named, ...] = ()
    """Every case of the kit, where a run has only some; an entry whose cases are not all there is not blamed."""


def _table_at(path: KeyPath) -> type[BaseModel]:
    return KnownFailure if path else BaselineFile


FORM: Final = Form(
    needed={
        "reason": 'write e.g. reason = "ACME-123: mended with the next release"',
        "owner": 'write e.g. owner = "team-streaming"',
        "expires": "write e.g. expires = 2027-01-31",
    },
    table_at=_table_at,
    moved=lambda path: "write it below a line [[known]]" if path[0] in KnownFailure.model_fields else "",
)


def load(path: Path) -> Baseline:
    """Read a file of known failures.

    Raises:
        MistakesError: with every mistake of the file, each with its key and line.

    """
    return parsed(text_of(path, KIND), str(path))


def remembered(gate: Gate) -> Baseline:
    """Give the known failures that a record was judged by, as far as the record says them."""
    wanted = set(KnownFailure.model_fields) - {"expires"}
    known = tuple(
        KnownFailure(**entry.model_dump(include=wanted), expires=date.fromisoformat(entry.expires))
        for entry in gate.entries
    )
    return Baseline(gate.file, known, tuple(entry.line for entry in gate.entries))


def parsed(text: str, source: str, every: Iterable[Named] = ()) -> Baseline:
    """Read the text of a file of known failures, which stands in `source`; raises as `load` does."""
    tables, lines = tables_in(text, source), LinesOfKeys(text)
    try:
        found = BaselineFile.model_validate(tables)
    except ValidationError as error:
        raise MistakesError(FORM.mistakes_in(error, lines), source) from None
    numbers = range(len(found.known))
    places = tuple(lines.of(("known", number)) or 1 for number in numbers)
    return Baseline(source, tuple(found.known), places, tuple(every))
