"""An exchange as one curl line that anybody can copy and run."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.record.record import ExchangeLine, SentRequest

MARKER = re.compile(r"\{\{([^{}]+)\}\}")
_PIECE = re.compile(r"\{\{(?P<marker>[^{}]+)\}\}|(?P<plain>(?:(?!\{\{[^{}]+\}\})[ -~])+)|(?P<odd>[^ -~]+)")
_AUTHORITY = re.compile(r"https?://([^/?#]*)", re.IGNORECASE)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 5.6.2; curl would read a file for `@name`


def curl_line(exchange: ExchangeLine, *, verify: bool = True) -> str:
    """Give a POSIX shell line, printable ASCII throughout, that sends the exchange's request again.

    A marker such as `{{ACCESS_TOKEN}}` becomes `"$ACCESS_TOKEN"`, so that the secret is taken from the environment.
    What curl would add by itself is taken away; `verify` False leaves the certificate unchecked, as the run did.
    A request that is no http or https request gives a shell comment that says so.
    """
    request = exchange.request
    if not request.url.lower().startswith(("http://", "https://")):
        return "# no curl line: the URL is no http or https URL"
    return " ".join(["curl", "-i", "--globoff", *_options(request, verify=verify), *_headers(request)])


def variables(exchange: ExchangeLine) -> list[str]:
    """Name the environment variables that the curl line of an exchange expands, in order, each once."""
    request = exchange.request
    texts = [request.url, *(value for name, value in request.headers if _TOKEN.fullmatch(name))]
    return list(dict.fromkeys(_identifier(name) for text in texts for name in MARKER.findall(text)))


def _options(request: SentRequest, *, verify: bool) -> Iterator[str]:
    if request.method == "HEAD":
        yield "--head"
    elif request.method != "GET":
        yield f"-X {_word(request.method)}"
    if not verify:
        yield "--insecure"
    if any(name.lower() == "accept-encoding" and value.strip() for name, value in request.headers):
        yield "--compressed"  # else the answer would come out encoded
    if "/." in request.url:
        yield "--path-as-is"
    yield _word(request.url, "utf-8")


def _headers(request: SentRequest) -> Iterator[str]:
    authority = _AUTHORITY.match(request.url)
    # curl sends the first by itself, and the second means nothing where one request is sent
    implied = {("host", authority[1].lower() if authority else ""), ("connection", "close")}
    for name, value in request.headers:
        if (name.lower(), value.lower()) in implied:
            continue
        if _TOKEN.fullmatch(name):
            # curl takes `Name:` for "leave this header out"
            yield f"-H {_word(f'{name}: {value}' if value.strip() else f'{name};')}"
    given = {name.lower() for name, _ in request.headers}
    for name in ("Accept", "User-Agent"):
        if name.lower() not in given:
            yield f"-H '{name}:'"


def _word(text: str, encoding: str = "latin-1") -> str:
    """Quote a text for the shell; header values are octets, which the kit sends and shows as Latin-1."""
    pieces = _PIECE.finditer(text)
    return "".join(_quoted(piece, encoding) for piece in pieces) or "''"


def _quoted(piece: re.Match[str], encoding: str) -> str:
    if piece["marker"]:
        return f'"${_identifier(piece["marker"])}"'
    if piece["plain"]:
        return shlex.quote(piece["plain"])
    octets = "".join(f"\\{octet:03o}" for octet in _octets(piece["odd"], encoding))
    return f"\"$(printf '{octets}')\""


def _octets(text: str, encoding: str) -> bytes:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace")


def _identifier(name: str) -> str:
    identifier = re.sub(r"[^A-Z0-9_]", "_", name.upper())
    return f"_{identifier}" if identifier[0].isdigit() else identifier
