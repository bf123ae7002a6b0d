"""One logout as its client went about it: what each answer asked to be opened, and what was opened."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, unquote_plus, urljoin, urlsplit

from conformance.law.contract import ActionName
from conformance.rules.action import entries
from conformance.rules.finding import Unjudged
from conformance.rules.redirect import redirect_urls
from conformance.rules.status import OK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conformance.exchange import Exchange

AFTER_S: Final = 2.0
"""So long after an answer, in seconds, a client has done what it was going to do next."""
PORTS: Final = {"http": 80, "https": 443}
"""The port of a URL that names none, by its scheme."""


@dataclass(frozen=True)  # no slots: what is cached has no place in them
class Course:
    """The course of one logout.

    `calls` are the client's calls of the endpoint, `others` every other request that was seen; the `index` of an
    exchange says in which order they were sent. `seen_until_s` is how long the client was watched, in seconds since
    1970 (infinite: to its end; None: nobody knows). `alone` says that nothing but this logout was going on.
    `places` are host and port of the only servers whose requests are seen, None where those of all are.
    """

    calls: tuple[Exchange, ...]
    others: tuple[Exchange, ...] = ()
    seen_until_s: float | None = None
    alone: bool = False
    places: frozenset[str] | None = None

    @cached_property
    def openings(self) -> Sequence[Opening]:
        """What the answers asked for, entry by entry; what cannot be read asks for nothing."""
        return [opening for call in self.calls for opening in _openings(self, call)]

    def sees(self, url: str) -> bool:
        """Say whether a request of this URL would be seen."""
        return self.places is None or place_of(url) in self.places

    def sees_visits(self, opening: Opening) -> bool:
        """Say whether a visit to the url of an entry would be seen; a relative one is where the calls were seen."""
        return opening.is_relative or self.sees(opening.url)

    def is_seen_after(self, exchange: Exchange) -> bool:
        """Say whether the client was watched for long enough after this to see what it does next."""
        if self.seen_until_s is None or exchange.ended_s is None:
            return self.alone
        return self.seen_until_s - exchange.ended_s >= AFTER_S

    def others_after(self, call: Exchange) -> tuple[Exchange, ...]:
        """Give the other requests that were sent after a call."""
        return tuple(other for other in self.others if other.index > call.index)

    def visits_of(self, url: str, call: Exchange) -> tuple[Exchange, ...]:
        """Give the GETs of a URL after a call."""
        found = (other for other in self.others_after(call) if url and same_url(other.request.url, url))
        return tuple(visit for visit in found if visit.request.method == "GET")

    def visits(self) -> Iterator[Exchange]:
        """Give what was asked for at a url of an answer, on from there along redirects, and at redirect targets."""
        for opening in self.openings:
            going = [*opening.visits, *self.visits_of(opening.redirect_url, opening.call)]
            known = {visit.index for visit in going}
            while going:
                visit = going.pop()
                yield visit
                onward = [next_ for next_ in self.visits_of(location_of(visit), visit) if next_.index not in known]
                known.update(next_.index for next_ in onward)
                going += onward

    def unredirected(self, visits: Iterable[Exchange]) -> list[Exchange]:
        """Leave out the visits to which a redirect has led: a flow may come back to where it began."""
        led_to = [location_of(other) for other in self.others]
        return [visit for visit in visits if not any(same_url(visit.request.url, url) for url in led_to if url)]

    def is_sent_to(self, url: str) -> bool:
        """Say whether an answer that was seen redirected to a URL."""
        return any(same_url(location_of(other), url) for other in self.others if location_of(other))


@dataclass(frozen=True, slots=True)
class Opening:
    """One entry of an answer: its action, its url (absolute, empty where there is none), and the GETs of that url."""

    call: Exchange
    action: str
    url: str
    redirect_url: str
    visits: Sequence[Exchange]
    is_relative: bool

    @property
    def is_asked(self) -> bool:
        """Whether the url is to be opened."""
        return self.action == ActionName.LOGOUT and bool(self.url)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is to be opened."""
        is_without_url = self.action == ActionName.PARTNER_LOGOUT and not self.url
        return self.action in {ActionName.COMPLETE, ActionName.INVALID} or is_without_url


def same_url(one: str, other: str) -> bool:
    """Say whether a user agent asks for the same: fragments stay at home, http may become https, escapes may differ."""
    return one == other or url_key(one) == url_key(other)


def _openings(course: Course, call: Exchange) -> Iterator[Opening]:
    if call.response is None or call.response.status != OK:
        return
    redirect_url = next(iter(redirect_urls(call.request)), "")
    try:
        for _, entry in entries(call):
            given = entry.get("url")
            url = _resolved(call.request.url, given) if isinstance(given, str) and given else ""
            visits = course.visits_of(url, call)
            is_relative = not place_of(str(given)) and place_of(url) == place_of(call.request.url)
            yield Opening(call, str(entry.get("actionName")), url, unquote_plus(redirect_url), visits, is_relative)
    except Unjudged:
        return


def place_of(url: str) -> str:
    """Give host and port of a URL, as they stand in it."""
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def location_of(visit: Exchange) -> str:
    """Give where an answer redirects to, absolute; empty where it does not."""
    location = visit.response.header("Location") if visit.response else None
    return _resolved(visit.request.url, location) if location else ""


def _resolved(base: str, url: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:
        return ""


def url_key(url: str) -> tuple[object, ...]:
    """Give what two URLs have in common that are the same to a user agent."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return (url,)
    scheme = parts.scheme.lower()
    is_web = scheme in PORTS
    return (
        "web" if is_web else scheme,
        (parts.hostname or "").lower(),
        None if is_web and port == PORTS[scheme] else port,
        unquote(parts.path) or "/",
        unquote(parts.query),
    )
