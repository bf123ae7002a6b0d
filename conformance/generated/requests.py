"""Requests that schemathesis generates from openapi.yaml; the kit sends them and the kit's rules judge them.

schemathesis's own sender and checks are not used: the one has no deadline for a whole exchange, the others pass a
server that refuses everything and fail one that is lenient where the page lets it be.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import requests
from hypothesis import strategies as st

from conformance import loading
from conformance.law.document import openapi, spec_file
from conformance.sender.plain import DEVICE_INFO, device_identifier, encoded_device_info
from conformance.target.legal import FRAMING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypothesis.strategies import SearchStrategy
    from schemathesis import Case as AnyCase

    from conformance.sender.logout import Change, Logout

    Case = AnyCase[Any]  # its parameters are types of schemathesis's own inner workings

PATH: Final = "/api/v2/{serviceProvider}/logout/{mvpd}"
TOKEN: Final = "authorization"  # noqa: S105  (a header's name)
DEVICE: Final = "ap-device-identifier"

REQUIRED: Final = frozenset({TOKEN, DEVICE, "x-device-info"})
"""Headers that the page calls required, in lower case."""
_ISSUED: Final = frozenset({"ad-service-token", "adobe-subject-token"})
"""Headers whose values only a server can issue (erratum 14)."""
_OWN: Final = frozenset({"host", "connection", "accept-encoding"})


@dataclass(frozen=True, slots=True)
class Generated:
    """A generated request: its names, its query as it stands, and its headers."""

    service_provider: str
    mvpd: str
    raw_query: str
    headers: tuple[tuple[str, str], ...]

    def header(self, name: str) -> str | None:
        """Give a header's value, None where the request lacks it."""
        return next((value for given, value in self.headers if given.lower() == name.lower()), None)

    def without(self, name: str) -> Generated:
        """Give the same request without a header."""
        return replace(self, headers=tuple((given, value) for given, value in self.headers if given != name))

    @property
    def redirect_urls(self) -> list[str]:
        """The values of redirectUrl, percent-decoded."""
        pairs = (pair.partition("=") for pair in self.raw_query.split("&"))
        return [value for name, _, value in pairs if name == "redirectUrl"]

    @property
    def has_made_up_mvpd(self) -> bool:
        """Whether the MVPD is none of the page's own, which a target may well have."""
        return bool(self.mvpd) and self.mvpd not in _examples("mvpd")

    @property
    def has_made_up_provider(self) -> bool:
        """Whether the service provider is none of the page's own."""
        return bool(self.service_provider) and self.service_provider not in _examples("serviceProvider")

    @property
    def has_usual_device(self) -> bool:
        """Whether the device identifier has the form that the page links to."""
        kind, _, encoded = (self.header(DEVICE) or "").partition(" ")
        return kind == "fingerprint" and bool(re.fullmatch(r"[A-Za-z0-9+/]+={0,2}", encoded))

    def refusals(self) -> frozenset[int]:
        """Give the statuses that a server must choose from to refuse the request; none where it need not be refused."""
        statuses: set[int] = set()
        if not any(self.redirect_urls) or not self.header(DEVICE):
            statuses.add(400)
        if not _has_token(self.header(TOKEN)):
            statuses |= {400, 401}
        return frozenset(statuses)

    @property
    def broken(self) -> str:
        """The first demand on a request that this one breaks; empty where it breaks none."""
        if not _has_token(self.header(TOKEN)):
            return "authorization-required"
        if not any(self.redirect_urls):
            return "redirect-url-required"
        return "" if self.header(DEVICE) else "device-identifier-required"

    def change(self, *, own_device: bool, own_host: bool = False) -> Change:
        """Make the plain request this one, with the target's own names and token.

        Where asked, with the viewer's own device, and with a redirect target on the usual host: a server may know which
        hosts it redirects to.
        """
        own = {name for name in (TOKEN, DEVICE) if self.header(name) and (own_device or name == TOKEN)}
        if not _has_token(self.header(TOKEN)):
            own.discard(TOKEN)

        def change(request: Logout) -> Logout:
            headers = [(name, request.header(name) if name.lower() in own else value) for name, value in self.headers]
            query = _at_usual_host(self.raw_query, request) if own_host else self.raw_query
            return replace(request, raw_query=query, headers=tuple(headers))

        return change


@functools.cache
def operations() -> Mapping[str, SearchStrategy[Case]]:
    """Give what makes requests: `valid` ones, and `invalid` ones."""
    with loading.at_once():
        import schemathesis  # noqa: PLC0415  (a third of a second that `list` need not wait for)
        from schemathesis import GenerationMode  # noqa: PLC0415
        from schemathesis.config import SchemathesisConfig  # noqa: PLC0415

        for name, strategy in _formats().items():
            schemathesis.openapi.format(name, strategy)
        # without a configuration of its own it looks for somebody's schemathesis.toml, here and in every folder above
        schema = schemathesis.openapi.from_path(spec_file("openapi.yaml"), config=SchemathesisConfig())
    operation = schema[PATH]["GET"]
    return {
        "valid": operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        "invalid": operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    }


@functools.cache
def _examples(parameter: str) -> frozenset[str]:
    found = next(each for each in openapi()["components"]["parameters"].values() if each["name"] == parameter)
    return frozenset([found.get("example"), *(example["value"] for example in found.get("examples", {}).values())])


def _formats() -> Mapping[str, SearchStrategy[str]]:
    printable = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=40)
    info = st.fixed_dictionaries(
        {"model": printable, "version": printable, "osName": st.sampled_from(["tvOS", "Roku OS", "Android", "webOS"])}
        | {"osVersion": printable},
        optional={"manufacturer": printable, "vendor": printable, "osFamily": printable},
    )
    return {
        "ap-device": st.binary(min_size=1, max_size=32).map(device_identifier),
        "device-info": st.one_of(st.just(DEVICE_INFO), info).map(encoded_device_info),
        "ip-list": st.lists(st.ip_addresses().map(str), min_size=1, max_size=3).map(", ".join),
        "jws": st.just("e30.e30.e30"),
        # product, version and perhaps a comment (RFC 9110, 10.1.5)
        "user-agent": st.from_regex(
            r"[A-Za-z][A-Za-z0-9.-]{0,15}/[0-9]{1,3}(\.[0-9]{1,3}){0,2}( \([A-Za-z0-9 ;.,]{1,20}\))?", fullmatch=True
        ),
    }


def request_of(case: Case, *, valid: bool) -> Generated:
    """Read what a generated case would send; its path parameters are percent-encoded already.

    The token is always the target's own: of valid cases because schemathesis takes an empty one for valid too.
    """
    kwargs = case.as_transport_kwargs(base_url="http://generated.invalid")
    url = requests.Request("GET", kwargs["url"], params=kwargs.get("params")).prepare().url
    names = {name: unquote(str(value)) for name, value in (case.path_parameters or {}).items()}
    headers = tuple(
        (name, "Bearer *" if name.lower() == TOKEN and (valid or _has_token(str(value))) else str(value))
        for name, value in dict(kwargs.get("headers") or {}).items()
        if name.lower() in {given.lower() for given in case.headers or {}} and _may_be_sent(name, str(value))
    )
    return Generated(names.get("serviceProvider", ""), names.get("mvpd", ""), urlsplit(str(url)).query, headers)


def _at_usual_host(raw_query: str, request: Logout) -> str:
    """Move a redirect target to the usual host; the generated one becomes a part of its path."""
    usual = urlsplit(dict(request.query)["redirectUrl"])
    name, _, value = raw_query.partition("=")
    generated = urlsplit(unquote(value))
    moved = generated._replace(scheme=usual.scheme, netloc=usual.netloc, path=f"/{generated.netloc}{generated.path}")
    return f"{name}={quote(urlunsplit(moved), safe='')}"


def _may_be_sent(name: str, value: str) -> bool:
    if name.lower() in FRAMING | _ISSUED | _OWN:
        return False
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return value.isprintable()


def _has_token(authorization: str | None) -> bool:
    scheme, _, token = (authorization or "").partition(" ")
    return scheme.lower() == "bearer" and bool(token.strip())
