"""The target: a server under test as its owner describes it, every value of it checked.

The models follow the target file table by table. What is wrong with a value is said in words that a person can act
on: each kind of value below carries what was expected of it and what to write instead.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from conformance.law.contract import SCENARIOS
from conformance.redaction.redactor import CREDENTIALS
from conformance.target.values import (
    BaseUrl,
    Burst,
    Command,
    DeviceIdentifier,
    ExistingFile,
    HandlerUrl,
    Headers,
    Name,
    PositiveNumber,
    PythonCallable,
    RedirectUrl,
    Switch,
    Text,
    Timeout,
    Uses,
)
from conformance.toml.values import Table, meant, mistake

ACCESS_TOKEN: Final = "ACCESS_TOKEN"  # noqa: S105  (a name)
"""What the token that a command gave is called wherever it is left out."""
_CREDENTIAL_WORDS: Final = ("token", "secret", "key", "password")
_SCHEME_AND_CREDENTIAL: Final = re.compile(r"[A-Za-z][\w-]*[ \t]+(\S.*)")


def is_credential(header: str) -> bool:
    """Tell whether a header's value is secret, by the header's name."""
    name = header.lower()
    return name in CREDENTIALS or any(word in name for word in _CREDENTIAL_WORDS)


def merged(headers: dict[str, str], more: dict[str, str]) -> dict[str, str]:
    """Add headers to others; one of the same name, in any case, is replaced (RFC 9110, 5.1)."""
    replaced = {name.lower() for name in more}
    return {name: value for name, value in headers.items() if name.lower() not in replaced} | more


def _scenario(value: str) -> str:
    if value not in SCENARIOS:
        raise mistake("the id of a scenario", meant(value, SCENARIOS, "write one of " + ", ".join(SCENARIOS)))
    return value


ScenarioId = Annotated[str, AfterValidator(_scenario)]


class Tls(Table):
    """How https is spoken with the target; the files are PEM."""

    ca_bundle: ExistingFile | None = None
    client_cert: ExistingFile | None = None
    client_key: ExistingFile | None = None
    verify: Switch = True

    @model_validator(mode="after")
    def _key_has_a_certificate(self) -> Self:
        if self.client_key and not self.client_cert:
            raise mistake("client_cert beside client_key", 'write e.g. client_cert = "client.pem"', quoted=False)
        return self


class StatesSource(Table):
    """Who puts the target into a state: exactly one of an HTTP endpoint, a command, a Python callable."""

    handler: HandlerUrl | None = Field(default=None, repr=False)
    command: Command | None = Field(default=None, repr=False)
    python: PythonCallable | None = Field(default=None, repr=False)

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if sum(kind is not None for kind in (self.handler, self.command, self.python)) != 1:
            raise mistake(
                "exactly one of handler, command and python",
                'write e.g. handler = "http://127.0.0.1:9000/_state"',
                quoted=False,
            )
        return self


class TokenSource(Table):
    """Who gives access tokens, for servers whose tokens do not last as long as a run."""

    command: Command = Field(repr=False)


class StaticScenario(Table):
    """A state that the target is in already: what the request must use to meet it, and how often it can be used up."""

    mvpd: Name
    service_provider: Name | None = None
    device_identifier: DeviceIdentifier | None = Field(default=None, repr=False)
    headers: Headers = Field(default_factory=dict, repr=False)
    uses: Uses = 1


class Settings(Table):
    """The table `[target]`."""

    base_url: BaseUrl = Field(repr=False)
    name: Text = ""
    version: Text = ""
    service_provider: Name = "REF30"
    other_service_provider: Name | None = None
    redirect_url: RedirectUrl = Field(default="https://example.com/", repr=False)
    requests_per_second: PositiveNumber | None = None
    burst: Burst = 1
    timeout_s: Timeout = 10.0
    headers: Headers = Field(default_factory=dict, repr=False)
    tls: Tls = Tls()
    trust_env: Switch = False

    @field_validator("other_service_provider")
    @classmethod
    def _differs(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and value == info.data.get("service_provider"):
            raise mistake("another name than service_provider", 'write e.g. "REF40"')
        return value


class TargetFile(Table):
    """A whole target file."""

    target: Settings
    token: TokenSource | None = None
    states: StatesSource | None = None
    scenarios: dict[ScenarioId, StaticScenario] = Field(default_factory=dict)

    @field_validator("token")
    @classmethod
    def _is_the_only_token(cls, value: TokenSource | None, info: ValidationInfo) -> TokenSource | None:
        described: Settings | None = info.data.get("target")
        return _only_token(value, described.headers if described else {})


class Target(Settings):
    """A server under test: the table `[target]`, how it is put into states, and what of it is secret.

    `mvpds` has the MVPD to use for a scenario, `variables` what was read from the environment, `folder` is what
    relative paths start from. Nothing that may be secret is in its repr.
    """

    token: TokenSource | None = Field(default=None, repr=False)
    states: StatesSource | None = Field(default=None, repr=False)
    scenarios: dict[ScenarioId, StaticScenario] = Field(default_factory=dict, repr=False)
    mvpds: dict[ScenarioId, Name] = Field(default_factory=dict)
    variables: dict[str, str] = Field(default_factory=dict, repr=False)
    folder: Path = Path()

    @field_validator("token")
    @classmethod
    def _is_the_only_token(cls, value: TokenSource | None, info: ValidationInfo) -> TokenSource | None:
        return _only_token(value, info.data.get("headers", {}))

    def bearing(self, token: str) -> Self:
        """Give the same target with an access token in its headers and among its secrets."""
        headers = merged(self.headers, {"Authorization": f"Bearer {token}"})
        return self.model_copy(update={"headers": headers, "variables": {ACCESS_TOKEN: token} | self.variables})

    def scenario(self, state: str) -> StaticScenario | None:
        """Give what is known of a scenario; an MVPD of `mvpds` stands for one described by nothing else."""
        described, mvpd = self.scenarios.get(state), self.mvpds.get(state)
        if mvpd is None:
            return described
        return described.model_copy(update={"mvpd": mvpd}) if described else StaticScenario(mvpd=mvpd)

    @property
    def secrets(self) -> dict[str, str]:
        """Give every secret by name: the variables read, and the credentials in headers under the header's name."""
        found = dict(self.variables)
        for header, value in self._all_headers():
            secret = _credential(header, value)
            if is_credential(header) and secret and secret not in found.values():
                found[_free_name(header.upper().replace("-", "_"), found)] = secret
        return found

    def __repr_args__(self) -> Iterator[tuple[str | None, object]]:
        hidden = self.secrets.values()
        return ((name, value) for name, value in super().__repr_args__() if not any(s in str(value) for s in hidden))

    def _all_headers(self) -> Iterator[tuple[str, str]]:
        yield from self.headers.items()
        for scenario in self.scenarios.values():
            yield from scenario.headers.items()


def _only_token(source: TokenSource | None, headers: dict[str, str]) -> TokenSource | None:
    """Refuse two sources of one header."""
    if source and any(name.lower() == "authorization" for name in headers):
        expected = "no header Authorization beside the table [token], whose command gives it"
        raise mistake(expected, "take the one or the other out", quoted=False)
    return source


def _credential(header: str, value: str) -> str:
    """Give the secret part of a header's value: in `Bearer xyz` that is `xyz`."""
    scheme = _SCHEME_AND_CREDENTIAL.fullmatch(value) if header.lower().endswith("authorization") else None
    return scheme[1] if scheme else value


def _free_name(name: str, taken: dict[str, str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free
