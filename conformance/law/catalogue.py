"""The law as the kit reads it: the rows of requirements.yaml, by id."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable  # noqa: TC003  (pydantic reads the annotations)
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

from conformance.law.document import parsed, spec_file

_ROW: Final = re.compile(r"^  - id: ([a-z0-9-]+)$", re.MULTILINE)


class Level(StrEnum):
    """How binding a demand is (RFC 2119); only a broken MUST makes a target not conformant."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"


class Subject(StrEnum):
    """Whom a demand binds."""

    SERVER = "server"
    CLIENT = "client"


class Requirement(BaseModel):
    """One demand of the law."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    level: Level
    subject: Subject
    section: str
    sentence: str
    checked: str | None = None
    unchecked: str | None = None
    errata: tuple[int, ...] = ()
    line: int = 0
    """Where the row begins in requirements.yaml."""


class Catalogue(BaseModel):
    """Every demand, in the order of the law, and the version of the law."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    spec_version: str
    requirements: tuple[Requirement, ...]

    def __getitem__(self, requirement: str) -> Requirement:
        return self._by_id[requirement]

    def __contains__(self, requirement: str) -> bool:
        return requirement in self._by_id

    def strongest(self, requirements: Iterable[str]) -> Level:
        """Give the most binding level among these requirements."""
        levels = {self[requirement].level for requirement in requirements}
        return next(level for level in Level if level in levels)

    @functools.cached_property
    def _by_id(self) -> dict[str, Requirement]:
        return {requirement.id: requirement for requirement in self.requirements}


@functools.cache
def catalogue() -> Catalogue:
    """Read requirements.yaml, once."""
    text = spec_file("requirements.yaml").read_text(encoding="utf-8")
    content = parsed(text)
    lines = {found[1]: text.count("\n", 0, found.start()) + 1 for found in _ROW.finditer(text)}
    for row in content["requirements"]:
        row["line"] = lines[row["id"]]
    return Catalogue.model_validate(content)
