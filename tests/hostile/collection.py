"""Every behaviour, from every module that has some."""

from tests.hostile import (
    disk,
    elsewhere,
    ending,
    framing,
    handlers,
    large,
    leaking,
    markup,
    octets,
    programs,
    slow,
    tls,
)
from tests.hostile.registry import BEHAVIOURS

MODULES = (slow, large, framing, octets, leaking, markup, elsewhere, handlers, programs, tls, ending, disk)

FAST = (
    "sends-100-mib-without-a-length",
    "ends-within-a-chunk",
    "acts-on-the-terminal-in-the-reason",
    "redirects-with-307",
    "handler-says-a-header-with-a-line-break",
    "shows-a-self-signed-certificate",
    "sigterm-while-an-answer-is-awaited",
    "the-disk-is-full-after-100000-bytes",
)
"""For the test suite: none of them waits for long."""
SLOW = (
    "drips-the-status-line",
    "sends-an-array-of-200000-levels",
    "echoes-the-whole-request",
    "writes-the-end-of-the-script",
)
"""For `nox -s slow`; with those above at least one of each kind."""

__all__ = ["BEHAVIOURS", "FAST", "MODULES", "SLOW"]
