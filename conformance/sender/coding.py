"""Content codings undone (RFC 9110, 8.4.1), bounded at every step.

urllib3 bounds what comes out at the end, but not what stands between two codings: there a small body can be a thousand
times as large, say nothing, and take for ever.
"""

from __future__ import annotations

import zlib
from typing import Final

MOST_CODINGS: Final = 5
MOST_MEMBERS: Final = 100
"""How many parts a gzip body may have (RFC 1952, 2.2): each may be empty, and so cost more than it says."""

_WINDOW_BITS: Final = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


class ContentError(Exception):
    """A body is not what its codings say."""


def content(body: bytes, codings: str, most: int) -> bytes:
    """Undo the codings that Content-Encoding lists, the last one first, each to at most `most` bytes and one more.

    A coding that is not known, and so was not asked for, is passed over.

    Raises:
        ContentError: the body is not encoded so, or in more ways than an honest one.

    """
    named = [name for coding in reversed(codings.split(",")) if (name := coding.strip().lower()) in _WINDOW_BITS]
    if len(named) > MOST_CODINGS:
        raise ContentError
    try:
        for name in named:
            body = _inflated(body, name, most) if body else body
    except zlib.error:
        raise ContentError from None
    return body


def _inflated(data: bytes, coding: str, most: int) -> bytes:
    if coding == "deflate":
        try:
            return zlib.decompressobj(zlib.MAX_WBITS).decompress(data, most + 1)
        except zlib.error:  # many servers leave the zlib header out
            return zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, most + 1)
    inflated = bytearray()
    for _ in range(MOST_MEMBERS):
        member = zlib.decompressobj(_WINDOW_BITS[coding])
        inflated += member.decompress(data, most + 1 - len(inflated))
        data = member.unused_data
        if len(inflated) > most or not data.strip(b"\0"):
            return bytes(inflated)
    raise ContentError
