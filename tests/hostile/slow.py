"""Targets that take their time: each would hold for ever a client that has a timeout for every read and no deadline."""

from __future__ import annotations

import gzip
import itertools
import socket
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tests.hostile.registry import CONFORMANT, INCONCLUSIVE, NOT_CONFORMANT, add, target

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import ExitStack

    from tests.hostile.command import Outcome
    from tests.hostile.line import Asked, Line
    from tests.hostile.stage import Stage

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"

slow = partial(target, "time")


def gave_up_early(outcome: Outcome) -> Iterator[str]:
    """A target that fails in the same way again and again is not asked a hundred times."""
    reasons = f"{outcome.record.get('reasons')}"
    if "given up" not in reasons:
        yield f"the target was not given up: {reasons}"
    if outcome.record.get("request_count", 0) > 10:
        yield f"{outcome.record['request_count']} requests were sent to a target that never answers"


@slow(INCONCLUSIVE)
def drips_the_status_line(line: Line, _: Asked) -> None:
    line.drip(b"HTTP/1.1 200 OK" + b"k" * 100)


@slow(INCONCLUSIVE)
def drips_the_headers(line: Line, _: Asked) -> None:
    line.send(HEAD)
    line.drip(b"X-Slow: o")


@slow(INCONCLUSIVE)
def drips_header_after_header(line: Line, _: Asked) -> None:
    line.send(HEAD)
    line.repeat(b"X-Slow: 1\r\n")


@slow(INCONCLUSIVE)
def drips_a_body_of_known_length(line: Line, _: Asked) -> None:
    line.send(HEAD + b"Content-Length: 100000\r\n\r\n")
    line.drip(b'{"logouts": {')


@slow(INCONCLUSIVE)
def drips_a_body_without_end(line: Line, _: Asked) -> None:
    line.send(HEAD + b"\r\n")
    line.repeat(b" ")


@slow(INCONCLUSIVE)
def drips_a_chunk_size(line: Line, _: Asked) -> None:
    line.send(CHUNKED)
    line.drip(b"0")


@slow(INCONCLUSIVE)
def drips_chunks(line: Line, _: Asked) -> None:
    line.send(CHUNKED)
    line.repeat(b"1\r\n \r\n")


@slow(INCONCLUSIVE)
def drips_a_chunk_extension(line: Line, _: Asked) -> None:
    line.send(CHUNKED)
    line.drip(b"1;x")


@slow(INCONCLUSIVE)
def drips_trailers(line: Line, _: Asked) -> None:
    line.send(CHUNKED + b"2\r\n{}\r\n0\r\n")
    line.repeat(b"X-Trailer: 1\r\n")


@slow(INCONCLUSIVE)
def drips_a_compressed_body(line: Line, _: Asked) -> None:
    line.send(HEAD + b"Content-Encoding: gzip\r\n\r\n")
    line.drip(gzip.compress(b"{}" * 1000))


@slow(INCONCLUSIVE)
def drips_interim_answers(line: Line, _: Asked) -> None:
    line.repeat(b"HTTP/1.1 100 Continue\r\n\r\n")


@slow(INCONCLUSIVE)
def drips_early_hints(line: Line, _: Asked) -> None:
    line.repeat(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n")


@slow(INCONCLUSIVE)
def drips_one_interim_answer(line: Line, _: Asked) -> None:
    line.send(b"HTTP/1.1 102 Processing\r\n")
    line.drip(b"X: y")


@slow(INCONCLUSIVE, examine=gave_up_early)
def accepts_and_says_nothing(line: Line, _: Asked) -> None:
    line.hang()


@slow(INCONCLUSIVE)
def hangs_after_the_status_line(line: Line, _: Asked) -> None:
    line.send(b"HTTP/1.1 200 OK\r\n")
    line.hang()


@slow(INCONCLUSIVE)
def hangs_after_the_headers(line: Line, _: Asked) -> None:
    line.send(HEAD + b"Content-Length: 10\r\n\r\n")
    line.hang()


@slow(INCONCLUSIVE)
def hangs_within_the_body(line: Line, asked: Asked) -> None:
    line.send(asked.good().raw()[:-3])
    line.hang()


@slow(INCONCLUSIVE)
def hangs_before_the_last_chunk(line: Line, _: Asked) -> None:
    line.send(CHUNKED + b"2\r\n{}\r\n")
    line.hang()


@slow(INCONCLUSIVE)
def hangs_before_the_end_of_the_trailers(line: Line, _: Asked) -> None:
    line.send(CHUNKED + b"2\r\n{}\r\n0\r\n")
    line.hang()


@slow(INCONCLUSIVE)
def hangs_after_an_interim_answer(line: Line, _: Asked) -> None:
    line.send(b"HTTP/1.1 100 Continue\r\n\r\n")
    line.hang()


@slow(CONFORMANT)
def keeps_the_connection_open_after_a_whole_answer(line: Line, asked: Asked) -> None:
    line.send(asked.good().raw().replace(b"Connection: close", b"Connection: keep-alive"))
    line.hang()


@slow(INCONCLUSIVE)
def closes_no_body_without_length(line: Line, asked: Asked) -> None:
    good = asked.good()
    line.send(HEAD + b"\r\n" + good.body)
    line.hang()


@slow(INCONCLUSIVE, NOT_CONFORMANT)
def answers_once_and_then_hangs(line: Line, asked: Asked) -> None:
    if asked.stage.requests > 1:
        line.hang()
    line.send(asked.good().raw())


@slow(INCONCLUSIVE, NOT_CONFORMANT)
def hangs_every_third_time(line: Line, asked: Asked) -> None:
    if asked.stage.requests % 3 == 0:
        line.hang()
    line.send(asked.good().raw())


@slow(INCONCLUSIVE, NOT_CONFORMANT)
def hangs_unless_the_token_is_missing(line: Line, asked: Asked) -> None:
    if asked.header("Authorization"):
        line.hang()
    line.send(asked.good().raw())


@slow(INCONCLUSIVE)
def answers_just_too_late(line: Line, asked: Asked) -> None:
    line.pause(1.2)
    line.send(asked.good().raw())


@slow(INCONCLUSIVE, CONFORMANT)
def answers_just_in_time(line: Line, asked: Asked) -> None:
    line.pause(0.7)
    line.send(asked.good().raw())


FAILURES = itertools.cycle(range(4))


@slow(INCONCLUSIVE)
def fails_in_another_way_each_time(line: Line, _: Asked) -> None:
    match next(FAILURES):
        case 0:
            line.hang()
        case 1:
            line.reset()
        case 2:
            line.send(b"no HTTP at all\r\n\r\n")


@slow(INCONCLUSIVE)
def throttles_for_ever(line: Line, asked: Asked) -> None:
    line.send(replace(asked.good(), status=429, reason="Too Many Requests").raw())


@slow(INCONCLUSIVE)
def throttles_for_years(line: Line, _: Asked) -> None:
    line.send(b"HTTP/1.1 429 Wait\r\nRetry-After: 999999999\r\nContent-Length: 0\r\n\r\n")


RETRY_AFTER = {
    "the-year-9999": "Fri, 31 Dec 9999 23:59:59 GMT",
    "a-negative-number": "-1",
    "infinity": "1e999",
    "nan": "NaN",
    "a-huge-number": "9" * 5000,
    "a-superscript": "\xb2",
    "a-broken-date": "Mon, 99 Foo 2026 99:99:99 +9999",
    "a-date-without-a-zone": "Mon, 24 Nov 2036 01:00:00 -0000",
}


def _throttles(retry_after: str, line: Line, asked: Asked) -> None:
    if asked.stage.requests % 40 == 1:
        line.send(f"HTTP/1.1 429 Wait\r\nRetry-After: {retry_after}\r\nContent-Length: 0\r\n\r\n".encode("latin-1"))
    else:
        line.send(asked.good().raw())


for name, value in RETRY_AFTER.items():
    add(f"retry-after-{name}", "time", CONFORMANT, INCONCLUSIVE, target=partial(_throttles, value))


@slow(INCONCLUSIVE)
def is_down_for_maintenance(line: Line, _: Asked) -> None:
    line.send(b"HTTP/1.1 503 Down\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n")


def _nobody_listens(_: Stage, __: ExitStack) -> str:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    return f"http://127.0.0.1:{port}"


def _full_queue(_: Stage, stack: ExitStack) -> str:
    """Give an address at which a connection is never established: nobody accepts, and the queue is full."""
    listener = stack.enter_context(socket.socket())
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    for _number in range(4):
        waiting = stack.enter_context(socket.socket())
        waiting.setblocking(False)  # noqa: FBT003  (the signature is socket's)
        waiting.connect_ex(listener.getsockname())
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


add("refuses-connections", "time", INCONCLUSIVE, elsewhere=_nobody_listens, examine=gave_up_early)
add("never-establishes-a-connection", "time", INCONCLUSIVE, elsewhere=_full_queue, examine=gave_up_early)
add("has-no-address", "time", INCONCLUSIVE, elsewhere=lambda *_: "http://nowhere.invalid")
add("has-a-host-name-of-300-letters", "time", INCONCLUSIVE, elsewhere=lambda *_: f"http://{'a' * 300}.invalid")
add("has-an-empty-label", "time", INCONCLUSIVE, elsewhere=lambda *_: "http://a..invalid")
