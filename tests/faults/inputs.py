"""Required inputs that are not asked for, and legal ones that are not understood."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from werkzeug.wrappers import Request, Response

from conformance.reference import LogoutError, LogoutRequest, ReferenceServer
from conformance.reference.errors import (
    INTERNAL_SERVER_ERROR,
    INVALID_DEVICE_IDENTIFIER,
    INVALID_REDIRECT_URL,
    UNKNOWN_MVPD,
    ErrorCode,
)
from tests.faults.registry import fault

if TYPE_CHECKING:
    from collections.abc import Mapping

UNKNOWN_PARAMETER = ErrorCode(400, "invalid_parameter", "There is no such parameter.")
LONGEST = 2048


class RedirectUrl(ReferenceServer):
    """Checks redirectUrl in its own way."""

    def check_redirect_url(self, asked: LogoutRequest) -> None:
        if not self.is_right(asked):
            raise LogoutError(INVALID_REDIRECT_URL)

    def is_right(self, asked: LogoutRequest) -> bool:
        raise NotImplementedError


@fault("redirect-url-required", also=("redirect-url-is-a-url",))
class RedirectUrlNotNeeded(RedirectUrl):
    def is_right(self, asked: LogoutRequest) -> bool:  # noqa: ARG002
        return True


@fault("redirect-url-required")
class MissingRedirectUrlAccepted(ReferenceServer):
    def check_redirect_url(self, asked: LogoutRequest) -> None:
        if "redirectUrl" in asked.request.args:
            super().check_redirect_url(asked)


@fault("redirect-url-required")
class EmptyRedirectUrlAccepted(ReferenceServer):
    def check_redirect_url(self, asked: LogoutRequest) -> None:
        if asked.request.args.get("redirectUrl") != "":
            super().check_redirect_url(asked)


@fault("redirect-url-required")
class RedirectUrlNeededAtLogoutPageOnly(ReferenceServer):
    """Without a page to come back from, nobody looks."""

    def check_redirect_url(self, asked: LogoutRequest) -> None:
        profile = self.find_profile(asked)
        if profile and profile.logout_endpoint:
            super().check_redirect_url(asked)


@fault("redirect-url-is-a-url")
class AnyTextIsRedirectUrl(RedirectUrl):
    def is_right(self, asked: LogoutRequest) -> bool:
        return bool(asked.redirect_url)


@fault("no-server-error")
class MissingRedirectUrlIsServerError(ReferenceServer):
    def check_redirect_url(self, asked: LogoutRequest) -> None:
        if "redirectUrl" not in asked.request.args:
            raise LogoutError(INTERNAL_SERVER_ERROR)
        super().check_redirect_url(asked)


@fault("listed-status")
class MissingRedirectUrlIsUnprocessable(ReferenceServer):
    def check_redirect_url(self, asked: LogoutRequest) -> None:
        if "redirectUrl" not in asked.request.args:
            raise LogoutError(ErrorCode(422, "invalid_parameter_redirect_url", "redirectUrl is missing."))
        super().check_redirect_url(asked)


@fault("redirect-url-required")
class MissingRedirectUrlIsUnauthorized(ReferenceServer):
    def check_redirect_url(self, asked: LogoutRequest) -> None:
        if "redirectUrl" not in asked.request.args:
            raise LogoutError(ErrorCode(401, "invalid_parameter_redirect_url", "redirectUrl is missing."))
        super().check_redirect_url(asked)


@fault("redirect-url-encoding")
class PortsRefused(RedirectUrl):
    def is_right(self, asked: LogoutRequest) -> bool:
        return bool(re.fullmatch(r"https?://[\w.\[\]-]+(/.*)?(\?.*)?", asked.redirect_url)) and (
            ":" not in asked.redirect_url[6:].partition("/")[0].partition("]")[2]
        )


@fault("redirect-url-encoding")
class AddressesRefused(RedirectUrl):
    """IPv6 in brackets."""

    def is_right(self, asked: LogoutRequest) -> bool:
        return bool(asked.redirect_url) and "[" not in asked.redirect_url and " " not in asked.redirect_url


@fault("redirect-url-encoding")
class PlainHttpRefused(RedirectUrl):
    def is_right(self, asked: LogoutRequest) -> bool:
        return asked.redirect_url.startswith("https://")


@fault("redirect-url-encoding")
class QueriesRefused(RedirectUrl):
    def is_right(self, asked: LogoutRequest) -> bool:
        return bool(asked.redirect_url) and "?" not in asked.redirect_url and " " not in asked.redirect_url


@fault("redirect-url-encoding")
class FragmentsRefused(RedirectUrl):
    def is_right(self, asked: LogoutRequest) -> bool:
        return bool(asked.redirect_url) and "#" not in asked.redirect_url and " " not in asked.redirect_url


@fault("redirect-url-encoding")
class EscapesRefused(RedirectUrl):
    """A percent sign after decoding is taken for a sign of encoding twice."""

    def is_right(self, asked: LogoutRequest) -> bool:
        return bool(asked.redirect_url) and "%" not in asked.redirect_url and " " not in asked.redirect_url


@fault("redirect-url-encoding")
class EncodedRedirectUrlOnly(ReferenceServer):
    def check_redirect_url(self, asked: LogoutRequest) -> None:
        super().check_redirect_url(asked)
        if "://" in urlsplit(asked.request.environ["REQUEST_URI"]).query:
            raise LogoutError(INVALID_REDIRECT_URL)


@fault("redirect-url-encoding")
class UnencodedRedirectUrlOnly(ReferenceServer):
    """The query is not decoded at all; the kit's own form of a valid request is the encoded one."""

    def check_redirect_url(self, asked: LogoutRequest) -> None:
        super().check_redirect_url(asked)
        if "?q=" in asked.redirect_url or "localhost" in asked.redirect_url:
            raise LogoutError(INVALID_REDIRECT_URL)


@fault("no-server-error")
class LongRedirectUrlIsServerError(ReferenceServer):
    def check_redirect_url(self, asked: LogoutRequest) -> None:
        super().check_redirect_url(asked)
        if len(asked.redirect_url) > LONGEST:
            raise LogoutError(INTERNAL_SERVER_ERROR)


@fault("listed-status")
class LongRedirectUrlIsTooLarge(ReferenceServer):
    def check_redirect_url(self, asked: LogoutRequest) -> None:
        super().check_redirect_url(asked)
        if len(asked.redirect_url) > LONGEST:
            raise LogoutError(ErrorCode(413, "too_large", "redirectUrl is too long."))


class Breaks(ReferenceServer):
    """Fails on inputs that some code cannot take."""

    def validate(self, asked: LogoutRequest) -> None:
        super().validate(asked)
        if self.breaks(asked):
            raise LogoutError(INTERNAL_SERVER_ERROR)

    def breaks(self, asked: LogoutRequest) -> bool:
        raise NotImplementedError


@fault("no-server-error")
class BreaksOnQuotes(Breaks):
    def breaks(self, asked: LogoutRequest) -> bool:
        return "'" in asked.redirect_url


@fault("no-server-error")
class BreaksOnPercentSigns(Breaks):
    def breaks(self, asked: LogoutRequest) -> bool:
        return "%s" in asked.redirect_url


@fault("no-server-error")
class BreaksOnBackslash(Breaks):
    def breaks(self, asked: LogoutRequest) -> bool:
        return "\\" in asked.redirect_url


@fault("no-server-error")
class BreaksOnOtherLetters(Breaks):
    def breaks(self, asked: LogoutRequest) -> bool:
        return not asked.redirect_url.isascii()


@fault("no-server-error")
class BreaksOnLettersBeyondTheBasicPlane(Breaks):
    """Three bytes of UTF-8 are all that its database keeps."""

    def breaks(self, asked: LogoutRequest) -> bool:
        return any(ord(letter) > 0xFFFF for letter in asked.redirect_url)


@fault("no-server-error")
class BreaksOnOtherLettersInUserAgent(Breaks):
    def breaks(self, asked: LogoutRequest) -> bool:
        return not asked.request.headers.get("User-Agent", "").isascii()


@fault("no-server-error")
class BreaksOnLongUserAgent(Breaks):
    def breaks(self, asked: LogoutRequest) -> bool:
        return len(asked.request.headers.get("User-Agent", "")) > LONGEST


@fault("no-server-error")
class BreaksOnRepeatedParameter(Breaks):
    def breaks(self, asked: LogoutRequest) -> bool:
        return len(asked.request.args.getlist("redirectUrl")) > 1


@fault("no-server-error")
class BreaksOnUnknownParameter(Breaks):
    def breaks(self, asked: LogoutRequest) -> bool:
        return bool(set(asked.request.args) - {"redirectUrl"})


@fault("unknown-query-ignored")
class UnknownParameterRefused(ReferenceServer):
    def validate(self, asked: LogoutRequest) -> None:
        super().validate(asked)
        if set(asked.request.args) - {"redirectUrl"}:
            raise LogoutError(UNKNOWN_PARAMETER)


@fault("no-server-error")
class LongMvpdIsServerError(ReferenceServer):
    def check_mvpd(self, asked: LogoutRequest) -> None:
        if len(asked.mvpd) > LONGEST:
            raise LogoutError(INTERNAL_SERVER_ERROR)
        super().check_mvpd(asked)


@fault("no-server-error")
class BrokenEscapesAreServerError(ReferenceServer):
    def check_mvpd(self, asked: LogoutRequest) -> None:
        if "\ufffd" in asked.mvpd:
            raise LogoutError(INTERNAL_SERVER_ERROR)
        super().check_mvpd(asked)


@fault("no-server-error")
class BrokenEscapesInQueryAreServerError(ReferenceServer):
    def check_redirect_url(self, asked: LogoutRequest) -> None:
        super().check_redirect_url(asked)
        if "%FF" in asked.redirect_url:
            raise LogoutError(INTERNAL_SERVER_ERROR)


class Paths(ReferenceServer):
    """Reads the path in its own way."""

    def path_segments(self, request: Request) -> list[str]:
        segments = urlsplit(request.environ["REQUEST_URI"]).path.split("/")[1:]
        return [*map(unquote, segments[:-1]), self.name(segments[-1])]

    def name(self, segment: str) -> str:
        raise NotImplementedError


@fault("percent-decoding")
class PathNotDecoded(Paths):
    def name(self, segment: str) -> str:
        return segment


@fault("percent-decoding")
class PathDecodedTwice(Paths):
    def name(self, segment: str) -> str:
        return unquote(unquote(segment))


@fault("percent-decoding")
class PlusInPathIsBlank(Paths):
    def name(self, segment: str) -> str:
        return unquote(segment.replace("+", " ").replace("%2B", " "))


@fault("percent-decoding")
class PathDecodedAsLatin1(Paths):
    def name(self, segment: str) -> str:
        return unquote(segment, encoding="latin-1")


@fault("percent-decoding")
class ReservedLettersDropped(Paths):
    def name(self, segment: str) -> str:
        return re.sub(r"[^\w ]", "", unquote(segment)) or "-"


@fault("percent-decoding")
class NameEndsAtBlank(Paths):
    def name(self, segment: str) -> str:
        return unquote(segment).partition(" ")[0]


@fault("percent-decoding")
class ServiceProviderNotDecoded(ReferenceServer):
    def path_segments(self, request: Request) -> list[str]:
        segments = urlsplit(request.environ["REQUEST_URI"]).path.split("/")[1:]
        return [*segments[:-1], unquote(segments[-1])]


@fault("percent-decoding")
class QueryNamesNotDecoded(ReferenceServer):
    def check_redirect_url(self, asked: LogoutRequest) -> None:
        super().check_redirect_url(asked)
        if "redirectUrl=" not in asked.request.environ["REQUEST_URI"]:
            raise LogoutError(INVALID_REDIRECT_URL)


@fault("percent-decoding")
class LowerCaseEscapesNotDecoded(ReferenceServer):
    def dispatch(self, request: Request) -> Response:
        if re.search(r"%(?:[0-9A-F][a-f]|[a-f][0-9A-F])", urlsplit(request.environ["REQUEST_URI"]).path):
            raise LogoutError(UNKNOWN_MVPD)
        return super().dispatch(request)


@fault("percent-decoding")
class NamesOfOtherLettersRefused(ReferenceServer):
    def check_mvpd(self, asked: LogoutRequest) -> None:
        super().check_mvpd(asked)
        if not asked.mvpd.isascii():
            raise LogoutError(UNKNOWN_MVPD)


class DeviceIdentifier(ReferenceServer):
    """Checks AP-Device-Identifier in its own way."""

    def check_device_identifier(self, asked: LogoutRequest) -> None:
        if not self.is_right(asked.device_identifier, asked.request.headers):
            raise LogoutError(INVALID_DEVICE_IDENTIFIER)

    def is_right(self, value: str, headers: Mapping[str, str]) -> bool:
        raise NotImplementedError


@fault("device-identifier-required")
class DeviceIdentifierNotNeeded(DeviceIdentifier):
    def is_right(self, value: str, headers: Mapping[str, str]) -> bool:  # noqa: ARG002
        return True


@fault("device-identifier-required")
class EmptyDeviceIdentifierAccepted(DeviceIdentifier):
    def is_right(self, value: str, headers: Mapping[str, str]) -> bool:  # noqa: ARG002
        return "AP-Device-Identifier" in headers


@fault("device-identifier-required")
class MissingDeviceIdentifierAccepted(DeviceIdentifier):
    def is_right(self, value: str, headers: Mapping[str, str]) -> bool:
        return bool(value) or "AP-Device-Identifier" not in headers


@fault("device-identifier-required")
class DeviceIdentifierNeededAtLogoutPageOnly(ReferenceServer):
    """Where a device without a name has no profile, nobody asks for one."""

    def check_device_identifier(self, asked: LogoutRequest) -> None:
        if asked.mvpd == "Cablevision" or asked.device_identifier:
            super().check_device_identifier(asked)


@fault("device-identifier-required")
class MissingDeviceIdentifierIsUnauthorized(ReferenceServer):
    def check_device_identifier(self, asked: LogoutRequest) -> None:
        if not asked.device_identifier:
            raise LogoutError(ErrorCode(401, "invalid_header_device_identifier", "Who are you?"))
        super().check_device_identifier(asked)


@fault("no-server-error")
class MissingDeviceIdentifierIsServerError(ReferenceServer):
    def check_device_identifier(self, asked: LogoutRequest) -> None:
        if not asked.device_identifier:
            raise LogoutError(INTERNAL_SERVER_ERROR)
        super().check_device_identifier(asked)


@fault("device-identifier-malformed", also=("listed-status",))
class MalformedDeviceIdentifierIsUnauthorized(ReferenceServer):
    def check_device_identifier(self, asked: LogoutRequest) -> None:
        if asked.device_identifier and not asked.device_identifier.startswith("fingerprint "):
            raise LogoutError(ErrorCode(401, "invalid_header_device_identifier", "Who are you?"))
        super().check_device_identifier(asked)


@fault("listed-status")
class MalformedDeviceIdentifierIsUnprocessable(ReferenceServer):
    def check_device_identifier(self, asked: LogoutRequest) -> None:
        if asked.device_identifier and not asked.device_identifier.startswith("fingerprint "):
            raise LogoutError(ErrorCode(422, "invalid_header_device_identifier", "Who are you?"))
        super().check_device_identifier(asked)


@fault("no-server-error")
class DeviceIdentifierNotOfBase64IsServerError(Breaks):
    def check_device_identifier(self, asked: LogoutRequest) -> None:
        pass

    def breaks(self, asked: LogoutRequest) -> bool:
        if not asked.device_identifier:
            raise LogoutError(INVALID_DEVICE_IDENTIFIER)
        return bool(re.search(r"[^\w+/= ]", asked.device_identifier, re.ASCII))


@fault("no-server-error")
class DeviceIdentifierWithoutPaddingIsServerError(Breaks):
    def breaks(self, asked: LogoutRequest) -> bool:
        return len(asked.device_identifier.partition(" ")[2]) % 4 != 0


@fault("no-server-error")
class DeviceIdentifierOfOneWordIsServerError(ReferenceServer):
    def check_device_identifier(self, asked: LogoutRequest) -> None:
        if asked.device_identifier == "fingerprint":
            raise LogoutError(INTERNAL_SERVER_ERROR)
        super().check_device_identifier(asked)


@fault("status-of-success")
class Base64OfUrlsOnly(ReferenceServer):
    """Knows the alphabet of RFC 4648, 5, and not the one with + and /."""

    def check_device_identifier(self, asked: LogoutRequest) -> None:
        super().check_device_identifier(asked)
        if set("+/") & set(asked.device_identifier):
            raise LogoutError(INVALID_DEVICE_IDENTIFIER)


@fault("device-identifier-malformed")
class MalformedDeviceIdentifierFindsProfile(ReferenceServer):
    """Any profile will do for a device without a proper name."""

    def check_device_identifier(self, asked: LogoutRequest) -> None:
        if not asked.device_identifier:
            raise LogoutError(INVALID_DEVICE_IDENTIFIER)

    def choose_action(self, asked, profile):  # type: ignore[no-untyped-def]
        if not asked.device_identifier.startswith("fingerprint "):
            return self.entry(asked, "complete")
        return super().choose_action(asked, profile)
