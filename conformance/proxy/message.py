"""HTTP/1.1 messages as they pass: heads that are kept to the byte, and bodies whose end is known (RFC 9112)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from conformance.exchange import header_values
from conformance.sender.reading import FIRST_FINAL_STATUS

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from conformance.exchange import Headers

LARGEST_HEAD: Final = 256 * 1024
_PIECE: Final = 64 * 1024
_LENGTH: Final = re.compile(r"[0-9]{1,18}")
_SIZE: Final = re.compile(rb"[0-9A-Fa-f]{1,15}")
_BODILESS: Final = frozenset({204, 304})


class MessageError(Exception):
    """A message is no HTTP/1.1; the text says why."""


@dataclass(frozen=True, slots=True)
class Framing:
    """How the end of a body is known; `unclear` where two readers could see two ends."""

    kind: Literal["none", "length", "chunked", "close", "unclear"]
    length: int = 0


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a message: its lines as they came, the empty one at the end among them."""

    lines: tuple[bytes, ...]

    @property
    def raw(self) -> bytes:
        """The head as it came."""
        return b"".join(self.lines)

    @property
    def start(self) -> tuple[str, str, str]:
        """The three parts of the first line: method, target and version, or version, status and reason."""
        first, _, rest = self.lines[0].decode("latin-1").rstrip("\r\n").partition(" ")
        second, _, third = rest.partition(" ")
        return first, second, third

    @property
    def headers(self) -> Headers:
        """The headers in order, each as often as it came."""
        pairs = (line.decode("latin-1").partition(":") for line in self.lines[1:-1])
        return tuple((name, value.strip(" \t\r\n")) for name, colon, value in pairs if colon)

    @property
    def status(self) -> int:
        """The status of an answer; raises MessageError where it has none."""
        status = self.start[1]
        if not re.fullmatch(r"[0-9]{3}", status):
            raise MessageError(f"an answer that begins with {self.lines[0][:60]!r}")
        return int(status)

    @property
    def is_last(self) -> bool:
        """Whether the connection ends behind this message."""
        words = {word.strip().lower() for value in self.values("Connection") for word in value.split(",")}
        is_old = b"HTTP/1.0" in self.lines[0]
        return "close" in words or (is_old and "keep-alive" not in words)

    def values(self, name: str) -> tuple[str, ...]:
        """Give every value of a header, in order."""
        return header_values(self.headers, name)

    def with_host(self, host: str) -> bytes:
        """Give the head with another Host, every other byte as it came."""
        end = b"\r\n" if self.lines[0].endswith(b"\r\n") else b"\n"
        host_line = b"Host: " + host.encode("latin-1") + end
        return b"".join(host_line if line.lower().startswith(b"host:") else line for line in self.lines)

    def framing_of_request(self) -> Framing:
        """Say where the body of a request ends (RFC 9112, 6.3)."""
        return self._framing() or Framing("none")

    def framing_of_answer(self, method: str) -> Framing:
        """Say where the body of an answer to this method ends (RFC 9112, 6.3)."""
        if method == "HEAD" or self.status < FIRST_FINAL_STATUS or self.status in _BODILESS:
            return Framing("none")
        return self._framing() or Framing("close")

    def _framing(self) -> Framing | None:
        codings = [word.strip().lower() for value in self.values("Transfer-Encoding") for word in value.split(",")]
        lengths = {word.strip() for value in self.values("Content-Length") for word in value.split(",")}
        if codings:
            return Framing("chunked" if codings == ["chunked"] and not lengths else "unclear")
        if not lengths:
            return None
        length = lengths.pop()
        return Framing("length", int(length)) if not lengths and _LENGTH.fullmatch(length) else Framing("unclear")


async def read_head(reader: asyncio.StreamReader) -> Head | None:
    """Read the head of the next message; None where the connection ended before it began.

    Raises:
        MessageError: it is cut short, or larger than any.

    """
    lines: list[bytes] = []
    size = 0
    while not lines or lines[-1].strip(b"\r\n"):
        line = await _line(reader)
        if not line and not lines:
            return None
        size += len(line)
        if not line.endswith(b"\n") or size > LARGEST_HEAD:
            raise MessageError("a head that is cut short" if size <= LARGEST_HEAD else "a head that is too large")
        if lines or line.strip(b"\r\n"):  # an empty line before a message is passed over (RFC 9112, 2.2)
            lines.append(line)
    return Head(tuple(lines))


async def pass_body(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, framing: Framing, tap: Callable[[bytes], None]
) -> None:
    """Pass a body on as it comes, chunks as they were cut; `tap` is shown its content.

    Raises:
        MessageError: it is cut short, or its chunks are none.

    """
    if framing.kind == "length":
        await _pass_exactly(reader, writer, framing.length, tap)
    elif framing.kind == "chunked":
        await _pass_chunks(reader, writer, tap)
    elif framing.kind in {"close", "unclear"}:
        await pass_to_end(reader, writer, tap)


async def pass_to_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tap: Callable[[bytes], None]) -> None:
    """Pass everything on until the sender closes."""
    while piece := await reader.read(_PIECE):
        writer.write(piece)
        await writer.drain()
        tap(piece)


async def _pass_exactly(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, left: int, tap: Callable[[bytes], None]
) -> None:
    while left:
        piece = await reader.read(min(left, _PIECE))
        if not piece:
            raise MessageError("a body that is cut short")
        left -= len(piece)
        writer.write(piece)
        await writer.drain()
        tap(piece)


async def _pass_chunks(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tap: Callable[[bytes], None]
) -> None:
    size = -1
    while size:
        line = await _line(reader)
        writer.write(line)
        found = _SIZE.match(line)
        if not found:
            raise MessageError("a chunk without a size")
        size = int(found[0], 16)
        if size:
            await _pass_exactly(reader, writer, size, tap)
            writer.write(await _line(reader))
    while (line := await _line(reader)).strip(b"\r\n"):  # trailers
        writer.write(line)
    writer.write(line)
    await writer.drain()


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readline()
    except ValueError:  # beyond the reader's limit
        raise MessageError("a line that is too long") from None
