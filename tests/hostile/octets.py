"""Targets whose bytes are no text, or a text that does something to whoever reads it."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from tests.hostile.registry import CONFORMANT, INCONCLUSIVE, NOT_CONFORMANT, add, target

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.hostile.line import Answer, Asked, Line

JUDGED: Final = (CONFORMANT, NOT_CONFORMANT, INCONCLUSIVE)
ACTING: Final = "\x1b[2J\x1b[31mred\x1b]0;owned\x07\x1b]8;;http://evil.example\x1b\\link\x9b31m\x08\x7f\x00\u202egnp.exe\u2066\u200b\ufeff"
"""Clears the screen, names the window, makes a link, turns the text around."""

octets = partial(target, "bytes")


def spoils(spoil: Callable[[Answer], Answer]) -> Callable[[Line, Asked], None]:
    """Make the script that spoils every good answer."""

    def script(line: Line, asked: Asked) -> None:
        line.send(spoil(asked.good()).raw())

    return script


def body(make: Callable[[bytes], bytes]) -> Callable[[Line, Asked], None]:
    """Make the script that spoils the body of every good answer."""
    return spoils(lambda good: replace(good, body=make(good.body)))


def header(name: str, value: str) -> Callable[[Line, Asked], None]:
    """Make the script that puts a header, given as Latin-1, in place of one or beside the others."""

    def spoil(good: Answer) -> Answer:
        others = tuple(each for each in good.headers if each[0].lower() != name.lower())
        return replace(good, headers=(*others, (name, value)))

    return spoils(spoil)


def entry(**members: object) -> Callable[[Line, Asked], None]:
    """Make the script that changes members of every entry of `logouts`, and of every error."""

    def change(data: bytes) -> bytes:
        value = json.loads(data)
        for each in value["logouts"].values() if "logouts" in value else [value]:
            each.update(members)
        return json.dumps(value).encode()  # escapes all that is not ASCII, lone surrogates too

    return body(change)


BODIES: Final[dict[str, Callable[[bytes], bytes]]] = {
    "bytes-that-are-no-utf-8": lambda data: data.replace(b"actionName", b"action\xff\xfeName"),
    "every-byte-there-is": lambda _: bytes(range(256)) * 64,
    "an-overlong-utf-8": lambda data: data.replace(b"mvpd", b"\xc0\xaf\xe0\x80\xaf"),
    "a-surrogate-in-utf-8": lambda data: data.replace(b"mvpd", b"\xed\xa0\x80"),
    "half-a-letter-at-the-end": lambda data: data + b"\xf0\x9f\x98",
    "latin-1": lambda data: data.replace(b"mvpd", "mvpd\xe9".encode("latin-1")),
    "utf-16": lambda data: data.decode().encode("utf-16"),
    "utf-16-without-a-mark": lambda data: data.decode().encode("utf-16-be"),
    "utf-32": lambda data: data.decode().encode("utf-32"),
    "a-byte-order-mark": lambda data: b"\xef\xbb\xbf" + data,
    "ebcdic": lambda data: data.decode().encode("cp500", "replace"),
    "nul-bytes-within-the-text": lambda data: data.replace(b"mvpd", b"mv\0pd"),
    "control-characters-within-a-string": lambda data: data.replace(b"mvpd", b"mv\x01\x1b[31mpd"),
    "escape-sequences-outside-of-strings": lambda data: b"\x1b[2J" + data,
    "a-lone-surrogate-as-an-escape": lambda data: data.replace(b"mvpd", rb"mv\ud800pd"),
    "a-lone-surrogate-for-the-key": lambda data: data.replace(b'"Cablevision"', rb'"Cable\udfffvision"'),
    "surrogates-in-the-wrong-order": lambda data: data.replace(b"mvpd", rb"\udc00\ud800"),
    "nul-as-an-escape": lambda data: data.replace(b"invalid", rb"inva\u0000lid"),
    "nan": lambda data: data.replace(b'"none"', b"NaN"),
    "infinity": lambda data: data.replace(b'"none"', b"-Infinity"),
    "a-number-beyond-all-floats": lambda data: data.replace(b'"none"', b"1e999"),
    "duplicate-keys": lambda data: data.replace(b'"mvpd"', b'"mvpd": "other", "mvpd"'),
    "two-documents": lambda data: data + data,
    "json-with-comments": lambda data: data + b" // done",
    "single-quotes": lambda data: data.replace(b'"', b"'"),
    "nothing": lambda _: b"",
    "null": lambda _: b"null",
    "true": lambda _: b"true",
    "a-number": lambda _: b"0",
    "a-string": lambda _: b'"logouts"',
    "an-empty-array": lambda _: b"[]",
    "an-array-for-the-map": lambda _: b'{"logouts": [[["Cablevision"]]]}',
    "null-for-the-map": lambda _: b'{"logouts": null}',
    "null-for-an-entry": lambda _: b'{"logouts": {"Cablevision": null}}',
    "an-array-for-an-entry": lambda _: b'{"logouts": {"Cablevision": [1, "\\u202e"]}}',
    "xml": lambda _: b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "a-pickle": lambda _: b"cos\nsystem\n(S'touch owned'\ntR.",
    "yaml": lambda _: b"!!python/object/apply:os.system ['touch owned']",
    "blanks": lambda _: b" \t\r\n" * 1000,
    "unassigned-letters": lambda data: data.replace(b"invalid", "\uffff\ufdd0\U0010ffff\u0378".encode()),
    "invisible-letters": lambda data: data.replace(b"invalid", "\u200b\u200d\u2028\u2029\u00ad\U000e0041".encode()),
    "private-letters": lambda data: data.replace(b"invalid", "\ue000\U000f0000".encode()),
    "letters-that-turn-text-around": lambda data: data.replace(b"invalid", "\u202einvalid\u2066".encode()),
    "a-thousand-combining-marks": lambda data: data.replace(b"invalid", b"i" + "\u0301".encode() * 1000),
}
for name, make in BODIES.items():
    add(f"answers-with-{name}", "bytes", *JUDGED, target=body(make))

TYPES: Final = {
    "an-unknown-charset": "application/json; charset=klingon",
    "a-charset-that-is-no-charset": "application/json; charset=base64",
    "the-charset-idna": "application/json; charset=idna",
    "the-charset-utf-7": "application/json; charset=utf-7",
    "the-charset-unicode-escape": "application/json; charset=unicode_escape",
    "the-charset-zlib": "application/json; charset=zlib",
    "an-empty-charset": "application/json; charset=",
    "a-charset-in-quotes-that-do-not-end": 'application/json; charset="utf-8',
    "a-charset-of-10000-letters": "application/json; charset=" + "x" * 10_000,
    "a-charset-with-nul": "application/json; charset=utf\x00-8",
    "a-charset-with-a-path": "application/json; charset=../../etc/passwd",
    "an-encoded-charset": "application/json; charset*=utf-99'en'%ff%fe",
    "a-charset-in-pieces": "application/json; charset*0*=a''b; charset*999999999=c; charset*x=d",
    "a-thousand-parameters": "application/json" + "; a=b" * 1000,
    "a-type-of-control-characters": ACTING.encode("utf-8").decode("latin-1").replace("\0", ""),
    "a-type-of-high-bytes": "\xff\xfe\x80\x9b31m",
    "a-boundary": "multipart/mixed; boundary=x",
    "an-empty-type": "",
    "a-semicolon-as-type": ";;;;",
}
for name, value in TYPES.items():
    add(f"declares-{name}", "bytes", *JUDGED, target=header("Content-Type", value))

ENCODINGS: Final = {
    "an-unknown-encoding": "klingon",
    "brotli-that-is-none": "br",
    "gzip-that-is-none": "gzip",
    "deflate-that-is-none": "deflate",
    "zstd-that-is-none": "zstd",
    "compress": "compress",
    "identity": "identity",
    "an-empty-list-of-encodings": ", , ,",
    "an-encoding-of-control-characters": "\x1b[31mgzip\x9b",
}
for name, value in ENCODINGS.items():
    add(f"encodes-with-{name}", "bytes", *JUDGED, target=header("Content-Encoding", value))


def _speaks_in(place: str, line: Line, asked: Asked) -> None:
    """Put text that acts on a terminal into one place of the answer, in every way that the place allows."""
    good = asked.good()
    acting = ACTING.replace("\0", "")
    raw = acting.encode("utf-8").decode("latin-1").replace("\r", "").replace("\n", "")
    match place:
        case "reason":
            line.send(replace(good, status=499, reason=raw).raw())
        case "header-value":
            line.send(replace(good, headers=(("Content-Type", raw),)).raw())
        case "header-name":
            line.send(replace(good, headers=((raw.replace(":", ""), "x"),)).raw())
        case "allow":
            line.send(replace(good, headers=(*good.headers, ("Allow", raw), ("WWW-Authenticate", raw))).raw())
        case "text":
            line.send(replace(good, body=acting.encode()).raw())
        case "key":
            line.send(
                replace(good, body=json.dumps({acting: {acting: acting}, "logouts": {acting: {}}}).encode()).raw()
            )
        case "names-twice":
            name = ("x" + ACTING[-6:]).encode()
            line.send(replace(good, body=b'{"%s": 1, "%s": 2}' % (name, name)).raw())


for place in ("reason", "header-value", "header-name", "allow", "text", "key", "names-twice"):
    for terminal in (False, True):
        add(
            f"acts-on-the-{'terminal' if terminal else 'reader'}-in-the-{place}",
            "bytes",
            *JUDGED,
            target=partial(_speaks_in, place),
            terminal=terminal,
        )

MEMBERS: Final[dict[str, object]] = {
    "text-that-acts-on-a-terminal": ACTING,
    "a-lone-surrogate": "\ud800",
    "a-huge-number": 10**4000,
    "an-object": {"a": [None, True, {"b": "\u202e"}]},
    "deep-lists": [[[[[[[[[["\x1b[31m"]]]]]]]]]],
    "true": True,
    "nothing": "",
    "null": None,
    "a-float": 1e308,
}
for name, member in MEMBERS.items():
    members = dict.fromkeys(
        ("actionName", "actionType", "mvpd", "url", "code", "message", "action", "status", "helpUrl"), member
    )
    add(
        f"has-{name}-for-every-member",
        "bytes",
        NOT_CONFORMANT,
        target=entry(**members),
        terminal=name.startswith("text"),
    )

URLS: Final = {
    "a-url-that-is-no-url": "http://[",
    "a-url-with-a-wrong-port": "http://a:99999999999/",
    "a-url-with-control-characters": "http://a/\x00\x1b[31m\r\n",
    "a-url-of-surrogates": "http://\ud800\udfff/",
    "a-url-of-full-width-letters": "http://\uff41\uff0fevil/",
    "a-url-with-a-broken-percent": "http://a/%zz%",
    "a-url-with-credentials": "http://user:pass@a/",
    "a-javascript-url": "javascript:alert(1)",
    "a-data-url": "data:text/html,<script>alert(1)</script>",
    "a-file-url": "file:///etc/passwd",
    "a-url-without-a-scheme": "//evil.example/x",
    "a-url-with-100-dots": "../" * 100 + "x",
    "an-ipv6-zone": "http://[fe80::1%25eth0]/",
}
for name, value in URLS.items():
    add(
        f"gives-{name}",
        "bytes",
        NOT_CONFORMANT,
        target=entry(actionName="logout", actionType="interactive", url=value),
    )
