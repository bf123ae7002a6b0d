"""The error answers: their statuses, and the codes of the linked page "enhanced error codes"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

HELP_URL = (
    "https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/"
    "standard-features/error-reporting/enhanced-error-codes"
)


@dataclass(frozen=True)
class ErrorCode:
    """One kind of error: its HTTP status, its code, what helps (`action`), and a sentence for people."""

    status: int
    code: str
    message: str
    action: str = "none"


UNKNOWN_SERVICE_PROVIDER = ErrorCode(400, "invalid_parameter_service_provider", "The service provider is unknown.")
UNKNOWN_MVPD = ErrorCode(400, "invalid_parameter_mvpd", "The MVPD is unknown.")
INVALID_REDIRECT_URL = ErrorCode(400, "invalid_parameter_redirect_url", "redirectUrl is missing, empty or no URL.")
INVALID_DEVICE_IDENTIFIER = ErrorCode(
    400, "invalid_header_device_identifier", "AP-Device-Identifier is missing, empty or malformed."
)
INVALID_INTEGRATION = ErrorCode(
    400, "invalid_integration", "The service provider and the MVPD are not integrated, or no longer."
)
INVALID_ACCESS_TOKEN = ErrorCode(
    401,
    "invalid_access_token_client_application",
    "The access token is missing or not valid.",
    action="application-registration",
)
INTERNAL_SERVER_ERROR = ErrorCode(500, "internal_server_error", "The server failed. Try again.", action="retry")

# The linked page has no code for these; its list may grow.
METHOD_NOT_ALLOWED = ErrorCode(405, "method_not_allowed", "This resource does not allow the method.")
NOT_FOUND = ErrorCode(404, "not_found", "There is no such resource.")

# Answers of the state handler: the target contract, section 3.
INVALID_STATE_CHANGE = ErrorCode(400, "invalid_state_change", "The body is no state change.")
UNSUPPORTED_STATE = ErrorCode(422, "unsupported_state", "This state is not supported here.")


class LogoutError(Exception):
    """The request ends here, with this error and these further response headers."""

    def __init__(self, error: ErrorCode, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(error.code)
        self.error = error
        self.headers = headers or {}
