"""Targets that send far too much: of a body, of headers, of what a body becomes once it is read."""

from __future__ import annotations

import functools
import gzip
import json
import zlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from conformance.sender.reading import Limits
from tests.hostile.registry import CONFORMANT, INCONCLUSIVE, NOT_CONFORMANT, add, target

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.hostile.line import Asked, Line

MIB: Final = 1024**2
HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED: Final = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
DEEP: Final = 200_000

large = partial(target, "size")


@large(INCONCLUSIVE)
def sends_100_mib_without_a_length(line: Line, _: Asked) -> None:
    line.send(HEAD + b"\r\n")
    line.flood(b" " * 1024, 100 * MIB)


@large(INCONCLUSIVE)
def sends_100_mib_of_known_length(line: Line, _: Asked) -> None:
    line.send(HEAD + b"Content-Length: %d\r\n\r\n" % (100 * MIB))
    line.flood(b"x" * 1024, 100 * MIB)


@large(INCONCLUSIVE)
def sends_100_mib_in_chunks(line: Line, _: Asked) -> None:
    line.send(CHUNKED)
    line.flood(b"400\r\n" + b"x" * 1024 + b"\r\n", 100 * MIB)


@large(INCONCLUSIVE)
def sends_100_mib_in_chunks_of_a_byte(line: Line, _: Asked) -> None:
    line.send(CHUNKED)
    line.flood(b"1\r\nx\r\n", 100 * MIB)


@large(INCONCLUSIVE)
def sends_a_body_of_the_cap_and_one_byte(line: Line, asked: Asked) -> None:
    good = asked.good()
    line.send(replace(good, body=good.body.ljust(Limits().body + 1)).raw())


@large(NOT_CONFORMANT)
def sends_words_that_might_be_base64_up_to_the_cap(line: Line, asked: Asked) -> None:
    line.send(replace(asked.good(), body=b"ab-cd_ef " * (Limits().body // 9)).raw())


@large(CONFORMANT)
def sends_a_body_of_just_the_cap(line: Line, asked: Asked) -> None:
    good = asked.good()
    line.send(replace(good, body=good.body.ljust(Limits().body)).raw())


# --- compressed ---


@functools.cache
def bomb(layers: int, inner: bytes = b"\0" * MIB, times: int = 200) -> bytes:
    """Compress `inner` `times` over, in layers; 200 MiB of zeros in one layer are 200 KiB, in two less than one."""
    squeezer = zlib.compressobj(9, zlib.DEFLATED, 31)
    data = b"".join([*(squeezer.compress(inner) for _ in range(times)), squeezer.flush()])
    for _ in range(layers - 1):
        data = gzip.compress(data, mtime=0)
    return data


@functools.cache
def deflated() -> bytes:
    return zlib.compress(b"\0" * 50 * MIB, 9)


def _sends_encoded(coding: str, make: Callable[[], bytes], line: Line, _: Asked) -> None:
    line.send(HEAD + f"Content-Encoding: {coding}\r\n\r\n".encode(), make())


def _nested(layers: int) -> str:
    return ", ".join(["gzip"] * layers)


BOMBS: Final[dict[str, tuple[str, Callable[[], bytes]]]] = {
    "a-gzip-bomb": ("gzip", partial(bomb, 1)),
    "a-gzip-bomb-called-x-gzip": ("x-gzip", partial(bomb, 1)),
    "a-gzip-bomb-in-capitals": ("GZIP", partial(bomb, 1)),
    "a-deflate-bomb": ("deflate", deflated),
    "a-raw-deflate-bomb": ("deflate", lambda: deflated()[2:-4]),
    "a-bomb-in-two-layers": (_nested(2), partial(bomb, 2)),
    "a-bomb-in-five-layers": (_nested(5), partial(bomb, 5)),
    # 20 million members that say nothing: no output that a cap could see
    "a-bomb-of-empty-members": (_nested(2), partial(bomb, 2, gzip.compress(b"", mtime=0) * 50_000, 400)),
    "a-bomb-of-empty-members-in-three-layers": (
        _nested(3),
        partial(bomb, 3, gzip.compress(b"", mtime=0) * 50_000, 400),
    ),
    "a-bomb-of-empty-blocks": ("deflate, gzip", partial(bomb, 1, b"\x00\x00\x00\xff\xff" * 200_000, 100)),
}
for name, (coding, make) in BOMBS.items():
    add(
        f"sends-{name}",
        "size",
        *(INCONCLUSIVE, NOT_CONFORMANT),
        target=partial(_sends_encoded, coding, make),
        before=make,
    )

add("names-a-thousand-codings", "size", NOT_CONFORMANT, target=partial(_sends_encoded, _nested(1000), lambda: b"{}"))


# --- heads ---


@large(INCONCLUSIVE)
def sends_headers_without_end(line: Line, _: Asked) -> None:
    line.send(HEAD)
    line.flood(b"X-More: of the same\r\n", 50 * MIB)


@large(INCONCLUSIVE)
def sends_a_header_without_end(line: Line, _: Asked) -> None:
    line.send(HEAD + b"X-Long: ")
    line.flood(b"long ", 50 * MIB)


@large(INCONCLUSIVE)
def sends_a_header_name_without_end(line: Line, _: Asked) -> None:
    line.send(HEAD)
    line.flood(b"X-Long-", 50 * MIB)


@large(INCONCLUSIVE)
def sends_a_status_line_without_end(line: Line, _: Asked) -> None:
    line.send(b"HTTP/1.1 200 ")
    line.flood(b"fine ", 50 * MIB)


@large(INCONCLUSIVE)
def sends_a_folded_header_without_end(line: Line, _: Asked) -> None:
    line.send(HEAD + b"X-Folded: a\r\n")
    line.flood(b" and more\r\n", 50 * MIB)


@large(INCONCLUSIVE)
def sends_interim_answers_without_end(line: Line, _: Asked) -> None:
    line.flood(b"HTTP/1.1 100 Continue\r\n\r\n", 50 * MIB)


@large(INCONCLUSIVE)
def sends_early_hints_without_end(line: Line, _: Asked) -> None:
    line.flood(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n", 50 * MIB)


@large(INCONCLUSIVE)
def sends_trailers_without_end(line: Line, _: Asked) -> None:
    line.send(CHUNKED + b"2\r\n{}\r\n0\r\n")
    line.flood(b"X-Trailer: more\r\n", 50 * MIB)


@large(INCONCLUSIVE)
def sends_a_chunk_extension_without_end(line: Line, _: Asked) -> None:
    line.send(CHUNKED + b"2;")
    line.flood(b"extension", 50 * MIB)


@large(INCONCLUSIVE)
def sends_a_chunk_size_without_end(line: Line, _: Asked) -> None:
    line.send(CHUNKED)
    line.flood(b"0", 50 * MIB)


@large(CONFORMANT, INCONCLUSIVE)
def sends_90_headers_of_2_kib(line: Line, asked: Asked) -> None:
    good = asked.good()
    line.send(replace(good, headers=good.headers + tuple((f"X-{n}", "v" * 2048) for n in range(90))).raw())


@large(CONFORMANT)
def sends_a_reason_phrase_of_60_kib(line: Line, asked: Asked) -> None:
    line.send(replace(asked.good(), reason="O" * 60 * 1024).raw())


@large(NOT_CONFORMANT)
def sends_a_content_type_of_60_kib(line: Line, asked: Asked) -> None:
    line.send(replace(asked.good(), headers=(("Content-Type", "text/" + "x" * 60 * 1024),)).raw())


# --- bodies that grow when they are read ---


def _in_body(make: Callable[[str], bytes], line: Line, asked: Asked) -> None:
    good = asked.good()
    mvpd = asked.target.partition("?")[0].rpartition("/")[2]
    line.send(replace(good, body=make(mvpd)).raw() if good.status == 200 else good.raw())


def _entry(mvpd: str, more: bytes = b"") -> bytes:
    facts = b'"actionName": "invalid", "actionType": "none", "mvpd": "%s"' % mvpd.encode()
    return b'{"logouts": {"%s": {%s%s}}}' % (mvpd.encode(), facts, more)


def _many_keys(_: str) -> bytes:
    return b'{"logouts": {%s}}' % b",".join(b'"k%d":{}' % number for number in range(90_000))


def _many_entries(mvpd: str) -> bytes:
    entry = b'{"actionName":"logout","actionType":"none","mvpd":"x","url":null}'
    return b'{"logouts": {"%s": %s, %s}}' % (
        mvpd.encode(),
        entry,
        b",".join(b'"%d":%s' % (number, entry) for number in range(13_000)),
    )


def _array_of_logouts(_: str) -> bytes:
    return b"[%s]" % b",".join([b'{"logouts":{}}'] * 60_000)


GROWING: Final[dict[str, Callable[[str], bytes]]] = {
    "an-array-of-200000-levels": lambda _: b"[" * DEEP + b"]" * DEEP,
    "an-array-of-200000-levels-that-does-not-end": lambda _: b"[" * DEEP,
    "an-object-of-100000-levels": lambda _: b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "an-entry-of-100000-levels": lambda mvpd: _entry(mvpd, b', "x": ' + b"[" * 100_000 + b"]" * 100_000),
    "a-map-of-100000-levels": lambda _: b'{"logouts": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001,
    "99-levels-of-99-members": lambda _: b'{"logouts": ' + b'{"a":' * 97 + b"{}" + b"}" * 98,
    "a-number-of-a-million-digits": lambda mvpd: _entry(mvpd, b', "x": ' + b"9" * 1_000_000),
    "a-number-of-4301-digits": lambda mvpd: _entry(mvpd, b', "x": ' + b"9" * 4301),
    "a-number-of-4300-digits-as-actionname": lambda mvpd: _entry(mvpd).replace(b'"invalid"', b"9" * 4300),
    "a-negative-number-of-a-million-digits": lambda _: b"-" + b"9" * 1_000_000,
    "a-number-with-an-exponent-of-ten-digits": lambda mvpd: _entry(mvpd).replace(b'"invalid"', b"1e9999999999"),
    "a-number-with-a-million-decimals": lambda mvpd: _entry(mvpd, b', "x": 0.' + b"3" * 1_000_000),
    "90000-keys": _many_keys,
    "13000-wrong-entries": _many_entries,
    "60000-objects-in-an-array": _array_of_logouts,
    "100000-names-twice": lambda mvpd: _entry(mvpd, b"".join(b', "a%d":1, "a%d":1' % (n, n) for n in range(40_000))),
    "one-name-100000-times": lambda mvpd: _entry(mvpd, b', "a":1' * 100_000),
    "a-name-of-a-million-letters": lambda mvpd: _entry(mvpd, b', "%s": 1' % (b"n" * 1_000_000)),
    "an-actionname-of-a-million-letters": lambda mvpd: _entry(mvpd).replace(b'"invalid"', b'"%s"' % (b"a" * 1_000_000)),
    "a-url-of-a-million-letters": lambda mvpd: _entry(mvpd, b', "url": "https://x/%s"' % (b"u" * 1_000_000)).replace(
        b'"invalid", "actionType": "none"', b'"logout", "actionType": "interactive"'
    ),
    "a-url-of-100000-parameters": lambda mvpd: _entry(mvpd, b', "url": "https://x/?%s"' % (b"a=1&" * 200_000)).replace(
        b'"invalid", "actionType": "none"', b'"logout", "actionType": "interactive"'
    ),
    "an-mvpd-of-a-million-escapes": lambda mvpd: _entry(mvpd).replace(
        b'"mvpd": "%s"' % mvpd.encode(), b'"mvpd": "%s"' % (b"\\u202e" * 150_000)
    ),
    "a-million-brackets-in-a-string": lambda mvpd: _entry(mvpd, b', "x": "%s"' % (b"[" * 1_000_000)),
    "a-million-backslashes": lambda mvpd: _entry(mvpd, b', "x": "%s"' % (b"\\\\" * 500_000)),
    "a-million-percent-signs": lambda mvpd: _entry(mvpd, b', "x": "%s"' % (b"%25" * 330_000)),
    "a-million-ampersands": lambda mvpd: _entry(mvpd, b', "x": "%s"' % (b"&amp;" * 200_000)),
    "a-megabyte-of-base64": lambda mvpd: _entry(mvpd, b', "x": "%s"' % (b"QUJDREVG" * 125_000)),
    "a-megabyte-of-hex": lambda mvpd: _entry(mvpd, b', "x": "%s"' % (b"0123456789abcdef" * 60_000)),
    "a-million-line-feeds": lambda mvpd: b"\n" * 1_000_000 + _entry(mvpd),
    "a-million-commas": lambda _: b"[" + b"," * 1_000_000,
    "a-string-that-does-not-end": lambda _: b'{"' + b"a" * 1_000_000,
}
for name, body in GROWING.items():
    codes = (CONFORMANT, NOT_CONFORMANT, INCONCLUSIVE)
    add(f"sends-{name}", "size", *codes, target=partial(_in_body, body))


def _error_with(body: bytes, line: Line, asked: Asked) -> None:
    good = asked.good()
    line.send(good.raw() if good.status == 200 else replace(good, body=body).raw())


MESSAGES: Final = {
    "an-error-of-100000-levels": b'{"details": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "an-error-with-25000-lines-of-trace": json.dumps({"trace": "at x.y(Z.java:1)\n" * 25_000}).encode(),
    "an-error-with-a-message-of-450-kib": json.dumps({"message": ["long"] * 56_000}).encode(),
    "an-error-that-is-nearly-a-stack-trace": (b"at " + b"x" * 300 + b" ") * 1500,
    "an-error-of-php-lines": (b"#1 " + b"y" * 400 + b".php") * 1000,
}
for name, message in MESSAGES.items():
    # what nests so deeply the kit does not read
    add(
        f"sends-{name}",
        "size",
        *([INCONCLUSIVE] if "levels" in name else [CONFORMANT, NOT_CONFORMANT]),
        target=partial(_error_with, message),
    )
