"""Keeps Hypothesis to the specification while it generates.

By itself it draws constants from the source code of whatever modules happen to be loaded (a state handler's, say), so
that one seed would give other requests elsewhere, and it writes what it found there into the current folder.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias
from unicodedata import category
from unittest.mock import patch

from hypothesis import configuration
from hypothesis.internal import charmap
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from hypothesis.internal.intervalsets import IntervalSet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Ranges: TypeAlias = "tuple[tuple[int, int], ...]"
"""First and last letter of each run of letters that follow one another."""


@contextlib.contextmanager
def confined() -> Iterator[None]:
    """Generate from the specification alone, and leave nothing behind.

    The names that are replaced here are not public; tests/generated fails when one of them changes.
    """
    # to find out what UTF-8 can encode it would try all 1.1 million letters, which takes 200 MB
    utf8 = IntervalSet(((0, 0xD7FF), (0xE000, 0x10FFFF))), IntervalSet(())
    with contextlib.ExitStack() as stack:
        # where nothing can be kept, nothing is left behind by a killed run; Hypothesis does without
        configuration.set_hypothesis_home_dir(os.devnull)
        stack.callback(configuration.set_hypothesis_home_dir, None)
        stack.enter_context(patch.object(providers, "_get_local_constants", Constants))
        stack.enter_context(patch.object(providers, "CONSTANTS_CACHE", type(providers.CONSTANTS_CACHE)(1024)))
        stack.enter_context(patch.object(charmap, "intervals_from_codec", lambda _codec: utf8))
        # its own table takes four times as long to make, and is made for each run where none is kept
        stack.enter_context(patch.object(charmap, "_charmap", letters_by_category()))
        yield


@functools.cache
def letters_by_category() -> Mapping[str, Ranges]:
    """Give the letters of each Unicode category, in the order in which the categories come."""
    # planes 4 to 13 hold nothing at all, and 15 and 16 are for private use but for their ends
    looked_at = chain(range(0x40001), range(0xDFFFF, 0xF0001), (0xFFFFE, 0x100000, 0x10FFFE))
    found: dict[str, list[tuple[int, int]]] = {}
    begin, kind = 0, category("\0")
    for letter in looked_at:
        if category(chr(letter)) != kind:
            found.setdefault(kind, []).append((begin, letter - 1))
            begin, kind = letter, category(chr(letter))
    found.setdefault(kind, []).append((begin, sys.maxunicode))
    return {kind: tuple(ranges) for kind, ranges in found.items()}
