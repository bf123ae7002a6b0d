"""The output of the command: one that nobody takes ends no run, whose verdict stands in its exit code and reports."""

from __future__ import annotations

import contextlib
import io
import sys
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Buffer


class Output(io.FileIO):
    """Standard output; from the first write on that fails, as on a full disk, it takes whatever comes and drops it."""

    error: OSError | None = None

    def write(self, data: Buffer, /) -> int:
        """Write what can be written."""
        if self.error is None:
            try:
                return super().write(data) or 0
            except OSError as error:
                self.error = error
        return memoryview(data).nbytes


@contextlib.contextmanager
def lasting_output() -> Iterator[None]:
    """Put such an output in the place of `sys.stdout`, and say at the end why something of it is missing."""
    stream: TextIO | None = sys.stdout  # None where it was closed from the start
    if stream is None:
        yield
        return
    output = Output(stream.fileno(), "wb", closefd=False)
    sys.stdout = io.TextIOWrapper(
        io.BufferedWriter(output), stream.encoding, stream.errors, line_buffering=stream.isatty()
    )
    try:
        yield
    finally:
        sys.stdout.flush()
        # a reader who has seen enough knows it
        if output.error and not isinstance(output.error, BrokenPipeError):
            click.echo(f"logout-conformance: the output could not be written: {output.error.strerror}", err=True)
