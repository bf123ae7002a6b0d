from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.exchange import Exchange, Request
from conformance.rules.client import REQUEST, is_call, must_send
from conformance.rules.finding import Finding, Unjudged
from conformance.rules.redirect import must_redirect_to
from tests.calls import (
    API,
    BYE,
    INFO,
    PATH,
    QUERY,
    a_call,
    a_call_with,
    a_request,
    answered,
    base64_of,
    with_entry,
    withheld,
)
from tests.exchanges import TOKEN, broken

JWS = f"{base64_of({'alg': 'RS256'}).rstrip('=')}.e30.c2ln"


def all_broken(call: Exchange) -> set[str]:
    """Give every demand that a call breaks; what cannot be judged is passed over."""
    found = set()
    for rule in REQUEST.values():
        try:
            found.update(broken(rule, call))
        except Unjudged:
            continue
    return found


def with_query(query: str) -> Exchange:
    return a_call(url=f"{API}{PATH}?{query}")


def with_path(path: str) -> Exchange:
    return a_call(url=f"{API}{path}?{QUERY}")


FAULTY = {
    "client-path": [with_path("/api/v2/logout/REF30/Cablevision"), with_path("/api/v2/REF30/logout/")],
    "client-path-encoded": [
        with_path("/api/v2/REF30/logout/Cable vision"),
        with_path("/api/v2/REF30/logout/Cabl\u00e9"),
        with_path("/api/v2/REF30/logout/100%"),
        a_call(with_entry(actionName="invalid"), url=f"{API}/api/v2/REF30/logout/Cable%2520One?{QUERY}"),
    ],
    "client-method-get": [a_call(method="POST"), a_call(method="DELETE"), a_call(method="get")],
    "client-redirect-url": [
        with_query(""),
        with_query("redirectUrl="),
        with_query("redirect_url=https%3A%2F%2Fexample.com"),
        with_query("redirectUrl=https%3A%2F%2Fa.example&redirectUrl=https%3A%2F%2Fb.example"),
    ],
    "client-redirect-url-is-a-url": [
        with_query(f"redirectUrl={value}")
        for value in (
            "%2Fbye",
            "example.com%2Fbye",
            "%2F%2Fexample.com",
            "https%3A%2F%2F",
            "null",
            "localhost%3A8080%2F",
        )
    ],
    "client-redirect-url-encoded": [
        with_query("redirectUrl=https%253A%252F%252Fapp.example.com%252Fbye"),
        with_query("redirectUrl=https://app.example.com/bye?from=logout&step=2"),
        with_query("redirectUrl=https%3A%2F%2Fapp.example.com%2Fbye#top"),
        with_query("redirectUrl=https://app.example.com/a b"),
        with_query("redirectUrl=https%3A%2F%2Fapp.example.com%2F100%"),
    ],
    "client-authorization": [
        a_call(Authorization=value) for value in (None, "", "Bearer", "Bearer ", TOKEN, f"Basic {TOKEN}")
    ],
    "client-token-only-in-header": [with_query(f"{QUERY}&token={TOKEN}"), with_query(f"{QUERY}&access_token=x")],
    "client-device-identifier": [a_call(AP_Device_Identifier=value) for value in (None, "", " ")],
    "client-device-identifier-format": [
        a_call(AP_Device_Identifier=value)
        for value in (
            "YmEy",
            "device YmEy",
            "fingerprint",
            "fingerprint ba23d141-d715",
            "fingerprint YQ",
            "fingerprint -_-_",
        )
    ],
    "client-device-info": [a_call(X_Device_Info=None), a_call(X_Device_Info="")],
    "client-device-info-format": [
        a_call(X_Device_Info=value) for value in ('{"model": "x"}', base64_of("model=x"), base64_of([1]))
    ],
    "client-device-info-keys": [
        a_call(X_Device_Info=base64_of({name: value for name, value in INFO.items() if name != missing}))
        for missing in ("model", "version", "osName", "osVersion")
    ],
    "client-device-info-values": [
        a_call(X_Device_Info=base64_of(INFO | change))
        for change in ({"osName": "tvos"}, {"osName": ["tvOS"]}, {"primaryHardwareType": "Set-top box"})
    ],
    "client-forwarded-for-value": [a_call(X_Forwarded_For=value) for value in ("unknown", "", "tv.local, 192.0.2.1")],
    "client-sso-token-format": [
        a_call(AD_Service_Token="opaque"),
        a_call(AD_Service_Token=f"{JWS}.a.b"),
        a_call(Adobe_Subject_Token="a.b.c"),
    ],
    "client-accept-json": [
        a_call(Accept=value) for value in ("*/*", "application/xml", "application/json, text/plain, */*", "")
    ],
}


@pytest.mark.parametrize(
    ("requirement", "call"), [(name, call) for name, calls in FAULTY.items() for call in calls], ids=str
)
def test_a_call_with_one_fault_breaks_one_demand(requirement: str, call: Exchange) -> None:
    assert all_broken(call) == {requirement}


def test_every_rule_can_fail() -> None:
    assert set(FAULTY) == set(REQUEST)


RIGHT = [
    a_call(),
    a_call(url=f"https://gateway.example.com/tve/eu{PATH}?{QUERY}"),
    with_query("redirectUrl=https://app.example.com/bye"),
    with_query("redirectUrl=https://app.example.com/bye?top"),
    with_query("redirectUrl=https%3a%2f%2fapp.example.com%2f"),
    with_query("redirectUrl=com.example.tv%3A%2F%2Flogged-out"),
    with_query("redirectUrl=https%3A%2F%2Fapp.example.com%2Fa%2520b"),
    with_query("redirectUrl=https://app.example.com/bye?from%3Dlogout&trace=7"),
    with_query(f"trace=7&{QUERY}"),
    with_path("/api/v2/REF30/logout/Cable%20One"),
    with_path("/api/v2/REF30/logout/A%2FB"),
    with_path("/api/v2/REF30/logout/AT&T"),
    with_path("/api/v2/REF30/logout/100%25"),
    a_call(Authorization=f"bearer {TOKEN}"),
    a_call(Accept="Application/JSON; charset=utf-8"),
    a_call(Accept=None),
    a_call(X_Device_Info=base64_of({"model": 5, "version": "1", "osName": "Roku OS", "osVersion": "12", "own": None})),
    a_call(X_Forwarded_For="192.0.2.7"),
    a_call(X_Forwarded_For="2001:db8::7, 10.0.0.1"),
    a_call(X_Forwarded_For="[2001:db8::7]:4711"),
    a_call(AD_Service_Token=JWS, Adobe_Subject_Token=f"{JWS}.a.b"),
]


@pytest.mark.parametrize("call", RIGHT, ids=str)
def test_a_right_call_however_unusual_breaks_nothing(call: Exchange) -> None:
    assert all_broken(call) == set()


def test_a_name_that_looks_encoded_twice_is_right_where_a_profile_is_found_under_it() -> None:
    url = f"{API}/api/v2/REF30/logout/A%2520B?{QUERY}"
    entry = {"actionName": "complete", "actionType": "none", "mvpd": "A%20B"}
    assert all_broken(a_call(answered({"logouts": {"A%20B": entry}}), url=url)) == set()
    assert all_broken(a_call(answered(status=400), url=url)) == {"client-path-encoded"}


@pytest.mark.parametrize("header", ["Authorization", "AP-Device-Identifier", "X-Device-Info"])
def test_what_a_recording_may_have_left_out_is_not_judged(header: str) -> None:
    call = withheld(a_call_with({header: None}), header.lower())
    assert all_broken(call) == set()


@pytest.mark.parametrize("placeholder", ["{{AUTHORIZATION}}", "[redacted]", "REDACTED", "***", "<removed>", "xxxxxxxx"])
def test_a_placeholder_is_neither_right_nor_wrong(placeholder: str) -> None:
    headers = dict.fromkeys(["Authorization", "AP-Device-Identifier", "X-Device-Info", "AD-Service-Token"], placeholder)
    call = a_call_with(headers)
    assert all_broken(call) == set()
    with pytest.raises(Unjudged, match="does not show"):
        list(REQUEST["client-authorization"](call))


def test_a_marker_of_the_kit_is_looked_for_like_the_token_that_it_stands_for() -> None:
    call = a_call(Authorization="Bearer {{ACCESS_TOKEN}}", url=f"{API}{PATH}?{QUERY}&t=%7B%7BACCESS_TOKEN%7D%7D")
    assert all_broken(call) == {"client-token-only-in-header"}


def all_findings(call: Exchange) -> str:
    found: list[Finding] = []
    for rule in REQUEST.values():
        with suppress(Unjudged):
            found.extend(rule(call))
    return str(found)


def test_no_credential_stands_in_a_finding() -> None:
    for value in (TOKEN, f"Basic {TOKEN}", f"Bearer{TOKEN}", f"{TOKEN} {TOKEN}"):
        found = all_findings(a_call(Authorization=value, AD_Service_Token=TOKEN[:40], Adobe_Subject_Token=TOKEN[40:]))
        assert "client-authorization" in found
        assert TOKEN[:40] not in found
        assert TOKEN[40:] not in found
    assert TOKEN not in all_findings(with_query(f"{QUERY}&token={TOKEN}"))


def test_a_redirect_target_that_is_known_has_to_arrive_whole() -> None:
    rule = must_redirect_to(BYE)
    assert broken(rule, a_call()) == []
    assert broken(rule, with_query(f"redirectUrl={BYE}")) == ["client-redirect-url-encoded"]
    assert broken(rule, with_query("redirectUrl=https%3A%2F%2Fapp.example.com%2Fbye")) == [
        "client-redirect-url-encoded"
    ]


def test_a_header_that_is_known_has_to_be_sent() -> None:
    rule = must_send("client-service-token", "AD-Service-Token", JWS)
    assert broken(rule, a_call(AD_Service_Token=JWS)) == []
    assert broken(rule, a_call()) == ["client-service-token"]
    assert broken(rule, a_call(AD_Service_Token="other")) == ["client-service-token"]


@pytest.mark.parametrize(
    ("request_", "is_one"),
    [
        (a_request(), True),
        (Request("POST", f"{API}{PATH}"), True),
        (a_request(f"{API}/api/v2/logout/REF30/Cablevision?{QUERY}"), True),
        (Request("OPTIONS", f"{API}{PATH}"), False),
        (Request("GET", f"{API}/api/v2/logout"), False),
        (Request("GET", f"{API}/api/v2/REF30/profiles/Cablevision"), False),
        (Request("GET", f"{API}/logout?redirectUrl={PATH}"), False),
        (Request("GET", "https://sp.example.com/adobe-services/logout?mso_id=Cablevision"), False),
        (Request("GET", "http://[::1/api/v2/REF30/logout/Cablevision"), True),
        (Request("GET", ""), False),
    ],
    ids=str,
)
def test_which_requests_are_calls_of_the_endpoint(request_: Request, *, is_one: bool) -> None:
    assert is_call(request_) is is_one


@given(url=st.text(), value=st.text())
def test_no_text_breaks_a_rule(url: str, value: str) -> None:
    names = ("Authorization", "AP_Device_Identifier", "X_Device_Info", "Accept", "X_Forwarded_For", "AD_Service_Token")
    for text in (url, f"{API}{PATH}?redirectUrl={url}"):
        request = a_request(text or "x", **dict.fromkeys(names, value))
        all_broken(Exchange(0, request, answered()))
        is_call(request)
