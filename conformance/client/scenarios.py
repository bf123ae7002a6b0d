"""The scenarios of a client under test (target contract, 6): what it meets, and how it rightly ends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from conformance.law.contract import SCENARIOS, ActionName

SERVICE_PROVIDER: Final = "REF30"
DEVICE: Final = "ba23c141-d715-561c-94f4-9e9c966b1eb"
AWKWARD_DEVICE: Final = "TV>>>???"
"""Its Base64 is `VFY+Pj4/Pz8=`, which has every letter that needs encoding somewhere."""
PREFIX: Final = "/gateway/tv"

_AT_A_PAGE: Final = (
    *("client-opens-url", "client-reaches-redirect-url"),
    *("client-token-not-elsewhere", "client-device-headers-not-elsewhere"),
)

Headers: TypeAlias = "tuple[tuple[str, str], ...]"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What the first logout of a scenario is answered; the next one is answered rightly."""

    status: int
    content_type: str = "text/html"
    headers: Headers = ()
    action: str = ""
    """The `action` of an enhanced error body; empty where the body is a page for people."""


@dataclass(frozen=True, slots=True)
class ClientScenario:
    """One run of a client: what holds on the server, what it is told, and whether it can finish its logout.

    `state` is the scenario of the server (section 2) that holds; `names` are the keys of the answer besides the MVPD.
    """

    id: str
    holds: str
    state: str = "logout-endpoint"
    mvpd: str = "Cablevision"
    device: str = DEVICE
    prefix: str = ""
    trouble: Trouble | None = None
    refused: str = ""
    """Which access tokens are refused: the `first` one, `every` one, or none."""
    delay_s: float = 0.0
    relative: bool = False
    more: tuple[tuple[str, object], ...] = ()
    """Members that no client knows, in the entry and beside `logouts`."""
    names: tuple[str, ...] = ()
    may_be_left_out: bool = False

    def __str__(self) -> str:
        return self.id

    @property
    def mandatory(self) -> bool:
        """Whether a verdict of conformant needs it."""
        return self.id in SCENARIOS and SCENARIOS[self.id].mandatory

    @property
    def can_finish(self) -> bool:
        """Whether a client can finish this logout, so that 0 is its right exit code."""
        return self.action is not None

    @property
    def brings_about(self) -> frozenset[str]:
        """The demands on what a client does next that come up in this scenario, however right the client is."""
        states: tuple[tuple[bool, tuple[str, ...]], ...] = (
            (True, ("client-logs-out-once", "client-few-calls")),
            (self.action is ActionName.LOGOUT, _AT_A_PAGE),
            (self.action not in {ActionName.LOGOUT, None}, ("client-does-nothing-more",)),
            (self.state == "inactive-integration", ("client-corrects-bad-request",)),
            (bool(self.refused), ("client-new-token-after-401",)),
            (bool(self.trouble) and not self.tells_to_retry, ("client-waits-after-429",)),
            (self.tells_to_retry, ("client-retries-when-told",)),
        )
        return frozenset(name for holds, names in states if holds for name in names)

    @property
    def tells_to_retry(self) -> bool:
        """Whether an answer has the action retry."""
        return self.state == "server-failure" or bool(self.trouble and self.trouble.action)

    @property
    def action(self) -> ActionName | None:
        """What the client is told to do in the end, None where the logout fails."""
        return SCENARIOS[self.state].action


def _contract(name: str, **more: object) -> ClientScenario:
    return replace(ClientScenario(name, SCENARIOS[name].holds, state=name), **more)  # type: ignore[arg-type]


CLIENT_SCENARIOS: Final = {
    scenario.id: scenario
    for scenario in (
        _contract("logout-endpoint"),
        _contract("no-logout-endpoint", mvpd="Dish & Söhne/West 100%", prefix=PREFIX),
        _contract("service-token-sso", mvpd="Spectrum", relative=True),
        _contract("platform-identity-sso", mvpd="Comcast_SSO", relative=True, device=AWKWARD_DEVICE),
        _contract("apple-sso", device=AWKWARD_DEVICE),
        _contract("degraded", mvpd="ATT+OTT"),
        _contract("temporary-basic", mvpd="TempPass_5mins", may_be_left_out=True),
        _contract("temporary-promotional", mvpd="TempPass Promo?", may_be_left_out=True),
        _contract("no-profile"),
        _contract("expired-profile"),
        _contract("inactive-integration"),
        _contract("expired-access-token", refused="every"),
        _contract("server-failure"),
        ClientScenario(
            "relative-url",
            "A regular profile; the url of the answer is relative.",
            mvpd="Kabel Süd",
            prefix=PREFIX,
            relative=True,
        ),
        ClientScenario(
            "extra-members",
            "A regular profile; the answer has members that nobody knows.",
            more=(("expiresIn", 300), ("hint", {"title": "Goodbye", "steps": [1, 2, None]})),
        ),
        ClientScenario("two-entries", "Two profiles; the answer has two entries to open.", names=("Dish",)),
        ClientScenario("slow-answer", "A regular profile; the answer takes three seconds.", delay_s=3.0),
        ClientScenario(
            "throttled-once",
            "A regular profile; the first call is answered 429, without Retry-After.",
            trouble=Trouble(429),
        ),
        ClientScenario(
            "throttled-retry-after",
            "A regular profile; the first call is answered 429, with Retry-After: 2.",
            trouble=Trouble(429, headers=(("Retry-After", "2"),)),
        ),
        ClientScenario(
            "token-refused-once",
            "A regular profile; the access token to begin with is refused, a fresh one is accepted.",
            refused="first",
        ),
        ClientScenario(
            "server-error-once",
            "A regular profile; the first call is answered 500 with the action retry.",
            trouble=Trouble(500, "application/json", action="retry"),
        ),
    )
}
"""Every scenario by its id: those of the target contract, section 2, and the further ones of section 6."""
