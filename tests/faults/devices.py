"""An AP-Device-Identifier that is not asked for, or not understood."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.reference import Json, LogoutError, LogoutRequest, Profile, ReferenceServer
from conformance.reference.errors import (
    INVALID_DEVICE_IDENTIFIER,
    ErrorCode,
)
from tests.faults.inputs import Breaks
from tests.faults.registry import fault

if TYPE_CHECKING:
    from werkzeug.datastructures import Headers

UNKNOWN_PARAMETER = ErrorCode(400, "invalid_parameter", "There is no such parameter.")
LONGEST = 2048


class DeviceIdentifier(ReferenceServer):
    """Checks AP-Device-Identifier in its own way."""

    def check_device_identifier(self, asked: LogoutRequest) -> None:
        if not self.is_right(asked.device_identifier, asked.request.headers):
            raise LogoutError(INVALID_DEVICE_IDENTIFIER)

    def is_right(self, value: str, headers: Headers) -> bool:
        raise NotImplementedError


@fault("device-identifier-required")
class EmptyDeviceIdentifierAccepted(DeviceIdentifier):
    def is_right(self, value: str, headers: Headers) -> bool:
        return "AP-Device-Identifier" in headers


@fault("device-identifier-required")
class MissingDeviceIdentifierAccepted(DeviceIdentifier):
    def is_right(self, value: str, headers: Headers) -> bool:
        return bool(value) or "AP-Device-Identifier" not in headers


@fault("device-identifier-required")
class DeviceIdentifierNeededAtLogoutPageOnly(ReferenceServer):
    """Where a device without a name has no profile, nobody asks for one."""

    def check_device_identifier(self, asked: LogoutRequest) -> None:
        if asked.mvpd == "Cablevision" or asked.device_identifier:
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

    def choose_action(self, asked: LogoutRequest, profile: Profile | None) -> Json:
        if not asked.device_identifier.startswith("fingerprint "):
            return self.entry(asked, "complete")
        return super().choose_action(asked, profile)
