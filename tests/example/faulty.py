"""A server as somebody may well write it in good faith: most of it is right, and four things are not."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from conformance.reference import Handler, Json, LogoutRequest, Profile, ReferenceServer
from conformance.reference.errors import METHOD_NOT_ALLOWED, UNSUPPORTED_STATE, ErrorCode, LogoutError

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from conformance.reference.states import Key, State

FORBIDDEN = ErrorCode(403, "forbidden", "The access token is not valid.", action="authentication")


class AcmeHandler(Handler):
    """Names the server as Acme does."""

    def version_string(self) -> str:
        return "Acme"


class AcmeServer(ReferenceServer):
    """Four mistakes, and one feature that it does not have."""

    def choose_action(self, asked: LogoutRequest, profile: Profile | None) -> Json:
        """Take `interactive` for the type of every action that ends a session."""
        entry = super().choose_action(asked, profile)
        return entry | ({"actionType": "interactive"} if entry["actionName"] == "complete" else {})

    def build_url(self, asked: LogoutRequest, endpoint: str) -> str:
        """Put the redirect target into the query as it is."""
        names = urlencode({"mso_id": asked.mvpd, "requestor_id": asked.service_provider})
        return f"{endpoint}?{names}&redirect_url={asked.redirect_url}"

    def authenticate(self, asked: LogoutRequest) -> None:
        """Answer a token that is there and wrong with 403."""
        if asked.access_token is not None and not self.accepts(asked.access_token):
            raise LogoutError(FORBIDDEN)
        super().authenticate(asked)

    def check_method(self, asked: LogoutRequest) -> None:
        """Forget Allow."""
        if asked.request.method != "GET":
            raise LogoutError(METHOD_NOT_ALLOWED)

    def set_up(self, names: Key, state: State) -> Response:
        """Know nothing of Apple's single sign-on."""
        if state.profile and state.profile.type == "appleSSO":
            raise LogoutError(UNSUPPORTED_STATE)
        return super().set_up(names, state)
