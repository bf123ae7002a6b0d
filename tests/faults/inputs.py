"""Legal inputs that trip the server, or that it does not like."""

from __future__ import annotations

import re

from conformance.reference import LogoutError, LogoutRequest, ReferenceServer
from conformance.reference.errors import (
    INTERNAL_SERVER_ERROR,
    ErrorCode,
)
from tests.faults.registry import fault

UNKNOWN_PARAMETER = ErrorCode(400, "invalid_parameter", "There is no such parameter.")
LONGEST = 2048


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
class BreaksOnLettersBeyondTheBasicPlane(Breaks):
    """Three bytes of UTF-8 are all that its database keeps."""

    def breaks(self, asked: LogoutRequest) -> bool:
        return any(ord(letter) > 0xFFFF for letter in asked.redirect_url)


@fault("no-server-error")
class BreaksOnOtherLettersInUserAgent(Breaks):
    def breaks(self, asked: LogoutRequest) -> bool:
        return not asked.request.headers.get("User-Agent", "").isascii()


@fault("no-server-error")
class BreaksOnRepeatedParameter(Breaks):
    def breaks(self, asked: LogoutRequest) -> bool:
        return len(asked.request.args.getlist("redirectUrl")) > 1


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
class PercentThatEscapesNothingIsServerError(ReferenceServer):
    """The decoder of the language throws where a `%` is not followed by two digits."""

    def validate(self, asked: LogoutRequest) -> None:
        if re.search(rb"%(?![0-9A-Fa-f]{2})", asked.request.query_string):
            raise LogoutError(INTERNAL_SERVER_ERROR)
        super().validate(asked)


@fault("unknown-query-ignored")
class RedirectUrlHasToComeFirst(ReferenceServer):
    def validate(self, asked: LogoutRequest) -> None:
        super().validate(asked)
        if next(iter(asked.request.args)) != "redirectUrl":
            raise LogoutError(UNKNOWN_PARAMETER)
