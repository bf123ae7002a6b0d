"""The law as the kit reads it: the rows of requirements.yaml, by id."""

from __future__ import annotations

import functools
from collections.abc import Iterable  # noqa: TC003  (pydantic reads the annotations)
from enum import StrEnum
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict


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


def spec_file(name: str) -> Path:
    """Find a file of the law: packaged within the kit, or in the checkout's spec/."""
    here = Path(__file__).parents[1]
    packaged = here / "spec" / name
    return packaged if packaged.exists() else here.parent / "spec" / name


@functools.cache
def catalogue() -> Catalogue:
    """Read requirements.yaml, once."""
    text = spec_file("requirements.yaml").read_text(encoding="utf-8")
    return Catalogue.model_validate(yaml.safe_load(text))
