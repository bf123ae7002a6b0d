"""Whether the exchanges of a record can all be of one run: none left out, none used twice, none changed by halves."""

from __future__ import annotations

import re
import shlex
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from conformance.bundle.markers import hold_one
from conformance.bundle.replay import GENERATED
from conformance.exchange import header_values
from conformance.sender.client import PROBE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conformance.record.record import ExchangeLine, Record

SHORTEST_DEVICE: Final = 24
"""Shorter identifiers are forms that a case tries; a device of the kit's own making is longer."""

CLOCK_SET: Final = timedelta(minutes=1)
"""By so much a clock may be set while a run goes on."""
_MARKER: Final = re.compile(r"\{\{\w+\}\}")
RUN: Final = ["logout-conformance", "run"]


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


def doubts(record: Record, lines: Iterable[ExchangeLine]) -> Iterator[str]:
    """Say what no case can show, and is not as a run leaves it: its times, and the command lines that it hands on."""
    begin, end = (datetime.fromisoformat(moment) for moment in (record.started_at, record.finished_at))
    if end < begin - CLOCK_SET:
        yield f"the run ended at {record.finished_at}, before it began at {record.started_at}"
    elif late := [line for line in lines if not _is_within(line.started_at, begin, end)]:
        yield f"exchange {late[0].index} was sent at {late[0].started_at!r}, outside of the run"
    if record.cases and not _is_own(record.cases[0].rerun.partition(" --case ")[0]):
        yield f"the line that runs {record.cases[0].id} again is another command than `{' '.join(RUN)}`: do not run it"


def _is_within(moment: str, begin: datetime, end: datetime) -> bool:
    try:
        return begin - CLOCK_SET <= datetime.fromisoformat(moment) <= end + CLOCK_SET
    except (ValueError, TypeError):  # TypeError: without a time zone
        return False


def _is_own(line: str) -> bool:
    """Say whether a command line is the kit's alone: each word is quoted, so that no other command hides in it."""
    plain = _MARKER.sub("MARKER", line)
    try:
        words = shlex.split(plain)
    except ValueError:
        return False
    return words[:2] == RUN and shlex.join(words) == plain


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
            if len(device) < SHORTEST_DEVICE or hold_one(device) or line.visit.startswith((GENERATED, PROBE)):
                continue
            owner = owners.setdefault(device, line)
            if owner.visit != line.visit:
                yield (
                    f"exchange {line.index}: its device is that of exchange {owner.index}, of another visit "
                    f"({owner.visit}); each visit has devices of its own"
                )
