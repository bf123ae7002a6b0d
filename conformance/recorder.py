"""Writes exchanges.jsonl: every request and answer as it happens, secrets replaced before a byte reaches the disk."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, TextIO

from conformance.exchange import body_as_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from conformance.exchange import Exchange, Request, Response
    from conformance.redaction import Redactor

KEPT_BODY: Final = 64 * 1024
"""How much of a body is kept, in bytes."""
KEPT_TEXT: Final = 8 * 1024
"""How much of a header, a URL or a reason phrase is kept, in characters."""


class Recorder:
    """Keeps the evidence of a run, one JSON object a line, each flushed so that a killed run leaves whole lines."""

    def __init__(self, path: Path, redactor: Redactor) -> None:
        self.redactor = redactor
        self._file: TextIO = path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n")

    def add(self, exchange: Exchange) -> None:
        """Write one exchange down; raises OSError where the disk does not take it."""
        self.add_line(self._line(exchange))

    def add_line(self, line: Mapping[str, object]) -> None:
        """Write down an exchange that is a line already, as another record has it."""
        self._file.write(json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n")
        self._file.flush()

    def close(self) -> None:
        """End the record."""
        self._file.close()

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
        return {"method": request.method, "url": self._text(request.url), "headers": self._headers(request.headers)}

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
            "undecodable": self._text(response.undecodable),
        }

    def _headers(self, headers: tuple[tuple[str, str], ...]) -> list[list[str]]:
        return [[self._text(name), self._text(value)] for name, value in headers]

    def _text(self, text: str) -> str:
        return self.redactor.beginning(text, KEPT_TEXT).encode("utf-8", "backslashreplace").decode()
