"""Every behaviour, from every module that has some."""

from tests.hostile import framing, large, octets, slow
from tests.hostile.registry import BEHAVIOURS

MODULES = (slow, large, framing, octets)

__all__ = ["BEHAVIOURS", "MODULES"]
