"""A large HAR file, as hours of an app's traffic make one: some calls of the endpoint among many other requests."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.calls import a_call, a_visit, answered, then
from tests.clients.requests import OPENED, followed
from tests.traffic.hars import MITMPROXY, entry_of, har_of

if TYPE_CHECKING:
    from collections.abc import Iterator

MIB: Final = 2**20
BODY: Final = json.dumps({"items": [{"id": number, "title": "An episode", "seen": None} for number in range(150)]})


def pieces(size: int) -> Iterator[str]:
    """Give the text of an archive of about so many bytes."""
    head, _, tail = json.dumps(har_of([{"HERE": 1}], MITMPROXY)).partition('{"HERE": 1}')
    yield head + ",\n".join(json.dumps(entry_of(each)) for each in followed(a_call()))
    other = then(a_visit("https://app.example.com/api/titles?page=7", Cookie="session=the-session-of-the-app"), 20)
    entry = json.dumps(entry_of(other) | {"response": entry_of(then(OPENED[2], 20))["response"]})
    body = json.dumps(entry_of(a_call(answered(BODY.encode()), url="https://app.example.com/api/titles?page=7")))
    written = 0
    while written < size:
        yield f",\n{entry},\n{body}"
        written += len(entry) + len(body) + 4
    yield tail


def write(path: Path, size: int) -> Path:
    """Write an archive of about so many bytes, and give its path."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(pieces(size))
    return path


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]) * MIB)
