"""The server that a client under test meets: the reference server with a logout page, a token service, and troubles."""

from __future__ import annotations

import itertools
import secrets
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode, urlsplit

from werkzeug.wrappers import Response

from conformance.client.scenarios import SERVICE_PROVIDER
from conformance.reference import Key, LogoutError, ReferenceServer
from conformance.reference.errors import (
    INTERNAL_SERVER_ERROR,
    INVALID_ACCESS_TOKEN,
    INVALID_DEVICE_IDENTIFIER,
    INVALID_REDIRECT_URL,
    METHOD_NOT_ALLOWED,
)
from conformance.reference.request import is_url
from conformance.reference.states import FAR_AHEAD, STATES, token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Request

    from conformance.client.scenarios import ClientScenario, Trouble
    from conformance.reference import Json, LogoutRequest, Profile

LANDING: Final = "/_app/signed-out?from=tv app&session=7&next=/home"
"""The redirect target below the base URL, not encoded; it has a query of its own."""
SESSION: Final = "a+b c&d=e/f%"
"""A parameter of every `url`: whoever decodes it and puts it together again is found out."""
TOKEN_LIFETIME_S: Final = 86_400
_PAGE: Final = "<!doctype html><title>{title}</title><p>{title}</p>"
_LEFT_AS_IT_IS: Final = ":/?#[]@!$&'()*+,;=%-._~"
_SSO_HEADERS: Final = {"service-token-sso": "AD-Service-Token", "platform-identity-sso": "Adobe-Subject-Token"}


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one run, made for it; all of them are secret.

    The token service hands out `fresh` with a number behind it: each time another one, with one secret in all of them.
    """

    access: str
    fresh: str
    service: str
    subject: str

    @classmethod
    def made(cls, access: str = "") -> Tokens:
        """Make tokens that nobody has seen before; `access`, where it is given, is the one to begin with."""
        return cls(
            access=access or secrets.token_urlsafe(32),
            fresh=secrets.token_urlsafe(32),
            service=token(f"service token {secrets.token_hex(16)}", FAR_AHEAD),
            subject=token(f"platform identity {secrets.token_hex(16)}", FAR_AHEAD),
        )

    def by_name(self) -> dict[str, str]:
        """Give them by the names of their markers."""
        return {
            "ACCESS_TOKEN": self.access,
            "FRESH_TOKEN": self.fresh,
            "SERVICE_TOKEN": self.service,
            "SUBJECT_TOKEN": self.subject,
        }

    def has_given(self, token: str) -> bool:
        """Say whether an access token is one that the client was given."""
        return token == self.access or token.startswith(f"{self.fresh}.")

    def of_single_sign_on(self, state: str) -> dict[str, str]:
        """Give the header that reaches the profile of a single sign-on state; none for other states."""
        values = {"service-token-sso": self.service, "platform-identity-sso": self.subject}
        return {_SSO_HEADERS[state]: values[state]} if state in values else {}


class StandIn(ReferenceServer):
    """The reference server as a client meets it: whatever device asks, the scenario of the MVPD holds.

    `origin` is where it listens. Where `landing` is given, every logout page ends there; else where the client asked.
    `is_lasting` keeps profiles beyond a logout, and troubles every other call, so that a person can try again.
    """

    def __init__(
        self,
        scenarios: Mapping[str, ClientScenario],
        tokens: Tokens,
        *,
        prefix: str = "",
        landing: str = "",
        is_lasting: bool = False,
    ) -> None:
        super().__init__(tokens.access, prefix)
        self.origin = ""
        self.scenarios, self.tokens, self.landing, self.is_lasting = scenarios, tokens, landing, is_lasting
        self.store.mvpds |= set(scenarios)
        self._troubled: set[str] = set()
        self._issued = itertools.count(1)
        for mvpd, scenario in scenarios.items():
            headers = tokens.of_single_sign_on(scenario.state)
            held = replace(STATES[scenario.state], mvpd=mvpd, headers=headers)
            self.store.hold(self.key(SERVICE_PROVIDER, mvpd, ""), held)

    # --- Pages and tokens ---

    def dispatch(self, request: Request) -> Response:
        """Add the token service, the MVPD's pages and the app's own."""
        parts = urlsplit(request.environ["REQUEST_URI"])
        match parts.path.removeprefix(self.prefix):
            case "/_token":
                return self.hand_out_token(request)
            case "/_mvpd/logout":
                return self.moved_to(f"{self.prefix}/_mvpd/goodbye?{parts.query}")
            case "/_mvpd/goodbye":
                target = self.landing or request.args.get("redirect_url", "")
                return self.moved_to(quote(target, safe=_LEFT_AS_IT_IS)) if is_url(target) else self.page("Goodbye")
            case "/_app/signed-out":
                return self.page("Signed out")
        return super().dispatch(request)

    def moved_to(self, location: str) -> Response:
        """Send a user agent on; not werkzeug's redirect, which puts the address together anew."""
        return Response(status=302, headers={"Location": location}, content_type="text/html")

    def page(self, title: str) -> Response:
        """Show a person one sentence."""
        return Response(_PAGE.format(title=title), content_type="text/html;charset=UTF-8")

    def hand_out_token(self, request: Request) -> Response:
        """Give an access token for `grant_type=client_credentials` (RFC 6749, 4.4)."""
        if request.method != "POST":
            raise LogoutError(METHOD_NOT_ALLOWED, {"Allow": "POST"})
        if request.form.get("grant_type") != "client_credentials":
            return self.render(400, {"error": "unsupported_grant_type"})
        # a new one each time, as a right client that was refused a second time must find
        fresh = f"{self.tokens.fresh}.{next(self._issued)}"
        given: Json = {"access_token": fresh, "token_type": "bearer", "expires_in": TOKEN_LIFETIME_S}
        return self.render(200, given, {"Cache-Control": "no-store"})

    # --- One logout ---

    def log_out(self, asked: LogoutRequest) -> Response:
        """Put the trouble or the wait of the scenario before its answer."""
        scenario = self.scenarios.get(asked.mvpd)
        if scenario and asked.request.method == "GET":
            time.sleep(scenario.delay_s)
            if scenario.trouble and self._is_first(asked.mvpd):
                return self.troubled(scenario.trouble)
        return super().log_out(asked)

    def troubled(self, trouble: Trouble) -> Response:
        """Answer with the trouble of a scenario."""
        if trouble.action:
            return self.render(trouble.status, self.error_body(LogoutError(INTERNAL_SERVER_ERROR)))
        headers = dict(trouble.headers)
        return Response(_PAGE.format(title="Too many requests"), trouble.status, headers, content_type="text/html")

    def authenticate(self, asked: LogoutRequest) -> None:
        """Refuse the tokens that the scenario refuses, wherever they come from."""
        super().authenticate(asked)
        scenario = self.scenarios.get(asked.mvpd)
        is_first = asked.access_token == self.tokens.access
        if scenario and (scenario.refused == "every" or (scenario.refused == "first" and is_first)):
            raise LogoutError(INVALID_ACCESS_TOKEN, {"WWW-Authenticate": 'Bearer error="invalid_token"'})

    def accepts(self, token: str) -> bool:
        """Take the token to begin with, and the one of the token service."""
        return self.tokens.has_given(token)

    def check_device_identifier(self, asked: LogoutRequest) -> None:
        """Refuse a device identifier that is missing; its form is judged afterwards."""
        if not asked.device_identifier:
            raise LogoutError(INVALID_DEVICE_IDENTIFIER)

    def check_redirect_url(self, asked: LogoutRequest) -> None:
        """Refuse a redirectUrl that is missing; its form is judged afterwards."""
        if not asked.redirect_url:
            raise LogoutError(INVALID_REDIRECT_URL)

    def key(self, service_provider: str, mvpd: str, device_identifier: str) -> Key:  # noqa: ARG002 - any device
        """Let a state hold for whatever device asks."""
        return Key(service_provider, mvpd, "")

    def delete_profile(self, asked: LogoutRequest, profile: Profile) -> None:
        """Delete the profile, unless it is to last."""
        if not self.is_lasting:
            super().delete_profile(asked, profile)

    # --- Answers ---

    def build_url(self, asked: LogoutRequest, endpoint: str) -> str:  # noqa: ARG002 - the page is this server's
        """Point to the logout page on this server, with an encoded query of its own."""
        scenario = self.scenarios.get(asked.mvpd)
        query = {"mso_id": asked.mvpd, "state": SESSION, "redirect_url": asked.redirect_url}
        base = "" if scenario and scenario.relative else self.origin
        return f"{base}{self.prefix}/_mvpd/logout?{urlencode(query, quote_via=quote)}"

    def success_body(self, asked: LogoutRequest, entry: Json) -> Json:
        """Add the entries and the members of the scenario."""
        scenario = self.scenarios.get(asked.mvpd)
        more = dict(scenario.more) if scenario else {}
        entries: Json = {asked.mvpd: entry | more}
        for name in scenario.names if scenario and "url" in entry else ():
            entries[name] = entry | {"mvpd": name, "url": f"{entry['url']}&entry={quote(name)}"}
        return {"logouts": entries} | more

    def _is_first(self, mvpd: str) -> bool:
        """Say whether a call is to be troubled: the first one, or every other one where profiles last."""
        with self.store.lock:
            if mvpd not in self._troubled:
                self._troubled.add(mvpd)
                return True
            if self.is_lasting:
                self._troubled.discard(mvpd)
            return False
