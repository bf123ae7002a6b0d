"""Every behaviour, from every module that has some."""

from tests.hostile import large, slow
from tests.hostile.registry import BEHAVIOURS

MODULES = (slow, large)

__all__ = ["BEHAVIOURS", "MODULES"]
