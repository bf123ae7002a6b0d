"""Access tokens that are not looked at, or looked at in a wrong way."""

from __future__ import annotations

from conformance.reference import LogoutError, LogoutRequest, ReferenceServer
from conformance.reference.errors import INVALID_ACCESS_TOKEN, ErrorCode
from conformance.reference.states import EXPIRED_ACCESS_TOKEN
from tests.faults.registry import fault

CHALLENGE = {"WWW-Authenticate": "Bearer"}
NO_TOKEN = ErrorCode(400, "invalid_header_authorization", "There is no access token.")


class ReadsToken(ReferenceServer):
    """Takes the token from the header in its own way."""

    def authenticate(self, asked: LogoutRequest) -> None:
        value = asked.request.headers.get("Authorization", "")
        if not self.allows(value):
            super().authenticate(asked)

    def allows(self, value: str) -> bool:
        raise NotImplementedError


@fault("token-checked", also=("authorization-required",))
class AsksForNoToken(ReadsToken):
    def allows(self, value: str) -> bool:
        return True


@fault("authorization-required")
class MissingTokenAllowed(ReadsToken):
    """An empty header too: to many a framework they are the same."""

    def allows(self, value: str) -> bool:
        return not value


@fault("authorization-required")
class SchemeNotNeeded(ReadsToken):
    def allows(self, value: str) -> bool:
        return value == self.access_token


@fault("authorization-required")
class SchemeCutOffUnread(ReadsToken):
    def allows(self, value: str) -> bool:
        return value[len("Bearer ") :] == self.access_token


@fault("token-checked")
class DeviceThatHadTokenNeedsNone(ReadsToken):
    """A cache of devices that are signed in."""

    def __init__(self) -> None:
        super().__init__()
        self.known: set[str] = set()

    def authenticate(self, asked: LogoutRequest) -> None:
        if asked.device_identifier not in self.known:
            super().authenticate(asked)
            self.known.add(asked.device_identifier)

    def allows(self, value: str) -> bool:
        return False


class AcceptsToken(ReferenceServer):
    def accepts(self, token: str) -> bool:
        return super().accepts(token) or self.lets_through(token)

    def lets_through(self, token: str) -> bool:
        raise NotImplementedError


@fault("token-checked")
class ExpiredTokenAllowed(AcceptsToken):
    def lets_through(self, token: str) -> bool:
        return token == EXPIRED_ACCESS_TOKEN


@fault("token-checked")
class SignatureNotVerified(AcceptsToken):
    def lets_through(self, token: str) -> bool:
        return token.rpartition(".")[0] == self.access_token.rpartition(".")[0]


@fault("token-checked")
class BeginningOfTokenSuffices(AcceptsToken):
    def lets_through(self, token: str) -> bool:
        return self.access_token.startswith(token)


@fault("token-checked")
class MoreThanTokenAllowed(AcceptsToken):
    def lets_through(self, token: str) -> bool:
        return token.startswith(self.access_token)


@fault("token-checked")
class TokenInAnyCase(AcceptsToken):
    def lets_through(self, token: str) -> bool:
        return token.lower() == self.access_token.lower()


class Refuses(ReferenceServer):
    """Refuses tokens with another error."""

    missing = INVALID_ACCESS_TOKEN
    wrong = INVALID_ACCESS_TOKEN

    def authenticate(self, asked: LogoutRequest) -> None:
        if asked.access_token is None:
            raise LogoutError(self.missing, CHALLENGE)
        if not self.accepts(asked.access_token):
            raise LogoutError(self.wrong, CHALLENGE)


@fault("listed-status")
class MissingTokenIsForbidden(Refuses):
    missing = ErrorCode(403, "forbidden", "There is no access token.")


@fault("no-server-error")
class MissingTokenIsServerError(Refuses):
    missing = ErrorCode(500, "internal_server_error", "NullPointerException")


@fault("missing-token-is-401")
class MissingTokenIsBadRequest(Refuses):
    missing = NO_TOKEN


@fault("token-checked", also=("authorization-required",))
class TokenLookedAtWhereThereIsProfile(ReferenceServer):
    """A device without a profile is told so without any token."""

    def authenticate(self, asked: LogoutRequest) -> None:
        if self.find_profile(asked):
            super().authenticate(asked)


@fault("token-checked")
class ServiceTokenStandsForAccessToken(ReferenceServer):
    def authenticate(self, asked: LogoutRequest) -> None:
        if "AD-Service-Token" not in asked.request.headers:
            super().authenticate(asked)


@fault("www-authenticate-with-401")
class UnauthorizedWithoutChallenge(ReferenceServer):
    def authenticate(self, asked: LogoutRequest) -> None:
        try:
            super().authenticate(asked)
        except LogoutError as error:
            raise LogoutError(error.error) from None


@fault("refused-deletes-nothing")
class DeletesBeforeTokenIsChecked(ReferenceServer):
    def authenticate(self, asked: LogoutRequest) -> None:
        if asked.access_token and not self.accepts(asked.access_token):
            self.store.delete_profile(self.key_of(asked))
        super().authenticate(asked)
