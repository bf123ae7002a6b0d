from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

from conformance.rules.hardening import (
    REFLECTED,
    carries,
    should_challenge,
    should_hide_stack_trace,
    should_list_allowed_methods,
    should_not_carry_token,
    should_not_reflect_line_break,
    url_should_not_carry_token,
)
from tests.exchanges import SAMPLES, TOKEN, a_logout, a_success, an_error, an_exchange, broken, found

should_not_carry = should_not_carry_token("error-without-token")

DISGUISES = {
    "plain": TOKEN,
    "upper case": TOKEN.upper(),
    "backwards": TOKEN[::-1],
    "percent": "".join(f"%{byte:02X}" for byte in TOKEN.encode()),
    "Base64": base64.b64encode(f"token={TOKEN}".encode()).decode(),
    "hex": TOKEN.encode().hex(),
    "JSON escapes": "".join(f"\\u{ord(letter):04x}" for letter in TOKEN),
    "HTML entities": "".join(f"&#{ord(letter)};" for letter in TOKEN),
}


@pytest.mark.parametrize("echo", DISGUISES.values(), ids=DISGUISES)
def test_an_error_that_gives_the_token_back(echo: str) -> None:
    (finding,) = found(should_not_carry, an_error(f"<p>Your token {echo} is no good</p>".encode()))
    assert (finding.requirement, finding.where) == ("error-without-token", "body")
    assert TOKEN not in finding.seen


@pytest.mark.parametrize("echo", DISGUISES.values(), ids=DISGUISES)
def test_a_url_that_carries_the_token(echo: str) -> None:
    (finding,) = found(url_should_not_carry_token, a_logout(url=f"https://a.example/?t={echo}"))
    assert (finding.requirement, finding.where) == ("url-without-token", "/logouts/Cablevision/url")
    assert TOKEN not in finding.seen


def test_the_url_of_every_entry_is_looked_at() -> None:
    exchange = a_success(SAMPLES[1][1], SAMPLES[1][1] | {"url": f"/?{TOKEN}"})
    assert [finding.where for finding in found(url_should_not_carry_token, exchange)] == ["/logouts/Cablevision 2/url"]


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Basic dXNlcjpwYXNzd29yZA=="])
def test_without_a_token_there_is_none_to_carry(authorization: str | None) -> None:
    body = f'{{"message": "Basic dXNlcjpwYXNzd29yZA== Bearer {TOKEN}"}}'.encode()
    assert found(should_not_carry, an_error(body, authorization=authorization)) == []


def test_the_scheme_may_be_in_any_case() -> None:
    assert broken(should_not_carry, an_error(TOKEN.encode(), authorization=f"bEARER {TOKEN}")) == [
        "error-without-token"
    ]


def test_another_token_of_the_same_kind_is_no_echo() -> None:
    # every JWS that is signed with RS256 begins in the same way
    header = TOKEN.partition(".")[0]
    other = f"{header}.{base64.urlsafe_b64encode(b'state of the logout page').decode()}.c2lnbmVkIGJ5IHRoZSBzZXJ2ZXI"
    assert found(url_should_not_carry_token, a_logout(url=f"https://a.example/?state={other}")) == []
    assert found(should_not_carry, an_error({"message": f"alg {header}"})) == []


def test_a_text_carries_a_token_only_where_there_is_one() -> None:
    assert carries(TOKEN, f"x{TOKEN}x")
    assert not carries(TOKEN, quote("https://example.com/?q=nothing"))
    assert not carries("", "anything at all")


@pytest.mark.parametrize(
    "trace",
    [
        'Traceback (most recent call last):\n  File "app.py", line 1',
        '{"detail": "File \\"/srv/app/views.py\\", line 12, in logout"}',
        "java.lang.NullPointerException\n\tat com.example.Logout.find(Logout.java:42)",
        "at com.example.LogoutKt$find$1.invoke(Logout.kt:7)",
        "TypeError: x\n    at Object.logout (/srv/app/server.js:12:34)",
        "    at async file:///srv/app/server.mjs:1:2",
        "    at process.processTicksAndRejections (node:internal/process/task_queues.js:95:5)",
        "   at Acme.Logout.Find(String mvpd) in C:\\src\\Logout.cs:line 7",
        "panic: x\n\ngoroutine 1 [running]:\nmain.main()",
        "/srv/app/logout.rb:12:in `find'",
        "#0 /srv/app/logout.php(12): find()",
    ],
)
def test_an_error_that_shows_a_stack_trace(trace: str) -> None:
    (finding,) = found(should_hide_stack_trace, an_error(trace.encode()))
    assert (finding.requirement, finding.where) == ("error-without-stack-trace", "body")
    assert finding.seen in trace


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b'{"message": "The file redirect.py, line 3 of the manual, has more."}',
        b'{"message": "Look at line 12:34 of your request (at 10:30:00)."}',
        b'{"message": "Ask at https://help.example.com/errors.html", "trace": "at-17"}',
        b'{"message": "logout.java is not running", "code": "goroutine"}',
    ],
)
def test_an_error_that_shows_none(body: bytes) -> None:
    assert found(should_hide_stack_trace, an_error(body)) == []


def test_a_header_that_came_in_behind_a_line_break() -> None:
    exchange = an_exchange(b"{}", headers=((REFLECTED.upper(), "1"),))
    (finding,) = found(should_not_reflect_line_break, exchange)
    assert (finding.requirement, finding.where) == ("no-reflected-line-break", REFLECTED)
    assert found(should_not_reflect_line_break, an_exchange({"echo": REFLECTED})) == []


@pytest.mark.parametrize(
    "headers", [(("Allow", "GET"),), (("allow", "HEAD,GET , OPTIONS"),), (("Allow", "HEAD"), ("Allow", "GET"))]
)
def test_a_405_that_names_get(headers: tuple[tuple[str, str], ...]) -> None:
    assert found(should_list_allowed_methods, an_error(status=405, headers=headers)) == []


@pytest.mark.parametrize("headers", [(), (("Allow", ""),), (("Allow", "POST, GETS"),), (("Allow", "get"),)])
def test_a_405_that_does_not(headers: tuple[tuple[str, str], ...]) -> None:
    (finding,) = found(should_list_allowed_methods, an_error(status=405, headers=headers))
    assert (finding.requirement, finding.where) == ("allow-with-405", "Allow")


def test_a_401_says_how_to_authenticate() -> None:
    assert found(should_challenge, an_error(status=401, headers=(("www-authenticate", "Bearer"),))) == []
    for headers in ((), (("WWW-Authenticate", ""),)):
        assert broken(should_challenge, an_error(status=401, headers=headers)) == ["www-authenticate-with-401"]
