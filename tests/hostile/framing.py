"""Targets that break the framing of HTTP, or do not speak it at all."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from tests.hostile.registry import CONFORMANT, INCONCLUSIVE, NOT_CONFORMANT, add, target

if TYPE_CHECKING:
    from tests.hostile.line import Asked, Line

HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED: Final = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"

JUDGED: Final = (NOT_CONFORMANT, INCONCLUSIVE)
ANY: Final = (CONFORMANT, NOT_CONFORMANT, INCONCLUSIVE)


def _sends(data: bytes, line: Line, _: Asked) -> None:
    line.send(data)


NO_ANSWERS: Final = {
    "says-nothing-and-closes": b"",
    "sends-a-garbage-status-line": b"\x00\xff\xfegarbage\r\n\r\n",
    "sends-html-for-a-status-line": b"<html><body>Hello</body></html>\r\n\r\n",
    "speaks-http-0.9": b"<html>no head at all</html>",
    "speaks-http-2": b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + bytes(18),
    "sends-the-preface-of-http-2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "speaks-tls": b"\x16\x03\x03\x00\x05hello" + bytes(64),
    "speaks-ssh": b"SSH-2.0-OpenSSH_9.9\r\n",
    "speaks-smtp": b"220 mail.example.com ESMTP\r\n",
    "speaks-icy": b"ICY 200 OK\r\n\r\n",
    "speaks-rtsp": b"RTSP/1.0 200 OK\r\n\r\n",
    "sends-a-request-back": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "sends-a-status-line-without-a-status": b"HTTP/1.1\r\n\r\n",
    "sends-a-status-of-letters": b"HTTP/1.1 abc OK\r\n\r\n",
    "sends-a-status-of-two-digits": b"HTTP/1.1 20 OK\r\n\r\n",
    "sends-a-status-of-four-digits": b"HTTP/1.1 2000 OK\r\n\r\n",
    "sends-a-status-of-5000-digits": b"HTTP/1.1 " + b"2" * 5000 + b" OK\r\n\r\n",
    "sends-a-negative-status": b"HTTP/1.1 -200 OK\r\n\r\n",
    "sends-a-status-with-a-sign": b"HTTP/1.1 +200 OK\r\n\r\n",
    "sends-a-status-with-an-underscore": b"HTTP/1.1 2_0 OK\r\n\r\n",
    "sends-http-2-as-version": b"HTTP/2 200 OK\r\n\r\n",
    "sends-http-9.9-as-version": b"HTTP/9.9 200 OK\r\n\r\n",
    "sends-line-feeds-only": b"\n" * 100,
    "sends-nul-bytes-only": bytes(10_000),
    "ends-within-the-status-line": b"HTTP/1.1 20",
    "ends-within-the-headers": HEAD + b"X-Half: he",
    "ends-within-an-interim-answer": b"HTTP/1.1 100 Cont",
    "ends-after-an-interim-answer": b"HTTP/1.1 100 Continue\r\n\r\n",
    "ends-within-the-body": HEAD + b'Content-Length: 100\r\n\r\n{"logouts"',
    "ends-before-the-body": HEAD + b"Content-Length: 100\r\n\r\n",
    "ends-within-a-chunk": CHUNKED + b'64\r\n{"logouts',
    "ends-within-a-chunk-size": CHUNKED + b"6",
    "ends-before-the-last-chunk": CHUNKED + b"2\r\n{}\r\n",
    "sends-a-chunk-size-of-letters": CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n",
    "sends-an-empty-chunk-size": CHUNKED + b"\r\n{}\r\n0\r\n\r\n",
    "sends-a-negative-chunk-size": CHUNKED + b"-5\r\n{}\r\n0\r\n\r\n",
    "sends-a-chunk-size-of-20-digits": CHUNKED + b"F" * 20 + b"\r\n{}\r\n0\r\n\r\n",
    "sends-a-chunk-size-of-50000-digits": CHUNKED + b"F" * 50_000 + b"\r\n{}\r\n0\r\n\r\n",
    "sends-chunks-without-line-ends": CHUNKED + b"2\r\n{}2\r\n{}0\r\n\r\n",
    "sends-a-plain-body-as-chunks": CHUNKED + b'{"logouts": {}}',
    "sends-101-headers": HEAD + b"X: y\r\n" * 101 + b"\r\n{}",
    "promises-more-than-there-is": HEAD + b"Content-Length: 99999999999999999999\r\n\r\n{}",
    "sends-two-content-lengths": HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}{",
    "sends-a-list-of-content-lengths": HEAD + b"Content-Length: 2, 3\r\n\r\n{}{",
}
for name, data in NO_ANSWERS.items():
    add(name, "framing", *JUDGED, target=partial(_sends, data))

ANSWERS: Final = {
    "sends-a-status-line-without-a-reason": b"HTTP/1.1 200\r\nContent-Type: application/json\r\n\r\n{}",
    "sends-a-status-line-with-blanks": b"HTTP/1.1   200   OK   \r\nContent-Type: application/json\r\n\r\n{}",
    "sends-http-1.1-in-small-letters": b"http/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{}",
    "sends-http-1.9999-as-version": b"HTTP/1.9999 200 OK\r\nContent-Type: application/json\r\n\r\n{}",
    "sends-a-status-of-999": b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n",
    "sends-a-status-of-000": b"HTTP/1.1 000 Odd\r\nContent-Length: 0\r\n\r\n",
    "switches-protocols": (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x05"
    ),
    "sends-204-with-a-body": b"HTTP/1.1 204 None\r\nContent-Length: 2\r\n\r\n{}",
    "sends-205-with-a-body": b"HTTP/1.1 205 Reset\r\nContent-Length: 2\r\n\r\n{}",
    "sends-304-with-a-body": b"HTTP/1.1 304 Same\r\nContent-Length: 2\r\n\r\n{}",
    "sends-206-of-a-part": b"HTTP/1.1 206 Part\r\nContent-Range: bytes 0-1/9\r\nContent-Length: 2\r\n\r\n{}",
    "sends-418": b"HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n",
    "sends-no-headers": b"HTTP/1.1 200 OK\r\n\r\n{}",
    "sends-a-header-without-a-colon": HEAD + b"what is this\r\nContent-Length: 2\r\n\r\n{}",
    "sends-a-header-without-a-name": HEAD + b": nothing\r\nContent-Length: 2\r\n\r\n{}",
    "sends-a-header-with-a-blank-before-the-colon": HEAD + b"Content-Length : 2\r\n\r\n{}",
    "sends-a-header-that-begins-with-a-blank": b"HTTP/1.1 200 OK\r\n X: y\r\nContent-Type: application/json\r\n\r\n{}",
    "sends-a-folded-header": HEAD + b"X-Folded: a\r\n b\r\n\tc\r\nContent-Length: 2\r\n\r\n{}",
    "sends-a-header-named-with-bytes": HEAD + b"\xff\x00\x1b[31m: red\r\nContent-Length: 2\r\n\r\n{}",
    "sends-a-nul-in-a-header": HEAD + b"X-Nul: a\x00b\r\nContent-Length: 2\r\n\r\n{}",
    "ends-lines-with-a-line-feed": b"HTTP/1.1 200 OK\nContent-Type: application/json\n\n{}",
    "ends-lines-with-a-carriage-return": b"HTTP/1.1 200 OK\rContent-Type: application/json\r\r{}",
    "sends-a-carriage-return-in-a-header": HEAD + b"X-A: 1\rContent-Type: text/html\r\nContent-Length: 2\r\n\r\n{}",
    "sends-empty-lines-first": b"\r\n\r\n" + HEAD + b"Content-Length: 2\r\n\r\n{}",
    "sends-a-content-length-of-letters": HEAD + b"Content-Length: two\r\n\r\n{}",
    "sends-a-negative-content-length": HEAD + b"Content-Length: -2\r\n\r\n{}",
    "sends-a-content-length-of-5000-digits": HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n{}",
    "sends-an-empty-content-length": HEAD + b"Content-Length: \r\n\r\n{}",
    "sends-one-content-length-twice": HEAD + b"Content-Length: 2, 2\r\n\r\n{}",
    "promises-less-than-there-is": HEAD + b"Content-Length: 1\r\n\r\n{}" + b"x" * 100_000,
    "sends-a-length-and-chunks": HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "sends-a-transfer-coding-that-nobody-knows": HEAD + b"Transfer-Encoding: xchunked\r\n\r\n{}",
    "sends-two-transfer-codings": HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "sends-chunked-twice": HEAD
    + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "sends-a-chunk-size-with-0x": CHUNKED + b"0x2\r\n{}\r\n0\r\n\r\n",
    "sends-a-chunk-size-with-blanks": CHUNKED + b" 2 \r\n{}\r\n0\r\n\r\n",
    "sends-chunk-extensions": CHUNKED + b'2;name="\x1b[31m"\r\n{}\r\n0;last\r\n\r\n',
    "sends-trailers": CHUNKED + b"2\r\n{}\r\n0\r\nX-Trailer: \xff\r\nno colon\r\n\r\n",
    "sends-two-answers": (HEAD + b"Content-Length: 2\r\n\r\n{}") * 2,
    "sends-a-hundred-answers": (HEAD + b"Content-Length: 2\r\n\r\n{}") * 100,
    "speaks-http-1.0": b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{}",
}
for name, data in ANSWERS.items():
    add(name, "framing", *JUDGED, target=partial(_sends, data))

framing = partial(target, "framing")


@framing(INCONCLUSIVE)
def resets_at_once(line: Line, _: Asked) -> None:
    line.reset()


@framing(INCONCLUSIVE)
def resets_within_the_headers(line: Line, _: Asked) -> None:
    line.send(HEAD)
    line.pause(0.05)
    line.reset()


@framing(INCONCLUSIVE)
def resets_within_the_body(line: Line, asked: Asked) -> None:
    line.send(asked.good().raw()[:-5])
    line.pause(0.05)
    line.reset()


@framing(INCONCLUSIVE)
def closes_its_half_and_says_nothing(line: Line, _: Asked) -> None:
    line.half_close()
    line.hang()


@framing(CONFORMANT)
def closes_its_half_after_the_answer(line: Line, asked: Asked) -> None:
    line.send(asked.good().raw())
    line.half_close()
    line.hang()


@framing(*ANY)
def resets_after_the_answer(line: Line, asked: Asked) -> None:
    line.send(asked.good().raw())
    line.pause(0.05)
    line.reset()


@framing(CONFORMANT)
def sends_interim_answers_before_the_answer(line: Line, asked: Asked) -> None:
    line.send(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", asked.good().raw())


@framing(CONFORMANT)
def answers_byte_by_byte(line: Line, asked: Asked) -> None:
    for byte in asked.good().raw():
        line.send(bytes([byte]))


@framing(*ANY)
def breaks_every_fifth_answer(line: Line, asked: Asked) -> None:
    good = asked.good().raw()
    line.send(good[: len(good) // 2] if asked.stage.requests % 5 == 0 else good)
