from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.sender.logout import (
    Logout,
    as_it_is,
    header,
    header_names,
    method,
    mvpd,
    needlessly_encoded,
    no_query,
    query,
    raw_query,
    redirect_url,
    rewritten_header,
    service_provider,
    without_header,
)

if TYPE_CHECKING:
    from conformance.sender.logout import Change

PLAIN: Final = Logout(
    "https://api.example.com/gateway",
    "REF30",
    "Cablevision",
    (("redirectUrl", "https://adobe.com"),),
    (("Authorization", "Bearer abc"), ("AP-Device-Identifier", "fingerprint eA==")),
)
URL: Final = "https://api.example.com/gateway/api/v2/REF30/logout/Cablevision?redirectUrl=https%3A%2F%2Fadobe.com"
TEXT: Final = st.text(st.characters(codec="utf-8"), min_size=1)


def test_the_request_of_sample_1() -> None:
    assert (PLAIN.method, PLAIN.url) == ("GET", URL)
    assert PLAIN.path == "/api/v2/REF30/logout/Cablevision"


def test_a_request_as_it_is_sent() -> None:
    outgoing = PLAIN.outgoing()
    assert (outgoing.method, outgoing.url, outgoing.body) == ("GET", URL, b"")
    assert outgoing.headers == (
        ("Host", "api.example.com"),
        ("Connection", "close"),
        ("Accept-Encoding", "gzip, deflate"),
        ("Authorization", "Bearer abc"),
        ("AP-Device-Identifier", "fingerprint eA=="),
    )


@pytest.mark.parametrize(
    ("name", "has_length"), [("GET", False), ("DELETE", False), ("POST", True), ("PUT", True), ("PATCH", True)]
)
def test_a_method_that_may_have_a_body_says_that_it_has_none(name: str, *, has_length: bool) -> None:
    outgoing = method(name)(PLAIN).outgoing()
    assert outgoing.method == name
    assert (("Content-Length", "0") in outgoing.headers) is has_length


def test_host_has_the_port_and_no_path() -> None:
    request = Logout("http://[::1]:8080/a", "REF30", "Dish", (), ())
    assert request.outgoing().headers[0] == ("Host", "[::1]:8080")
    assert request.url == "http://[::1]:8080/a/api/v2/REF30/logout/Dish"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("Comcast SSO", "/api/v2/REF30/logout/Comcast%20SSO"),
        ("A&B+C=50%?", "/api/v2/REF30/logout/A%26B%2BC%3D50%25%3F"),
        ("a/b", "/api/v2/REF30/logout/a%2Fb"),
        ("Télé_衛星", "/api/v2/REF30/logout/T%C3%A9l%C3%A9_%E8%A1%9B%E6%98%9F"),
    ],
)
def test_a_name_is_one_percent_encoded_segment(name: str, path: str) -> None:
    assert mvpd(name)(PLAIN).path == path
    assert service_provider(name)(PLAIN).path == f"/api/v2/{path.rpartition('/')[2]}/logout/Cablevision"


def test_the_first_letter_may_be_encoded_without_need() -> None:
    assert needlessly_encoded(PLAIN).path == "/api/v2/%52EF30/logout/%43ablevision"
    assert needlessly_encoded(mvpd("É x")(PLAIN)).path == "/api/v2/%52EF30/logout/%C3%89%20x"
    assert needlessly_encoded(PLAIN).raw_query == "%72edirectUrl=https%3A%2F%2Fadobe.com"


@pytest.mark.parametrize(
    ("change", "encoded"),
    [
        (as_it_is, "?redirectUrl=https%3A%2F%2Fadobe.com"),
        (no_query, ""),
        (redirect_url(""), "?redirectUrl="),
        (redirect_url("http://[::1]:8/?a=b&c#d"), "?redirectUrl=http%3A%2F%2F%5B%3A%3A1%5D%3A8%2F%3Fa%3Db%26c%23d"),
        (query(("x y", "1")), "?redirectUrl=https%3A%2F%2Fadobe.com&x%20y=1"),
        (raw_query(lambda request: f"a={request.mvpd}%zz"), "?a=Cablevision%zz"),
        (raw_query(lambda _: ""), ""),
    ],
)
def test_the_query(change: Change, encoded: str) -> None:
    assert change(PLAIN).url == URL.partition("?")[0] + encoded


def test_a_header_is_replaced_whatever_its_case() -> None:
    changed = header("AUTHORIZATION", "Bearer xyz")(PLAIN)
    assert changed.headers == (("AP-Device-Identifier", "fingerprint eA=="), ("AUTHORIZATION", "Bearer xyz"))
    assert changed.header("Authorization") == "Bearer xyz"


def test_a_header_is_left_out_whatever_its_case() -> None:
    assert without_header("ap-device-identifier")(PLAIN).headers == (("Authorization", "Bearer abc"),)
    assert without_header("ap-device-identifier")(PLAIN).header("AP-Device-Identifier") == ""
    assert without_header("no-such-header")(PLAIN) == PLAIN


def test_a_header_is_made_anew_from_what_it_is() -> None:
    assert rewritten_header("authorization", str.upper)(PLAIN).header("Authorization") == "BEARER ABC"
    assert rewritten_header("x", lambda value: f"{value}!")(PLAIN).header("x") == "!"


def test_header_names_in_another_case() -> None:
    assert header_names(str.lower)(PLAIN).headers == (
        ("authorization", "Bearer abc"),
        ("ap-device-identifier", "fingerprint eA=="),
    )


def test_a_change_leaves_the_plain_request_alone() -> None:
    before = PLAIN.url, PLAIN.headers, PLAIN.method
    for change in (method("POST"), header("X", "y"), no_query, mvpd("z"), redirect_url("")):
        change(PLAIN)
    assert (PLAIN.url, PLAIN.headers, PLAIN.method) == before


@given(TEXT, TEXT, st.lists(st.tuples(TEXT, TEXT), max_size=3))
def test_whatever_is_asked_for_comes_out_of_the_url_again(
    provider: str, name: str, parameters: list[tuple[str, str]]
) -> None:
    url = Logout("http://127.0.0.1:1", provider, name, tuple(parameters), ()).url
    assert url.isascii()
    assert url.isprintable()
    parts = urlsplit(url)
    segments = parts.path.split("/")
    assert [unquote(segment) for segment in segments] == ["", "api", "v2", provider, "logout", name]
    assert parse_qsl(parts.query, keep_blank_values=True) == [
        (name.replace("+", "+"), value) for name, value in parameters
    ]
    assert parts.fragment == ""
