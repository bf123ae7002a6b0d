"""The body of an answer as a report shows it: JSON indented but otherwise as received, anything else as it stands."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.record.record import ReceivedResponse

LIMIT = 4096  # bytes of a body that a report shows
_DEEPEST = 12  # indenting what is nested deeper would make a small body large

_PIECE = re.compile(r'\{\s*\}|\[\s*\]|"(?:[^"\\]|\\.)*"?|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a body, and the JSON pointer (RFC 6901) of the member that begins on it, None where none does."""

    text: str
    pointer: str | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """What is shown of a body, and how many bytes are not."""

    lines: tuple[Line, ...]
    missing: int


def body_of(response: ReceivedResponse) -> Body:
    """Give the first 4 KiB of a body in lines."""
    content = response.content()
    # a character that the limit cuts in two is left out; bytes that are no UTF-8 are shown as escapes
    errors = "backslashreplace" if response.body_encoding == "base64" else "ignore"
    text = content[:LIMIT].decode("utf-8", errors)
    return Body(tuple(_lines(text, content)), max(response.body_bytes, len(content)) - min(len(content), LIMIT))


def _lines(text: str, content: bytes) -> Iterator[Line]:
    pieces = _PIECE.findall(text) if _is_json(content) else []
    if pieces and _depth(pieces) <= _DEEPEST:
        return _indented(pieces)
    return (Line(line) for line in (text.split("\n") if text else ()))


def closest(lines: tuple[Line, ...], pointer: str) -> int | None:
    """Find the line where the member at `pointer` begins, or else the nearest one around it; None for no JSON."""
    begins = {line.pointer: number for number, line in reversed(list(enumerate(lines))) if line.pointer is not None}
    while pointer and pointer not in begins:
        pointer = pointer.rpartition("/")[0]
    return begins.get(pointer)


def _is_json(content: bytes) -> bool:
    try:
        return isinstance(json.loads(content.decode("utf-8")), dict | list)
    except (ValueError, RecursionError):
        return False


def _depth(pieces: list[str]) -> int:
    steps = ((piece in ("{", "[")) - (piece in ("}", "]")) for piece in pieces)
    return max(itertools.accumulate(steps), default=0)


def _indented(pieces: list[str]) -> Iterator[Line]:
    """Break JSON into lines without touching a token: doubled members and odd numbers must stay to be seen."""
    path: list[str | int] = []  # for each open object the member that is being read, for each open array the index
    line, pointer = "", None
    for piece in pieces:
        if piece in ("}", "]"):
            if line:
                yield Line("  " * len(path) + line, pointer)
            path.pop()
            line, pointer = piece, None
        elif piece == ",":
            yield Line("  " * len(path) + line + ",", pointer)
            line, pointer = "", None
            path[-1] = path[-1] + 1 if isinstance(path[-1], int) else ""
        elif piece == ":":
            line += ": "
        else:
            if not line:
                if path and isinstance(path[-1], str):
                    path[-1] = _member(piece)
                pointer = "".join(f"/{step}" for step in path)
            line += piece
            if piece in ("{", "["):
                yield Line("  " * len(path) + line, pointer)
                path.append("" if piece == "{" else 0)
                line, pointer = "", None
    if line:
        yield Line("  " * len(path) + line, pointer)


def _member(piece: str) -> str:
    try:
        name = str(json.loads(piece))
    except ValueError:  # the limit cut it
        name = piece
    return name.replace("~", "~0").replace("/", "~1")
