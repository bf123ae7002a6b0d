"""Every behaviour, from every module that has some."""

from tests.hostile import (
    elsewhere,
    ending,
    framing,
    handlers,
    large,
    leaking,
    markup,
    octets,
    slow,
    tls,
)
from tests.hostile.registry import BEHAVIOURS

MODULES = (slow, large, framing, octets, leaking, markup, elsewhere, handlers, tls, ending)

__all__ = ["BEHAVIOURS", "MODULES"]
