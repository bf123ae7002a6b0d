"""Other orders and other rights to refuse a request."""

from __future__ import annotations

import base64
import json
import re

from werkzeug.wrappers import Request, Response

from conformance.reference import Json, Key, LogoutError, LogoutRequest, Profile, ReferenceServer, State
from conformance.reference.errors import (
    INVALID_DEVICE_IDENTIFIER,
    INVALID_REDIRECT_URL,
    METHOD_NOT_ALLOWED,
    UNKNOWN_SERVICE_PROVIDER,
    ErrorCode,
)
from tests.unusual.registry import unusual

NO_TOKEN = ErrorCode(400, "invalid_header_authorization", "There is no access token.")
BAD_DEVICE_INFO = ErrorCode(400, "invalid_header_device_info", "X-Device-Info is missing or malformed.")
BAD_HEADER = ErrorCode(400, "invalid_header", "A header cannot be read.")
BAD_PARAMETER = ErrorCode(400, "invalid_parameter", "A parameter is there twice, or is not known.")
TOO_LONG_URL = ErrorCode(414, "uri_too_long", "The URL is too long.")
TOO_LONG_HEADER = ErrorCode(431, "header_too_long", "A header is too long.")


@unusual()
class InputsBeforeToken(ReferenceServer):
    def log_out(self, asked: LogoutRequest) -> Response:
        self.check_method(asked)
        self.check_redirect_url(asked)
        self.check_device_identifier(asked)
        return super().log_out(asked)


@unusual()
class TokenBeforeMethod(ReferenceServer):
    def check_method(self, asked: LogoutRequest) -> None:
        self.authenticate(asked)
        super().check_method(asked)


@unusual(warned=("missing-token-is-401",))
class MissingTokenIsBadRequest(ReferenceServer):
    def authenticate(self, asked: LogoutRequest) -> None:
        if asked.access_token is None:
            raise LogoutError(NO_TOKEN)
        super().authenticate(asked)


@unusual(warned=("www-authenticate-with-401", "allow-with-405"))
class RefusesInFewWords(ReferenceServer):
    """The page's tables list neither header."""

    def render_error(self, request: Request, error: LogoutError) -> Response:
        return super().render_error(request, LogoutError(error.error))


@unusual()
class ManyChallengesAndMethods(ReferenceServer):
    def render_error(self, request: Request, error: LogoutError) -> Response:
        answer = super().render_error(request, error)
        if answer.status_code == 401:
            answer.headers.set("WWW-Authenticate", 'Basic realm="a, b"')
            answer.headers.add("WWW-Authenticate", 'Bearer realm="api", error="invalid_token"')
        if answer.status_code == 405:
            answer.headers.set("Allow", "OPTIONS ,HEAD,  GET")
        return answer


@unusual()
class ServiceTokenDiesWithItsProfile(ReferenceServer):
    """A token that reaches no profile any more is not known any more."""

    def validate(self, asked: LogoutRequest) -> None:
        super().validate(asked)
        if asked.request.headers.get("AD-Service-Token") and self.find_profile(asked) is None:
            raise LogoutError(BAD_HEADER)


class UnknownMvpdHasNoProfile(ReferenceServer):
    def check_mvpd(self, asked: LogoutRequest) -> None:
        pass


class UnknownProviderHasNoProfile(ReferenceServer):
    def check_service_provider(self, asked: LogoutRequest) -> None:
        pass


@unusual()
class UnknownProviderIsUnauthorized(ReferenceServer):
    def check_service_provider(self, asked: LogoutRequest) -> None:
        if asked.service_provider not in self.service_providers:
            code = ErrorCode(401, "invalid_access_token_service_provider", "The token is not this provider's.")
            raise LogoutError(code, {"WWW-Authenticate": "Bearer"})


@unusual()
class UnknownNamesHaveNoProfile(UnknownMvpdHasNoProfile, UnknownProviderHasNoProfile):
    pass


@unusual()
class DeviceInfoNeeded(ReferenceServer):
    def validate(self, asked: LogoutRequest) -> None:
        super().validate(asked)
        try:
            info = json.loads(base64.b64decode(asked.request.headers["X-Device-Info"], validate=True))
            right = all(isinstance(info[key], str) for key in ("model", "version", "osName", "osVersion"))
        except (KeyError, TypeError, ValueError):
            right = False
        if not right:
            raise LogoutError(BAD_DEVICE_INFO)


@unusual()
class AnyDeviceIdentifierWillDo(ReferenceServer):
    def check_device_identifier(self, asked: LogoutRequest) -> None:
        if not asked.device_identifier:
            raise LogoutError(INVALID_DEVICE_IDENTIFIER)


@unusual()
class PaddedFingerprintsOnly(ReferenceServer):
    def check_device_identifier(self, asked: LogoutRequest) -> None:
        kind, _, identifier = asked.device_identifier.partition(" ")
        try:
            right = kind == "fingerprint" and base64.b64decode(identifier, validate=True)
        except ValueError:
            right = False
        if not right:
            raise LogoutError(INVALID_DEVICE_IDENTIFIER)


@unusual()
class DevicesAreWhatTheirBase64Says(ReferenceServer):
    """With padding or without: the same bytes are the same device."""

    def key(self, service_provider: str, mvpd: str, device_identifier: str) -> Key:
        identifier = device_identifier.partition(" ")[2].strip().rstrip("=")
        return super().key(service_provider, mvpd, identifier)


@unusual(warned=("redirect-url-is-a-url",))
class AnyRedirectUrlWillDo(ReferenceServer):
    def check_redirect_url(self, asked: LogoutRequest) -> None:
        if not asked.redirect_url:
            raise LogoutError(INVALID_REDIRECT_URL)


@unusual()
class RedirectsToItsOwnHostsOnly(ReferenceServer):
    def check_redirect_url(self, asked: LogoutRequest) -> None:
        if not re.match(r"https://example\.com(:\d+)?(/|$)", asked.redirect_url):
            raise LogoutError(INVALID_REDIRECT_URL)


@unusual(warned=("unknown-query-ignored",))
class RepeatedParametersRefused(ReferenceServer):
    def validate(self, asked: LogoutRequest) -> None:
        super().validate(asked)
        if any(len(values) > 1 for _, values in asked.request.args.lists()):
            raise LogoutError(BAD_PARAMETER)


@unusual(warned=("unknown-query-ignored",))
class UnknownParametersRefused(ReferenceServer):
    def validate(self, asked: LogoutRequest) -> None:
        super().validate(asked)
        if set(asked.request.args) - {"redirectUrl"}:
            raise LogoutError(BAD_PARAMETER)


@unusual()
class OtherAcceptRefused(ReferenceServer):
    def validate(self, asked: LogoutRequest) -> None:
        super().validate(asked)
        if "application/json" not in asked.request.headers.get("Accept", "application/json").lower():
            raise LogoutError(BAD_HEADER)


@unusual()
class NonsenseInForwardedForRefused(ReferenceServer):
    def validate(self, asked: LogoutRequest) -> None:
        super().validate(asked)
        if re.search(r"[^0-9A-Fa-f:., ]", asked.request.headers.get("X-Forwarded-For", "")):
            raise LogoutError(BAD_HEADER)


@unusual()
class OddUserAgentsRefused(ReferenceServer):
    def validate(self, asked: LogoutRequest) -> None:
        super().validate(asked)
        if re.search(r"[^ -~]|['\"<>{}]", asked.request.headers.get("User-Agent", "")):
            raise LogoutError(BAD_HEADER)


class TooLong(ReferenceServer):
    """A gateway in front that has its own words, or none, for what is too long."""

    empty = False

    def dispatch(self, request: Request) -> Response:
        if len(request.environ["REQUEST_URI"]) > 2048:
            return self.told(TOO_LONG_URL)
        if any(len(value) > 4096 for value in request.headers.values()):
            return self.told(TOO_LONG_HEADER)
        return super().dispatch(request)

    def told(self, code: ErrorCode) -> Response:
        if self.empty:
            return Response(status=code.status)
        return Response(f"<h1>{code.message}</h1>", code.status, content_type="text/html")


@unusual()
class TooLongIsTheGatewaysWord(TooLong):
    pass


@unusual()
class OtherMethodsAnswered(ReferenceServer):
    def check_method(self, asked: LogoutRequest) -> None:
        if asked.request.method in {"HEAD", "OPTIONS", "TRACE"}:
            raise LogoutError(ErrorCode(501, "no", "No."))
        super().check_method(asked)


@unusual()
class MethodsRefusedBeforePath(ReferenceServer):
    def dispatch(self, request: Request) -> Response:
        if request.method not in {"GET", "HEAD", "OPTIONS"} and "/_state" not in request.path:
            raise LogoutError(METHOD_NOT_ALLOWED, {"Allow": "GET, HEAD, OPTIONS"})
        return super().dispatch(request)


@unusual(warned=("temporary-again",))
class TempPassEndsWithLogout(ReferenceServer):
    def delete_profile(self, asked: LogoutRequest, profile: Profile) -> None:
        if profile.type == "temporary":
            self.store.delete_profile(self.key_of(asked))
        super().delete_profile(asked, profile)


@unusual()
class InactiveIntegrationRefusedFirst(ReferenceServer):
    def validate(self, asked: LogoutRequest) -> None:
        if self.state(asked).profile and not self.state(asked).integrated:
            raise LogoutError(UNKNOWN_SERVICE_PROVIDER)
        super().validate(asked)


@unusual()
class SetsCookies(ReferenceServer):
    def render(self, status: int, body: Json, headers: object = None) -> Response:
        answer = super().render(status, body, headers)  # type: ignore[arg-type]
        answer.set_cookie("JSESSIONID", base64.b64encode(self.trace().encode()).decode(), httponly=True)
        answer.set_cookie("route", "node-7", samesite="None", secure=True, max_age=60)
        return answer


OWN_TOKEN = "Bearer of-this-state-alone+/=="


@unusual()
class TokenForEveryState(ReferenceServer):
    """The state handler hands an access token out with every state, and only that one is accepted then."""

    def set_up(self, names: Key, state: State) -> Response:
        headers = state.headers if "Authorization" in state.headers else {"Authorization": OWN_TOKEN, **state.headers}
        answer = super().set_up(names, state)
        facts = {"serviceProvider": names.service_provider, "mvpd": names.mvpd, "headers": dict(headers)}
        answer.set_data(json.dumps(facts))
        return answer

    def accepts(self, token: str) -> bool:
        return token == OWN_TOKEN.partition(" ")[2]
