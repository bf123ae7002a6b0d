"""How a command loads what it works with."""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING

from conformance import interruption

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def for_good() -> Iterator[None]:
    """Import without looking for garbage, now and later: what modules are made of stays until the end.

    That is a tenth of a run: Python looks through some hundred thousand objects again and again, and finds nothing.
    A signal waits meanwhile: a module that is broken off half made is not made again.
    """
    gc.disable()
    try:
        with interruption.whole():
            yield
        gc.freeze()
    finally:
        gc.enable()
