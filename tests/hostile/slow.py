"""Targets that take their time: each would hold a client for ever that has a timeout for every read and no deadline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.hostile.registry import INCONCLUSIVE, target

if TYPE_CHECKING:
    from tests.hostile.line import Asked, Line

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@target("time", INCONCLUSIVE, fast=True)
def drips_the_status_line(line: Line, _: Asked) -> None:
    line.drip(b"HTTP/1.1 200 OK" + b"k" * 100)


@target("time", INCONCLUSIVE)
def drips_the_headers(line: Line, _: Asked) -> None:
    line.send(HEAD)
    line.drip(b"X-Slow: " + b"o" * 1000)


@target("time", INCONCLUSIVE)
def accepts_and_says_nothing(line: Line, _: Asked) -> None:
    line.hang()
