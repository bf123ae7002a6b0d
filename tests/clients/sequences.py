"""Recordings in which each request is right, and what the client did next is not; and answers that are wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.calls import API, BYE, a_call, a_visit, answered, then, with_entry
from tests.clients.registry import faulty
from tests.clients.requests import OPENED
from tests.exchanges import LOGOUT_PAGE, TOKEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.exchange import Exchange

HOME = OPENED[2]
COMPLETE = with_entry(2)
RETRY = answered({"action": "retry", "status": 500, "code": "internal_server_error", "message": "x"}, 500)
OTHER = "Bearer another-access-token"


def opened(at_s: float) -> Sequence[Exchange]:
    """Give a right visit at a moment."""
    return a_visit(LOGOUT_PAGE, at_s, location=BYE), a_visit(BYE, at_s + 0.3), then(HOME, at_s + 9)


@faulty("client-opens-url")
def opens_nothing() -> Sequence[Exchange]:
    return a_call(), HOME


@faulty("client-opens-url")
def opens_the_redirect_target_instead() -> Sequence[Exchange]:
    return a_call(), a_visit(BYE), HOME


@faulty("client-opens-url")
def opens_the_url_without_its_query() -> Sequence[Exchange]:
    return a_call(), a_visit(LOGOUT_PAGE.partition("?")[0]), HOME


@faulty("client-opens-url")
def opens_a_relative_url_at_its_own_host() -> Sequence[Exchange]:
    return a_call(with_entry(url="/logout?mso_id=x")), a_visit("https://app.example.com/logout?mso_id=x"), HOME


@faulty("client-opens-url")
def opens_the_url_by_post() -> Sequence[Exchange]:
    return a_call(), a_visit(LOGOUT_PAGE, method="POST"), HOME


@faulty("client-opens-url")
def opens_the_url_twice() -> Sequence[Exchange]:
    return a_call(), a_visit(LOGOUT_PAGE), a_visit(LOGOUT_PAGE, 0.7), HOME


@faulty("client-opens-url")
def opens_one_url_of_two() -> Sequence[Exchange]:
    def entry(mvpd: str) -> object:
        return {"actionName": "logout", "actionType": "interactive", "mvpd": mvpd, "url": f"{LOGOUT_PAGE}&for={mvpd}"}

    logouts = {mvpd: entry(mvpd) for mvpd in ("Cablevision", "Dish")}
    return a_call(answered({"logouts": logouts})), a_visit(f"{LOGOUT_PAGE}&for=Cablevision"), HOME


@faulty("client-does-nothing-more")
def opens_the_redirect_target_for_complete() -> Sequence[Exchange]:
    return a_call(COMPLETE), a_visit(BYE), HOME


@faulty("client-does-nothing-more")
def opens_the_redirect_target_for_invalid() -> Sequence[Exchange]:
    return a_call(with_entry(2, actionName="invalid")), a_visit(BYE), HOME


@faulty("client-does-nothing-more")
def opens_the_redirect_target_for_partner_logout() -> Sequence[Exchange]:
    return a_call(with_entry(5)), a_visit(BYE), HOME


@faulty("client-does-nothing-more", also=("no-url-for-complete",))
def opens_a_url_that_should_not_be_there() -> Sequence[Exchange]:
    return a_call(with_entry(2, url=LOGOUT_PAGE)), a_visit(LOGOUT_PAGE), HOME


@faulty("client-waits-after-429")
def tries_again_at_once_when_throttled() -> Sequence[Exchange]:
    return a_call(answered(status=429)), then(a_call(), 0.3), *opened(0.6)


@faulty("client-waits-after-429")
def tries_again_before_retry_after() -> Sequence[Exchange]:
    return a_call(answered(status=429, Retry_After="5")), then(a_call(), 2), *opened(2.5)


@faulty("client-new-token-after-401")
def sends_the_refused_token_again() -> Sequence[Exchange]:
    refusal = answered(status=401, WWW_Authenticate="Bearer")
    return a_call(refusal), then(a_call(), 1), *opened(1.5)


@faulty("client-new-token-after-401")
def goes_back_to_the_refused_token() -> Sequence[Exchange]:
    refusal = answered(status=401, WWW_Authenticate="Bearer")
    return a_call(refusal), then(a_call(answered(status=500), Authorization=OTHER), 1), then(a_call(), 2), *opened(2.5)


@faulty("client-corrects-bad-request")
def sends_a_bad_request_again() -> Sequence[Exchange]:
    return a_call(answered(status=400)), then(a_call(), 1), *opened(1.5)


@faulty("client-method-after-405", also=("client-method-get", "client-logs-out-once"))
def posts_again_after_405() -> Sequence[Exchange]:
    posted = a_call(answered(status=405, Allow="GET"), method="POST")
    return posted, then(posted, 1), HOME


@faulty("client-retries-when-told")
def gives_up_although_told_to_retry() -> Sequence[Exchange]:
    return a_call(RETRY), HOME


@faulty("client-few-calls")
def calls_four_times() -> Sequence[Exchange]:
    return *(then(a_call(answered(status=500)), number) for number in range(3)), then(a_call(), 3), *opened(3.5)


@faulty("client-logs-out-once")
def calls_again_after_a_good_answer() -> Sequence[Exchange]:
    return a_call(), *OPENED[:2], then(a_call(with_entry(2, actionName="invalid")), 2), then(HOME, 15)


@faulty("client-logs-out-once")
def calls_twice_at_the_same_time() -> Sequence[Exchange]:
    first = then(a_call(answered(status=500)), 0, took_s=0.5)
    return first, then(a_call(), 0.1), *opened(0.8)


@faulty("client-method-get", also=("client-logs-out-once",))
def asks_by_head_first() -> Sequence[Exchange]:
    return a_call(answered(), method="HEAD"), then(a_call(), 0.5), *opened(0.9)


@faulty("client-method-get", also=("client-logs-out-once",))
def deletes_afterwards() -> Sequence[Exchange]:
    deleted = then(a_call(answered(status=405, Allow="GET"), method="DELETE"), 1.5)
    return a_call(), *OPENED[:2], deleted, then(HOME, 12)


@faulty("client-reaches-redirect-url")
def stops_before_the_redirect_target() -> Sequence[Exchange]:
    return a_call(), OPENED[0], HOME


@faulty("client-token-not-elsewhere")
def sends_its_token_to_the_logout_page() -> Sequence[Exchange]:
    return a_call(), a_visit(LOGOUT_PAGE, location=BYE, Authorization=f"Bearer {TOKEN}"), *OPENED[1:]


@faulty("client-token-not-elsewhere")
def sends_its_token_to_the_redirect_target() -> Sequence[Exchange]:
    return a_call(), OPENED[0], a_visit(BYE, 0.6, X_Auth=TOKEN), HOME


@faulty("client-token-not-elsewhere")
def sends_its_token_along_a_redirect() -> Sequence[Exchange]:
    between = "https://sp.auth.adobe.com/between"
    first = a_visit(LOGOUT_PAGE, 0.3, location="/between")
    return a_call(), first, a_visit(between, 0.4, location=BYE, Cookie=f"token={TOKEN}"), *OPENED[1:]


@faulty("client-device-headers-not-elsewhere")
def sends_its_device_to_the_logout_page() -> Sequence[Exchange]:
    return a_call(), a_visit(LOGOUT_PAGE, location=BYE, AP_Device_Identifier="fingerprint YQ=="), *OPENED[1:]


# --- Answers that are wrong ---


@faulty("content-type-of-success")
def success_that_is_called_html() -> Sequence[Exchange]:
    answer = COMPLETE
    headers = (("Content-Type", "text/html"),)
    return a_call(type(answer)("HTTP/1.1", 200, "", headers, answer.body)), HOME


@faulty("body-is-json")
def success_that_is_no_json() -> Sequence[Exchange]:
    return a_call(answered(b"<html>")), HOME


@faulty("key-equals-mvpd")
def entry_with_the_mvpd_of_another() -> Sequence[Exchange]:
    return a_call(with_entry(2, mvpd="Dish")), HOME


@faulty("action-type-for-complete")
def complete_that_is_interactive() -> Sequence[Exchange]:
    return a_call(with_entry(2, actionType="interactive")), HOME


@faulty("url-for-logout")
def logout_without_a_url() -> Sequence[Exchange]:
    return a_call(with_entry(2, actionName="logout", actionType="interactive")), HOME


@faulty("listed-status")
def refused_with_403() -> Sequence[Exchange]:
    return a_call(answered(status=403)), HOME


@faulty("content-type-of-error")
def error_that_is_called_html() -> Sequence[Exchange]:
    return a_call(type(COMPLETE)("HTTP/1.1", 500, "", (("Content-Type", "text/html"),), b"")), HOME


@faulty("error-status-matches")
def error_with_another_status_in_its_body() -> Sequence[Exchange]:
    return a_call(answered({"action": "none", "status": 200, "code": "x", "message": "x"}, 400)), HOME


@faulty("www-authenticate-with-401")
def refusal_without_a_challenge() -> Sequence[Exchange]:
    return a_call(answered(status=401)), then(a_call(Authorization=OTHER), 2), *opened(2.5)


@faulty("url-opens-in-user-agent")
def url_with_a_scheme_of_an_app() -> Sequence[Exchange]:
    return a_call(with_entry(url="myapp://logout")), a_visit("myapp://logout"), HOME


@faulty("url-without-token")
def url_with_the_access_token() -> Sequence[Exchange]:
    return a_call(with_entry(url=f"{API}/page?t={TOKEN}")), a_visit(f"{API}/page?t={TOKEN}"), HOME


@faulty("client-opens-url")
def opens_the_page_for_one_of_two_devices() -> Sequence[Exchange]:
    other = then(a_call(AP_Device_Identifier="fingerprint b3RoZXI="), 2)
    return a_call(), a_visit(LOGOUT_PAGE), other, then(HOME, 9)


@faulty("client-opens-url")
def opens_the_page_of_two_devices_three_times() -> Sequence[Exchange]:
    other = then(a_call(AP_Device_Identifier="fingerprint b3RoZXI="), 2)
    return a_call(), a_visit(LOGOUT_PAGE), other, a_visit(LOGOUT_PAGE, 3), a_visit(LOGOUT_PAGE, 4), then(HOME, 9)


@faulty("client-opens-url")
def opens_no_relative_url_at_the_only_server_that_is_seen() -> Sequence[Exchange]:
    return a_call(with_entry(url="/logout?mso_id=x")), a_visit(f"{API}/home", 9)
