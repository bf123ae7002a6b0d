"""Rules on a request for a logout where it is known what was to be logged out: the names, the device, the tokens."""

from __future__ import annotations

import base64
import string
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote, unquote_plus, urlsplit

from conformance.rules.finding import Finding
from conformance.rules.redirect import ESCAPE
from conformance.rules.sent import token_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.exchange import Exchange
    from conformance.rules.course import Course
    from conformance.rules.status import Rule

_UNRESERVED: Final = frozenset(string.ascii_letters + string.digits + "-._~")
_ENDPOINT: Final = "{}/api/v2/{}/logout/{}"


def must_ask_for(base_path: str, service_provider: str, mvpd: str) -> Rule:
    """Make the rule that the path is the endpoint's, below the base URL's, and names these two, encoded once."""

    def rule(exchange: Exchange) -> Iterator[Finding]:
        path = urlsplit(exchange.request.url).path
        if _segments(path, base_path) == [service_provider, mvpd]:
            return
        plain = _ENDPOINT.format(base_path, service_provider, mvpd)
        if plain in {path, *_misread(path)}:
            expected = f"{service_provider} and {mvpd}, percent-encoded once"
            yield Finding("client-path-encoded", expected, path, "path")
        else:
            yield Finding("client-path", plain, path, "path")

    return rule


def must_send_token(has_given: Callable[[str], bool]) -> Rule:
    """Make the rule that the access token is one of those that the client was given."""

    def rule(exchange: Exchange) -> Iterator[Finding]:
        token = token_of(exchange.request)
        if token and not has_given(token):
            yield Finding("client-authorization", "the access token that it was given", "another one", "Authorization")

    return rule


def must_identify(device: str) -> Rule:
    """Make the rule that AP-Device-Identifier is of this device, in whatever form: that is a rule of its own."""
    octets = device.encode()
    encoded = (base64.b64encode(octets).decode(), base64.urlsafe_b64encode(octets).decode())
    forms = {device, *encoded, *(form.rstrip("=") for form in encoded)}

    def rule(exchange: Exchange) -> Iterator[Finding]:
        for value in exchange.request.values("AP-Device-Identifier")[:1]:
            sent = unquote(value.strip())
            if sent and not {sent, sent.partition(" ")[2].strip()} & forms:
                seen = f"{value}, of another device"
                yield Finding("client-device-identifier", f"the identifier of {device}", seen, "AP-Device-Identifier")

    return rule


def must_open_as_given(course: Course) -> Iterator[Finding]:
    """The url of an answer is opened as it was given: decoded and put together again it asks for something else."""
    for opening in course.openings:
        for visit in opening.visits if opening.is_asked else ():
            if _normal(visit.request.url) != _normal(opening.url):
                expected = f"a GET of {opening.url}"
                yield Finding("client-opens-url", expected, visit.request.url, "next", visit.index)


def _normal(url: str) -> str:
    """Give a URL with the escapes that it needs, and no others (RFC 3986, 6.2.2); fragments stay at home."""
    needed = ESCAPE.sub(lambda found: _needed(found[0]), url.partition("#")[0])
    return quote(needed, safe="%:/?[]@!$&'()*+,;=-._~")


def _needed(escape: str) -> str:
    letter = chr(int(escape[1:], 16))
    return letter if letter in _UNRESERVED else escape.upper()


def _segments(path: str, base_path: str) -> list[str]:
    """Give service provider and MVPD as a server reads them; empty where the path is not the endpoint's."""
    if not path.startswith(f"{base_path}/"):
        return []
    match [unquote(segment) for segment in path[len(base_path) + 1 :].split("/")]:
        case ["api", "v2", service_provider, "logout", mvpd]:
            return [service_provider, mvpd]
    return []


def _misread(path: str) -> set[str]:
    """Give what a path may have been meant to say: encoded twice, as a form is, or where it must not be."""
    once = unquote(path)
    return {once, unquote(once), unquote_plus(path)}
