"""State handlers that cannot be trusted: none of it is the target's fault, so none of it may fail a case."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from tests.hostile.large import bomb
from tests.hostile.registry import CONFORMANT, INCONCLUSIVE, add, handler
from tests.hostile.stage import HANDED_OUT, TOKEN, handles_well, provisioned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.hostile.command import Outcome
    from tests.hostile.line import Asked, Line

MIB: Final = 1024**2
HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def never_blames_the_target(outcome: Outcome) -> Iterator[str]:
    failed = [case["id"] for case in outcome.record.get("cases", ()) if case["status"] == "failed"]
    if failed:
        yield f"the target is blamed in {len(failed)} cases, e.g. {failed[0]}"


def says_that_it_was_the_handler(outcome: Outcome) -> Iterator[str]:
    """Every case that could not be tried says who was in the way."""
    yield from never_blames_the_target(outcome)
    errors = [case for case in outcome.record.get("cases", ()) if case["status"] == "error"]
    others = [case["message"] for case in errors if "the state " not in case["message"]]
    if others or not errors:
        yield f"{len(errors)} cases are errors, {len(others)} of them without the handler's name, e.g. {others[:1]}"


hostile = partial(handler, INCONCLUSIVE, examine=never_blames_the_target)


@hostile()
def handler_hangs(line: Line, _: Asked) -> None:
    line.hang()


@hostile()
def handler_drips_its_headers(line: Line, _: Asked) -> None:
    line.send(HEAD)
    line.repeat(b"X-Slow: 1\r\n")


@hostile()
def handler_drips_its_body(line: Line, _: Asked) -> None:
    line.send(HEAD + b"\r\n")
    line.repeat(b" ")


@hostile()
def handler_drips_interim_answers(line: Line, _: Asked) -> None:
    line.repeat(b"HTTP/1.1 102 Processing\r\n\r\n")


@hostile()
def handler_sends_100_mib(line: Line, _: Asked) -> None:
    line.send(HEAD + b"\r\n")
    line.flood(b'{"mvpd": "' + b"x" * 1024, 100 * MIB)


@hostile()
def handler_sends_headers_without_end(line: Line, _: Asked) -> None:
    line.send(HEAD)
    line.flood(b"X-More: x\r\n", 100 * MIB)


@hostile(before=partial(bomb, 1))
def handler_sends_a_gzip_bomb(line: Line, _: Asked) -> None:
    line.send(HEAD + b"Content-Encoding: gzip\r\n\r\n", bomb(1))


@hostile()
def handler_resets(line: Line, _: Asked) -> None:
    line.reset()


@hostile()
def handler_says_nothing_and_closes(line: Line, _: Asked) -> None:
    del line


@hostile()
def handler_speaks_no_http(line: Line, _: Asked) -> None:
    line.send(b"\x00\xff garbage \x1b[31m\r\n\r\n")


@hostile()
def handler_redirects_to_the_canary(line: Line, asked: Asked) -> None:
    line.send(f"HTTP/1.1 307 There\r\nLocation: {asked.stage.canary}/_state\r\nContent-Length: 0\r\n\r\n".encode())


@hostile()
def handler_leaks_in_its_reason_phrase(line: Line, _: Asked) -> None:
    line.send(f"HTTP/1.1 500 {HANDED_OUT} {TOKEN}\r\nX: {TOKEN}\r\nContent-Length: 0\r\n\r\n".encode())


def _answers(status: int, line: Line, _: Asked) -> None:
    line.send(b"HTTP/1.1 %d Odd\r\nContent-Length: 5\r\n\r\nowned" % status)


for status in (100, 201, 206, 301, 400, 401, 403, 404, 429, 500, 503, 999):
    add(
        f"handler-answers-{status}",
        "handler",
        INCONCLUSIVE,
        handler=partial(_answers, status),
        examine=never_blames_the_target,
    )
for status in (422, 501):
    add(f"handler-supports-nothing-and-says-{status}", "handler", INCONCLUSIVE, handler=partial(_answers, status))

# what a handler may say in place of {"mvpd": ..., "headers": ...}; None leaves the member out
BODIES: Final[dict[str, bytes]] = {
    "bytes-that-are-no-utf-8": b'{"mvpd": "\xff\xfe"}',
    "no-json": b"mvpd=Cablevision",
    "an-array": b'["Cablevision"]',
    "a-string": b'"Cablevision"',
    "a-number": b"1",
    "null": b"null",
    "nan": b'{"mvpd": NaN}',
    "200000-levels": b"[" * 200_000,
    "levels-within-a-member": b'{"mvpd": "Cablevision", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a-number-of-a-million-digits": b'{"mvpd": ' + b"9" * 1_000_000 + b"}",
    "no-mvpd": b"{}",
    "an-mvpd-that-is-a-number": b'{"mvpd": 1}',
    "an-mvpd-that-is-a-list": b'{"mvpd": ["a"]}',
    "an-empty-mvpd": b'{"mvpd": ""}',
    "an-mvpd-of-dots": b'{"mvpd": ".."}',
    "an-mvpd-with-a-line-break": b'{"mvpd": "a\\r\\nHost: evil.example"}',
    "an-mvpd-with-nul": b'{"mvpd": "a\\u0000b"}',
    "an-mvpd-of-a-surrogate": b'{"mvpd": "\\ud800"}',
    "an-mvpd-of-a-million-letters": b'{"mvpd": "' + b"m" * 1_000_000 + b'"}',
    "a-provider-that-is-a-number": b'{"mvpd": "Cablevision", "serviceProvider": 1}',
    "a-provider-of-dots": b'{"mvpd": "Cablevision", "serviceProvider": ".."}',
    "headers-that-are-a-list": b'{"mvpd": "Cablevision", "headers": [["X", "y"]]}',
    "headers-that-are-a-string": b'{"mvpd": "Cablevision", "headers": "X: y"}',
    "a-header-that-is-a-number": b'{"mvpd": "Cablevision", "headers": {"X": 1}}',
    "a-header-that-is-a-list": b'{"mvpd": "Cablevision", "headers": {"X": ["y", "z"]}}',
    "a-header-with-a-line-break": b'{"mvpd": "Cablevision", "headers": {"X": "y\\r\\nHost: evil.example"}}',
    "a-header-with-a-line-feed": b'{"mvpd": "Cablevision", "headers": {"X": "y\\nz: 1"}}',
    "a-header-with-nul": b'{"mvpd": "Cablevision", "headers": {"X": "y\\u0000"}}',
    "a-header-of-other-letters": b'{"mvpd": "Cablevision", "headers": {"X": "\\u202e\\u65e5"}}',
    "a-header-name-with-a-colon": b'{"mvpd": "Cablevision", "headers": {"X: y\\r\\nZ": "1"}}',
    "a-header-name-with-a-blank": b'{"mvpd": "Cablevision", "headers": {"X Y": "1"}}',
    "a-header-without-a-name": b'{"mvpd": "Cablevision", "headers": {"": "1"}}',
    "a-content-length-to-send": b'{"mvpd": "Cablevision", "headers": {"Content-Length": "5"}}',
    "a-transfer-encoding-to-send": b'{"mvpd": "Cablevision", "headers": {"Transfer-Encoding": "chunked"}}',
    "an-upgrade-to-send": b'{"mvpd": "Cablevision", "headers": {"Upgrade": "websocket", "Connection": "Upgrade"}}',
    "an-expectation-to-send": b'{"mvpd": "Cablevision", "headers": {"Expect": "100-continue"}}',
    "one-header-twice": b'{"mvpd": "Cablevision", "headers": {"X-A": "1", "x-a": "2"}}',
    "a-header-of-a-megabyte": b'{"mvpd": "Cablevision", "headers": {"X": "' + b"y" * 900_000 + b'"}}',
    "50000-headers": json.dumps({"mvpd": "C", "headers": {f"X-{n}": "y" for n in range(50_000)}}).encode(),
}


def _says(body: bytes, line: Line, _: Asked) -> None:
    line.send(HEAD + b"Content-Length: %d\r\n\r\n" % len(body), body)


for name, body in BODIES.items():
    add(
        f"handler-says-{name}",
        "handler",
        INCONCLUSIVE,
        handler=partial(_says, body),
        examine=says_that_it_was_the_handler,
    )


def _says_more(more: dict[str, object], line: Line, asked: Asked) -> None:
    answer = provisioned(asked)
    if answer.status == 200:
        answer = replace(answer, body=json.dumps(json.loads(answer.body) | more).encode())
    line.send(answer.raw())


def _hands_out(headers: dict[str, str], line: Line, asked: Asked) -> None:
    line.send(provisioned(asked, **headers).raw())


add(
    "handler-names-another-base-url",
    "handler",
    CONFORMANT,
    handler=partial(
        _says_more, {"baseUrl": "http://evil.example", "base_url": "http://evil.example", "url": "http://evil.example"}
    ),
)
add(
    "handler-says-a-hundred-more-members",
    "handler",
    CONFORMANT,
    handler=partial(_says_more, {f"m{n}": [n] for n in range(100)}),
)
add("handler-hands-out-a-host", "handler", 0, 1, 3, handler=partial(_hands_out, {"Host": "evil.example"}))
add("handler-hands-out-a-cookie", "handler", CONFORMANT, handler=partial(_hands_out, {"X-Cookie": "a=b; c=d"}))
add("handler-hands-out-an-empty-header", "handler", CONFORMANT, handler=partial(_hands_out, {"X-Empty": ""}))
add("handler-hands-out-one-letter", "handler", CONFORMANT, handler=partial(_hands_out, {"X-One": "a"}))
add(
    "handler-hands-out-a-word-of-the-record",
    "handler",
    CONFORMANT,
    handler=partial(_hands_out, {"X-Word": "passed"}),
)
add("handler-hands-out-60-kib", "handler", 0, 1, 3, handler=partial(_hands_out, {"X-Long": "y" * 60_000}))
add(
    "handler-hands-out-5000-headers",
    "handler",
    INCONCLUSIVE,
    handler=partial(_hands_out, {f"X-{n}": f"{n:05}" for n in range(5000)}),
)
add(
    "handler-hands-out-90-fresh-secrets-each-time",
    "handler",
    *(CONFORMANT, INCONCLUSIVE),  # eight thousand secrets in the end: a slow machine comes to its time limit
    handler=lambda line, asked: _hands_out({f"X-{n}": f"{n}-{asked.body.hex()[-60:]}" for n in range(90)}, line, asked),
)
add(
    "handler-hands-out-another-secret-each-time",
    "handler",
    CONFORMANT,
    handler=lambda line, asked: _hands_out({"X-Fresh": asked.body.hex()[-200:]}, line, asked),
)


def _only(action: str, line: Line, asked: Asked, *, hangs: bool) -> None:
    if f'"{action}"'.encode() not in asked.body:
        handles_well(line, asked)
    elif hangs:
        line.hang()
    else:
        line.send(b"HTTP/1.1 500 No\r\nContent-Length: 3\r\n\r\n\x1b[3")


for action in ("setup", "teardown"):
    for hangs in (True, False):
        codes = (CONFORMANT, INCONCLUSIVE) if action == "teardown" else (INCONCLUSIVE,)
        add(
            f"handler-{'hangs' if hangs else 'fails'}-at-{action}-only",
            "handler",
            *codes,
            handler=partial(_only, action, hangs=hangs),
            examine=never_blames_the_target,
        )


def _every_other_time(line: Line, asked: Asked) -> None:
    if asked.stage.questions % 2:
        handles_well(line, asked)
    else:
        line.reset()


add("handler-fails-every-other-time", "handler", CONFORMANT, INCONCLUSIVE, handler=_every_other_time)
