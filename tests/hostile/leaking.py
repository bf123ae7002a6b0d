"""Targets that send the kit's secrets back, in every encoding and in every place of an answer."""

from __future__ import annotations

import base64
import gzip
import html
import json
import zlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import quote

from tests.hostile.registry import CONFORMANT, INCONCLUSIVE, NOT_CONFORMANT, add
from tests.hostile.stage import HANDED_OUT, TOKEN, provisioned

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.hostile.line import Answer, Asked, Line

    Encoding: TypeAlias = Callable[[str], bytes]
    Place: TypeAlias = Callable[[Answer, bytes], bytes]

ANY: Final = (CONFORMANT, NOT_CONFORMANT, INCONCLUSIVE)
SECRET_HEADERS: Final = (
    "Authorization",
    "X-Tenant",
    "X-Handed-Out",
    "AD-Service-Token",
    "Adobe-Subject-Token",
)


def _each(form: str) -> Encoding:
    """Write each byte in a form such as `%{:02x}`."""
    return lambda secret: "".join(form.format(byte) for byte in secret.encode()).encode()


ENCODINGS: Final[dict[str, Encoding]] = {
    "plain": str.encode,
    "upper-case": lambda secret: secret.upper().encode(),
    "lower-case": lambda secret: secret.lower().encode(),
    "swapped-case": lambda secret: secret.swapcase().encode(),
    "reversed": lambda secret: secret[::-1].encode(),
    "reversed-upper-case": lambda secret: secret[::-1].upper().encode(),
    "base64": lambda secret: base64.b64encode(secret.encode()),
    "base64-of-more": lambda secret: base64.b64encode(f"user:{secret} and so on".encode()),
    "base64-url": lambda secret: base64.urlsafe_b64encode(secret.encode()).rstrip(b"="),
    "base64-in-lines": lambda secret: base64.encodebytes(secret.encode()).replace(b"\n", b"\r\n "),
    "base64-of-base64": lambda secret: base64.b64encode(base64.b64encode(secret.encode())),
    "base64-of-utf-16": lambda secret: base64.b64encode(secret.encode("utf-16-le")),
    "base64-reversed": lambda secret: base64.b64encode(secret.encode())[::-1],
    "base64-of-reversed": lambda secret: base64.b64encode(secret[::-1].encode()),
    "base64-percent-encoded": lambda secret: quote(base64.b64encode(secret.encode()), safe="").encode(),
    "hex": lambda secret: secret.encode().hex().encode(),
    "hex-upper-case": lambda secret: secret.encode().hex().upper().encode(),
    "hex-with-colons": lambda secret: secret.encode().hex(":").encode(),
    "hex-of-utf-16": lambda secret: secret.encode("utf-16-be").hex().encode(),
    "hex-of-reversed": lambda secret: secret[::-1].encode().hex().encode(),
    "hex-with-0x": _each("0x{:02x}, "),
    "percent": lambda secret: quote(secret, safe="").encode(),
    "percent-of-every-letter": _each("%{:02X}"),
    "percent-twice": _each("%25{:02x}"),
    "percent-thrice": _each("%2525{:02x}"),
    "utf-16": lambda secret: secret.encode("utf-16-le"),
    "utf-16-big-endian": lambda secret: secret.encode("utf-16-be"),
    "utf-32": lambda secret: secret.encode("utf-32-le"),
    "json": lambda secret: json.dumps(secret).replace("/", "\\/").encode(),
    "json-of-every-letter": _each("\\u{:04x}"),
    "json-in-json": lambda secret: json.dumps(json.dumps(secret)).encode(),
    "json-of-every-letter-in-json": _each("\\\\u{:04X}"),
    "html": lambda secret: html.escape(secret).encode(),
    "html-in-html": lambda secret: html.escape(html.escape(secret)).encode(),
    "html-of-every-letter": _each("&#{};"),
    "html-hex-of-every-letter": _each("&#x{:X};"),
    "html-without-semicolons": _each("&#{:05} "),
    "javascript": _each("\\x{:02x}"),
    "octal": _each("\\{:03o}"),
    "a-shell-word": lambda secret: b"'" + secret.replace("'", "'\"'\"'").encode() + b"'",
    "python": lambda secret: repr(secret).encode(),
    "the-first-half": lambda secret: secret[: len(secret) * 2 // 3].encode(),
    "the-second-half": lambda secret: secret[len(secret) // 3 :].encode(),
}


def _line(data: bytes) -> bytes:
    return data.replace(b"\r", b"").replace(b"\n", b"")


def _head(good: Answer, *more: bytes, reason: bytes = b"OK") -> bytes:
    lines = [f"{name}: {value}".encode("latin-1") for name, value in good.headers]
    return b"\r\n".join([b"HTTP/1.1 %d %s" % (good.status, reason), *lines, *more])


def _whole(good: Answer, body: bytes, *more: bytes, reason: bytes = b"OK") -> bytes:
    return _head(good, b"Content-Length: %d" % len(body), *more, b"", b"", reason=reason) + body


def _json_with(good: Answer, data: bytes) -> dict[str, object]:
    text = data.decode("latin-1")
    value: dict[str, Any] = json.loads(good.body)
    if good.status == 200:
        entry = {"actionName": text, "actionType": text, "mvpd": text, "url": f"https://example.com/?token={text}"}
        return {"logouts": dict.fromkeys([*value["logouts"], text], entry)}
    return value | {"message": text, "code": text, "helpUrl": text, "action": text, text: 1}


def _in_a_chunk_each(good: Answer, data: bytes) -> bytes:
    body = b'{"trace": "' + data + b'"}'
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body)
    return _head(good, b"Transfer-Encoding: chunked", b"", b"") + chunks + b"0\r\n\r\n"


def _across_the_end_of_what_is_kept(good: Answer, data: bytes) -> bytes:
    return _whole(good, b" " * (64 * 1024 - len(data) // 2) + data + b" " * 1000)


def _across_the_end_of_what_is_read(good: Answer, data: bytes) -> bytes:
    return _head(good, b"", b"") + b" " * (1024**2 - len(data) // 2) + data + b" " * 300_000


def _as_often_as_it_goes(good: Answer, data: bytes) -> bytes:
    return _head(good, b"", b"") + data * (1_100_000 // len(data))


PLACES: Final[dict[str, Place]] = {
    "the-body": lambda good, data: _whole(good, b'{"message": "' + data + b'"}'),
    "a-body-of-text": lambda good, data: _whole(replace(good, headers=(("Content-Type", "text/plain"),)), data),
    "the-members": lambda good, data: _whole(good, json.dumps(_json_with(good, data)).encode()),
    "the-members-unescaped": lambda good, data: _whole(
        good, json.dumps(_json_with(good, data), ensure_ascii=False).encode("utf-8")
    ),
    "html": lambda good, data: _whole(
        replace(good, headers=(("Content-Type", "text/html"),)), b"<p title='" + data + b"'>" + data + b"</p>"
    ),
    "the-reason-phrase": lambda good, data: _whole(good, good.body, reason=_line(data)),
    "a-header": lambda good, data: _whole(good, good.body, b"X-Echo: " + _line(data)),
    "a-header-name": lambda good, data: _whole(good, good.body, _line(data).replace(b":", b"") + b": 1"),
    "the-content-type": lambda good, data: _whole(
        replace(good, headers=()), good.body, b"Content-Type: text/" + _line(data)
    ),
    "the-content-encoding": lambda good, data: _whole(good, b"x", b"Content-Encoding: gzip, " + _line(data)),
    "allow-and-challenge": lambda good, data: _whole(
        good, good.body, b"Allow: " + _line(data), b"WWW-Authenticate: Bearer realm=" + _line(data)
    ),
    "a-redirect": lambda good, data: _whole(
        replace(good, status=302), b"", b"Location: https://example.com/?t=" + _line(data)
    ),
    "a-cookie": lambda good, data: _whole(good, good.body, b"Set-Cookie: token=" + _line(data) + b"; Path=/"),
    "retry-after": lambda good, data: _whole(replace(good, status=503), b"", b"Retry-After: " + _line(data)),
    "two-headers": lambda good, data: _whole(
        good, good.body, b"X-A: " + _line(data[: len(data) // 2]), b"X-B: " + _line(data[len(data) // 2 :])
    ),
    "a-folded-header": lambda good, data: _whole(
        good, good.body, b"X-A: " + _line(data[: len(data) // 2]) + b"\r\n " + _line(data[len(data) // 2 :])
    ),
    "chunks-of-a-byte": _in_a_chunk_each,
    "a-trailer": lambda good, data: (
        _head(good, b"Transfer-Encoding: chunked", b"", b"")
        + b"2\r\n{}\r\n0\r\nX-Trailer: "
        + _line(data)
        + b"\r\n\r\n"
    ),
    "a-chunk-extension": lambda good, data: (
        _head(good, b"Transfer-Encoding: chunked", b"", b"") + b"2;" + _line(data) + b"\r\n{}\r\n0\r\n\r\n"
    ),
    "a-broken-chunk-size": lambda good, data: (
        _head(good, b"Transfer-Encoding: chunked", b"", b"") + _line(data) + b"\r\n{}\r\n0\r\n\r\n"
    ),
    "a-broken-status-line": lambda _, data: _line(data) + b"\r\n\r\n",
    "a-status": lambda _, data: b"HTTP/1.1 " + _line(data) + b" OK\r\n\r\n",
    "an-interim-answer": lambda good, data: b"HTTP/1.1 103 " + _line(data) + b"\r\nLink: x\r\n\r\n" + good.raw(),
    "a-header-without-a-colon": lambda good, data: _head(good, _line(data).replace(b":", b""), b"", b"") + good.body,
    "a-content-length": lambda good, data: _head(good, b"Content-Length: " + _line(data), b"", b"") + good.body,
    "a-body-that-breaks-off": lambda good, data: _head(good, b"Content-Length: 99999", b"", b"") + data,
    "a-compressed-body": lambda good, data: _whole(good, gzip.compress(data), b"Content-Encoding: gzip"),
    "a-broken-compressed-body": lambda good, data: _whole(
        good, gzip.compress(data)[:-8] + b"\0" * 8, b"Content-Encoding: gzip"
    ),
    "a-deflated-body-that-breaks-off": lambda good, data: _whole(
        good, zlib.compress(data * 3)[:-5], b"Content-Encoding: deflate"
    ),
    "the-end-of-what-is-kept": _across_the_end_of_what_is_kept,
    "the-end-of-what-is-read": _across_the_end_of_what_is_read,
    "all-of-a-large-body": _as_often_as_it_goes,
}


def secrets_of(asked: Asked) -> list[str]:
    """Give the secrets that a request brought."""
    values = [
        asked.header(name).removeprefix("Bearer ").encode("latin-1").decode("utf-8", "replace")
        for name in SECRET_HEADERS
    ]
    return [value for value in values if value]


def echoes(encoding: Encoding, place: Place, line: Line, asked: Asked) -> None:
    data = b" ".join(map(encoding, secrets_of(asked) or [TOKEN]))
    line.send(place(asked.good(), data))


def _in_every_place(encoding: Encoding, line: Line, asked: Asked) -> None:
    places = [place for name, place in PLACES.items() if name not in SLOW]
    echoes(encoding, places[asked.stage.requests % len(places)], line, asked)


def _in_every_encoding(place: Place, line: Line, asked: Asked) -> None:
    encodings = list(ENCODINGS.values())
    echoes(encodings[asked.stage.requests % len(encodings)], place, line, asked)


SLOW: Final = {"the-end-of-what-is-read", "all-of-a-large-body", "the-end-of-what-is-kept"}

for name, encoding in ENCODINGS.items():
    add(f"echoes-secrets-as-{name}", "leaks", *ANY, target=partial(_in_every_place, encoding))
for name, place in PLACES.items():
    add(f"echoes-secrets-in-{name}", "leaks", *ANY, target=partial(_in_every_encoding, place))


def _knows_secrets_beforehand(line: Line, asked: Asked) -> None:
    good = asked.good()
    value = json.loads(good.body) if good.body else {}
    line.send(replace(good, body=json.dumps({**value, "debug": [HANDED_OUT, TOKEN]}).encode()).raw())


def _hands_out_late(line: Line, asked: Asked) -> None:
    # the first states come without the header, so that nothing is known of it yet
    line.send((provisioned(asked) if b"apple-sso" in asked.body else asked.good()).raw())


add(
    "echoes-secrets-before-they-are-handed-out",
    "leaks",
    *ANY,
    target=_knows_secrets_beforehand,
    handler=_hands_out_late,
)


def _in_the_mvpd(line: Line, asked: Asked) -> None:
    answer = provisioned(asked)
    if answer.status == 200:
        facts = json.loads(answer.body) | {"mvpd": f"M {HANDED_OUT}"}
        answer = replace(answer, body=json.dumps(facts).encode())
    line.send(answer.raw())


add("hands-out-a-secret-as-mvpd-too", "leaks", *ANY, handler=_in_the_mvpd)


def _quotes_the_request(line: Line, asked: Asked) -> None:
    text = "\n".join([f"{asked.method} {asked.target}", *(f"{name}: {value}" for name, value in asked.headers)])
    line.send(replace(asked.good(), headers=(("Content-Type", "message/http"),), body=text.encode("latin-1")).raw())


add("echoes-the-whole-request", "leaks", *ANY, target=_quotes_the_request)

# words of the record itself as tokens: nothing can be kept of them, and nothing may break
for word in ("passed", "MUST", "logout", "status", "1234", "true", "http", "127.0.0.1", "application/json"):
    add(
        f"has-the-token-{word.replace('/', '-')}",
        "leaks",
        *ANY,
        flags=("--header", f"X-Api-Key: {word}"),
    )
