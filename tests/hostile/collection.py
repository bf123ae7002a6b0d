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
    "drips-the-status-line",
    "sends-100-mib-without-a-length",
    "sends-an-array-of-200000-levels",
    "ends-within-a-chunk",
    "acts-on-the-terminal-in-the-reason",
    "echoes-the-whole-request",
    "writes-the-end-of-the-script",
    "redirects-with-307",
    "handler-says-a-header-with-a-line-break",
    "shows-a-self-signed-certificate",
    "sigterm-while-an-answer-is-awaited",
    "the-disk-is-full-after-100000-bytes",
)
"""At least one of each kind, for the test suite: none of them waits for long."""

__all__ = ["BEHAVIOURS", "FAST", "MODULES"]
