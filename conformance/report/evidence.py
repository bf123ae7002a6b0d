"""An exchange as report.html shows it: no more of it than a reader can use, with the places that findings point at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from conformance.report.body import Body, body_of, closest
from conformance.report.curl import curl_line, variables

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from conformance.record.record import ExchangeLine, Header, ReceivedResponse

MOST_HEADERS: Final = 100
MOST_TEXT: Final = 16 * 1024
"""Characters of the headers of a message, and of a curl line."""
_EACH_TIME = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """An exchange with as much of it as is shown; the rest is in exchanges.jsonl."""

    exchange: ExchangeLine
    body: Body
    curl: str
    variables: Sequence[str]
    more_sent: int
    """How many headers of the request are not here."""
    more_received: int
    """How many headers of the answer are not here."""
    marked_names: frozenset[str]
    """Header names in lower case, and `status`."""
    marked_lines: frozenset[int]
    """Numbers of lines of the body."""
    answer: bytes
    """The same for equal answers."""

    @property
    def index(self) -> int:
        """The line of exchanges.jsonl."""
        return self.exchange.index


def evidence_of(
    exchange: ExchangeLine, places: Collection[str] = (), *, verify: bool = True, resendable: bool = True
) -> Evidence:
    """Make evidence of an exchange; `places` are those that findings point at.

    What is not `resendable` has no curl line: it was a client's own request, to a server that is gone or a live one.
    """
    body = body_of(exchange.response) if exchange.response else Body((), 0)
    lines = {closest(body.lines, place) for place in places if place.startswith("/")}
    sent = _first(exchange.request.headers)
    received = _first(exchange.response.headers) if exchange.response else ()
    return Evidence(
        exchange=_trimmed(exchange, sent, received),
        body=body,
        curl=_curl(exchange, verify=verify) if resendable else "",
        variables=variables(exchange),
        more_sent=len(exchange.request.headers) - len(sent),
        more_received=len(exchange.response.headers) - len(received) if exchange.response else 0,
        marked_names=frozenset(place.lower() for place in places),
        marked_lines=frozenset(number for number in lines if number is not None),
        answer=answer_of(exchange),
    )


def answer_of(exchange: ExchangeLine) -> bytes:
    """Give the same for answers that are equal but for what differs each time: dates and UUIDs, such as traces."""
    answer = exchange.response
    text = "\n".join(_texts(answer)) if answer else exchange.trouble or ""
    return blake2b(_EACH_TIME.sub("", text).encode("utf-8", "backslashreplace"), digest_size=16).digest()


def _texts(answer: ReceivedResponse) -> Iterable[str]:
    yield f"{answer.http_version} {answer.status} {answer.reason} {answer.undecodable} {answer.body_bytes}"
    yield from (f"{name}: {value}" for name, value in answer.headers if name.lower() != "date")
    yield answer.body


def _first(headers: Sequence[Header]) -> Sequence[Header]:
    """Give the headers that there is room for; the first always is shown."""
    room = MOST_TEXT
    first: list[Header] = []
    for name, value in headers[:MOST_HEADERS]:
        room -= len(name) + len(value)
        if room < 0 and first:
            break
        first.append((name, value))
    return tuple(first)


def _trimmed(exchange: ExchangeLine, sent: Sequence[Header], received: Sequence[Header]) -> ExchangeLine:
    # so that memory holds what is shown and no more
    request = exchange.request.model_copy(update={"headers": sent})
    response = exchange.response and exchange.response.model_copy(update={"headers": received, "body": ""})
    return exchange.model_copy(update={"request": request, "response": response})


def _curl(exchange: ExchangeLine, *, verify: bool) -> str:
    line = curl_line(exchange, verify=verify)
    return line if len(line) <= MOST_TEXT else f"# no curl line: it would have {len(line)} characters"
