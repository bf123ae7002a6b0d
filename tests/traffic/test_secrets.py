from __future__ import annotations

import pytest

from conformance.traffic.secrets import secrets_of
from tests.calls import a_call, a_call_with, answered
from tests.exchanges import TOKEN


def values(**headers: str) -> set[str]:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return {value for _, value in secrets_of(a_call_with(given))}


def test_credentials_are_secret_and_placeholders_of_a_recording_are_none() -> None:
    assert values() == {f"Bearer {TOKEN}"}
    assert values(Authorization="[redacted]") == set()
    assert "opaque-token" in values(AD_Service_Token="opaque-token")


@pytest.mark.parametrize(
    ("cookie", "secret", "is_secret"),
    [
        ("s=abc123def", "abc123def", True),
        ("s=a-session-of-the-app", "a-session-of-the-app", True),
        ("mvpd=Cablevision", "Cablevision", False),
        ("mvpd=Cablevision", "mvpd=Cablevision", True),
        ("lang=en; s=abc123def", "lang=en", True),
    ],
)
def test_of_a_cookie_the_pair_is_secret_and_a_value_that_is_no_plain_word(
    cookie: str, secret: str, *, is_secret: bool
) -> None:
    assert (secret in values(Cookie=cookie)) is is_secret


def test_a_cookie_that_is_given_is_secret_like_one_that_is_sent() -> None:
    given = {value for _, value in secrets_of(a_call(answered(Set_Cookie="s=abc123def; Path=/\nlang=en")))}
    assert {"s=abc123def", "abc123def", "lang=en"} <= given
    assert "Path=/" not in given


def test_what_stands_in_a_url_is_secret_too() -> None:
    call = a_call(url="https://user:password@a.example/?access_token=a%20token#x")
    assert {"a token", "user:password"} <= {value for _, value in secrets_of(call)}
