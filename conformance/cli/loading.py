"""How a command loads what it works with."""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def for_good() -> Iterator[None]:
    """Import without looking for garbage, now and later: what modules are made of stays until the end.

    That is a tenth of a run: Python looks through some hundred thousand objects again and again, and finds nothing.
    """
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()
