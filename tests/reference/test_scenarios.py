"""What the server answers in each scenario: the source's samples, and the target contract, section 2."""

from urllib.parse import parse_qs, parse_qsl, urljoin, urlsplit

import pytest

from conformance.reference import ACCESS_TOKEN
from tests.reference.service import REDIRECT_URL, Device, refused

ENDPOINT = ["logout-endpoint", "service-token-sso", "platform-identity-sso"]
COMPLETE = {
    "no-logout-endpoint": "Dish",
    "degraded": "ATTOTT",
    "temporary-basic": "TempPass_5mins",
    "temporary-promotional": "TempPass_Promotional",
}
GONE = ["no-profile", "expired-profile"]


def test_sample_1_logout_endpoint(device: Device) -> None:
    answer = device.set_up("logout-endpoint").log_out()
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json;charset=UTF-8")
    assert answer.json() == {
        "logouts": {
            "Cablevision": {
                "actionName": "logout",
                "actionType": "interactive",
                "mvpd": "Cablevision",
                "url": "https://sp.auth.example.com/adobe-services/logout?mso_id=Cablevision&requestor_id=REF30"
                "&redirect_url=https%3A%2F%2Fexample.com%2Fbye",
            }
        }
    }


@pytest.mark.parametrize(
    ("state", "mvpd", "header"),
    [
        ("service-token-sso", "Spectrum", "AD-Service-Token"),
        ("platform-identity-sso", "Comcast_SSO", "Adobe-Subject-Token"),
    ],
)
def test_samples_3_and_4_single_sign_on(device: Device, state: str, mvpd: str, header: str) -> None:
    device.set_up(state)
    assert device.mvpd == mvpd
    assert list(device.headers) == [header]
    assert len(device.headers[header].split(".")) == 3
    assert device.entry() == {
        "actionName": "logout",
        "actionType": "interactive",
        "mvpd": mvpd,
        "url": f"/adobe-services/logout?mso_id={mvpd}&requestor_id=REF30&redirect_url=https%3A%2F%2Fexample.com%2Fbye",
    }


@pytest.mark.parametrize(
    ("state", "header"), [("service-token-sso", "AD-Service-Token"), ("platform-identity-sso", "Adobe-Subject-Token")]
)
def test_single_sign_on_profile_is_reached_by_its_token_only(device: Device, state: str, header: str) -> None:
    device.set_up(state)
    assert device.action(headers={header: None}) == "invalid"
    assert device.action(headers={header: "another"}) == "invalid"
    assert device.action() == "logout"


def test_token_of_single_sign_on_changes_nothing_for_a_regular_profile(device: Device, base_url: str) -> None:
    token = Device(base_url).set_up("service-token-sso").headers["AD-Service-Token"]
    assert device.set_up("logout-endpoint").action(headers={"AD-Service-Token": token}) == "logout"


def test_sample_5_apple(device: Device) -> None:
    assert device.set_up("apple-sso").entry() == {
        "actionName": "partner_logout",
        "actionType": "partner_interactive",
        "mvpd": "Cablevision",
    }


@pytest.mark.parametrize(("state", "mvpd"), COMPLETE.items())
def test_samples_2_6_and_7_complete(device: Device, state: str, mvpd: str) -> None:
    assert device.set_up(state).entry() == {"actionName": "complete", "actionType": "none", "mvpd": mvpd}


@pytest.mark.parametrize("state", GONE)
def test_no_valid_profile(device: Device, state: str) -> None:
    expected = {"actionName": "invalid", "actionType": "none", "mvpd": "Cablevision"}
    assert device.set_up(state).entry() == expected
    assert device.entry() == expected


def test_inactive_integration(device: Device) -> None:
    refused(device.set_up("inactive-integration").log_out(), 400, "invalid_integration")


def test_expired_access_token(device: Device) -> None:
    device.set_up("expired-access-token")
    assert device.headers["Authorization"].startswith("Bearer ")
    answer = device.log_out()
    refused(answer, 401, "invalid_access_token_client_application")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_server_failure(device: Device) -> None:
    refused(device.set_up("server-failure").log_out(), 500, "internal_server_error")


@pytest.mark.parametrize("state", [*ENDPOINT, "no-logout-endpoint", "apple-sso"])
def test_logout_deletes_the_profile(device: Device, state: str) -> None:
    device.set_up(state)
    assert device.action() != "invalid"
    assert device.entry() == {"actionName": "invalid", "actionType": "none", "mvpd": device.mvpd}
    assert device.action() == "invalid"


@pytest.mark.parametrize("state", ["degraded", "temporary-basic", "temporary-promotional"])
def test_degraded_and_temporary_access_is_complete_again_and_again(device: Device, state: str) -> None:
    device.set_up(state)
    assert [device.action() for _ in range(3)] == ["complete"] * 3


def test_profiles_of_another_device_mvpd_and_service_provider_stay(device: Device, base_url: str) -> None:
    device.set_up("logout-endpoint")
    others = [
        Device(base_url).set_up("logout-endpoint"),
        Device(base_url, device.identifier).set_up("logout-endpoint", mvpd="Spectrum"),
        Device(base_url, device.identifier).set_up("logout-endpoint", serviceProvider="REF40"),
    ]
    assert [one.action() for one in (device, *others)] == ["logout"] * 4


@pytest.mark.parametrize(
    "target",
    [
        "https://example.com/bye?a=1&b=2#end",
        "https://example.com:8443/bye?next=https://example.org/?x=1&y=2",
        "https://example.com/?q=tschüß 日本+%26",
        "myapp://signed-out",
        "com.example.app:/signed-out",
        "https://[2001:db8::1]:8443/bye",
        "https://example.com/" + "x" * 5000,
    ],
)
def test_redirect_target_stays_one_parameter(device: Device, target: str) -> None:
    answer = device.set_up("logout-endpoint").log_out(query={"redirectUrl": target})
    assert answer.status_code == 200
    url = answer.json()["logouts"]["Cablevision"]["url"]
    assert url.isascii()
    assert not urlsplit(url).fragment
    assert parse_qsl(urlsplit(url).query, strict_parsing=True) == [
        ("mso_id", "Cablevision"),
        ("requestor_id", "REF30"),
        ("redirect_url", target),
    ]


@pytest.mark.parametrize("state", ENDPOINT)
@pytest.mark.parametrize(
    "mvpd", ["Câble 日本", "two words", "under_score", "a/b", "100%", "q?x=1&y#z", 'a"b\\c', "a+b"]
)
def test_mvpd_by_any_name(device: Device, state: str, mvpd: str) -> None:
    device.set_up(state, mvpd=mvpd)
    assert device.mvpd == mvpd
    entry = device.entry()
    assert entry["mvpd"] == mvpd
    assert parse_qs(urlsplit(entry["url"]).query)["mso_id"] == [mvpd]
    assert urlsplit(urljoin(device.base_url, entry["url"])).scheme in {"http", "https"}
    assert device.action() == "invalid"


def test_needlessly_encoded_letters_mean_themselves(device: Device) -> None:
    target = device.set_up("logout-endpoint").base_url.removeprefix("http://")
    answer = device.raw(
        f"GET /%61pi/v2/%52EF30/logout/%43ablevision?%72edirectUrl={REDIRECT_URL} HTTP/1.1\r\nHost: {target}\r\n"
        f"authorization: bearer {ACCESS_TOKEN}\r\nAP-DEVICE-IDENTIFIER: {device.identifier}\r\n\r\n".encode()
    )
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b'"actionName": "logout"' in answer
