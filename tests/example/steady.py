"""Makes two runs of one server equal: what differs in each run is replaced by what a run might have had.

Ports, times and durations become fixed ones; the UUIDs and the device identifiers, which the kit and the server make up
by chance, become the first, the second, ... in the order in which they occur.
"""

from __future__ import annotations

import base64
import contextlib
import re
import uuid
from typing import TYPE_CHECKING, Final

from conformance.record.record import EXCHANGES, RESULTS

if TYPE_CHECKING:
    from pathlib import Path

PORT: Final = "41234"  # as long as most that are given out, since Content-Length counts it
_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_BASE64: Final = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{48}(?![A-Za-z0-9+/=])")
_FIXED: Final = (
    (re.compile(r"127\.0\.0\.1:\d+"), f"127.0.0.1:{PORT}"),
    (re.compile(r"127\.0\.0\.1%3A\d+", re.IGNORECASE), f"127.0.0.1%3A{PORT}"),
    (re.compile(r"Werkzeug/[\d.]+ Python/[\d.]+"), "Werkzeug"),
    (re.compile(r'(?<="Date", ")[^"]+'), "Tue, 24 Nov 2026 01:00:00 GMT"),
    (re.compile(r'(?<="elapsed_ms": )[\d.]+'), "2.0"),
    (re.compile(r'(?<="waited_s": )[\d.]+'), "0.0"),
    (re.compile(r'(?<="started_at": ")[^"]+'), "2026-11-24T01:00:00.000Z"),
    (re.compile(r'(?<="finished_at": ")[^"]+'), "2026-11-24T01:00:05.000Z"),
)


def make_steady(folder: Path) -> None:
    """Rewrite the record in a folder."""
    names = _Names()
    for name in (EXCHANGES, RESULTS):  # in this order: the first occurrence gives the number
        text = (folder / name).read_text(encoding="utf-8")
        for pattern, fixed in _FIXED:
            text = pattern.sub(fixed, text)
        text = _BASE64.sub(names.steady_in_base64, _UUID.sub(names.steady, text))
        (folder / name).write_text(text, encoding="utf-8")


class _Names:
    # the first UUID becomes number one, the second number two, ...
    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def steady(self, found: re.Match[str]) -> str:
        number = self._numbers.setdefault(found[0], len(self._numbers) + 1)
        return str(uuid.UUID(int=number, version=4))

    def steady_in_base64(self, found: re.Match[str]) -> str:
        for change in (str, str.swapcase):  # one case asks for a device that differs in case alone
            with contextlib.suppress(ValueError):
                text = base64.b64decode(change(found[0])).decode("ascii")
                return change(base64.b64encode(_UUID.sub(self.steady, text).encode()).decode())
        return found[0]
