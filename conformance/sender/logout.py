"""A logout request as the kit means it, and the changes that make it unusual or wrong.

The values are plain text; percent-encoding is left to `outgoing`, unless a case is about the encoding itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote, urlsplit

from conformance.sender.wire import Outgoing

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.exchange import Headers


@dataclass(frozen=True, slots=True)
class Logout:
    """One call of the endpoint; `raw_path` and `raw_query`, where given, are sent as they stand."""

    base_url: str
    service_provider: str
    mvpd: str
    query: tuple[tuple[str, str], ...]
    headers: Headers
    method: str = "GET"
    raw_path: str | None = None
    raw_query: str | None = None

    @property
    def path(self) -> str:
        """The path below the base URL, percent-encoded (RFC 3986, 2.1)."""
        provider, mvpd = (quote(name, safe="") for name in (self.service_provider, self.mvpd))
        return self.raw_path or f"/api/v2/{provider}/logout/{mvpd}"

    @property
    def url(self) -> str:
        """The absolute URL as it is put on the wire."""
        encoded = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in self.query)
        query = encoded if self.raw_query is None else self.raw_query
        return f"{self.base_url}{self.path}" + (f"?{query}" if query else "")

    def outgoing(self) -> Outgoing:
        """Give the request as it is sent, with the headers that HTTP itself needs."""
        # one connection for each exchange: see wire.fetch
        http = (("Host", urlsplit(self.base_url).netloc), ("Connection", "close"), ("Accept-Encoding", "gzip, deflate"))
        length = (("Content-Length", "0"),) if self.method in {"POST", "PUT", "PATCH"} else ()
        return Outgoing(self.method, self.url, http + self.headers + length)

    def header(self, name: str) -> str:
        """Give a header's value, empty where it is absent."""
        return next((value for given, value in self.headers if given.lower() == name.lower()), "")


Change: TypeAlias = "Callable[[Logout], Logout]"
"""What a step of a visit does to the plain request."""


def as_it_is(request: Logout) -> Logout:
    """Change nothing."""
    return request


def method(name: str) -> Change:
    """Use another HTTP method."""
    return lambda request: replace(request, method=name)


def header(name: str, value: str) -> Change:
    """Add a header, or replace the one of this name."""
    return lambda request: replace(without_header(name)(request), headers=(*_others(request, name), (name, value)))


def without_header(name: str) -> Change:
    """Leave a header out."""
    return lambda request: replace(request, headers=_others(request, name))


def header_names(spelling: Callable[[str], str]) -> Change:
    """Spell every header name in another case (RFC 9110, 5.1)."""
    return lambda request: replace(request, headers=tuple((spelling(name), value) for name, value in request.headers))


def rewritten_header(name: str, rewrite: Callable[[str], str]) -> Change:
    """Make a header's value anew from what it is."""
    return lambda request: header(name, rewrite(request.header(name)))(request)


def redirect_url(value: str) -> Change:
    """Ask for another redirect target."""
    return lambda request: replace(request, query=(("redirectUrl", value),))


def query(*parameters: tuple[str, str]) -> Change:
    """Send these query parameters behind the usual ones."""
    return lambda request: replace(request, query=(*request.query, *parameters))


def no_query(request: Logout) -> Logout:
    """Leave every query parameter out."""
    return replace(request, query=())


def raw_query(make: Callable[[Logout], str]) -> Change:
    """Send a query as it stands."""
    return lambda request: replace(request, raw_query=make(request))


def mvpd(name: str) -> Change:
    """Ask for another MVPD."""
    return lambda request: replace(request, mvpd=name)


def service_provider(name: str) -> Change:
    """Ask for another service provider."""
    return lambda request: replace(request, service_provider=name)


def needlessly_encoded(request: Logout) -> Logout:
    """Percent-encode first letters that need it not, which says the same (RFC 3986, 6.2.2.2)."""
    provider, mvpd = (_first_letter_encoded(name) for name in (request.service_provider, request.mvpd))
    query = "&".join(f"{_first_letter_encoded(name)}={quote(value, safe='')}" for name, value in request.query)
    return replace(request, raw_path=f"/api/v2/{provider}/logout/{mvpd}", raw_query=query)


def _first_letter_encoded(text: str) -> str:
    data = text.encode()
    return f"%{data[0]:02X}" + quote(data[1:], safe="")


def _others(request: Logout, name: str) -> Headers:
    return tuple((given, value) for given, value in request.headers if given.lower() != name.lower())
