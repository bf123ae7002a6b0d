"""Whether the exchanges of a record can all be of one run: none left out, none used twice, none changed by halves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from conformance.bundle.markers import hold_one
from conformance.bundle.replay import GENERATED
from conformance.exchange import header_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.record.record import ExchangeLine, Record

SHORTEST_DEVICE: Final = 24
"""Shorter identifiers are forms that a case tries; a device of the kit's own making is longer."""


def differences(record: Record, lines: Sequence[ExchangeLine]) -> Iterator[str]:
    """Say what is wrong with the exchanges of a record, before any case looks at them."""
    if len(lines) != record.request_count:
        yield f"exchanges.jsonl has {len(lines)} exchanges, and request_count in results.json is {record.request_count}"
    wrong = next((place for place, line in enumerate(lines) if line.index != place), None)
    if wrong is not None:
        yield f"exchange {wrong}: its index is {lines[wrong].index}: one was left out, or they were renumbered"
    beyond = sorted({index for case in record.cases for index in case.exchanges if index >= len(lines)})
    if beyond:
        yield f"exchange {beyond[0]}: a case points at it, and it is not there"
    for line in lines:
        yield from _faults(line)
    yield from _used_twice(lines)
    if record.target.states == "handler" and "ap-device-identifier" not in map(str.lower, record.target.headers):
        yield from _shared_devices(lines)


def has_url(line: ExchangeLine) -> bool:
    """Say whether the URL of an exchange can be read at all."""
    try:
        urlsplit(line.request.url)
    except ValueError:
        return False
    return True


def _faults(line: ExchangeLine) -> Iterator[str]:
    if not has_url(line):
        yield f"exchange {line.index}: the kit sends no such URL"
    if (line.response is None) == (line.trouble is None):
        yield f"exchange {line.index}: it must have either an answer or a trouble"
    response = line.response
    if response and not response.body_truncated and not hold_one(response.body):
        size = len(response.content())
        if size != response.body_bytes:
            yield f"exchange {line.index}: its body has {size} bytes, and body_bytes is {response.body_bytes}"


def _used_twice(lines: Sequence[ExchangeLine]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for line in lines:
        what = line.model_copy(update={"index": 0, "visit": "", "step": "", "part": ""}).model_dump_json()
        first = seen.setdefault(what, line.index)
        if first != line.index:
            yield f"exchange {line.index}: is exchange {first} once more, to the millisecond"


def _shared_devices(lines: Sequence[ExchangeLine]) -> Iterator[str]:
    owners: dict[str, ExchangeLine] = {}
    for line in lines:
        for device in header_values(line.request.headers, "AP-Device-Identifier"):
            if len(device) < SHORTEST_DEVICE or hold_one(device) or line.visit.startswith(GENERATED):
                continue
            owner = owners.setdefault(device, line)
            if owner.visit != line.visit:
                yield (
                    f"exchange {line.index}: its device is that of exchange {owner.index}, of another visit "
                    f"({owner.visit}); each visit has devices of its own"
                )
