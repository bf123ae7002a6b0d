"""Rules on what an answer should not give away, and on the headers that explain a refusal (erratum 15)."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Final

from conformance.redaction.redactor import Redactor
from conformance.rules.action import entries, pointer
from conformance.rules.body import content
from conformance.rules.finding import Finding
from conformance.rules.status import answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.exchange import Exchange
    from conformance.rules.status import Rule

REFLECTED: Final = "logout-conformance-reflected"
"""A header that only a reflected line break can bring into an answer."""

LOOKED_AT: Final = 64 * 1024
"""How far into a body the rules here search, in bytes: no honest answer of this endpoint is nearly as long."""

_TRACES: Final = re.compile(
    r"Traceback \(most recent call last\)"
    r"|(?:\b|\\t)at [\w$.<>]+\([\w$]+\.(?:java|kt|scala|groovy):\d+\)"  # JVM
    r"|(?:\b|\\t)at [^\n\"/]{1,200}?(?:/|node:|file:)[^\s\"]{1,300}?\.[cm]?[jt]s:\d+:\d+"  # Node.js
    r"|(?:\b|\\t)at [\w.<>`]+\([^)\n]{0,200}\) in [^\n]{1,300}:line \d+"  # .NET
    r"|goroutine \d+ \[running\]"
    r"|\.rb:\d+:in [`']"
    r"|#\d+ [^\n]{1,300}\.php\(\d+\)"
    r"|File \\?\"[^\"\n]{1,300}\.py\\?\", line \d+"
)


def should_hide_stack_trace(exchange: Exchange) -> Iterator[Finding]:
    """An error does not show the server's inner workings."""
    match = _TRACES.search(content(exchange)[:LOOKED_AT].decode("utf-8", "replace"))
    if match:
        yield Finding("error-without-stack-trace", "no stack trace", match[0], "body")


def should_not_carry_token(requirement: str) -> Rule:
    """Make the rule that an answer does not give the access token back."""

    def rule(exchange: Exchange) -> Iterator[Finding]:
        token = _token(exchange)
        if carries(token, content(exchange).decode("latin-1")):
            yield Finding(requirement, "a body without the access token", "the access token", "body")

    return rule


def url_should_not_carry_token(exchange: Exchange) -> Iterator[Finding]:
    """The `url` is opened in a browser: a token in it ends in histories and logs."""
    token = _token(exchange)
    for key, entry in entries(exchange):
        if carries(token, str(entry.get("url"))):
            expected = "a url without the access token"
            yield Finding("url-without-token", expected, "the access token", pointer(key, "url"))


def should_not_reflect_line_break(exchange: Exchange) -> Iterator[Finding]:
    """Text of the request does not become a header of the answer."""
    if answer(exchange).header(REFLECTED) is not None:
        seen = f"the header {REFLECTED}, which the request brought in behind a line break"
        yield Finding("no-reflected-line-break", "no header made of the request's text", seen, REFLECTED)


def should_list_allowed_methods(exchange: Exchange) -> Iterator[Finding]:
    """A 405 says which methods are allowed (RFC 9110, 15.5.6)."""
    allowed = answer(exchange).header("Allow")
    if "GET" not in [name.strip() for name in (allowed or "").split(",")]:
        yield Finding("allow-with-405", "Allow with GET", allowed or "no Allow", "Allow")


def should_challenge(exchange: Exchange) -> Iterator[Finding]:
    """A 401 says how to authenticate (RFC 9110, 15.5.2)."""
    if not answer(exchange).header("WWW-Authenticate"):
        yield Finding("www-authenticate-with-401", "WWW-Authenticate", "no WWW-Authenticate", "WWW-Authenticate")


def carries(token: str, text: str) -> bool:
    """Say whether a text has the token in it, plain or in any encoding in which it may be echoed."""
    return bool(token) and _finder(token).holds(text[:LOOKED_AT])


@functools.lru_cache(maxsize=16)
def _finder(token: str) -> Redactor:
    return Redactor({"token": token})


def _token(exchange: Exchange) -> str:
    values = [value for name, value in exchange.request.headers if name.lower() == "authorization"]
    scheme, _, token = (values[0] if values else "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
