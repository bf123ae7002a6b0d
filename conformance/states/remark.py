"""What a foreign command or callable says of itself, as it may stand in a message."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Final

from conformance.toml.mistakes import printable

if TYPE_CHECKING:
    from conformance.redaction.redactor import Redactor

LONGEST_REMARK: Final = 300
"""Letters of what a handler says about itself that go into a message."""


def remark(text: str, redactor: Redactor) -> str:
    """Give foreign text for a message: one line, no secret that is known, nothing invisible."""
    # redacted first, so that no secret is cut in two and overlooked
    line = " ".join(redactor.text(text).split())
    return printable(line[:LONGEST_REMARK])


def last_line(complaints: bytes, redactor: Redactor) -> str:
    """Give the last line of what a command wrote to stderr, behind a colon; nothing where there is none."""
    # redacted before it is cut into lines: a secret may have several
    lines = redactor.text(complaints.decode("utf-8", "replace")).split("\n")
    last = next((line for line in reversed(lines) if line.strip()), "")
    return f": {remark(last, redactor)}" if last else ""


def ending(code: int) -> str:
    """Say how a command ended, by its exit code."""
    if code > 0:
        return f"ended with exit code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"
