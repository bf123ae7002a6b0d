"""Keeps Hypothesis to the specification while it generates.

By itself it draws constants from the source code of whatever modules happen to be loaded (a state handler's, say), so
that one seed would give other requests elsewhere, and it writes what it found there into the current folder.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING
from unittest.mock import patch

from hypothesis import configuration
from hypothesis.internal import charmap
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from hypothesis.internal.intervalsets import IntervalSet

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def confined() -> Iterator[None]:
    """Generate from the specification alone, and leave nothing behind.

    The names that are replaced here are not public; tests/test_generated.py fails when one of them changes.
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
        yield
