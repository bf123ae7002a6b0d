"""Every behaviour, from every module that has some."""

from tests.hostile import framing, large, leaking, markup, octets, slow
from tests.hostile.registry import BEHAVIOURS

MODULES = (slow, large, framing, octets, leaking, markup)

__all__ = ["BEHAVIOURS", "MODULES"]
