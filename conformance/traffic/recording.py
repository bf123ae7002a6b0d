"""Recorded traffic as exchanges: a HAR file, or the evidence that the kit itself has written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from conformance.exchange import Exchange, Request, Response
from conformance.record import record as records
from conformance.record.record import ExchangeLine
from conformance.record.stored import RecordError, checked, decoded
from conformance.traffic.archive import Archive, NoArchive
from conformance.traffic.entry import LONGEST_BODY, exchange_of, moment_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from conformance.record.record import ReceivedResponse

LONGEST_LINE: Final = 16 * 1024 * 1024
"""No line of the kit's own evidence is nearly as long, in bytes."""


class Recording(Protocol):
    """A file of recorded traffic."""

    path: Path

    @property
    def faults(self) -> Sequence[str]:
        """What of it could not be read, where, and why; known once it was read."""

    @property
    def may_be_sanitized(self) -> bool:
        """Whether its recorder may have left credentials out; known once it was read."""

    @property
    def has_pages(self) -> bool:
        """Whether its recorder is a browser, which sees wherever its pages go; known once it was read."""

    def exchanges(self) -> Iterator[Exchange]:
        """Give what was recorded, one after the other, as often as it is asked.

        Raises:
            RecordError: the file is no recording at all.
            OSError: it cannot be read.

        """


def opened(path: Path) -> Recording:
    """Find out what a file, or the folder of a run, holds; raises OSError where it cannot be read."""
    if path.is_dir():
        return Lines(path / records.EXCHANGES)
    with path.open("rb") as file:
        beginning = file.read(64).lstrip()
    is_line = path.suffix == ".jsonl" or beginning.replace(b" ", b"").startswith(b'{"index":')
    return Lines(path) if is_line else Har(path)


class Har:
    """A HAR file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._archive = Archive(path)

    @property
    def faults(self) -> Sequence[str]:
        """What of it could not be read."""
        return self._archive.faults

    @property
    def may_be_sanitized(self) -> bool:
        """Whether its recorder is one that leaves credentials out."""
        return self._archive.may_be_sanitized

    @property
    def has_pages(self) -> bool:
        """Whether its entries are those of pages."""
        return self._archive.has_pages

    def exchanges(self) -> Iterator[Exchange]:
        """Give what was recorded."""
        try:
            for entry, is_cut in self._archive.entries():
                yield exchange_of(entry, is_cut=is_cut)
        except NoArchive as reason:
            raise RecordError(f"{self.path}: {reason}; give a HAR file, or exchanges.jsonl of a run") from None


class Lines:
    """The evidence of a run of the kit, exchanges.jsonl: whoever sent it."""

    may_be_sanitized = False
    has_pages = False

    def __init__(self, path: Path) -> None:
        self.path = path
        self._faults: list[str] = []

    @property
    def faults(self) -> Sequence[str]:
        """What of it could not be read."""
        return self._faults

    def exchanges(self) -> Iterator[Exchange]:
        """Give what was recorded, up to the first line that cannot be read."""
        self._faults.clear()
        try:
            yield from self._exchanges()
        except RecordError as fault:
            self._faults.append(f"{fault}".partition("; run the kit")[0] + "; what comes behind it was not read")

    def _exchanges(self) -> Iterator[Exchange]:
        with self.path.open("rb") as file:
            number = 0
            while line := file.readline(LONGEST_LINE):
                number += 1
                where = f"line {number}"
                if not line.endswith(b"\n"):
                    raise RecordError(f"{where}: the line has no end")
                yield _exchange(checked(ExchangeLine, decoded(line, where), where))


def _exchange(line: ExchangeLine) -> Exchange:
    response = _response(line.response) if line.response else None
    request = Request(line.request.method, line.request.url, line.request.headers, frozenset(line.request.withheld))
    moment = moment_of(line.started_at)
    return Exchange(0, request, response, line.trouble, line.visit, line.step, moment, line.elapsed_ms)


def _response(answer: ReceivedResponse) -> Response:
    return Response(
        answer.http_version,
        answer.status,
        answer.reason,
        answer.headers,
        answer.content()[:LONGEST_BODY],
        answer.body_truncated,
        answer.undecodable,
        kept=answer.body_kept,
    )
