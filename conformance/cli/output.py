"""Output that nobody reads, or that the disk does not take, ends no run: what it leaves is in its report folder."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


def forgiving() -> None:
    """Have stdout and stderr take whatever is written, even where it can go nowhere any more."""
    # Python has None for what is closed; the next file that is opened would get its number, and what is printed
    sys.stdin, sys.stdout, sys.stderr = (
        sys.stdin or _nothing("r"),
        sys.stdout or _nothing("w"),
        sys.stderr or _nothing("w"),
    )
    sys.stdout, sys.stderr = _forgiving(sys.stdout), _forgiving(sys.stderr)


def admit_loss() -> None:
    """Say on stderr that output was lost, and why; a reader who has gone, as `head` does, knows it already."""
    sys.stdout.flush()
    buffer = getattr(sys.stdout, "buffer", None)
    raw = getattr(buffer, "raw", buffer)
    if isinstance(raw, _Forgiving) and raw.loss:
        sys.stderr.write(f"logout-conformance: the output could not be written: {raw.loss}\n")


def _nothing(mode: str) -> TextIO:
    return Path(os.devnull).open(mode, encoding="utf-8")  # type: ignore[return-value]


class _Forgiving(io.RawIOBase):
    """A stream that goes on when what is behind it does not."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        super().__init__()
        self._stream = stream  # who lets go of it closes it
        self._behind = cast("io.RawIOBase", getattr(stream.buffer, "raw", stream.buffer))
        self._is_lost = False
        self.loss = ""

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._behind.isatty()

    def fileno(self) -> int:
        return self._behind.fileno()

    def write(self, data: ReadableBuffer) -> int:
        size = memoryview(data).nbytes
        if self._is_lost:
            return size
        try:
            written = self._behind.write(data)
        except OSError as error:
            self._is_lost = True
            self.loss = "" if isinstance(error, BrokenPipeError) else error.strerror or str(error)
            return size
        return size if written is None else written


def _forgiving(stream: TextIO) -> TextIO:
    # a test may have put one of its own there
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    raw = _Forgiving(stream)
    return io.TextIOWrapper(
        io.BufferedWriter(raw) if hasattr(stream.buffer, "raw") else raw,  # type: ignore[type-var]
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
