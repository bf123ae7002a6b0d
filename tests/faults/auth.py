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
    def allows(self, value: str) -> bool:  # noqa: ARG002
        return True


@fault("authorization-required")
class MissingTokenAllowed(ReadsToken):
    """An empty header too: to many a framework they are the same."""

    def allows(self, value: str) -> bool:
        return not value


@fault("authorization-required")
class BearerWithoutTokenAllowed(ReadsToken):
    def allows(self, value: str) -> bool:
        return value.strip() == "Bearer"


@fault("authorization-required")
class BasicAllowed(ReadsToken):
    def allows(self, value: str) -> bool:
        return value.startswith("Basic ")


@fault("authorization-required")
class SchemeNotNeeded(ReadsToken):
    def allows(self, value: str) -> bool:
        return value == self.access_token


@fault("authorization-required")
class SchemeNotLookedAt(ReadsToken):
    """Two words are asked for, and the second is the token."""

    def allows(self, value: str) -> bool:
        return value.partition(" ")[2] == self.access_token


class AcceptsToken(ReferenceServer):
    def accepts(self, token: str) -> bool:
        return super().accepts(token) or self.lets_through(token)

    def lets_through(self, token: str) -> bool:
        raise NotImplementedError


@fault("token-checked")
class AnyTokenWillDo(AcceptsToken):
    def lets_through(self, token: str) -> bool:
        return bool(token)


@fault("token-checked")
class UnknownTokenAllowed(AcceptsToken):
    """What is no JWS goes to a check that was never written."""

    def lets_through(self, token: str) -> bool:
        return token.count(".") != 2


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
class LengthOfTokenSuffices(AcceptsToken):
    def lets_through(self, token: str) -> bool:
        return len(token) == len(self.access_token)


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


@fault("token-checked")
class WrongTokenIsBadRequest(Refuses):
    wrong = NO_TOKEN


@fault("listed-status")
class WrongTokenIsForbidden(Refuses):
    wrong = ErrorCode(403, "forbidden", "The access token is not valid.")


@fault("no-server-error")
class WrongTokenIsServerError(Refuses):
    wrong = ErrorCode(500, "internal_server_error", "The access token cannot be read.")


@fault("token-checked")
class ExpiredTokenIsBadRequest(ReferenceServer):
    def authenticate(self, asked: LogoutRequest) -> None:
        if asked.access_token == EXPIRED_ACCESS_TOKEN:
            raise LogoutError(NO_TOKEN)
        super().authenticate(asked)


@fault("listed-status")
class ExpiredTokenIsForbidden(ReferenceServer):
    def authenticate(self, asked: LogoutRequest) -> None:
        if asked.access_token == EXPIRED_ACCESS_TOKEN:
            raise LogoutError(ErrorCode(403, "expired_access_token", "The access token has expired."))
        super().authenticate(asked)


@fault("authorization-required")
class TokenLookedAtWhereThereIsProfile(ReferenceServer):
    """A device without a profile is told so without any token."""

    def authenticate(self, asked: LogoutRequest) -> None:
        if self.find_profile(asked):
            super().authenticate(asked)


@fault("authorization-required")
class TokenLookedAtWhereThereIsLogoutPage(ReferenceServer):
    def authenticate(self, asked: LogoutRequest) -> None:
        profile = self.find_profile(asked)
        if profile is None or profile.logout_endpoint:
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


@fault("www-authenticate-with-401")
class ExpiredTokenWithoutChallenge(ReferenceServer):
    def authenticate(self, asked: LogoutRequest) -> None:
        if asked.access_token == EXPIRED_ACCESS_TOKEN:
            raise LogoutError(INVALID_ACCESS_TOKEN)
        super().authenticate(asked)


@fault("refused-deletes-nothing")
class DeletesBeforeTokenIsChecked(ReferenceServer):
    def authenticate(self, asked: LogoutRequest) -> None:
        if asked.access_token and not self.accepts(asked.access_token):
            self.store.delete_profile(self.key_of(asked))
        super().authenticate(asked)
