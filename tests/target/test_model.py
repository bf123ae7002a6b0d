from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from conformance.law.contract import MANDATORY, SCENARIOS
from conformance.target.model import StatesSource, StaticScenario, Target, Tls, merged

if TYPE_CHECKING:
    from pathlib import Path


def target(**settings: object) -> Target:
    return Target.model_validate({"base_url": "http://127.0.0.1:8080"} | settings)


def test_a_base_url_is_enough() -> None:
    described = target()
    assert described.service_provider == "REF30"
    assert described.other_service_provider is None
    assert described.redirect_url == "https://example.com/"
    assert (described.requests_per_second, described.burst) == (None, 1)
    assert described.timeout_s == 10.0
    assert described.headers == {}
    assert described.tls == Tls(ca_bundle=None, client_cert=None, client_key=None, verify=True)
    assert described.trust_env is False
    assert described.states is None
    assert described.scenarios == {}
    assert described.secrets == {}


def test_the_thirteen_scenarios_and_the_mandatory_three() -> None:
    assert set(SCENARIOS) == {
        "logout-endpoint",
        "no-logout-endpoint",
        "service-token-sso",
        "platform-identity-sso",
        "apple-sso",
        "degraded",
        "temporary-basic",
        "temporary-promotional",
        "no-profile",
        "expired-profile",
        "inactive-integration",
        "expired-access-token",
        "server-failure",
    }
    assert {scenario.id for scenario in MANDATORY} == {"logout-endpoint", "no-logout-endpoint", "no-profile"}


def test_a_token_that_is_borne_is_a_header_and_a_secret() -> None:
    bearing = target(headers={"X-A": "b"}).bearing("token-0123456789")
    assert bearing.headers == {"X-A": "b", "Authorization": "Bearer token-0123456789"}
    assert bearing.secrets == {"ACCESS_TOKEN": "token-0123456789"}
    again = target(variables={"ACCESS_TOKEN": "another"}).bearing("token-0123456789")
    assert again.secrets == {"ACCESS_TOKEN": "another", "AUTHORIZATION": "token-0123456789"}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("http://api.example.com", "http://api.example.com"),
        ("https://api.example.com/", "https://api.example.com"),
        ("HTTPS://api.example.com:8443/v1/auth/", "HTTPS://api.example.com:8443/v1/auth"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("https://xn--bcher-kva.example/a%20b", "https://xn--bcher-kva.example/a%20b"),
    ],
)
def test_base_urls_that_can_be_used(given: str, kept: str) -> None:
    assert target(base_url=given).base_url == kept


@pytest.mark.parametrize(
    "given",
    [
        "",
        "api.example.com",
        "//api.example.com",
        "ftp://api.example.com",
        "https://",
        "https://:443",
        "https:///path",
        "https://api.example.com?",
        "https://api.example.com/?a=b",
        "https://api.example.com/#top",
        "https://user@api.example.com",
        "https://user:password@api.example.com",
        "https://api.example.com:99999",
        "https://api.example.com:port",
        "https://[::1",
        "https://api.example.com/a b",
        "https://api.example.com/\r\nX: y",
        "https://api.example.com\\@elsewhere.example",
        "https://bücher.example",
        8080,
    ],
)
def test_base_urls_that_cannot(given: object) -> None:
    with pytest.raises(ValidationError):
        target(base_url=given)


@pytest.mark.parametrize("value", ["", "a b", "é;ÿ", "tab\tinside", "x" * 10_000])
def test_header_values_that_can_be_sent(value: str) -> None:
    assert target(headers={"X-A": value}).headers == {"X-A": value}


@pytest.mark.parametrize(
    "value", ["a\r\nX: y", "a\n", "\0", "\x1b[31m", "\x7f", "\x85", "€", " a", "a ", "\t", 3, None]
)
def test_header_values_that_cannot(value: object) -> None:
    with pytest.raises(ValidationError):
        target(headers={"X-A": value})


@pytest.mark.parametrize(
    "name", ["", "X A", "X:", "X-Ä", "X\r\nY", "Content-Length", "transfer-encoding", "Connection", "Upgrade", "TE"]
)
def test_header_names_that_cannot_be_sent(name: str) -> None:
    with pytest.raises(ValidationError):
        target(headers={name: "a"})


def test_one_header_in_two_cases_is_a_mistake() -> None:
    with pytest.raises(ValidationError, match="each header once"):
        target(headers={"X-A": "1", "x-a": "2"})


@pytest.mark.parametrize("name", ["", ".", "..", "a\nb", "\x00", "\x9f", "\ud800", 30])
def test_names_that_no_path_can_carry(name: object) -> None:
    with pytest.raises(ValidationError):
        target(service_provider=name)


@pytest.mark.parametrize("name", ["REF30", "a b", "Телеком", "100% TV/Radio?", "...", "TempPass_5mins"])
def test_names_that_a_path_can_carry_once_encoded(name: str) -> None:
    assert target(service_provider=name).service_provider == name


@pytest.mark.parametrize("number", [0, -1, float("nan"), float("inf"), True, "1", 10**400, None])
def test_a_timeout_is_a_positive_finite_number(number: object) -> None:
    with pytest.raises(ValidationError):
        target(timeout_s=number)


@pytest.mark.parametrize("number", [0, -0.5, float("nan"), float("inf"), True, "1"])
def test_so_is_a_rate(number: object) -> None:
    with pytest.raises(ValidationError):
        target(requests_per_second=number)


def test_whole_numbers_are_numbers() -> None:
    assert (target(timeout_s=3).timeout_s, target(requests_per_second=2).requests_per_second) == (3.0, 2.0)


def test_no_timeout_is_longer_than_a_timer_can_count() -> None:
    with pytest.raises(ValidationError):
        target(timeout_s=1e300)


@pytest.mark.parametrize("url", ["https://example.com/bye?a=b&c=d", "myapp://bye", "https://пример.рф/"])
def test_redirect_urls(url: str) -> None:
    assert target(redirect_url=url).redirect_url == url


@pytest.mark.parametrize("url", ["", "example.com", "/bye", "https://example.com/a b", "https://a\r\nb", "x:"])
def test_what_no_redirect_url_is(url: str) -> None:
    with pytest.raises(ValidationError):
        target(redirect_url=url)


def test_the_two_service_providers_differ() -> None:
    with pytest.raises(ValidationError, match="another name than service_provider"):
        target(service_provider="REF30", other_service_provider="REF30")


@pytest.mark.parametrize(
    "states",
    [
        {},
        {"handler": "http://h/", "command": ["a"]},
        {"handler": "ftp://h/"},
        {"handler": "http://user:password@h/"},
        {"command": []},
        {"command": "./state.sh"},
        {"command": ["a\0b"]},
        {"command": [1]},
        {"python": "my_states"},
        {"python": "my states:handle"},
        {"python": "my_states:handle()"},
        {"shell": "x"},
    ],
)
def test_state_sources_that_make_no_sense(states: object) -> None:
    with pytest.raises(ValidationError):
        target(states=states)


@pytest.mark.parametrize(
    "states",
    [
        {"handler": "http://127.0.0.1:9000/_state?tenant=a"},
        {"command": ["./state.sh", "--quiet", ""]},
        {"python": "my_states:handle"},
        {"python": "tests.my_states:Handler.handle"},
    ],
)
def test_state_sources(states: dict[str, object]) -> None:
    assert target(states=states).states == StatesSource.model_validate(states)


@pytest.mark.parametrize("uses", [1, 2, "unlimited"])
def test_uses(uses: object) -> None:
    assert StaticScenario.model_validate({"mvpd": "A", "uses": uses}).uses == uses


@pytest.mark.parametrize("uses", [0, -1, 1.5, True, "twice", "1"])
def test_what_no_number_of_uses_is(uses: object) -> None:
    with pytest.raises(ValidationError):
        StaticScenario.model_validate({"mvpd": "A", "uses": uses})


def test_tls_files_exist(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").touch()
    assert Tls.model_validate({"ca_bundle": "ca.pem"}, context={"folder": tmp_path}).ca_bundle == tmp_path / "ca.pem"
    for name in ("none.pem", "", "x" * 5000, "a\0b", 3):
        with pytest.raises(ValidationError):
            Tls.model_validate({"ca_bundle": name}, context={"folder": tmp_path})


def test_a_client_key_needs_its_certificate(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.touch()
    with pytest.raises(ValidationError, match="client_cert beside client_key"):
        Tls(client_key=key)
    assert Tls(client_cert=key, client_key=key).client_key == key


def test_secrets_are_the_variables_and_the_credentials_in_headers() -> None:
    described = target(
        variables={"ACCESS_TOKEN": "from-outside"},
        headers={
            "Authorization": "Bearer literal.token",
            "Proxy-Authorization": "Basic dTpw",
            "Cookie": "session=abc",
            "AD-Service-Token": "service",
            "adobe-subject-token": "subject",
            "X-Roku-Reserved-Roku-Connect-Token": "roku",
            "X-Api-Key": "Key with blanks",
            "X-Client-Secret": "from-outside",
            "X-Password": "",
            "AP-Device-Identifier": "fingerprint YmEy",
        },
        scenarios={"service-token-sso": {"mvpd": "A", "headers": {"AD-Service-Token": "another"}}},
    )
    assert described.secrets == {
        "ACCESS_TOKEN": "from-outside",
        "AUTHORIZATION": "literal.token",
        "PROXY_AUTHORIZATION": "dTpw",
        "COOKIE": "session=abc",
        "AD_SERVICE_TOKEN": "service",
        "ADOBE_SUBJECT_TOKEN": "subject",
        "X_ROKU_RESERVED_ROKU_CONNECT_TOKEN": "roku",
        "X_API_KEY": "Key with blanks",
        "AD_SERVICE_TOKEN_2": "another",
    }


def test_a_scheme_that_came_with_its_variable_does_not_hide_the_token() -> None:
    described = target(variables={"AUTH": "Bearer xyz"}, headers={"Authorization": "Bearer xyz"})
    assert described.secrets == {"AUTH": "Bearer xyz", "AUTHORIZATION": "xyz"}


def test_no_secret_is_in_a_repr() -> None:
    described = target(
        base_url="http://s3cret.example",
        name="s3cret",
        redirect_url="http://a/s3cret",
        headers={"Authorization": "Bearer s3cret"},
        states={"command": ["./x", "s3cret"]},
        scenarios={"apple-sso": {"mvpd": "A", "device_identifier": "s3cret", "headers": {"X-Token": "s3cret"}}},
        variables={"TOKEN": "s3cret"},
    )
    parts = (described, described.states, described.scenarios)
    assert not [text for part in parts for text in (repr(part), str(part)) if "s3cret" in text]


def test_no_value_is_in_pydantics_own_message() -> None:
    with pytest.raises(ValidationError) as caught:
        target(base_url="https://user:s3cret@h", headers={"Authorization": "s3cret\n"}, token="s3cret")
    assert "s3cret" not in str(caught.value)


def test_a_target_does_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        target().name = "x"  # type: ignore[misc]  # the point of the test


def test_an_mvpd_for_a_scenario_beats_the_described_one() -> None:
    described = target(
        scenarios={"apple-sso": {"mvpd": "A", "uses": 3}, "degraded": {"mvpd": "D"}},
        mvpds={"apple-sso": "B", "no-profile": "C"},
    )
    assert described.scenario("apple-sso") == StaticScenario(mvpd="B", uses=3)
    assert described.scenario("no-profile") == StaticScenario(mvpd="C", uses=1)
    assert described.scenario("degraded") == StaticScenario(mvpd="D")
    assert described.scenario("server-failure") is None


def test_a_header_replaces_one_of_the_same_name_in_any_case() -> None:
    assert merged({"Authorization": "a", "X": "b"}, {"authorization": "c"}) == {"X": "b", "authorization": "c"}
