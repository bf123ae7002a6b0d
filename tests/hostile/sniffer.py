"""Finds a secret in any bytes, whatever was done to it: the bytes are decoded in every way, and looked at each time.

It works the other way round than the kit's own redaction, which encodes the secret: neither can share a mistake with
the other.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

WINDOW: Final = 16
"""This many letters of a secret in a row are a leak too."""
BLOCK: Final = 8
"""Every such piece has a block in it that begins at a multiple of this."""
DEEPEST: Final = 3
"""How many encodings on top of each other are undone."""

_BASE64: Final = re.compile(rb"(?:[A-Za-z0-9+/_-]\s{0,2}){16,}")
_HEX: Final = re.compile(rb"(?:[0-9A-Fa-f]{2}[\s:_-]?){8,}")
_BACKSLASHED: Final = re.compile(rb"\\+(?:u\{?([0-9A-Fa-f]{2,6})\}?|x([0-9A-Fa-f]{2})|([0-7]{3})|([\"'/\\]))")
_ENTITY: Final = re.compile(rb"&[#\w]{1,32};?")


def leaked(data: bytes, secrets: Iterable[str], depth: int = DEEPEST) -> Iterator[str]:
    """Give the secrets that stand in the data in disguises, at most `depth` of them on top of each other."""
    views = list(dict.fromkeys(_views(data, depth)))
    for secret in secrets:
        forms = [form.lower().encode() for form in (secret, secret[::-1])]
        if any(_stands_in(view, form) for form in forms for view in views):
            yield secret


def _stands_in(view: bytes, form: bytes) -> bool:
    if len(form) <= WINDOW:
        return form in view
    for start in range(0, len(form) - BLOCK + 1, BLOCK):
        if form[start : start + BLOCK] in view:
            around = (form[at : at + WINDOW] for at in range(max(0, start - BLOCK), start + 1))
            if any(len(piece) == WINDOW and piece in view for piece in around):
                return True
    return False


def _views(data: bytes, depth: int) -> Iterator[bytes]:
    """Give the data, and what it says once one more encoding is undone, in lower case; recursively."""
    plain = data.replace(b"\0", b"")
    yield plain.lower()
    if depth:
        for decoded in _decoded(plain):
            yield from _views(decoded, depth - 1)


def _decoded(data: bytes) -> Iterator[bytes]:
    yield unquote_to_bytes(_lines(b"%", data))
    yield _BACKSLASHED.sub(_unescaped, _lines(b"\\", data))
    yield _ENTITY.sub(lambda found: html.unescape(found[0].decode("ascii", "replace")).encode(), _lines(b"&", data))
    yield from _joined(_BASE64.findall(data), _from_base64)
    yield from _joined(_HEX.findall(data), _from_hex)


def _lines(mark: bytes, data: bytes) -> bytes:
    """Give the lines in which an encoding may be: the others stay as they are, and were looked at."""
    return b"\n".join(line for line in data.split(b"\n") if mark in line) if mark in data else b""


def _unescaped(found: re.Match[bytes]) -> bytes:
    code, hexa, octal, letter = found.groups()
    if letter:
        return bytes(letter)
    number = int(code or hexa or octal, 8 if octal else 16)
    return chr(number).encode("utf-8", "replace") if number < 0x110000 else b"?"


def _joined(runs: list[bytes], decode: Callable[[bytes], Iterator[bytes]]) -> Iterator[bytes]:
    if runs:
        yield b"\n".join(piece for run in dict.fromkeys(runs) for piece in decode(run))


def _from_base64(run: bytes) -> Iterator[bytes]:
    letters = re.sub(rb"\s", b"", run).translate(bytes.maketrans(b"-_", b"+/"))
    for skipped in range(4):
        for rest in (letters[skipped:], letters[::-1][skipped:]):
            yield base64.b64decode(rest + b"A" * (-len(rest) % 4))


def _from_hex(run: bytes) -> Iterator[bytes]:
    digits = re.sub(rb"[\s:_-]", b"", run)
    for rest in (digits, digits[1:], digits[::-1], digits[-2::-1]):
        yield binascii.unhexlify(rest[: len(rest) // 2 * 2])
