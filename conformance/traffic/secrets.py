"""What is secret in traffic that somebody else sent: credentials and cookies, wherever they go on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from conformance.exchange import header_values
from conformance.redaction.redactor import CREDENTIALS
from conformance.rules.sent import is_placeholder, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.exchange import Exchange

_RANDOM: Final = re.compile(r".{16,}|(?=.*\d)(?=.*[A-Za-z]).{8,}")
"""What a cookie has that is worth keeping; `mvpd=Cablevision` must not blank a name wherever it stands."""
_USER: Final = re.compile(r"^[^/?#]*//([^/?#@]+)@")
_TOKEN: Final = re.compile(r"(?:access_?token|id_token|client_secret)=([^&#]{6,})", re.IGNORECASE)


def secrets_of(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """Give what is secret in an exchange, each with a name for it."""
    for name, value in exchange.request.headers:
        if name.lower() in CREDENTIALS and not is_placeholder(value):
            yield name.upper().replace("-", "_"), value
    for pair in _cookies(exchange):
        yield "COOKIE", pair
        value = pair.partition("=")[2].strip('"')
        if _RANDOM.fullmatch(value):
            yield "COOKIE", value
    _, query, fragment = parts_of(exchange.request.url)
    for found in _TOKEN.finditer(f"{query}&{fragment}"):
        yield "TOKEN_IN_URL", unquote(found[1])
    yield from (("USER_IN_URL", found[1]) for found in _USER.finditer(exchange.request.url))


def _cookies(exchange: Exchange) -> Iterator[str]:
    """Give every pair of a name and a value that was sent or given."""
    sent = header_values(exchange.request.headers, "Cookie")
    given = header_values(exchange.response.headers, "Set-Cookie") if exchange.response else ()
    pairs = [pair for value in sent for pair in value.split(";")]
    # some recorders put several of them into one value, line by line
    pairs += [line.partition(";")[0] for value in given for line in value.splitlines()]
    yield from (pair.strip() for pair in pairs)
