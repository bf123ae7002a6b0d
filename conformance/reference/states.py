"""What holds on the server: the profiles, and how a state handler puts them there (target contract, section 3)."""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

if TYPE_CHECKING:
    from collections.abc import Mapping

ABSOLUTE_ENDPOINT = "https://sp.auth.example.com/adobe-services/logout"
RELATIVE_ENDPOINT = "/adobe-services/logout"


def token(subject: str, expires: int) -> str:
    """Make a token in the form of a JWS (RFC 7515, 7.1); `expires` is in seconds since 1970. It is signed by nobody."""
    parts = ({"alg": "RS256"}, {"iss": "reference", "sub": subject, "aud": "logout", "iat": 0, "exp": expires})
    segments = [json.dumps(part).encode() for part in parts] + [b"no signature"]
    return ".".join(base64.urlsafe_b64encode(segment).decode().rstrip("=") for segment in segments)


LONG_AGO, FAR_AHEAD = 1, 4_102_444_800  # 1970 and 2100
ACCESS_TOKEN = token("client application", FAR_AHEAD)
"""The access token that a `ReferenceServer` accepts where it is given no other."""
EXPIRED_ACCESS_TOKEN = token("client application", LONG_AGO)
SERVICE_TOKEN = token("service token", FAR_AHEAD)
SUBJECT_TOKEN = token("platform identity", FAR_AHEAD)


class Key(NamedTuple):
    """What a state belongs to; the device identifier is the whole value of AP-Device-Identifier."""

    service_provider: str
    mvpd: str
    device_identifier: str


@dataclass(frozen=True)
class Profile:
    """A viewer's access: its type, and where the MVPD logs the viewer out, None where it has no such page."""

    type: str
    logout_endpoint: str | None = None
    expired: bool = False

    @property
    def outlives_logout(self) -> bool:
        """Degraded and temporary access apply to whoever asks: nothing is kept that a logout could delete."""
        return self.type in {"degraded", "temporary"}


@dataclass(frozen=True)
class State:
    """What holds for one key.

    `mvpd` is the one to use where the caller leaves the choice; `headers` are handed out at set-up, and the profile is
    found only by a request that brings them: that is how a single sign-on token reaches its profile.
    """

    mvpd: str
    profile: Profile | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    integrated: bool = True
    failing: bool = False


REGULAR = Profile("regular", ABSOLUTE_ENDPOINT)
NOTHING = State("Cablevision")

STATES: Mapping[str, State] = {
    "logout-endpoint": State("Cablevision", REGULAR),
    "no-logout-endpoint": State("Dish", Profile("regular")),
    "service-token-sso": State(
        "Spectrum", Profile("serviceTokenSSO", RELATIVE_ENDPOINT), {"AD-Service-Token": SERVICE_TOKEN}
    ),
    "platform-identity-sso": State(
        "Comcast_SSO", Profile("platformSSO", RELATIVE_ENDPOINT), {"Adobe-Subject-Token": SUBJECT_TOKEN}
    ),
    "apple-sso": State("Cablevision", Profile("appleSSO")),
    "degraded": State("ATTOTT", Profile("degraded")),
    "temporary-basic": State("TempPass_5mins", Profile("temporary")),
    "temporary-promotional": State("TempPass_Promotional", Profile("temporary")),
    "no-profile": NOTHING,
    "expired-profile": State("Cablevision", replace(REGULAR, expired=True)),
    "inactive-integration": State("Cablevision", REGULAR, integrated=False),
    "expired-access-token": State("Cablevision", REGULAR, {"Authorization": f"Bearer {EXPIRED_ACCESS_TOKEN}"}),
    "server-failure": State("Cablevision", REGULAR, failing=True),
}
"""Every scenario of the target contract, section 2, by its id; the MVPDs are those of the source's `#samples`."""


class Store:
    """The state of each key, and the MVPDs that the server knows. Every method is safe to call from any thread."""

    def __init__(self) -> None:
        self.mvpds = {state.mvpd for state in STATES.values()}
        self._held: dict[Key, State] = {}
        self.lock = threading.RLock()

    def hold(self, key: Key, state: State) -> None:
        """Let this state hold, whatever held before."""
        with self.lock:
            self._held[key] = state

    def at(self, key: Key) -> State:
        """Give the state of a key; where none was set up, there is no profile."""
        return self._held.get(key, NOTHING)

    def delete_profile(self, key: Key) -> None:
        """Delete the profile of a key, if there is one; the rest of its state stays."""
        with self.lock:
            if key in self._held:
                self._held[key] = replace(self._held[key], profile=None)

    def release(self, key: Key) -> None:
        """Forget the state of a key."""
        with self.lock:
            self._held.pop(key, None)


class StateParameters(BaseModel):
    """For which key a state is wanted; a name that is None is left to the handler."""

    model_config = ConfigDict(alias_generator=to_camel, strict=True)

    service_provider: str | None = None
    mvpd: str | None = None
    device_identifier: str = Field(min_length=1)


class StateChange(BaseModel):
    """The body of `POST /_state`; unknown members are ignored."""

    model_config = ConfigDict(strict=True)

    state: str
    action: Literal["setup", "teardown"]
    params: StateParameters
