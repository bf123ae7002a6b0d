"""Every recording of the catalogue: importing a module of this folder enters its traffic."""

from __future__ import annotations

from typing import Final

from tests.clients import requests, rights, sequences
from tests.clients.registry import FAULTY, UNUSUAL, FaultyTraffic, UnusualTraffic

__all__ = ["FAULTY", "MODULES", "UNUSUAL", "FaultyTraffic", "UnusualTraffic"]

MODULES: Final = (requests, sequences, rights)
