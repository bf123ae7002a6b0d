from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.doctor.answer import checks
from conformance.doctor.check import Check, Health
from conformance.exchange import Exchange, Request, Response
from conformance.target.model import Target, Tls

if TYPE_CHECKING:
    from conformance.exchange import Headers

HTTP = Target(base_url="http://api.example.com")
HTTPS = Target(base_url="https://api.example.com")
SENT = datetime(2026, 6, 1, 12, tzinfo=UTC)
JSON = ("Content-Type", "application/json;charset=utf-8")
DATE = ("Date", format_datetime(SENT, usegmt=True))


def exchange(status: int = 200, *headers: tuple[str, str], expires: datetime | None = None) -> Exchange:
    certificate = expires.timestamp() if expires else None
    response = Response("HTTP/1.1", status, "", headers or (JSON, DATE), certificate_expires=certificate)
    return Exchange(0, Request("GET", "http://api.example.com/"), response, started_at=SENT.isoformat())


def troubled(trouble: str) -> Exchange:
    return Exchange(0, Request("GET", "http://api.example.com/"), None, trouble, started_at=SENT.isoformat())


def found(given: Exchange, target: Target = HTTP) -> dict[str, Check]:
    return {check.name: check for check in checks(target, given)}


def last(given: Exchange, target: Target = HTTP) -> Check:
    return list(checks(target, given))[-1]


def test_a_valid_request_that_is_accepted_leaves_nothing_to_do() -> None:
    assert {name: check.health for name, check in found(exchange()).items()} == dict.fromkeys(
        ("address", "clock", "base path", "access token", "valid request"), Health.OK
    )


@pytest.mark.parametrize(
    ("trouble", "advice"),
    [
        ("the host name could not be resolved", "host name"),
        ("the connection was refused", "start the server"),
        ("the answer is not HTTP", "https://"),
        ("no complete answer within 10 s", "timeout_s"),
        ("the connection was reset", "can be reached"),
    ],
)
def test_a_server_that_gives_no_answer_is_all_there_is_to_say(trouble: str, advice: str) -> None:
    (check,) = checks(HTTP, troubled(trouble))
    assert (check.name, check.health) == ("address", Health.BROKEN)
    assert check.advice.startswith(trouble)
    assert advice in check.advice


@pytest.mark.parametrize(
    ("detail", "advice"),
    [
        (": certificate has expired", "renew"),
        (": self-signed certificate", "ca_bundle"),
        (": Hostname mismatch, certificate is not valid for 'a'.", "name the host"),
        (": certificate is not yet valid", "ca_bundle"),
    ],
)
def test_a_certificate_that_is_not_trusted_is_no_matter_of_the_address(detail: str, advice: str) -> None:
    checked = found(troubled(f"the server's TLS certificate could not be verified{detail}"), HTTPS)
    assert [check.health for check in checked.values()] == [Health.OK, Health.BROKEN]
    assert advice in checked["TLS"].advice


def test_a_handshake_that_fails_asks_for_the_scheme_and_the_client_certificate() -> None:
    assert "client_cert" in last(troubled("the TLS handshake failed"), HTTPS).advice


@pytest.mark.parametrize(("days", "renew"), [(400, False), (3, True)])
def test_a_certificate_that_was_verified_says_how_long_it_lasts(days: int, *, renew: bool) -> None:
    check = found(exchange(expires=SENT + timedelta(days=days, hours=1)), HTTPS)["TLS"]
    assert check.health is Health.OK
    assert f"in {days} days" in check.advice
    assert ("renew it soon" in check.advice) is renew


def test_a_certificate_that_nobody_looked_at_stands_in_nobodys_way() -> None:
    check = found(exchange(), HTTPS.model_copy(update={"tls": Tls(verify=False)}))["TLS"]
    assert (check.health, check.stands_in_the_way) == (Health.MISSING, False)


@pytest.mark.parametrize(("minutes", "way"), [(61, "ahead of"), (-61, "behind")])
def test_a_clock_that_is_far_off_is_said_and_stands_in_nobodys_way(minutes: int, way: str) -> None:
    date = format_datetime(SENT + timedelta(minutes=minutes), usegmt=True)
    check = found(exchange(200, JSON, ("Date", date)))["clock"]
    assert (check.health, check.stands_in_the_way) == (Health.BROKEN, False)
    assert f"3660 s {way} this one" in check.advice


@pytest.mark.parametrize("headers", [(JSON,), (JSON, ("Date", "yesterday"))])
def test_without_a_date_nothing_is_said_of_the_clock(headers: Headers) -> None:
    check = found(exchange(200, *headers))["clock"]
    assert (check.health, check.stands_in_the_way) == (Health.MISSING, False)


@pytest.mark.parametrize(
    ("answer", "name", "advice"),
    [
        (exchange(404), "base path", "Check base_url"),
        (exchange(302), "base path", "redirects are not followed"),
        (exchange(200, ("Content-Type", "text/html"), DATE), "base path", "a login page"),
        (exchange(200, DATE), "base path", "no Content-Type"),
        (exchange(401), "access token", "Check the access token"),
        (exchange(403), "access token", "what it is allowed to do"),
        (exchange(400), "valid request", "Check the service provider"),
        (exchange(429), "valid request", "requests_per_second"),
        (exchange(503), "valid request", "Check that the target is up"),
    ],
)
def test_the_first_thing_that_is_broken_ends_the_list(answer: Exchange, name: str, advice: str) -> None:
    check = last(answer)
    assert (check.name, check.health, check.stands_in_the_way) == (name, Health.BROKEN, True)
    assert advice in check.advice


@pytest.mark.parametrize("status", [400, 404, 500])
def test_a_request_for_nobody_may_be_refused_and_that_says_nothing(status: int) -> None:
    assert [check.name for check in checks(HTTP, exchange(status), is_valid=False)] == ["address", "clock"]


def test_a_request_for_nobody_that_is_accepted_is_no_valid_one() -> None:
    assert "valid request" not in [check.name for check in checks(HTTP, exchange(), is_valid=False)]


@given(date=st.text(st.characters(max_codepoint=255)), media_type=st.text(st.characters(max_codepoint=255)))
def test_whatever_stands_in_the_headers_something_is_said(date: str, media_type: str) -> None:
    assert "base path" in found(exchange(200, ("Date", date), ("Content-Type", media_type)))
