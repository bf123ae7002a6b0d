"""Rules on the `url` that a device opens to log out at the MVPD (`#success`, url)."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urljoin, urlsplit

import jsonschema_rs

from conformance.law.contract import ActionName
from conformance.rules.action import entries, pointer
from conformance.rules.body import excerpt
from conformance.rules.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.exchange import Exchange
    from conformance.rules.action import Entry

INJECTED: Final = "logout-conformance-injected"
"""A parameter of the redirect target's own, which must never become one of the `url` itself."""

_ABSENT_FOR: Final = {
    ActionName.COMPLETE.value: "no-url-for-complete",
    ActionName.INVALID.value: "no-url-for-invalid",
}


def must_have_url_to_open(exchange: Exchange) -> Iterator[Finding]:
    """With `logout` there is a `url`: the device needs to open the provided URL."""
    for key, entry in entries(exchange):
        if entry.get("actionName") != ActionName.LOGOUT:
            continue
        url = entry.get("url")
        if not isinstance(url, str) or not url:
            seen = excerpt(url) if "url" in entry else 'no member "url"'
            yield Finding("url-for-logout", "a URL", seen, pointer(key, "url"))


def must_have_no_url(exchange: Exchange) -> Iterator[Finding]:
    """With `complete` and `invalid` there is no `url`, not even null (erratum 5)."""
    for key, entry in entries(exchange):
        requirement = _ABSENT_FOR.get(str(entry.get("actionName")))
        if requirement and "url" in entry:
            yield Finding(requirement, 'no member "url"', excerpt(entry["url"]), pointer(key, "url"))


def must_be_reference(exchange: Exchange) -> Iterator[Finding]:
    """A `url` to open is a URI reference (RFC 3986, 4.1; erratum 4)."""
    for key, entry in entries(exchange):
        url = entry.get("url")
        if _is_to_open(entry) and not (isinstance(url, str) and _is_reference(url)):
            yield Finding("url-is-reference", "a URI reference", excerpt(url), pointer(key, "url"))


def must_open_in_user_agent(exchange: Exchange) -> Iterator[Finding]:
    """A `url`, resolved against the request, is http or https and has a host (erratum 4)."""
    for key, url in _urls(exchange):
        fault = _why_not_open(exchange.request.url, url) if _is_reference(url) else ""
        if fault:
            seen = f"{excerpt(url)}, which has {fault}"
            yield Finding("url-opens-in-user-agent", "an http or https URL", seen, pointer(key, "url"))


def must_keep_redirect_target_whole(exchange: Exchange) -> Iterator[Finding]:
    """An echoed redirect target stays one value: it brings in no parameter of its own (erratum 6)."""
    asked = dict(parse_qsl(urlsplit(exchange.request.url).query)).get("redirectUrl", "")
    for key, url in _urls(exchange) if INJECTED in asked else ():
        fault = _how_torn(url, asked)
        if fault:
            seen = f"{excerpt(url)}, where {fault}"
            yield Finding("url-keeps-redirect-target", "the redirect target as one value", seen, pointer(key, "url"))


def _how_torn(url: str, asked: str) -> str:
    """Say what became of a redirect target that was not encoded as one value; empty where nothing did."""
    try:
        parts, target = urlsplit(url), urlsplit(asked)
    except ValueError:
        return ""
    parameters = parse_qsl(parts.query, keep_blank_values=True)
    if any(name.rpartition(";")[2] == INJECTED for name, _ in parameters):
        return f"the redirect target's own parameter {INJECTED} became one of the url"
    if parts.fragment and parts.fragment == target.fragment:
        return "the redirect target's own fragment became the url's"
    beginning = f"{target.netloc}{target.path}?"
    if any(value.partition("://")[2].startswith(beginning) and INJECTED not in value for _, value in parameters):
        return "the redirect target was cut short"
    return ""


def _urls(exchange: Exchange) -> Iterator[tuple[str, str]]:
    for key, entry in entries(exchange):
        url = entry.get("url")
        if isinstance(url, str) and _is_to_open(entry):
            yield key, url


def _is_to_open(entry: Entry) -> bool:
    """Say whether an entry has a url whose form is to be judged here: what `logout` lacks, other rules report."""
    url, name = entry.get("url"), str(entry.get("actionName"))
    if name in _ABSENT_FOR or url is None:  # of null with `partner_logout` the page says nothing, so nobody is accused
        return False
    return bool(url) and isinstance(url, str) if name == ActionName.LOGOUT else True


def _why_not_open(request_url: str, url: str) -> str:
    scheme, host, *_ = _parts_or_none(url)
    if not scheme:
        scheme, host, *_ = _parts_or_none(urljoin(request_url, url))
    if scheme.lower() not in {"http", "https"}:
        return f"the scheme {scheme!r}"
    return "" if host else "no host"


def _parts_or_none(url: str) -> tuple[str, str, str, str]:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return "", "", "", ""
    return parts.scheme, parts.hostname or "", parts.path, parts.query


@functools.cache
def _reference_validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"type": "string", "format": "uri-reference"}, validate_formats=True)


def _is_reference(url: str) -> bool:
    try:
        return _reference_validator().is_valid(url)
    except ValueError:  # a lone surrogate, which no URI has
        return False
