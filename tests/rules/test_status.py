from __future__ import annotations

import pytest

from conformance.exchange import Exchange, Request
from conformance.rules.finding import Finding
from conformance.rules.status import LISTED, ON_THE_WAY, THROTTLED, TOO_LONG, answer, must_have_status
from tests.exchanges import an_exchange, broken, found


def test_the_page_lists_five_statuses() -> None:
    assert {200, 400, 401, 405, 500} == LISTED


def test_exceptions_of_erratum_12() -> None:
    assert THROTTLED == 429
    assert {414, 431} == TOO_LONG
    assert {502, 503, 504} == ON_THE_WAY


@pytest.mark.parametrize("status", [400, 401])
def test_each_expected_status_is_right(status: int) -> None:
    assert found(must_have_status("authorization-required", 400, 401), an_exchange(status=status)) == []


@pytest.mark.parametrize("status", [200, 405])
def test_another_listed_status_breaks_the_requirement_itself(status: int) -> None:
    assert found(must_have_status("authorization-required", 400, 401), an_exchange(status=status)) == [
        Finding("authorization-required", "400 or 401", str(status), "status")
    ]


@pytest.mark.parametrize(
    "status", [100, 201, 204, 206, 301, 302, 304, 402, 403, 404, 406, 410, 412, 414, 415, 422, 499]
)
def test_a_status_that_the_page_does_not_list_is_reported_as_such(status: int) -> None:
    assert broken(must_have_status("redirect-url-required", 400), an_exchange(status=status)) == ["listed-status"]


@pytest.mark.parametrize("status", [500, 501, 502, 505, 599])
def test_a_server_error_is_reported_as_such(status: int) -> None:
    assert broken(must_have_status("redirect-url-required", 400), an_exchange(status=status)) == ["no-server-error"]


@pytest.mark.parametrize("status", [414, 431, 500])
def test_what_is_expected_is_right_although_unlisted_or_a_server_error(status: int) -> None:
    assert broken(must_have_status("server-failure-is-500", 414, 431, 500), an_exchange(status=status)) == []


def test_an_exchange_without_an_answer_is_never_judged() -> None:
    with pytest.raises(AssertionError, match="never judged"):
        answer(Exchange(0, Request("GET", "http://127.0.0.1/"), None, "the connection was refused"))
