"""Headers that are read too strictly, or trip the server."""

from __future__ import annotations

import base64
import ipaddress
import json
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request

from conformance.reference import Handler, Json, LogoutError, LogoutRequest, Profile, ReferenceServer
from conformance.reference.errors import INTERNAL_SERVER_ERROR, INVALID_ACCESS_TOKEN, ErrorCode
from tests.faults.registry import fault

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    from werkzeug.wrappers import Response

BAD_HEADER = ErrorCode(400, "invalid_header", "A header is missing or cannot be read.")
NOT_ACCEPTABLE = ErrorCode(406, "not_acceptable", "This is JSON.")


class CaseSensitive(Handler):
    """Passes on only headers whose names are spelled as the page spells them."""

    names: tuple[str, ...] = ("Authorization", "AP-Device-Identifier")

    def make_environ(self) -> WSGIEnvironment:
        environ = super().make_environ()
        for name in self.names:
            if name not in self.headers.keys():  # noqa: SIM118  (`in headers` is blind to case)
                environ.pop(f"HTTP_{name.upper().replace('-', '_')}", None)
        return environ


class CaseSensitiveServiceToken(CaseSensitive):
    names = ("AD-Service-Token",)


class CaseSensitiveSubjectToken(CaseSensitive):
    names = ("Adobe-Subject-Token",)


@fault("header-names-any-case", handler=CaseSensitive)
class HeaderNamesInOneCaseOnly(ReferenceServer):
    pass


@fault("header-names-any-case", handler=CaseSensitiveServiceToken)
class ServiceTokenHeaderInOneCaseOnly(ReferenceServer):
    pass


@fault("header-names-any-case", handler=CaseSensitiveSubjectToken)
class SubjectTokenHeaderInOneCaseOnly(ReferenceServer):
    pass


@fault("bearer-any-case")
class BearerInOneCaseOnly(ReferenceServer):
    def authenticate(self, asked: LogoutRequest) -> None:
        super().authenticate(asked)
        if not asked.request.headers["Authorization"].startswith("Bearer "):
            raise LogoutError(INVALID_ACCESS_TOKEN, {"WWW-Authenticate": "Bearer"})


class Asks(ReferenceServer):
    """Refuses requests whose headers it does not like, once they are known to be valid otherwise."""

    error = BAD_HEADER

    def validate(self, asked: LogoutRequest) -> None:
        super().validate(asked)
        if self.refuses(asked.request):
            raise LogoutError(self.error)

    def refuses(self, request: Request) -> bool:
        raise NotImplementedError


@fault("optional-headers-absent", also=("status-of-success",))
class AcceptNeeded(Asks):
    def refuses(self, request: Request) -> bool:
        return "Accept" not in request.headers


@fault("optional-headers-absent", also=("status-of-success",))
class UserAgentNeeded(Asks):
    def refuses(self, request: Request) -> bool:
        return "User-Agent" not in request.headers


@fault("accept-json-with-charset")
class AcceptWithCharsetRefused(Asks):
    def refuses(self, request: Request) -> bool:
        return "charset" in request.headers.get("Accept", "")


@fault("accept-json")
class AcceptJsonIsNotAcceptable(Asks):
    """The type that the page asks for, spelt out, is what nobody had tried."""

    error = NOT_ACCEPTABLE

    def refuses(self, request: Request) -> bool:
        return request.headers.get("Accept") == "application/json"


@fault("optional-headers-absent")
class AcceptNeededFromTools(Asks):
    """A firewall asks for Accept where the user agent is not an app's; generated requests name apps, or nobody."""

    def refuses(self, request: Request) -> bool:
        return "Accept" not in request.headers and "conformance" in request.headers.get("User-Agent", "")


@fault("listed-status")
class OtherAcceptIsNotAcceptable(Asks):
    error = NOT_ACCEPTABLE

    def refuses(self, request: Request) -> bool:
        return "text/html" in request.headers.get("Accept", "")


@fault("content-type-of-success")
class AcceptDecidesOnType(ReferenceServer):
    def render_success(self, asked: LogoutRequest, entry: Json) -> Response:
        answer = super().render_success(asked, entry)
        if "Accept" not in asked.request.headers:
            answer.headers["Content-Type"] = "text/html"
        return answer


def addresses(request: Request) -> list[str]:
    return [address.strip() for address in request.headers.get("X-Forwarded-For", "").split(",") if address.strip()]


@fault("x-forwarded-for-optional", also=("status-of-success",))
class OnlyIpv4Forwarded(Asks):
    def refuses(self, request: Request) -> bool:
        return any(":" in address for address in addresses(request))


@fault("x-forwarded-for-optional", also=("status-of-success",))
class OneAddressForwarded(Asks):
    def refuses(self, request: Request) -> bool:
        return len(addresses(request)) > 1


@fault("x-forwarded-for-optional")
class ReservedProxiesRefused(Asks):
    """A firewall's list of networks in which no proxy can stand (TEST-NET-2 of RFC 5737)."""

    def refuses(self, request: Request) -> bool:
        return any(address.startswith("198.51.100.") for address in addresses(request))


@fault("no-server-error")
class ForwardedNonsenseIsServerError(Asks):
    error = INTERNAL_SERVER_ERROR

    def refuses(self, request: Request) -> bool:
        try:
            for address in addresses(request):
                ipaddress.ip_address(address)
        except ValueError:
            return True
        return False


@fault("x-forwarded-for-optional", also=("status-of-success", "action-for-logout-endpoint"))
class ProfilesHangOnAddress(ReferenceServer):
    """A profile is found from the address only at which it was made."""

    def find_profile(self, asked: LogoutRequest) -> Profile | None:
        return None if addresses(asked.request) else super().find_profile(asked)


class DeviceInfo(Asks):
    def refuses(self, request: Request) -> bool:
        return "X-Device-Info" not in request.headers


@fault("no-server-error")
class MissingDeviceInfoIsServerError(DeviceInfo):
    error = INTERNAL_SERVER_ERROR


@fault("no-server-error")
class DeviceInfoNotOfJsonIsServerError(DeviceInfo):
    error = INTERNAL_SERVER_ERROR

    def refuses(self, request: Request) -> bool:
        try:
            json.loads(base64.b64decode(request.headers.get("X-Device-Info", "e30=")))
        except json.JSONDecodeError:
            return True
        except ValueError:
            return False
        return False


@fault("device-info-optional-in-effect")
class WithoutDeviceInfoNoProfile(ReferenceServer):
    def find_profile(self, asked: LogoutRequest) -> Profile | None:
        return super().find_profile(asked) if "X-Device-Info" in asked.request.headers else None


@fault("no-reflected-line-break")
class RedirectUrlReflected(ReferenceServer):
    """The redirect target as it came, line breaks and all."""

    def check_redirect_url(self, asked: LogoutRequest) -> None:
        if not asked.redirect_url.isprintable():
            return
        super().check_redirect_url(asked)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = self.respond(Request(environ))
        # around werkzeug, which refuses a line break in a header
        target = Request(environ).args.get("redirectUrl", "").encode().decode("latin-1")
        start_response(answer.status, [*answer.get_wsgi_headers(environ).items(), ("X-Redirect", target)])
        return [answer.get_data()]


@fault("x-forwarded-for-optional")
class ForwardedForNeeded(Asks):
    def refuses(self, request: Request) -> bool:
        return not addresses(request)
