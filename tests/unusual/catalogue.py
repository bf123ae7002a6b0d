"""Every unusual server: importing a module of this folder enters its servers."""

from __future__ import annotations

from typing import Final

from tests.unusual import bodies, places, refusals, restarts, states, urls, wire
from tests.unusual.registry import UNUSUAL, Unusual

__all__ = ["UNUSUAL", "Unusual"]

MODULES: Final = (bodies, places, refusals, restarts, states, urls, wire)
