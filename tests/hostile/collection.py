"""Every behaviour, from every module that has some."""

from tests.hostile import elsewhere, framing, handlers, large, leaking, markup, octets, slow
from tests.hostile.registry import BEHAVIOURS

MODULES = (slow, large, framing, octets, leaking, markup, elsewhere, handlers)

__all__ = ["BEHAVIOURS", "MODULES"]
