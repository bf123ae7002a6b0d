"""The guards of the kit, each with a way to take it out: then behaviours break that are harmless while it is there.

What is taken out is replaced from outside, in the process of a run: the kit itself has no switch for any of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

import requests

from conformance import interruption
from conformance.exchange import Response
from conformance.record import stored
from conformance.redaction.redactor import Redactor
from conformance.report import html, junit, templating, terminal
from conformance.rules import body
from conformance.run import run
from conformance.sender import client, coding, wire
from conformance.target import legal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from jinja2 import Environment

FAR: Final = 2**40


@dataclass(frozen=True, slots=True)
class Guard:
    """Something that the kit has against hostile targets."""

    remove: Callable[[], None]
    breaks: tuple[str, ...]
    """The behaviours that break without it."""


GUARDS: Final[dict[str, Guard]] = {}


def remove(name: str) -> None:
    """Take a guard out of the kit, in this process."""
    GUARDS[name].remove()


def guards(*breaks: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Add a guard, named as its function, with what breaks without it."""

    def added(taken_out: Callable[[], None]) -> Callable[[], None]:
        GUARDS[taken_out.__name__.replace("_", "-")] = Guard(taken_out, breaks)
        return taken_out

    return added


def put(owner: Any, **replaced: object) -> None:  # noqa: ANN401  (a module or a class)
    """Put something else in the place of attributes that there are."""
    for name, value in replaced.items():
        assert hasattr(owner, name), f"{owner} has no {name}: the guard has moved"
        setattr(owner, name, value)


# --- time ---


@guards("drips-the-headers", "handler-drips-its-body")
def deadline() -> None:
    """Every read has the whole timeout, as with `requests`."""
    put(wire.Gauge, remaining=lambda _: 1.0)


@guards("throttles-for-ever")
def max_time() -> None:
    """The run goes on for as long as it takes."""
    put(client.Client, remaining_s=lambda _: 1000.0)


@guards("refuses-connections")
def giving_up() -> None:
    """A target that is not there is asked as often as any other."""
    put(client.Client, _give_up_unless_alive=lambda *_: None)


# --- size ---


@guards("sends-100-mib-without-a-length")
def body_cap() -> None:
    """A body is read to its end."""
    put(wire, Limits=lambda **_: SimpleNamespace(head=FAR, body=FAR))
    (wire.fetch.__kwdefaults__ or {})["limits"] = wire.Limits()


@guards("sends-a-gzip-bomb")
def decompression_cap() -> None:
    """What was compressed may become as large as it likes."""
    bounded = coding.content
    put(wire, content=lambda data, codings, _: bounded(data, codings, FAR))


@guards("sends-an-array-of-200000-levels")
def nesting_cap() -> None:
    """JSON is read however deep it is."""
    put(body, DEEPEST=FAR)
    setattr(body, "RecursionError", KeyError)  # noqa: B010  (what the module looks for is found there first)


# --- leaks ---


@guards("echoes-the-whole-request", "sends-a-cookie")
def redaction() -> None:
    """No value is secret."""
    put(Redactor, learn_all=lambda *_: None)


@guards("sends-a-cookie")
def learning() -> None:
    """What a state handler hands out is not secret."""
    put(Redactor, learn_headers=lambda *_: None)


@guards("redirects-with-307", "answers-with-nothing", "sends-a-gzip-bomb")
def own_sender() -> None:
    """Requests are sent as everybody sends them: redirects, proxies and ~/.netrc included."""

    def fetch(outgoing: wire.Outgoing, *, timeout_s: float, **_: object) -> Response:
        try:
            given = requests.request(
                outgoing.method, outgoing.url, headers=dict(outgoing.headers), data=outgoing.body, timeout=timeout_s
            )
        except requests.RequestException as error:
            raise wire.TransportError(type(error).__name__) from None
        return Response("HTTP/1.1", given.status_code, given.reason, tuple(given.headers.items()), given.content)

    put(wire, fetch=fetch)


@guards("shows-a-self-signed-certificate")
def verification() -> None:
    """Any certificate is good enough."""
    put(wire, _verification=lambda _: False)


# --- reports ---


@guards("acts-on-the-reader-in-the-reason")
def escaping() -> None:
    """What a target sends stands in the reports as it was sent."""
    for module in (terminal, junit, html, templating):
        put(module, visible=lambda text, keep="": text)  # noqa: ARG005
    put(html, parts=lambda text, keep="": [(text, False)])  # noqa: ARG005


@guards("writes-a-script")
def markup_escaping() -> None:
    """What a target sends is markup."""
    make = html._environment  # noqa: SLF001

    def environment() -> Environment:
        made = make()
        made.autoescape = False
        return made

    put(html, _environment=environment, Markup=str, seen=lambda text, _keep="": text)
    make().filters["seen"] = lambda text, _keep="": text


@guards("sends-a-cookie")
def policy() -> None:
    """The page may load and run what it likes."""
    put(html, _policy=lambda *_: "default-src * 'unsafe-inline'")


# --- the kit's own end ---


@guards("sigterm-while-an-answer-is-awaited")
def signals() -> None:
    """SIGTERM ends the process at once."""
    put(interruption, heed=lambda: None)


@guards("sigkill-after-20-exchanges")
def keeping() -> None:
    """The record is written at the end alone."""
    put(run.Run, keep=lambda _: None)


@guards("the-disk-is-full-after-300000-bytes")
def writing_aside() -> None:
    """Files are written in their place."""

    def write(path: Path, pieces: Iterable[str]) -> Path:
        with path.open("w", encoding="utf-8", errors="backslashreplace") as file:
            file.writelines(pieces)
        return path

    from conformance import report  # noqa: PLC0415  (a name that would hide the modules above)
    from conformance.record import record, recorder  # noqa: PLC0415

    for module in (stored, record, recorder, report):
        put(module, write_whole=write)


# --- the handler ---


@guards("handler-says-a-header-with-a-line-break")
def handler_checks() -> None:
    """A state handler hands out what it likes."""
    put(legal, is_header_value=lambda _: True)
