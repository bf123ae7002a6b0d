"""A redirectUrl that is not asked for, or not understood."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from conformance.reference import LogoutError, LogoutRequest, ReferenceServer
from conformance.reference.errors import (
    INTERNAL_SERVER_ERROR,
    INVALID_REDIRECT_URL,
    ErrorCode,
)
from tests.faults.registry import fault

UNKNOWN_PARAMETER = ErrorCode(400, "invalid_parameter", "There is no such parameter.")
LONGEST = 2048


class RedirectUrl(ReferenceServer):
    """Checks redirectUrl in its own way."""

    def check_redirect_url(self, asked: LogoutRequest) -> None:
        if not self.is_right(asked):
            raise LogoutError(INVALID_REDIRECT_URL)

    def is_right(self, asked: LogoutRequest) -> bool:
        raise NotImplementedError


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


@fault("redirect-url-encoding")
class PortsRefused(RedirectUrl):
    def is_right(self, asked: LogoutRequest) -> bool:
        return bool(re.fullmatch(r"https?://[\w.\[\]-]+(/.*)?(\?.*)?", asked.redirect_url)) and (
            ":" not in asked.redirect_url[6:].partition("/")[0].partition("]")[2]
        )


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


@fault("no-server-error")
class LongRedirectUrlIsServerError(ReferenceServer):
    def check_redirect_url(self, asked: LogoutRequest) -> None:
        super().check_redirect_url(asked)
        if len(asked.redirect_url) > LONGEST:
            raise LogoutError(INTERNAL_SERVER_ERROR)
