"""Writes exchanges.jsonl: every request and answer as it happens, secrets replaced before a byte reaches the disk."""

from __future__ import annotations

import contextlib
import errno
import json
import os
from typing import TYPE_CHECKING, Final

from conformance.exchange import body_as_text
from conformance.record.folder import created
from conformance.record.stored import decoded, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from conformance.exchange import Exchange, Request, Response
    from conformance.redaction.redactor import Redactor

KEPT_BODY: Final = 64 * 1024
"""How much of a body is kept, in bytes."""
KEPT_TEXT: Final = 8 * 1024
"""How much of a header, a URL or a reason phrase is kept, in characters."""

_LINE_ENDS: Final = {ord(letter): f"\\u{ord(letter):04x}" for letter in "\x85\u2028\u2029"}
"""What some readers of lines take for an end of one, and JSON does not escape by itself."""


class Recorder:
    """Keeps the evidence of a run, one JSON object a line; a run that is killed, or a full disk, leaves whole lines."""

    def __init__(self, path: Path, redactor: Redactor) -> None:
        self.redactor = redactor
        self._path = path
        self._file = created(path)
        self._length = 0
        self._known: list[int] = []
        """How many secrets were known as each line was written."""

    def add(self, exchange: Exchange) -> None:
        """Write one exchange down; raises OSError where the disk does not take it."""
        self._write(self._line(exchange))

    def add_line(self, line: Mapping[str, object]) -> None:
        """Write down an exchange that is a line already, as another record has it; raises as `add` does."""
        self._write(self.redactor.tree(dict(line)))

    def _write(self, line: object) -> None:
        left = memoryview(encoded(line))
        try:
            while left:
                left = left[self._file.write(left) :]
        except OSError:
            with contextlib.suppress(OSError):
                self._file.truncate(self._length)
            raise
        self._length = self._file.tell()
        self._known.append(self.redactor.known)

    def check(self) -> None:
        """Raise OSError where the file that is written no longer stands under its name: nobody would find it."""
        if self._file.closed:
            return
        try:
            is_there = os.path.samestat(os.fstat(self._file.fileno()), self._path.stat())
        except (FileNotFoundError, NotADirectoryError):
            is_there = False
        if not is_there:
            raise OSError(errno.ENOENT, f"{self._path.name} was removed or replaced while the run went on")

    def close(self) -> None:
        """End the record; what was written before a secret was known is redacted again.

        Raises:
            OSError: the disk does not take it.
            RecordError: somebody else wrote into it.

        """
        if self._file.closed:
            return
        self._file.close()
        if set(self._known) - {self.redactor.known}:
            write_whole(self._path, self._redacted_again())

    def _redacted_again(self) -> Iterator[str]:
        with self._path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if self._known[number - 1 : number] == [self.redactor.known]:
                    yield line.decode("utf-8", "backslashreplace")
                else:
                    yield encoded(self.redactor.tree(decoded(line, f"{self._path}, line {number}"))).decode()

    def _line(self, exchange: Exchange) -> Mapping[str, object]:
        return {
            "index": exchange.index,
            "visit": exchange.visit,
            "step": exchange.step,
            "started_at": exchange.started_at,
            "elapsed_ms": round(exchange.elapsed_ms, 1),
            "waited_s": round(exchange.waited_s, 3),
            "request": self._request(exchange.request),
            "response": self._response(exchange.response) if exchange.response else None,
            "trouble": self._text(exchange.trouble) if exchange.trouble else None,
        }

    def _request(self, request: Request) -> Mapping[str, object]:
        withheld = {"withheld": sorted(request.withheld)} if request.withheld else {}
        sent = {"method": request.method, "url": self._text(request.url), "headers": self._headers(request.headers)}
        return sent | withheld

    def _response(self, response: Response) -> Mapping[str, object]:
        body, encoding = body_as_text(self.redactor.body(response.body, KEPT_BODY))
        return {
            "http_version": response.http_version,
            "status": response.status,
            "reason": self._text(response.reason),
            "headers": self._headers(response.headers),
            "body": body,
            "body_encoding": encoding,
            "body_bytes": len(response.body),
            "body_truncated": response.truncated or len(response.body) > KEPT_BODY,
            **({"body_kept": response.kept} if response.kept != "bytes" else {}),
            "undecodable": self._text(response.undecodable),
        }

    def _headers(self, headers: tuple[tuple[str, str], ...]) -> list[list[str]]:
        return [[self._text(name), self._text(value)] for name, value in headers]

    def _text(self, text: str) -> str:
        return self.redactor.beginning(text, KEPT_TEXT).encode("utf-8", "backslashreplace").decode()


def encoded(line: object) -> bytes:
    """Give a line of exchanges.jsonl: strict JSON in UTF-8 that no reader of lines takes for two."""
    text = json.dumps(line, ensure_ascii=False, allow_nan=False).translate(_LINE_ENDS)
    return f"{text}\n".encode("utf-8", "backslashreplace")
