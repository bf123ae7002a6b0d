"""Recordings in which one request is wrong; what came back, and what was done then, is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.calls import API, BYE, INFO, PATH, QUERY, a_call, a_visit, answered, base64_of, then
from tests.clients.registry import faulty
from tests.exchanges import LOGOUT_PAGE, TOKEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.exchange import Exchange

REFUSED = answered({"action": "none", "status": 400, "code": "invalid_parameter_mvpd", "message": "x"}, 400)
OPENED = (a_visit(LOGOUT_PAGE, 0.3, location=BYE), a_visit(BYE, 0.6), a_visit("https://app.example.com/home", 9))


def followed(call: Exchange) -> Sequence[Exchange]:
    return call, *OPENED


def refused(path: str, query: str = QUERY) -> Sequence[Exchange]:
    return a_call(REFUSED, url=f"{API}{path}?{query}"), OPENED[2]


def asking_for(query: str) -> Sequence[Exchange]:
    return followed(a_call(url=f"{API}{PATH}?{query}"))


@faulty("client-path")
def logout_before_the_service_provider() -> Sequence[Exchange]:
    return refused("/api/v2/logout/REF30/Cablevision")


@faulty("client-path")
def no_mvpd() -> Sequence[Exchange]:
    return refused("/api/v2/REF30/logout/")


@faulty("client-path")
def no_service_provider() -> Sequence[Exchange]:
    return refused("/api/v2//logout/Cablevision")


@faulty("client-path")
def slash_behind_the_mvpd() -> Sequence[Exchange]:
    return refused("/api/v2/REF30/logout/Cablevision/")


@faulty("client-path-encoded")
def space_in_the_path() -> Sequence[Exchange]:
    return refused("/api/v2/REF30/logout/Cable vision")


@faulty("client-path-encoded")
def letters_beyond_ascii_in_the_path() -> Sequence[Exchange]:
    return refused("/api/v2/REF30/logout/Cabl\u00e9vision")


@faulty("client-path-encoded")
def mvpd_encoded_twice() -> Sequence[Exchange]:
    return refused("/api/v2/REF30/logout/Cable%2520Vision")


@faulty("client-method-get")
def logs_out_by_post() -> Sequence[Exchange]:
    return a_call(answered(status=405, Allow="GET"), method="POST"), OPENED[2]


@faulty("client-method-get")
def logs_out_by_delete() -> Sequence[Exchange]:
    return a_call(answered(status=405, Allow="GET"), method="DELETE"), OPENED[2]


@faulty("client-redirect-url")
def no_redirect_url() -> Sequence[Exchange]:
    return refused(PATH, "noflash=true")


@faulty("client-redirect-url")
def empty_redirect_url() -> Sequence[Exchange]:
    return refused(PATH, "redirectUrl=")


@faulty("client-redirect-url")
def another_name_for_it() -> Sequence[Exchange]:
    return refused(PATH, QUERY.replace("redirectUrl", "redirect_url"))


@faulty("client-redirect-url")
def two_redirect_urls() -> Sequence[Exchange]:
    return asking_for(f"{QUERY}&{QUERY}")


@faulty("client-redirect-url-is-a-url")
def redirect_to_a_path() -> Sequence[Exchange]:
    return refused(PATH, "redirectUrl=%2Fbye")


@faulty("client-redirect-url-is-a-url")
def redirect_to_a_host_without_scheme() -> Sequence[Exchange]:
    return refused(PATH, "redirectUrl=app.example.com%2Fbye")


@faulty("client-redirect-url-is-a-url")
def redirect_to_undefined() -> Sequence[Exchange]:
    return refused(PATH, "redirectUrl=undefined")


@faulty("client-redirect-url-encoded")
def redirect_url_as_it_is() -> Sequence[Exchange]:
    return asking_for(f"redirectUrl={BYE}")


@faulty("client-redirect-url-encoded")
def redirect_url_encoded_twice() -> Sequence[Exchange]:
    return asking_for(QUERY.replace("%", "%25"))


@faulty("client-redirect-url-encoded")
def space_in_the_redirect_url() -> Sequence[Exchange]:
    return asking_for("redirectUrl=https://app.example.com/good bye")


@faulty("client-authorization")
def no_authorization() -> Sequence[Exchange]:
    return followed(a_call(Authorization=None))


@faulty("client-authorization")
def token_without_a_scheme() -> Sequence[Exchange]:
    return followed(a_call(Authorization=TOKEN))


@faulty("client-authorization")
def token_of_the_scheme_basic() -> Sequence[Exchange]:
    return followed(a_call(Authorization=f"Basic {TOKEN}"))


@faulty("client-authorization")
def empty_token() -> Sequence[Exchange]:
    return followed(a_call(Authorization="Bearer "))


@faulty("client-token-only-in-header")
def token_in_the_query_too() -> Sequence[Exchange]:
    return asking_for(f"{QUERY}&access_token={TOKEN}")


@faulty("client-token-only-in-header")
def token_within_the_redirect_url() -> Sequence[Exchange]:
    return asking_for(f"redirectUrl=https%3A%2F%2Fapp.example.com%2Fbye%3Ft%3D{TOKEN}")


@faulty("client-authorization", also=("client-token-only-in-header",))
def token_in_the_query_alone() -> Sequence[Exchange]:
    return followed(a_call(url=f"{API}{PATH}?{QUERY}&access_token={TOKEN}", Authorization=None))


@faulty("client-device-identifier")
def no_device_identifier() -> Sequence[Exchange]:
    return followed(a_call(AP_Device_Identifier=None))


@faulty("client-device-identifier-format")
def device_identifier_without_its_type() -> Sequence[Exchange]:
    return followed(a_call(AP_Device_Identifier=base64_of("ba23d141")))


@faulty("client-device-identifier-format")
def device_identifier_of_another_type() -> Sequence[Exchange]:
    return followed(a_call(AP_Device_Identifier=f"uuid {base64_of('ba23d141')}"))


@faulty("client-device-identifier-format")
def device_identifier_in_clear() -> Sequence[Exchange]:
    return followed(a_call(AP_Device_Identifier="fingerprint ba23d141-d715-561c"))


@faulty("client-device-info")
def no_device_info() -> Sequence[Exchange]:
    return followed(a_call(X_Device_Info=None))


@faulty("client-device-info-format")
def device_info_as_plain_json() -> Sequence[Exchange]:
    return followed(a_call(X_Device_Info='{"model": "x"}'))


@faulty("client-device-info-format")
def device_info_of_the_pages_own_sample() -> Sequence[Exchange]:
    return followed(a_call(X_Device_Info=base64_of('{"osName": "tvOS" "osVendor": "Apple"}')))


@faulty("client-device-info-keys")
def device_info_without_a_version() -> Sequence[Exchange]:
    return followed(a_call(X_Device_Info=base64_of({name: INFO[name] for name in ("model", "osName", "osVersion")})))


@faulty("client-device-info-values")
def device_info_with_an_unlisted_system() -> Sequence[Exchange]:
    return followed(a_call(X_Device_Info=base64_of(INFO | {"osName": "Tizen"})))


@faulty("client-forwarded-for-value")
def forwarded_for_a_name() -> Sequence[Exchange]:
    return followed(a_call(X_Forwarded_For="living-room-tv"))


@faulty("client-sso-token-format")
def service_token_that_is_no_jws() -> Sequence[Exchange]:
    return followed(a_call(AD_Service_Token="an opaque token"))


@faulty("client-accept-json")
def accepts_anything() -> Sequence[Exchange]:
    return followed(a_call(Accept="*/*"))


@faulty("client-accept-json")
def accepts_json_among_others() -> Sequence[Exchange]:
    return followed(a_call(Accept="application/json, text/plain, */*"))


@faulty("client-accept-json")
def one_of_two_calls_is_wrong() -> Sequence[Exchange]:
    first, second = a_call(answered(status=500)), then(a_call(Accept="text/html"), 2)
    return first, second, *(then(each, at_s) for each, at_s in zip(OPENED, (2.5, 3, 9), strict=True))
