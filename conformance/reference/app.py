"""The reference server: the law of the logout endpoint as a program.

`ReferenceServer.log_out` is the law in seven lines; each line is a step, and each step a method of a few lines. A
server that differs in one point is a subclass that overrides one of them:

    class KeepsProfile(ReferenceServer):
        def delete_profile(self, asked: LogoutRequest, profile: Profile) -> None:
            pass

| step                    | methods                                                                                 |
|-------------------------|-----------------------------------------------------------------------------------------|
| any request at all      | `respond`, `dispatch`, `path_segments`                                                  |
| the method              | `check_method`                                                                          |
| the access token        | `authenticate`, `accepts`                                                               |
| the other inputs        | `validate`: `check_service_provider`, `_mvpd`, `_redirect_url`, `_device_identifier`    |
| the state of the server | `check_state`                                                                           |
| whose profile           | `key`, `find_profile`                                                                   |
| the next action         | `choose_action`, `entry`, `build_url`                                                   |
| the deletion            | `delete_profile`                                                                        |
| the answer              | `render_success`, `success_body`; `render_error`, `error_body`, `trace`; `render`       |
| the state handler       | `change_state`, `set_up`, `tear_down`                                                   |

A step that refuses a request raises `LogoutError`. Everything else that is raised is answered 500 and logged.
"""

from __future__ import annotations

import hmac
import json
import logging
import uuid
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote, unquote, urlencode, urlsplit

from pydantic import ValidationError
from werkzeug.exceptions import ClientDisconnected
from werkzeug.wrappers import Request, Response

from conformance.reference.errors import (
    HELP_URL,
    INTERNAL_SERVER_ERROR,
    INVALID_ACCESS_TOKEN,
    INVALID_DEVICE_IDENTIFIER,
    INVALID_INTEGRATION,
    INVALID_REDIRECT_URL,
    INVALID_STATE_CHANGE,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    UNKNOWN_MVPD,
    UNKNOWN_SERVICE_PROVIDER,
    UNSUPPORTED_STATE,
    LogoutError,
)
from conformance.reference.request import LogoutRequest, is_device_identifier, is_url
from conformance.reference.states import ACCESS_TOKEN, STATES, Key, Profile, State, StateChange, Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from wsgiref.types import StartResponse, WSGIEnvironment

LOG = logging.getLogger(__name__)

Json: TypeAlias = "dict[str, object]"

ACTION_TYPES = {
    "logout": "interactive",
    "partner_logout": "partner_interactive",
    "complete": "none",
    "invalid": "none",
}
"""Which actionType goes with which actionName (`#success`)."""


class ReferenceServer:
    """A WSGI application that answers as the law says, and has its own state handler at `/_state`.

    `access_token` is the one that is accepted; `prefix` is a path before `/api/v2` and `/_state`, such as `/gateway`.
    """

    content_type = "application/json;charset=UTF-8"
    service_providers: tuple[str, ...] = ("REF30", "REF40")

    def __init__(self, access_token: str = ACCESS_TOKEN, prefix: str = "") -> None:
        self.access_token = access_token
        self.prefix = prefix.rstrip("/")
        self.store = Store()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request, as WSGI has it (PEP 3333)."""
        return self.respond(Request(environ))(environ, start_response)

    # --- Any request ---

    def respond(self, request: Request) -> Response:
        """Answer any request; nothing is raised."""
        try:
            return self.dispatch(request)
        except LogoutError as error:
            return self.render_error(request, error)
        except Exception:
            LOG.exception("The reference server has a fault")
            return self.render_error(request, LogoutError(INTERNAL_SERVER_ERROR))

    def dispatch(self, request: Request) -> Response:
        """Find the resource by the path (`#request`)."""
        match self.path_segments(request):
            case ["api", "v2", service_provider, "logout", mvpd] if service_provider and mvpd:
                return self.log_out(LogoutRequest(request, service_provider, mvpd))
            case ["_state"]:
                return self.change_state(request)
        raise LogoutError(NOT_FOUND)

    def path_segments(self, request: Request) -> list[str]:
        """Split the path below the prefix and decode each segment (RFC 3986, 2.4: in this order).

        WSGI's PATH_INFO is decoded as a whole: in it a `%2F` within an MVPD's name would look like a separator.
        """
        path = urlsplit(request.environ["REQUEST_URI"]).path
        if not path.startswith(self.prefix + "/"):
            return []
        return [unquote(segment) for segment in path[len(self.prefix) + 1 :].split("/")]

    # --- One logout ---

    def log_out(self, asked: LogoutRequest) -> Response:
        """Log a device out of an MVPD, step by step."""
        self.check_method(asked)
        self.authenticate(asked)
        self.validate(asked)
        self.check_state(asked)
        with self.store.lock:  # of two logouts at once, one finds the profile
            profile = self.find_profile(asked)
            entry = self.choose_action(asked, profile)
            if profile:
                self.delete_profile(asked, profile)
        return self.render_success(asked, entry)

    def check_method(self, asked: LogoutRequest) -> None:
        """Refuse any method but GET: 405 (`#request`, `#response`; RFC 9110, 15.5.6 asks for Allow)."""
        if asked.request.method != "GET":
            raise LogoutError(METHOD_NOT_ALLOWED, {"Allow": "GET"})

    def authenticate(self, asked: LogoutRequest) -> None:
        """Refuse who has no valid access token: 401 (`#response`; RFC 9110, 15.5.2 asks for the challenge)."""
        if asked.access_token is None:
            raise LogoutError(INVALID_ACCESS_TOKEN, {"WWW-Authenticate": "Bearer"})
        if not self.accepts(asked.access_token):
            raise LogoutError(INVALID_ACCESS_TOKEN, {"WWW-Authenticate": 'Bearer error="invalid_token"'})

    def accepts(self, token: str) -> bool:
        """Say whether an access token is valid, in a time that tells nothing about the right one."""
        return hmac.compare_digest(token.encode(), self.access_token.encode())

    def validate(self, asked: LogoutRequest) -> None:
        """Check the inputs one by one: 400 for the first that is missing or wrong (`#request`, `#response`)."""
        self.check_service_provider(asked)
        self.check_mvpd(asked)
        self.check_redirect_url(asked)
        self.check_device_identifier(asked)

    def check_service_provider(self, asked: LogoutRequest) -> None:
        """Refuse a service provider that is unknown."""
        if asked.service_provider not in self.service_providers:
            raise LogoutError(UNKNOWN_SERVICE_PROVIDER)

    def check_mvpd(self, asked: LogoutRequest) -> None:
        """Refuse an MVPD that is unknown."""
        if asked.mvpd not in self.store.mvpds:
            raise LogoutError(UNKNOWN_MVPD)

    def check_redirect_url(self, asked: LogoutRequest) -> None:
        """Refuse a redirectUrl that is missing, empty or no URL."""
        if not is_url(asked.redirect_url):
            raise LogoutError(INVALID_REDIRECT_URL)

    def check_device_identifier(self, asked: LogoutRequest) -> None:
        """Refuse an AP-Device-Identifier that is missing, empty or malformed; of X-Device-Info nothing is asked."""
        if not is_device_identifier(asked.device_identifier):
            raise LogoutError(INVALID_DEVICE_IDENTIFIER)

    def check_state(self, asked: LogoutRequest) -> None:
        """Answer a failure of the server with 500, a disabled integration with 400 (`#response`)."""
        state = self.state(asked)
        if state.failing:
            raise LogoutError(INTERNAL_SERVER_ERROR)
        if not state.integrated:
            raise LogoutError(INVALID_INTEGRATION)

    def key(self, service_provider: str, mvpd: str, device_identifier: str) -> Key:
        """Say to what a state belongs; used to set it up as well as to find it."""
        return Key(service_provider, mvpd, device_identifier)

    def key_of(self, asked: LogoutRequest) -> Key:
        """Give the key of a request."""
        return self.key(asked.service_provider, asked.mvpd, asked.device_identifier)

    def state(self, asked: LogoutRequest) -> State:
        """Give what holds for a request."""
        return self.store.at(self.key_of(asked))

    def find_profile(self, asked: LogoutRequest) -> Profile | None:
        """Find the valid profile that the request's parameters and headers reach, None where there is none."""
        state = self.state(asked)
        reached = all(asked.request.headers.get(name) == value for name, value in state.headers.items())
        return state.profile if reached and state.profile and not state.profile.expired else None

    def choose_action(self, asked: LogoutRequest, profile: Profile | None) -> Json:
        """Name the next action of the device, as an entry of `logouts` (`#success`)."""
        if profile is None:
            return self.entry(asked, "invalid")
        if profile.type == "appleSSO":
            return self.entry(asked, "partner_logout")
        if profile.logout_endpoint is None:
            return self.entry(asked, "complete")
        return self.entry(asked, "logout") | {"url": self.build_url(asked, profile.logout_endpoint)}

    def entry(self, asked: LogoutRequest, action: str) -> Json:
        """Make an entry without `url`."""
        return {"actionName": action, "actionType": ACTION_TYPES[action], "mvpd": asked.mvpd}

    def build_url(self, asked: LogoutRequest, endpoint: str) -> str:
        """Point to the MVPD's logout page; the redirect target is one parameter, whatever is in it (RFC 3986, 2.2)."""
        query = {"mso_id": asked.mvpd, "requestor_id": asked.service_provider, "redirect_url": asked.redirect_url}
        base = self.prefix if endpoint.startswith("/") else ""
        return f"{base}{endpoint}?{urlencode(query, quote_via=quote)}"

    def delete_profile(self, asked: LogoutRequest, profile: Profile) -> None:
        """Delete the profile that was found, and no other (`#response`)."""
        if not profile.outlives_logout:
            self.store.delete_profile(self.key_of(asked))

    # --- Answers ---

    def render_success(self, asked: LogoutRequest, entry: Json) -> Response:
        """Answer 200 (`#success`)."""
        return self.render(200, self.success_body(asked, entry))

    def success_body(self, asked: LogoutRequest, entry: Json) -> Json:
        """Wrap the entry of the MVPD that was asked for."""
        return {"logouts": {asked.mvpd: entry}}

    def render_error(self, request: Request, error: LogoutError) -> Response:  # noqa: ARG002 - for those who override it
        """Answer with an error (`#error`)."""
        return self.render(error.error.status, self.error_body(error), error.headers)

    def error_body(self, error: LogoutError) -> Json:
        """Describe an error as the linked page "enhanced error codes" does."""
        code = error.error
        return {
            "action": code.action,
            "status": code.status,
            "code": code.code,
            "message": code.message,
            "helpUrl": HELP_URL,
            "trace": self.trace(),
        }

    def trace(self) -> str:
        """Make an identifier by which the answer could be found in a log."""
        return str(uuid.uuid4())

    def render(self, status: int, body: Json, headers: Mapping[str, str] | None = None) -> Response:
        """Make the response of a JSON object."""
        return Response(json.dumps(body, ensure_ascii=False), status, headers, content_type=self.content_type)

    # --- The state handler: target contract, section 3 ---

    def change_state(self, request: Request) -> Response:
        """Set a state up or tear it down: 400 for a body that is no state change, 422 for what is not supported."""
        if request.method != "POST":
            raise LogoutError(METHOD_NOT_ALLOWED, {"Allow": "POST"})
        try:
            change = StateChange.model_validate_json(request.get_data())
        except (ValidationError, ClientDisconnected, OSError):  # the last two: the body is cut short, or badly chunked
            raise LogoutError(INVALID_STATE_CHANGE) from None
        provider = change.params.service_provider or self.service_providers[0]
        if change.state not in STATES or provider not in self.service_providers:
            raise LogoutError(UNSUPPORTED_STATE)
        state = STATES[change.state]
        names = Key(provider, change.params.mvpd or state.mvpd, change.params.device_identifier)
        return self.set_up(names, state) if change.action == "setup" else self.tear_down(names)

    def set_up(self, names: Key, state: State) -> Response:
        """Let a state hold, and say what a request must use to meet it."""
        self.store.hold(self.key(*names), state)
        self.store.mvpds.add(names.mvpd)
        facts: Json = {"serviceProvider": names.service_provider, "mvpd": names.mvpd, "headers": state.headers}
        return self.render(200, facts)

    def tear_down(self, names: Key) -> Response:
        """Forget what held; the MVPD stays known."""
        self.store.release(self.key(*names))
        return Response(status=204)
