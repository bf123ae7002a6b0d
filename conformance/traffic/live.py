"""Traffic as it happens: the calls of the endpoint, and where they lead, kept as they come."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.rules.client import is_call
from conformance.rules.course import Course, place_of, url_key
from conformance.rules.sent import parts_of
from conformance.traffic.traffic import MOST_CALLS, MOST_OTHERS, MOST_SIGN_INS, SIGN_IN, Span, Traffic, is_wanted

if TYPE_CHECKING:
    from conformance.exchange import Exchange


class Live:
    """Traffic that somebody watches: what is told of in order, and how long it was watched.

    `is_there` says that exchanges have the address at which they were watched: that of a proxy is another, unless it
    keeps Host.
    """

    def __init__(self, *, is_there: bool = True) -> None:
        self._is_there = is_there
        self.traffic = Traffic(spans=[Span(begins_s=time.time())], places=frozenset())
        self._wanted: set[tuple[object, ...]] = set()

    def add(self, exchange: Exchange) -> None:
        """Take note of an exchange that has ended; its index says in which order."""
        traffic = self.traffic
        traffic.seen += 1
        if SIGN_IN.search(parts_of(exchange.request.url)[0]) and len(traffic.sign_ins) < MOST_SIGN_INS:
            traffic.sign_ins.append(exchange.began_s or time.time())
        if self._is_there:
            traffic.places = (traffic.places or frozenset()) | {place_of(exchange.request.url)}
        if is_call(exchange.request):
            self._add_call(exchange)
        elif len(traffic.others) < MOST_OTHERS and is_wanted(exchange, self._wanted):
            response = exchange.response and replace(exchange.response, body=b"", kept="nothing")
            traffic.others.append(replace(exchange, response=response))

    def ended(self) -> Traffic:
        """Give what was seen until now, the end of watching."""
        self.traffic.spans[0].ends_s = time.time()
        return self.traffic

    def _add_call(self, call: Exchange) -> None:
        if len(self.traffic.calls) >= MOST_CALLS:
            self.traffic.left_out += 1
            return
        self.traffic.calls.append(call)
        for opening in Course((call,)).openings:
            self._wanted |= {url_key(url) for url in (opening.url, opening.redirect_url) if url}
