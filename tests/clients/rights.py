"""Recordings that are right, however odd they look: nothing in them may be called broken."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.exchange import Request
from tests.calls import (
    API,
    BYE,
    INFO,
    PATH,
    QUERY,
    a_call,
    a_visit,
    an_exchange_of,
    answered,
    base64_of,
    then,
    with_entry,
)
from tests.clients.registry import unusual
from tests.clients.requests import OPENED, followed
from tests.clients.sequences import COMPLETE, HOME, OTHER, RETRY, opened
from tests.exchanges import LOGOUT_PAGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.exchange import Exchange


@unusual()
def plain_logout() -> Sequence[Exchange]:
    return followed(a_call())


@unusual(skipped=("client-opens-url",))
def nothing_to_open() -> Sequence[Exchange]:
    return a_call(COMPLETE), HOME


@unusual(skipped=("client-opens-url",))
def ends_right_after_the_answer() -> Sequence[Exchange]:
    return (a_call(),)


@unusual(skipped=("client-opens-url", "client-retries-when-told"))
def ends_right_after_an_error() -> Sequence[Exchange]:
    return (a_call(RETRY),)


@unusual(skipped=("client-waits-after-429", "client-few-calls"))
def without_times() -> Sequence[Exchange]:
    calls = [then(a_call(answered(status=429)), None, index=number) for number in range(4)]
    return *calls, then(a_call(COMPLETE), None, index=9)


@unusual()
def below_a_path_of_a_gateway() -> Sequence[Exchange]:
    return followed(a_call(url=f"https://gateway.example.com/tve/eu{PATH}?{QUERY}"))


@unusual()
def names_of_headers_in_other_cases() -> Sequence[Exchange]:
    call = a_call()
    headers = tuple((name.swapcase(), value) for name, value in call.request.headers)
    return followed(replace(call, request=replace(call.request, headers=headers)))


@unusual()
def preflight_of_a_browser() -> Sequence[Exchange]:
    asked = an_exchange_of(Request("OPTIONS", f"{API}{PATH}?{QUERY}"), answered(status=204))
    return asked, then(a_call(), 0.2), *opened(0.6)


@unusual()
def own_scheme_to_come_back_to() -> Sequence[Exchange]:
    return followed(a_call(url=f"{API}{PATH}?redirectUrl=com.example.tv%3A%2F%2Fsigned-out"))


@unusual()
def colon_and_slash_as_they_are() -> Sequence[Exchange]:
    return followed(a_call(url=f"{API}{PATH}?redirectUrl=https://app.example.com/bye"))


@unusual()
def redirect_url_with_an_escape_of_its_own() -> Sequence[Exchange]:
    return followed(a_call(url=f"{API}{PATH}?redirectUrl=https%3A%2F%2Fapp.example.com%2Fgood%2520bye"))


@unusual()
def mvpd_with_a_slash_and_an_ampersand() -> Sequence[Exchange]:
    entry = {"actionName": "complete", "actionType": "none", "mvpd": "A&B/C"}
    return a_call(answered({"logouts": {"A&B/C": entry}}), url=f"{API}/api/v2/REF30/logout/A&B%2FC?{QUERY}"), HOME


@unusual()
def relative_url() -> Sequence[Exchange]:
    return a_call(with_entry(url="/logout?mso_id=x")), a_visit(f"{API}/logout?mso_id=x", location=BYE), *OPENED[1:]


@unusual()
def url_that_was_asked_for_over_https_instead() -> Sequence[Exchange]:
    return a_call(with_entry(url="http://a.example/x")), a_visit("https://a.example/x", location=BYE), *OPENED[1:]


@unusual()
def flow_that_comes_back_to_where_it_began() -> Sequence[Exchange]:
    cookies = "https://sp.auth.adobe.com/cookies"
    first = a_visit(LOGOUT_PAGE, 0.3, location="/cookies")
    return (
        a_call(),
        first,
        a_visit(cookies, 0.4, location=LOGOUT_PAGE),
        a_visit(LOGOUT_PAGE, 0.5, location=BYE),
        *OPENED[1:],
    )


@unusual()
def page_of_the_mvpd_that_needs_a_viewer() -> Sequence[Exchange]:
    return a_call(), a_visit(LOGOUT_PAGE), HOME


@unusual()
def waits_as_long_as_it_is_told() -> Sequence[Exchange]:
    return a_call(answered(status=429, Retry_After="2")), then(a_call(), 2.2), *opened(2.6)


@unusual()
def new_token_after_401() -> Sequence[Exchange]:
    refusal = answered(status=401, WWW_Authenticate="Bearer")
    return a_call(refusal), then(a_call(Authorization=OTHER), 1), *opened(1.5)


@unusual()
def three_calls_until_it_works() -> Sequence[Exchange]:
    return a_call(RETRY), then(a_call(RETRY), 1), then(a_call(), 2), *opened(2.5)


@unusual()
def signs_out_of_two_mvpds() -> Sequence[Exchange]:
    other = a_call(answered({"logouts": {"Dish": {"actionName": "complete", "actionType": "none", "mvpd": "Dish"}}}),
                   url=f"{API}/api/v2/REF30/logout/Dish?{QUERY}")  # fmt: skip
    return a_call(), then(other, 0.2), *opened(0.6)


@unusual()
def signs_out_again_after_signing_in() -> Sequence[Exchange]:
    signed_in = then(an_exchange_of(Request("POST", f"{API}/api/v2/REF30/sessions"), answered(status=201)), 3)
    return a_call(), *OPENED[:2], signed_in, then(a_call(), 5), *opened(5.5)


@unusual()
def signs_out_again_much_later() -> Sequence[Exchange]:
    return a_call(), *OPENED, then(a_call(with_entry(2, actionName="invalid")), 600), then(HOME, 700)


@unusual(skipped=("client-new-token-after-401",))
def tokens_that_were_taken_out() -> Sequence[Exchange]:
    refusal = answered(status=401, WWW_Authenticate="Bearer")
    call = a_call(refusal, Authorization="Bearer [redacted]")
    return call, then(a_call(Authorization="Bearer [redacted]"), 1), *opened(1.5)


@unusual()
def answer_with_members_that_nobody_knows() -> Sequence[Exchange]:
    return a_call(with_entry(2, note={"a": 1})), HOME


@unusual()
def device_info_with_more_than_the_page_lists() -> Sequence[Exchange]:
    info = INFO | {"primaryHardwareType": "Unknown", "own": [1, None], "displayWidth": 1920}
    return followed(a_call(X_Device_Info=base64_of(info), X_Forwarded_For="2001:db8::7, 10.0.0.1"))


@unusual()
def call_that_never_got_an_answer() -> Sequence[Exchange]:
    return replace(a_call(), response=None, trouble="net::ERR_TIMED_OUT"), then(a_call(), 2), *opened(2.5)


@unusual()
def other_apps_of_the_same_device() -> Sequence[Exchange]:
    others = [
        a_visit(f"{API}/api/v2/REF30/profiles/Cablevision", 0.1),
        a_visit("https://own.example.com/api/v2/users/logout", 0.2, method="POST"),
        a_visit("https://own.example.com/logout", 0.4),
    ]
    return a_call(), *others, *OPENED


OF_ANOTHER_DEVICE = f"fingerprint {base64_of('another-device')}"


@unusual()
def two_devices_that_get_the_same_url() -> Sequence[Exchange]:
    second = then(a_call(AP_Device_Identifier=OF_ANOTHER_DEVICE), 3)
    return *OPENED[:2], a_call(), second, *opened(4)


@unusual()
def signs_out_again_once_the_page_was_opened() -> Sequence[Exchange]:
    return a_call(), *opened(0.3)[:2], then(a_call(), 3), *opened(3.3)


@unusual(skipped=("client-opens-url",))
def recorder_that_sees_one_server_alone() -> Sequence[Exchange]:
    return a_call(), a_visit(f"{API}/signed-out", 5)


@unusual()
def tries_once_more_and_gives_up() -> Sequence[Exchange]:
    return a_call(RETRY), then(a_call(RETRY), 2), then(HOME, 9)
