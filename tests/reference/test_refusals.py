"""What the server refuses, what it does not, and that a refused request deletes nothing."""

import json
from collections.abc import Callable

import pytest
import requests

from conformance.reference import ACCESS_TOKEN
from tests.reference.service import REDIRECT_URL, Device, refused

BAD_TOKENS = {
    "missing": None,
    "empty": "",
    "no token": "Bearer",
    "only spaces": "Bearer   ",
    "no scheme": ACCESS_TOKEN,
    "basic": "Basic dXNlcjpwYXNzd29yZA==",
    "token as basic": f"Basic {ACCESS_TOKEN}",
    "wrong": "Bearer wrong",
    "truncated": f"Bearer {ACCESS_TOKEN[:-1]}",
    "longer": f"Bearer {ACCESS_TOKEN}x",
    "other case": f"Bearer {ACCESS_TOKEN.swapcase()}",
    "two tokens": f"Bearer {ACCESS_TOKEN} {ACCESS_TOKEN}",
}
BAD_REDIRECTS: dict[str, str | dict[str, str]] = {
    "missing": {},
    "empty": {"redirectUrl": ""},
    "other case": {"redirecturl": REDIRECT_URL},
    "words": {"redirectUrl": "not a url"},
    "path": {"redirectUrl": "/bye"},
    "host": {"redirectUrl": "example.com"},
    "no scheme": {"redirectUrl": "//example.com/"},
    "no host": {"redirectUrl": "https://"},
    "no host but a path": {"redirectUrl": "https:///bye"},
    "scheme only": {"redirectUrl": "myapp:"},
    "bad port": {"redirectUrl": "https://example.com:x/"},
    "bad address": {"redirectUrl": "https://[::1/"},
    "space in the host": {"redirectUrl": "https://exa mple.com/"},
    "line break": {"redirectUrl": "https://example.com/\r\nX-Injected: yes"},
    "control": {"redirectUrl": "https://example.com/\0"},
}
BAD_DEVICES = {
    "missing": None,
    "empty": "",
    "no type": "YmEyM2Qx",
    "another type": "serial YmEyM2Qx",
    "no identifier": "fingerprint",
    "no Base64": "fingerprint !!!!",
    "impossible length": "fingerprint A",
}


@pytest.mark.parametrize("token", BAD_TOKENS.values(), ids=BAD_TOKENS)
def test_no_valid_access_token(device: Device, token: str | None) -> None:
    answer = device.set_up("logout-endpoint").log_out(headers={"Authorization": token})
    refused(answer, 401, "invalid_access_token_client_application")
    assert answer.json()["action"] == "application-registration"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert device.action() == "logout"


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer ", "bEaReR"])
def test_scheme_in_any_case(device: Device, scheme: str) -> None:
    authorization = {"Authorization": f"{scheme} {ACCESS_TOKEN}"}
    assert device.set_up("logout-endpoint").action(headers=dict(authorization)) == "logout"


@pytest.mark.parametrize("query", BAD_REDIRECTS.values(), ids=BAD_REDIRECTS)
def test_redirect_url_that_is_no_url(device: Device, query: dict[str, str]) -> None:
    answer = device.set_up("logout-endpoint").log_out(query=query)
    refused(answer, 400, "invalid_parameter_redirect_url")
    assert "X-Injected" not in answer.headers
    assert device.action() == "logout"


@pytest.mark.parametrize("identifier", BAD_DEVICES.values(), ids=BAD_DEVICES)
def test_bad_device_identifier(device: Device, identifier: str | None) -> None:
    answer = device.set_up("logout-endpoint").log_out(headers={"AP-Device-Identifier": identifier})
    refused(answer, 400, "invalid_header_device_identifier")
    assert device.action() == "logout"


@pytest.mark.parametrize("identifier", ["fingerprint YmEyMw", "fingerprint YmEyMw==", "fingerprint a+/b"])
def test_base64_with_padding_or_without(device: Device, identifier: str) -> None:
    device.identifier = identifier
    assert device.set_up("logout-endpoint").action() == "logout"


@pytest.mark.parametrize("info", [None, "", "no Base64!", "bm8gSlNPTg==", "e30=", "x" * 8000])
def test_device_information_may_be_anything(device: Device, info: str | None) -> None:
    assert device.set_up("logout-endpoint").action(headers={"X-Device-Info": info}) == "logout"


def test_unknown_mvpd(device: Device) -> None:
    device.mvpd = "Unheard of"
    refused(device.log_out(), 400, "invalid_parameter_mvpd")


def test_unknown_service_provider(device: Device) -> None:
    device.service_provider = "REF99"
    refused(device.log_out(), 400, "invalid_parameter_service_provider")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW"])
def test_other_methods(device: Device, method: str) -> None:
    answer = device.set_up("logout-endpoint").log_out(method=method)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")
    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"
    if method != "HEAD":
        refused(answer, 405, "method_not_allowed")
    assert device.action() == "logout"


def test_method_with_a_large_body_is_answered(base_url: str, device: Device) -> None:
    request = f"POST {device.path()}?redirectUrl=x HTTP/1.1\r\nHost: {base_url[7:]}\r\nContent-Length: 3000000\r\n\r\n"
    assert device.raw(request.encode() + b"x" * 3_000_000).startswith(b"HTTP/1.1 405 ")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api/v2/logout/REF30/Cablevision",
        "/api/v2/REF30/logout",
        "/api/v2/REF30/logout/",
        "/api/v2//logout/Cablevision",
        "/api/v2/REF30/logout/Cablevision/",
        "/API/v2/REF30/logout/Cablevision",
        "/api%2Fv2/REF30/logout/Cablevision",
    ],
)
def test_another_resource(device: Device, path: str) -> None:
    refused(device.set_up("logout-endpoint").log_out(path=path), 404, "not_found")
    assert device.action() == "logout"


HARMLESS: dict[str, Callable[[Device], requests.Response]] = {
    "no Accept": lambda device: device.log_out(headers={"Accept": None}),
    "no User-Agent": lambda device: device.log_out(headers={"User-Agent": None}),
    "Accept with charset": lambda device: device.log_out(headers={"Accept": "application/json;charset=utf-8"}),
    "a list of addresses": lambda device: device.log_out(headers={"X-Forwarded-For": "203.0.113.7, 2001:db8::1"}),
    "no address": lambda device: device.log_out(headers={"X-Forwarded-For": "unknown, '; --"}),
    "a cookie": lambda device: device.log_out(headers={"Cookie": "a=b"}),
    "unknown parameter": lambda device: device.log_out(query={"redirectUrl": REDIRECT_URL, "x": "<&'\">"}),
    "repeated parameter": lambda device: device.log_out(query=f"redirectUrl={REDIRECT_URL}&redirectUrl=x"),
    "not encoded": lambda device: device.log_out(query=f"redirectUrl={REDIRECT_URL}"),
    "broken encoding": lambda device: device.log_out(query="redirectUrl=https://example.com/%zz%ff"),
    "long header": lambda device: device.log_out(headers={"User-Agent": "x" * 60_000}),
}


@pytest.mark.parametrize("send", HARMLESS.values(), ids=HARMLESS)
def test_harmless_differences(device: Device, send: Callable[[Device], requests.Response]) -> None:
    answer = send(device.set_up("logout-endpoint"))
    assert answer.status_code == 200
    assert answer.json()["logouts"]["Cablevision"]["actionName"] == "logout"


HOSTILE = [
    "é",
    "日本",
    "\x7f\x01",
    "' OR 1=1 --",
    "%00%0d%0a",
    "Bearer é",
    "fingerprint é",
    'Digest a="b',
    "x" * 60_000,
]


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize(
    "name", ["Authorization", "AP-Device-Identifier", "X-Device-Info", "AD-Service-Token", "Accept", "Host", "Cookie"]
)
def test_hostile_header_values_are_no_failure(device: Device, name: str, value: str) -> None:
    device.set_up("logout-endpoint")
    headers = {
        "Host": device.base_url[7:],
        "Authorization": f"Bearer {ACCESS_TOKEN}",
        "AP-Device-Identifier": device.identifier,
    }
    lines = [f"GET {device.path()}?redirectUrl={REDIRECT_URL} HTTP/1.1"]
    lines += [f"{key}: {text}" for key, text in (headers | {name: value}).items()]
    answer = device.raw("\r\n".join([*lines, "", ""]).encode())
    status = {"Authorization": 401, "AP-Device-Identifier": 400}.get(name, 200)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    json.loads(answer.partition(b"\r\n\r\n")[2])


TARGETS = [
    "/api/v2/REF30/logout/%ff",
    "/api/v2/REF30/logout/%zz",
    "/api/v2/REF30/logout/%00%0d%0a",
    "/api/v2/REF30/logout/é",
    "/api/v2/%f0%9f/logout/Dish",
    "//x/api/v2/REF30/logout/Dish",
    "http://[",
    "http://[::1",
    "*",
    "é",
    "/%",
]


@pytest.mark.parametrize("target", TARGETS)
def test_hostile_targets_are_no_failure(device: Device, target: str) -> None:
    answer = device.raw(
        f"GET {target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ACCESS_TOKEN}\r\n"
        f"AP-Device-Identifier: {device.identifier}\r\n\r\n".encode()
    )
    assert answer.split()[1] in {b"400", b"404"}
    assert b"Content-Type: application/json;charset=UTF-8" in answer
    json.loads(answer.partition(b"\r\n\r\n")[2])


def test_absolute_form_of_the_target(device: Device) -> None:
    device.set_up("logout-endpoint")
    answer = device.raw(
        f"GET http://proxy.example{device.path()}?redirectUrl={REDIRECT_URL} HTTP/1.1\r\nHost: proxy.example\r\n"
        f"Authorization: Bearer {ACCESS_TOKEN}\r\nAP-Device-Identifier: {device.identifier}\r\n\r\n".encode()
    )
    assert answer.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("redirectUrl=https://example.com/" + "x" * 300_000, {}, 414),
        (f"redirectUrl={REDIRECT_URL}", {"User-Agent": "x" * 300_000}, 431),
        (f"redirectUrl={REDIRECT_URL}", {f"X-{number}": "x" for number in range(200)}, 431),
    ],
)
def test_too_long(device: Device, query: str, headers: dict[str, str | None], status: int) -> None:
    answer = device.set_up("logout-endpoint").log_out(query=query, headers=headers)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/json;charset=UTF-8")
    assert answer.json()["status"] == status
    assert device.action() == "logout"


def test_too_long_for_any_buffer(device: Device) -> None:
    assert device.raw(b"GET /" + b"x" * 20_000_000).startswith(b"HTTP/1.1 414 ")
