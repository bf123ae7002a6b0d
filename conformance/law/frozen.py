"""Which cases score: a version of the law has the set that it was released with, and that set never changes."""

from __future__ import annotations

import functools
from typing import Final

from conformance.law.catalogue import catalogue
from conformance.law.document import spec_file

LATER: Final = "later"
"""The name of the list of cases that came after the newest version: they score from the next one on."""


def versions() -> tuple[str, ...]:
    """Give the versions that have a set, the oldest first."""
    names = [path.stem for path in spec_file("cases").glob("*.txt") if path.stem != LATER]
    return tuple(sorted(names, key=lambda name: [int(number) for number in name.split(".")]))


@functools.cache
def cases_of(version: str) -> tuple[str, ...]:
    """Give the ids of the cases that score in a version, or of those that came `later`, in the order of the law."""
    return tuple(spec_file(f"cases/{version}.txt").read_text(encoding="utf-8").split())


def known_cases() -> tuple[str, ...]:
    """Give the id of every case of the kit."""
    return (*cases_of(catalogue().spec_version), *cases_of(LATER))
