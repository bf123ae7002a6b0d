"""Targets that speak TLS badly: a certificate that must not be trusted, a handshake that does not end.

The certificates are in `certificates/`, made for 127.0.0.1 by an authority of their own and valid until 2125 (but for
the one that is expired and the one that is not valid yet); all have one key.
"""

from __future__ import annotations

import ssl
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.hostile.line import Listener
from tests.hostile.registry import CONFORMANT, INCONCLUSIVE, add
from tests.hostile.stage import answers_well

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import ExitStack

    from tests.hostile.command import Outcome
    from tests.hostile.line import Asked, Line
    from tests.hostile.stage import Stage

CERTIFICATES: Final = Path(__file__).with_name("certificates")
AUTHORITY: Final = f'[target.tls]\nca_bundle = "{CERTIFICATES / "ca.pem"}"'
UNVERIFIED: Final = "[target.tls]\nverify = false"


def _context(name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / f"{name}.pem", CERTIFICATES / "key.pem")
    return context


def _asks_for_a_certificate() -> ssl.SSLContext:
    context = _context("good")
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(CERTIFICATES / "ca.pem")
    return context


def never_sent_a_request(outcome: Outcome) -> Iterator[str]:
    """A token must not go to somebody who has not shown who they are."""
    if outcome.stage.requests:
        yield f"{outcome.stage.requests} requests were sent over a connection that must not be trusted"


UNTRUSTED: Final = {
    "a-self-signed-certificate": ("self-signed", ""),
    "a-certificate-of-an-unknown-authority": ("good", ""),
    "a-certificate-of-another-host": ("wrong-host", AUTHORITY),
    "an-expired-certificate": ("expired", AUTHORITY),
    "a-certificate-that-is-not-valid-yet": ("not-yet-valid", AUTHORITY),
}
for name, (certificate, settings) in UNTRUSTED.items():
    add(
        f"shows-{name}",
        "tls",
        INCONCLUSIVE,
        certificate=partial(_context, certificate),
        settings=settings,
        examine=never_sent_a_request,
    )


def says_that_nothing_was_verified(outcome: Outcome) -> Iterator[str]:
    if outcome.record["target"]["tls_verified"] or "not verified" not in f"{outcome.record['notes']}":
        yield "the record does not say that the certificate was not verified"


add(
    "shows-a-certificate-of-an-own-authority",
    "tls",
    CONFORMANT,
    certificate=partial(_context, "good"),
    settings=AUTHORITY,
)
add(
    "shows-a-self-signed-certificate-that-is-accepted",
    "tls",
    CONFORMANT,
    certificate=partial(_context, "self-signed"),
    settings=UNVERIFIED,
    examine=says_that_nothing_was_verified,
)
add(
    "asks-for-a-certificate-that-there-is",
    "tls",
    CONFORMANT,
    certificate=_asks_for_a_certificate,
    settings=f'{AUTHORITY}\nclient_cert = "{CERTIFICATES / "good.pem"}"\nclient_key = "{CERTIFICATES / "key.pem"}"',
)
add(
    "asks-for-a-certificate-that-there-is-not",
    "tls",
    INCONCLUSIVE,
    certificate=_asks_for_a_certificate,
    settings=AUTHORITY,
    examine=never_sent_a_request,
)


def _hangs_within(line: Line, _: Asked) -> None:
    line.send(b"HTTP/1.1 200 OK\r\nContent-Type: ")
    line.hang()


def _drips_within(line: Line, _: Asked) -> None:
    line.drip(b"HTTP/1.1 200 OK\r\nX: ")


for name, script in {"hangs": _hangs_within, "drips": _drips_within}.items():
    add(
        f"{name}-within-tls",
        "tls",
        INCONCLUSIVE,
        target=script,
        certificate=partial(_context, "good"),
        settings=AUTHORITY,
    )


def _shakes_hands(play: Callable[[Line], None]) -> Callable[[Stage, ExitStack], str]:
    """Make a target that speaks TLS by hand, byte by byte."""

    def elsewhere(_: Stage, stack: ExitStack) -> str:
        listener = Listener(play)
        stack.callback(listener.stop)
        return f"https://127.0.0.1:{listener.port}"

    return elsewhere


RECORD: Final = b"\x16\x03\x03\x40\x00"  # a handshake record of 16 KiB, still to come
HANDSHAKES: Final[dict[str, Callable[[Line], None]]] = {
    "says-nothing": lambda line: line.hang(),
    "drips": lambda line: line.drip(RECORD + b"\x02"),
    "sends-garbage": lambda line: line.send(b"\xff" * 1000),
    "sends-http": lambda line: line.send(b"HTTP/1.1 400 Plain\r\nContent-Length: 0\r\n\r\n"),
    "closes": lambda line: line.pause(0),
    "resets": lambda line: line.reset(),
    "sends-an-alert": lambda line: line.send(b"\x15\x03\x03\x00\x02\x02\x28"),
    "sends-alerts-without-end": lambda line: line.flood(b"\x15\x03\x03\x00\x02\x01\x5a", 10_000_000),
    "sends-records-without-end": lambda line: line.flood(RECORD + bytes(16384), 50_000_000),
}
for name, play in HANDSHAKES.items():
    add(
        f"{name}-in-the-handshake",
        "tls",
        INCONCLUSIVE,
        target=answers_well,
        elsewhere=_shakes_hands(play),
    )
