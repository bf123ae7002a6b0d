"""The forms that a logout request may take: legal ones, questionable ones, very long ones."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit, urlunsplit

from conformance.evidence.visit import AGAIN, FIRST, Need, Step, Viewer, Visit
from conformance.law.contract import ActionName
from conformance.rules.hardening import REFLECTED
from conformance.rules.url import INJECTED
from conformance.sender.logout import (
    header,
    header_names,
    needlessly_encoded,
    query,
    raw_query,
    redirect_url,
    rewritten_header,
    without_header,
)
from conformance.sender.plain import DEVICE_INFO, device_identifier, encoded_device_info, fresh_device

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from urllib.parse import SplitResult

    from conformance.sender.logout import Change, Logout


OTHER_LETTERS: Final = "Télé_e\u0301_衛星_\U0001f4fa"
"""A name that is another one as soon as somebody normalises it, or has no room for letters beyond 16 bits."""
ABOUT_THE_STATUS: Final = frozenset({"listed-status", "no-reflected-line-break", "no-server-error"})
"""Demands that say nothing of the action."""


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write the request: the changes that make it of the plain one, and the demand that it is about.

    `acts` are the right actions of an answer of 200: None for the plain request's own, empty where none is known;
    `acts_by` is the demand that another one breaks, where it is not the form's own.
    `together` is the visit in which this form and others are sent as one request: where that is answered well, each of
    them is understood, and none needs a request of its own.
    """

    id: str
    requirement: str
    changes: tuple[Change, ...] = ()
    viewer: Viewer = field(default_factory=Viewer)
    also: tuple[str, ...] = ()
    acts: tuple[ActionName, ...] | None = None
    acts_by: str = ""
    steps: tuple[str, ...] = (FIRST,)
    together: Visit | None = None

    def __str__(self) -> str:
        return self.id

    @property
    def visit(self) -> Visit:
        """The visit in which this form is sent alone."""
        # only a state handler can make a viewer at an MVPD of this name
        is_special = self.viewer.mvpd is not None or self.viewer.state != Viewer().state
        steps = tuple(Step(step, self.change) for step in self.steps)
        return Visit(self.id, steps, (self.viewer,), Need.HANDLER if is_special else Need.ANYBODY)

    @property
    def acts_under(self) -> str:
        """The demand that a wrong action breaks."""
        own = self.requirement if self.requirement not in ABOUT_THE_STATUS else f"action-for-{self.viewer.state}"
        return self.acts_by or own

    @property
    def sent(self) -> Visit:
        """The visit that is made of it first."""
        return self.together or self.visit

    def change(self, request: Logout) -> Logout:
        """Make the plain request one of this form."""
        for each in self.changes:
            request = each(request)
        return request


def form(
    name: str,
    requirement: str,
    *changes: Change,
    viewer: Viewer | None = None,
    also: tuple[str, ...] = (),
    steps: tuple[str, ...] = (FIRST,),
) -> Form:
    """Describe a form."""
    return Form(name, requirement, changes, viewer or Viewer(), also, steps=steps)


def together(name: str, *forms: Form) -> Iterable[Form]:
    """Have forms that do not exclude one another sent as one request."""
    viewer = next((each.viewer for each in forms if each.viewer != Viewer()), Viewer())
    merged = Form(name, "", tuple(change for each in forms for change in each.changes), viewer)
    return (replace(each, together=merged.visit) for each in forms)


def _long_path(request: Logout) -> Logout:
    return replace(request, mvpd="a" * 3000)


def _broken_path(request: Logout) -> Logout:
    # escapes that are no UTF-8
    return replace(request, raw_path=f"/api/v2/{quote(request.service_provider, safe='')}/logout/%FF%FE%C3")


def _between(first: tuple[str, str], last: tuple[str, str]) -> Change:
    return lambda request: replace(request, query=(first, *request.query, last))


def _barely_encoded(request: Logout) -> str:
    # ":" and "/" are legal in a query as they stand (erratum 8)
    return "&".join(f"{name}={quote(value, safe=':/')}" for name, value in request.query)


def _redirect_target(make: Callable[[SplitResult], SplitResult]) -> Change:
    """Change the usual redirect target within its host: a server may know which hosts it redirects to."""
    return lambda request: redirect_url(urlunsplit(make(urlsplit(dict(request.query)["redirectUrl"]))))(request)


def _with_port(target: SplitResult) -> SplitResult:
    host = target.netloc.rpartition("@")[2].rpartition(":")[0] if target.port else target.netloc
    return target._replace(netloc=f"{host}:8443")


def _scheme(spelling: Callable[[str], str]) -> Change:
    def rewrite(value: str) -> str:
        scheme, _, credential = value.partition(" ")
        return f"{spelling(scheme)} {credential}"

    return rewritten_header("Authorization", rewrite)


def _padded_device() -> str:
    """Give a device identifier whose Base64 has `+`, `/` and `=`, as long as that of a SHA-256 in hexadecimal."""
    return device_identifier(b"\xfb\xef\xff>?" + 2 * _some_device().encode()[:32])


def _some_device() -> str:
    """Give the Base64 of a device that nobody has: a server may keep what it is told of one for ever."""
    return fresh_device().partition(" ")[2]


def _device(make: Callable[[str], str]) -> Change:
    def change(request: Logout) -> Logout:
        return header("AP-Device-Identifier", make(_some_device()))(request)  # another device with each request

    return change


FULL_DEVICE_INFO: Final = DEVICE_INFO | {
    "osFamily": "Darwin",
    "browserName": "Safari",
    "browserVendor": "Apple",
    "browserVersion": "17.1",
    "displayWidth": 3840,
    "displayHeight": 2160,
    "connectionSecure": True,
    "applicationId": "logout-conformance",
}

LEGAL: Final = (
    *together(
        "together-lower-case",
        form("accept-absent", "optional-headers-absent", without_header("Accept")),
        form("forwarded-for-ipv4", "x-forwarded-for-optional", header("X-Forwarded-For", "203.0.113.7")),
        form("redirect-url-with-port", "redirect-url-encoding", _redirect_target(_with_port)),
        form("bearer-lower-case", "bearer-any-case", _scheme(str.lower)),
        form("header-names-lower-case", "header-names-any-case", header_names(str.lower)),
    ),
    *together(
        "together-upper-case",
        form("user-agent-absent", "optional-headers-absent", without_header("User-Agent")),
        form("forwarded-for-ipv6", "x-forwarded-for-optional", header("X-Forwarded-For", "2001:db8::7")),
        form(
            "redirect-url-with-query",
            "redirect-url-encoding",
            _redirect_target(
                lambda target: target._replace(
                    path="/bye", query=f"step=2&{INJECTED}=1&next=%2Fhome", fragment="logout-conformance"
                )
            ),
            also=("url-keeps-redirect-target",),
        ),
        form("bearer-upper-case", "bearer-any-case", _scheme(str.upper)),
        form("header-names-upper-case", "header-names-any-case", header_names(str.upper)),
    ),
    *together(
        "together-encoded",
        form("forwarded-for-list", "x-forwarded-for-optional", header("X-Forwarded-For", "203.0.113.7, 198.51.100.2")),
        form(
            "redirect-url-with-escapes",
            "redirect-url-encoding",
            _redirect_target(lambda target: target._replace(path="/caf%C3%A9", query="q=%26%3D%25+%2B")),
        ),
        form("device-identifier-with-padding", "status-of-success", viewer=Viewer(device=_padded_device)),
        form("needlessly-encoded", "percent-decoding", needlessly_encoded),
    ),
    *together(
        "together-plain",
        form(
            "redirect-url-without-path",
            "redirect-url-encoding",
            _redirect_target(lambda target: target._replace(path="", query="", fragment="")),
        ),
        form("redirect-url-as-it-stands", "redirect-url-encoding", raw_query(_barely_encoded)),
    ),
    *(
        form(f"header-names-lower-case-{state}", "header-names-any-case", header_names(str.lower), viewer=Viewer(state))
        for state in ("service-token-sso", "platform-identity-sso")
    ),
    form("mvpd-with-space", "percent-decoding", viewer=Viewer(mvpd="Comcast SSO"), steps=(FIRST, AGAIN)),
    form("mvpd-with-other-letters", "percent-decoding", viewer=Viewer(mvpd=OTHER_LETTERS)),
    form("mvpd-with-reserved-letters", "percent-decoding", viewer=Viewer(mvpd='A&B+C=5%41?"')),
)
"""Forms of the plain request that mean the same by the page or by HTTP, URI and JSON."""

RECOMMENDED: Final = (
    form("accept-json-with-charset", "accept-json-with-charset", header("Accept", "application/json;charset=utf-8")),
    *together(
        "together-recommended",
        form("unknown-query-parameter", "unknown-query-ignored", query(("logout-conformance", "1"))),
        form("unknown-query-parameter-twice", "unknown-query-ignored", _between(("kit", "1"), ("kit", "2"))),
    ),
)
"""Forms that a server should understand too."""

_DEVICE_INFO: Final = {
    "full": encoded_device_info(FULL_DEVICE_INFO),
    "without-padding": encoded_device_info(DEVICE_INFO | {"model": "TV"}).rstrip("="),
    "empty": "",
    "no-base64": "***",
    "no-json": base64.b64encode(b"{not json").decode(),
    "no-object": encoded_device_info([1]),
    "wrong-types": encoded_device_info({"model": 1, "version": None, "osName": [], "osVersion": {}}),
}

QUESTIONABLE: Final = (
    form("device-info-missing", "device-info-optional-in-effect", without_header("X-Device-Info")),
    *(
        form(f"device-info-{name}", "device-info-optional-in-effect", header("X-Device-Info", value))
        for name, value in _DEVICE_INFO.items()
    ),
    *(
        Form(
            f"device-identifier-{name}",
            "device-identifier-malformed",
            (change,),
            acts=(ActionName.INVALID,),
            # to a server that asks for no padding it is another device's
            acts_by="other-device-untouched" if name == "without-padding" else "",
        )
        for name, change in {
            "without-type": _device(lambda encoded: encoded),
            "of-other-type": _device(lambda encoded: f"serial {encoded}"),
            "no-base64": _device(lambda encoded: f"fingerprint *%\u00e9*{encoded[:12]}"),
            "without-padding": _device(lambda encoded: f"fingerprint {encoded[:26]}"),
            "type-only": header("AP-Device-Identifier", "fingerprint"),
        }.items()
    ),
    form("redirect-url-with-ipv6", "no-server-error", redirect_url("http://[::1]:8080/bye")),
    form("redirect-url-with-null", "no-server-error", redirect_url("https://example.com/\0")),
    form("forwarded-for-no-address", "no-server-error", header("X-Forwarded-For", "unknown, ]:[")),
    form("user-agent-odd", "no-server-error", header("User-Agent", "\u00e9\"'<%s>{0};--")),
    form("accept-other", "listed-status", header("Accept", "text/html")),
    form(
        "redirect-url-with-quotes", "no-server-error", redirect_url('https://example.com/?q="it\'s" <b>\\${7*7}%s;--')
    ),
    form("redirect-url-with-other-letters", "no-server-error", redirect_url("https://example.com/再見?até=\U0001f44b")),
    form(
        "redirect-url-with-line-break",
        "no-reflected-line-break",
        redirect_url(f"https://example.com/\r\n{REFLECTED}: 1"),
    ),
    form("redirect-url-twice", "no-server-error", query(("redirectUrl", "https://example.com/other"))),
    form(
        "redirect-url-of-broken-escapes",
        "no-server-error",
        raw_query(lambda _: "redirectUrl=https%3A%2F%2Fexample.com%2F%FF%FE%C3%zz%"),
    ),
    Form("mvpd-of-broken-escapes", "no-server-error", (_broken_path,), acts=()),
)
"""Forms that one server may understand and another refuse with 400; neither may break on them."""

LONG: Final = (
    form("redirect-url-long", "redirect-url-encoding", redirect_url("https://example.com/" + "a" * 6000)),
    form("user-agent-long", "no-server-error", header("User-Agent", "a" * 6000)),
    Form(
        "device-identifier-long",
        "no-server-error",
        (_device(lambda encoded: f"fingerprint {encoded * 125}"),),
        acts=(ActionName.INVALID,),
        acts_by="other-device-untouched",
    ),
    Form("mvpd-long", "unknown-mvpd", (_long_path,), acts=(ActionName.INVALID,)),
)
"""Very long inputs, to which 414 and 431 are right answers too."""
