"""#request: every legal form of the request is understood, and no other form breaks the server."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit, urlunsplit

import pytest

from conformance.cases.case import Judge, law, sends
from conformance.cases.refusals import NO_URL
from conformance.cases.test_state import must_have_acted, readable_action
from conformance.evidence.outcome import Untested
from conformance.evidence.visit import FIRST, Need, Step, Viewer, Visit, scenario_visit
from conformance.law.contract import SCENARIOS, ActionName
from conformance.rules.action import action_of, must_name_action
from conformance.rules.finding import Finding
from conformance.rules.hardening import REFLECTED
from conformance.rules.status import OK, TOO_LONG, answer, must_have_status
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
from conformance.sender.plain import DEVICE_INFO, device_identifier, encoded_device_info

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from urllib.parse import SplitResult

    from _pytest.mark import ParameterSet

    from conformance.evidence.evidence import Evidence
    from conformance.exchange import Exchange
    from conformance.rules.status import Rule
    from conformance.sender.logout import Change, Logout

PLAIN: Final = scenario_visit(SCENARIOS["logout-endpoint"])
NOBODY: Final = scenario_visit(SCENARIOS["no-profile"])


def form(
    name: str, requirement: str, *changes: Change, viewer: Viewer | None = None, also: tuple[str, ...] = ()
) -> ParameterSet:
    """Make a visit that sends one unusual form of the request."""

    def change(request: Logout) -> Logout:
        for each in changes:
            request = each(request)
        return request

    # only a state handler can make a viewer at an MVPD of this name
    need = Need.HANDLER if viewer and (viewer.mvpd or viewer.state != Viewer().state) else Need.ANYBODY
    visit = Visit(name, (Step(FIRST, change),), (viewer or Viewer(),), need)
    return pytest.param(visit, marks=law(requirement, *also), id=name)


def visit_of(form: ParameterSet) -> Visit:
    """Give the visit that a form stands for."""
    (visit,) = form.values
    assert isinstance(visit, Visit)
    return visit


def _long_path(request: Logout) -> Logout:
    return replace(request, mvpd="a" * 3000)


def _broken_path(request: Logout) -> Logout:
    # escapes that are no UTF-8
    return replace(request, raw_path=f"/api/v2/{quote(request.service_provider, safe='')}/logout/%FF%FE%C3")


def _barely_encoded(request: Logout) -> str:
    # ":" and "/" are legal in a query as they stand (erratum 8)
    return "&".join(f"{name}={quote(value, safe=':/')}" for name, value in request.query)


def _redirect_target(make: Callable[[SplitResult], SplitResult]) -> Change:
    """Change the usual redirect target within its host: a server may know which hosts it redirects to."""
    return lambda request: redirect_url(urlunsplit(make(urlsplit(dict(request.query)["redirectUrl"]))))(request)


def _with_port(target: SplitResult) -> SplitResult:
    host = target.netloc.rpartition("@")[2].rpartition(":")[0] if target.port else target.netloc
    return target._replace(netloc=f"{host}:8443")


def _lower_case_scheme(value: str) -> str:
    scheme, _, credential = value.partition(" ")
    return f"{scheme.lower()} {credential}"


def _upper_case_scheme(value: str) -> str:
    scheme, _, credential = value.partition(" ")
    return f"{scheme.upper()} {credential}"


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
    form("header-names-lower-case", "header-names-any-case", header_names(str.lower)),
    form("header-names-upper-case", "header-names-any-case", header_names(str.upper)),
    *(
        form(f"header-names-lower-case-{state}", "header-names-any-case", header_names(str.lower), viewer=Viewer(state))
        for state in ("service-token-sso", "platform-identity-sso")
    ),
    form("bearer-lower-case", "bearer-any-case", rewritten_header("Authorization", _lower_case_scheme)),
    form("bearer-upper-case", "bearer-any-case", rewritten_header("Authorization", _upper_case_scheme)),
    form("accept-absent", "optional-headers-absent", without_header("Accept")),
    form("user-agent-absent", "optional-headers-absent", without_header("User-Agent")),
    form("forwarded-for-ipv4", "x-forwarded-for-optional", header("X-Forwarded-For", "203.0.113.7")),
    form("forwarded-for-ipv6", "x-forwarded-for-optional", header("X-Forwarded-For", "2001:db8::7")),
    form("forwarded-for-list", "x-forwarded-for-optional", header("X-Forwarded-For", "203.0.113.7, 198.51.100.2")),
    form(
        "device-identifier-with-padding",
        "status-of-success",
        viewer=Viewer(device=device_identifier(b"\xfb\xef\xff>?logout-conformance-with-padding")),
    ),
    form("redirect-url-as-it-stands", "redirect-url-encoding", raw_query(_barely_encoded)),
    form("redirect-url-with-port", "redirect-url-encoding", _redirect_target(_with_port)),
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
    form(
        "redirect-url-with-escapes",
        "redirect-url-encoding",
        _redirect_target(lambda target: target._replace(path="/caf%C3%A9", query="q=%26%3D%25")),
    ),
    form("needlessly-encoded", "percent-decoding", needlessly_encoded),
    form("mvpd-with-space", "percent-decoding", viewer=Viewer(mvpd="Comcast SSO")),
    form("mvpd-with-other-letters", "percent-decoding", viewer=Viewer(mvpd="Télé_衛星")),
    form("mvpd-with-reserved-letters", "percent-decoding", viewer=Viewer(mvpd="A&B+C=5%41?")),
)
"""Forms of the plain request that mean the same by the page or by HTTP, URI and JSON."""

RECOMMENDED: Final = (
    form("accept-json-with-charset", "accept-json-with-charset", header("Accept", "application/json;charset=utf-8")),
    form("unknown-query-parameter", "unknown-query-ignored", query(("logout-conformance", "1"))),
)
"""Forms that a server should understand too."""

QUESTIONABLE: Final = (
    form(
        "device-info-full",
        "device-info-optional-in-effect",
        header("X-Device-Info", encoded_device_info(FULL_DEVICE_INFO)),
    ),
    form(
        "device-info-without-padding",
        "device-info-optional-in-effect",
        header("X-Device-Info", encoded_device_info(DEVICE_INFO | {"model": "TV"}).rstrip("=")),
    ),
    form("device-info-missing", "device-info-optional-in-effect", without_header("X-Device-Info")),
    form("device-info-empty", "device-info-optional-in-effect", header("X-Device-Info", "")),
    form("device-info-no-base64", "device-info-optional-in-effect", header("X-Device-Info", "***")),
    form(
        "device-info-no-json",
        "device-info-optional-in-effect",
        header("X-Device-Info", base64.b64encode(b"{not json").decode()),
    ),
    form("device-info-no-object", "device-info-optional-in-effect", header("X-Device-Info", encoded_device_info([1]))),
    form(
        "device-info-wrong-types",
        "device-info-optional-in-effect",
        header("X-Device-Info", encoded_device_info({"model": 1, "version": None, "osName": [], "osVersion": {}})),
    ),
    form("device-identifier-without-type", "device-identifier-malformed", header("AP-Device-Identifier", "YmEyM2Qx")),
    form(
        "device-identifier-of-other-type",
        "device-identifier-malformed",
        header("AP-Device-Identifier", "serial YmEyM2Qx"),
    ),
    form(
        "device-identifier-no-base64",
        "device-identifier-malformed",
        header("AP-Device-Identifier", "fingerprint *%\u00e9*"),
    ),
    form(
        "device-identifier-without-padding",
        "device-identifier-malformed",
        header("AP-Device-Identifier", "fingerprint bG9nb3V0LWNvbmZvcm1hbmNlIQ"),
    ),
    form("device-identifier-type-only", "device-identifier-malformed", header("AP-Device-Identifier", "fingerprint")),
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
        raw_query(lambda _: "redirectUrl=https%3A%2F%2Fexample.com%2F%FF%FE%C3"),
    ),
    form("mvpd-of-broken-escapes", "no-server-error", _broken_path),
)
"""Forms that one server may understand and another refuse with 400; neither may break on them."""

MALFORMED_DEVICES: Final = {
    visit_of(each).id
    for each in QUESTIONABLE
    # without padding the identifier is that of another device, to which the cases of #response come back
    if str(each.id).startswith("device-identifier-") and each.id != "device-identifier-without-padding"
}

LONG: Final = (
    form("redirect-url-long", "redirect-url-encoding", redirect_url("https://example.com/" + "a" * 6000)),
    form("user-agent-long", "no-server-error", header("User-Agent", "a" * 6000)),
    form(
        "device-identifier-long",
        "no-server-error",
        header("AP-Device-Identifier", device_identifier(b"logout-conformance" * 250)),
    ),
    form("mvpd-long", "no-server-error", _long_path),
)
"""Very long inputs, to which 414 and 431 are right answers too."""


ACCEPT_ABSENT: Final = next(visit_of(each) for each in LEGAL if each.id == "accept-absent")


@pytest.mark.parametrize("visit", LEGAL)
def test_legal(visit: Visit, request: pytest.FixtureRequest, evidence: Evidence, judge: Judge) -> None:
    """Another legal form of the request is answered like the plain one."""
    requirement = _requirement(request)
    exchange = _sent(visit, evidence)
    judge(exchange, must_have_status(requirement, OK))
    if answer(exchange).status == OK:
        _judge_like_plain(visit, requirement, exchange, evidence, judge)


@sends(PLAIN, ACCEPT_ABSENT)
@law("accept-json")
def test_accept_json(evidence: Evidence, judge: Judge) -> None:
    """What is accepted without an Accept header is accepted with application/json in it."""
    plain = evidence.of(PLAIN)[FIRST]
    if answer(plain).status != OK and answer(evidence.of(ACCEPT_ABSENT)[FIRST]).status != OK:
        evidence.accepted()
        raise Untested("not judged: it depends on status-of-success, which is not met by the plain request")
    if answer(plain).status != OK:
        seen = str(answer(plain).status)
        judge.found(plain, [Finding("accept-json", "200, as without the header Accept", seen, "status")])
    judge.looked_at(plain)


@pytest.mark.parametrize("visit", RECOMMENDED)
def test_recommended(visit: Visit, request: pytest.FixtureRequest, evidence: Evidence, judge: Judge) -> None:
    """A form that a careful client may send is answered like the plain one."""
    test_legal(visit, request, evidence, judge)


@pytest.mark.parametrize("visit", QUESTIONABLE)
def test_questionable(visit: Visit, request: pytest.FixtureRequest, evidence: Evidence, judge: Judge) -> None:
    """A questionable form is answered by the law or refused with 400, and never breaks the server."""
    requirement = _requirement(request)
    exchange = _sent(visit, evidence)
    judge(exchange, must_have_status(requirement, OK, 400))
    if answer(exchange).status == OK and requirement == "device-info-optional-in-effect":
        _judge_like_plain(visit, requirement, exchange, evidence, judge)
        return
    judge.lawful(exchange, evidence.accepted())
    if answer(exchange).status != OK or requirement != "device-identifier-malformed":
        return
    readable_action(exchange)
    if visit.id in MALFORMED_DEVICES and evidence.of(visit).in_state:
        # whatever device the server takes it for, it is none that has a profile
        must_have_acted(evidence.of(NOBODY)[FIRST], ActionName.INVALID)
        judge(exchange, must_name_action(requirement, ActionName.INVALID))


@pytest.mark.parametrize("visit", LONG)
def test_long(visit: Visit, request: pytest.FixtureRequest, evidence: Evidence, judge: Judge) -> None:
    """A very long input is answered by the law or refused as too long, and never breaks the server."""
    exchange = _sent(visit, evidence)
    judge(exchange, must_have_status(_requirement(request), OK, 400, *sorted(TOO_LONG)))
    judge.lawful(exchange, evidence.accepted())


@pytest.mark.parametrize("visit", [pytest.param(NO_URL, marks=law("redirect-url-is-a-url"), id="")])
def test_redirect_url_is_a_url(visit: Visit, evidence: Evidence, judge: Judge) -> None:
    """A redirectUrl that is no URL at all should be refused."""
    evidence.accepted()
    exchange = evidence.of(visit).first
    judge(exchange, must_have_status("redirect-url-is-a-url", 400))
    judge.lawful(exchange, evidence.accepted())


def _sent(visit: Visit, evidence: Evidence) -> Exchange:
    evidence.accepted()
    return evidence.of(visit)[FIRST]


def _requirement(request: pytest.FixtureRequest) -> str:
    (mark,) = request.node.iter_markers("law")
    return str(mark.args[0])


def _judge_like_plain(visit: Visit, requirement: str, exchange: Exchange, evidence: Evidence, judge: Judge) -> None:
    """Judge a success by the law, and by what the plain request in the same state was answered."""
    judge.lawful(exchange, evidence.accepted())
    if not evidence.of(visit).in_state:
        return
    plain = evidence.of(scenario_visit(SCENARIOS[visit.viewers[0].state]))[FIRST]
    judge.looked_at(plain)
    if answer(plain).status != OK:
        raise Untested("not judged: it depends on status-of-success, which is not met by the plain request")
    judge(exchange, must_act_like(requirement, plain))


def must_act_like(requirement: str, plain: Exchange) -> Rule:
    """Make the rule that the asked MVPD's action is the plain request's."""

    def rule(exchange: Exchange) -> Iterator[Finding]:
        expected, seen = action_of(plain), action_of(exchange)
        if seen != expected:
            where = "/logouts"
            yield Finding(requirement, f"the action {expected}, as for the plain request", f"the action {seen}", where)

    return rule
