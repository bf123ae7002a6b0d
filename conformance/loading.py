"""How what a command works with is loaded."""

from __future__ import annotations

import atexit
import contextlib
import gc
import sys
from typing import TYPE_CHECKING

from conformance import interruption

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def at_once() -> Iterator[None]:
    """Import without looking for garbage: there is none among some hundred thousand objects that are new.

    A signal waits meanwhile: a module that is broken off half made is not made again.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        with interruption.whole():
            yield
    finally:
        if was_enabled:
            gc.enable()


@contextlib.contextmanager
def for_good() -> Iterator[None]:
    """Import what stays until this process ends: garbage is looked for in none of it, not even at the end.

    That is a tenth of a run. It is for a process that is the kit's own: what was garbage before stays too.
    """
    known = len(sys.modules)
    with at_once():
        yield
        if len(sys.modules) > known:
            gc.freeze()
            atexit.unregister(gc.freeze)
            atexit.register(gc.freeze)
