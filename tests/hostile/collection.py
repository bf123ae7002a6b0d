"""Every behaviour, from every module that has some."""

from tests.hostile import slow
from tests.hostile.registry import BEHAVIOURS

MODULES = (slow,)

__all__ = ["BEHAVIOURS", "MODULES"]
