"""How what a command works with is loaded."""

from __future__ import annotations

import atexit
import contextlib
import gc
from typing import TYPE_CHECKING

from conformance import interruption

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def for_good() -> Iterator[None]:
    """Import without looking for garbage, now and later: what modules are made of stays until the end.

    That is a sixth of a run: Python looks through some hundred thousand objects again and again, and finds nothing; at
    the end it would look through them once more before it lets go of all. A signal waits meanwhile: a module that is
    broken off half made is not made again.
    """
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)
    gc.disable()
    try:
        with interruption.whole():
            yield
        gc.freeze()
    finally:
        gc.enable()
