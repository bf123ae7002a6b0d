"""What recordings have of this endpoint: the calls, where they led, and how long the client was watched."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from conformance.record.stored import RecordError
from conformance.redaction.redactor import CREDENTIALS
from conformance.rules.client import is_call
from conformance.rules.course import Course, location_of, place_of, url_key
from conformance.rules.sent import AUTHORIZATION, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.exchange import Exchange
    from conformance.traffic.recording import Recording

Place: TypeAlias = tuple[float, int, int]
"""When an exchange was sent, in which file, and at which place of it: no two have the same."""

MOST_CALLS: Final = 1000
MOST_OTHERS: Final = 2000
MOST_SIGN_INS: Final = 10_000
SEVERAL: Final = 2
SIGN_IN: Final = re.compile(r"/api/v2/(?:[^/]+/sessions|authenticate)(?:/|$)")


@dataclass(slots=True)
class Span:
    """From when to when a file has traffic, in seconds since 1970."""

    begins_s: float = float("inf")
    ends_s: float = float("-inf")


@dataclass(slots=True)
class Traffic:
    """The calls of the endpoint in several recordings, and the requests that went where their answers point."""

    calls: list[Exchange] = field(default_factory=list)
    others: list[Exchange] = field(default_factory=list)
    sign_ins: list[float] = field(default_factory=list)
    """When a viewer was seen to sign in, in seconds since 1970."""
    spans: list[Span] = field(default_factory=list)
    seen: int = 0
    """How many requests there were in all."""
    left_out: int = 0
    """How many calls are not judged, being too many."""
    places: frozenset[str] | None = None
    """Host and port of the only servers whose requests are seen; None where those of all are."""

    def seen_until(self, exchange: Exchange) -> float | None:
        """Give the end of the recordings that go on when an exchange ends."""
        ended = exchange.ended_s
        ends = [span.ends_s for span in self.spans if ended is not None and span.begins_s <= ended]
        return max((end for end in ends if ended is not None and end >= ended), default=ended)


def traffic_of(recordings: Sequence[Recording]) -> Traffic:
    """Read recordings, twice: for the calls, and for what their answers led to.

    Raises:
        RecordError: a file cannot be read, or is no recording at all; the text names all such files.

    """
    traffic, calls, mistakes = Traffic(places=frozenset()), list["tuple[Place, Exchange]"](), list[str]()
    for number, recording in enumerate(recordings):
        try:
            calls += _calls(traffic, number, recording)
        except RecordError as mistake:
            mistakes.append(str(mistake))
        except OSError as error:
            mistakes.append(f"{recording.path}: {error.strerror or error}")
    if mistakes:
        raise RecordError("\n".join(mistakes))
    others = list(_others(recordings, [call for _, call in calls])) if calls else []
    placed = sorted([*calls, *others], key=lambda pair: pair[0])
    known = {place for place, _ in calls}
    for index, (place, exchange) in enumerate(placed):
        (traffic.calls if place in known else traffic.others).append(replace(exchange, index=index))
    return traffic


def _calls(traffic: Traffic, number: int, recording: Recording) -> Iterator[tuple[Place, Exchange]]:
    span, shows_credentials = Span(), False
    found: list[tuple[Place, Exchange]] = []
    servers: set[str] = set()
    for place, exchange in _placed(number, recording):
        traffic.seen += 1
        if len(servers) < SEVERAL:
            servers.add(place_of(exchange.request.url))
        began, ended = exchange.began_s, exchange.ended_s
        if began is not None and ended is not None:
            span.begins_s, span.ends_s = min(span.begins_s, began), max(span.ends_s, began)
            path = parts_of(exchange.request.url)[0]
            if SIGN_IN.search(path) and len(traffic.sign_ins) < MOST_SIGN_INS:
                traffic.sign_ins.append(began)
        shows_credentials = shows_credentials or _has_credentials(exchange)
        if is_call(exchange.request) and len(found) < MOST_CALLS:
            found.append((place, exchange))
        elif is_call(exchange.request):
            traffic.left_out += 1
    traffic.spans.append(span)
    # a recorder in front of one server sees nothing else, and does not say so
    sees_all = recording.has_pages or len(servers) >= SEVERAL
    traffic.places = None if sees_all or traffic.places is None else traffic.places | servers
    hides = recording.may_be_sanitized and not shows_credentials
    yield from ((place, _withholding(call) if hides else call) for place, call in found)


def _others(recordings: Sequence[Recording], calls: Sequence[Exchange]) -> Iterator[tuple[Place, Exchange]]:
    """Give the requests that went to a url of an answer, to a redirect target, or on from there along redirects."""
    asked = Course(tuple(calls)).openings
    wanted = {url_key(url) for opening in asked for url in (opening.url, opening.redirect_url) if url}
    placed = (pair for number, each in enumerate(recordings) for pair in _placed(number, each))
    near = (pair for pair in placed if not is_call(pair[1].request) and is_wanted(pair[1], wanted))
    for place, exchange in itertools.islice(near, MOST_OTHERS):
        response = exchange.response and replace(exchange.response, body=b"", truncated=True, kept="nothing")
        yield place, replace(exchange, response=response)


def is_wanted(exchange: Exchange, wanted: set[tuple[object, ...]]) -> bool:
    """Say whether an exchange went where an answer pointed, or leads there; then where it leads is wanted too."""
    location = location_of(exchange)
    is_near = url_key(exchange.request.url) in wanted
    if is_near and location:
        wanted.add(url_key(location))
    return is_near or (bool(location) and url_key(location) in wanted)


def _placed(number: int, recording: Recording) -> Iterator[tuple[Place, Exchange]]:
    """Give exchanges with their places; what has no time stands behind what came before it."""
    last = 0.0
    for ordinal, exchange in enumerate(recording.exchanges()):
        began = exchange.began_s
        last = last if began is None else began
        yield (last, number, ordinal), exchange


def _has_credentials(exchange: Exchange) -> bool:
    return any(name.lower() in CREDENTIALS for name, _ in exchange.request.headers)


def _withholding(call: Exchange) -> Exchange:
    hidden = {AUTHORIZATION.lower()} - {name.lower() for name, _ in call.request.headers}
    return replace(call, request=replace(call.request, withheld=call.request.withheld | hidden))
