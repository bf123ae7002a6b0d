"""What is asked of a state handler, and what may be believed of its answer.

The handler is no more trusted than the target: its answer decides what the kit sends, so every name and header in it is
checked, and no value of it is ever quoted, because handlers hand out tokens.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from conformance.target import legal
from conformance.target.model import merged

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal, NoReturn

LARGEST_ANSWER: Final = 1024 * 1024
"""Bytes that are read of a handler's answer."""

LARGEST_HEADERS: Final = 64 * 1024
MOST_HEADERS: Final = 100
"""Each of their values is a secret, which is looked for in everything from then on."""
LONGEST_NAME: Final = 2048
"""A request with more than this would be refused for its size, and say nothing about the target."""


@dataclass(frozen=True, slots=True)
class Triple:
    """What a state belongs to; `mvpd` None leaves the choice to whoever makes the state."""

    service_provider: str
    mvpd: str | None
    device_identifier: str


@dataclass(frozen=True, slots=True)
class Provisioned:
    """A state is ready: what the request must use to meet it.

    `headers` come on top of the target's own and replace those of the same name. Their values are secret.
    """

    service_provider: str
    mvpd: str
    device_identifier: str
    headers: dict[str, str] = field(default_factory=dict, repr=False)


class Unsupported(Exception):  # noqa: N818  (not an error: the target lacks an optional feature)
    """The state does not exist here: what needs it is skipped, for this reason."""


class ProvisioningError(Exception):
    """The state could not be made: what needs it is an error, neither pass nor fail, for this reason."""


class StateSource(Protocol):
    """Puts the target into states."""

    def setup(self, state: str, wanted: Triple) -> Provisioned:
        """Make the state hold.

        Raises:
            Unsupported: it cannot hold here.
            ProvisioningError: something went wrong on the way.

        """

    def teardown(self, state: str, wanted: Triple) -> str | None:
        """Undo `setup`; gives what went wrong, None where nothing did."""


def question(state: str, action: Literal["setup", "teardown"], wanted: Triple) -> dict[str, object]:
    """Give what a handler is sent; the access token is never in it."""
    return {
        "consumer": "logout-conformance",
        "state": state,
        "action": action,
        "params": {
            "serviceProvider": wanted.service_provider,
            "mvpd": wanted.mvpd,
            "deviceIdentifier": wanted.device_identifier,
        },
    }


def members_of(answer: bytes) -> dict[str, object]:
    """Read a handler's answer, a JSON object in UTF-8 (RFC 8259); an empty one changes nothing.

    Raises:
        ProvisioningError: it is anything else.

    """
    if not answer.strip():
        return {}
    try:
        # PowerShell begins its output with a byte order mark
        members = json.loads(answer.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise ProvisioningError("the state handler's answer is not JSON") from None
    if not isinstance(members, dict):
        raise ProvisioningError("the state handler's answer is JSON, but no object")
    return members


def provisioned(answer: Mapping[str, object], asked: Triple, headers: dict[str, str]) -> Provisioned:
    """Give what the request must use: what the handler said, and what was asked for where it said nothing.

    Members that the contract does not name are passed over; `null` is no say either.

    Raises:
        ProvisioningError: a member cannot be used, or nobody named an MVPD.

    """
    service_provider = _name("serviceProvider", answer.get("serviceProvider")) or asked.service_provider
    mvpd = _name("mvpd", answer.get("mvpd")) or asked.mvpd
    if mvpd is None:
        raise ProvisioningError(
            "the state handler named no mvpd and none was asked for: answer with one, or give --mvpd SCENARIO=NAME"
        )
    more = _headers(answer.get("headers"))
    return Provisioned(service_provider, mvpd, asked.device_identifier, merged(headers, more))


def _no_number(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN and Infinity: Python's json knows them, JSON does not


def _name(member: str, value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not legal.is_name(value) or len(value) > LONGEST_NAME:
        raise ProvisioningError(
            f'the state handler\'s "{member}" is no name: up to {LONGEST_NAME} letters, without control characters, '
            "and not . or .."
        )
    return value


def _headers(value: object) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ProvisioningError('the state handler\'s "headers" is no object of header names and values')
    checked = dict(_header(name, text) for name, text in value.items())
    if len({name.lower() for name in checked}) < len(checked):
        raise ProvisioningError('the state handler\'s "headers" has one name twice, in different case')
    if sum(len(name) + len(text) for name, text in checked.items()) > LARGEST_HEADERS:
        raise ProvisioningError('the state handler\'s "headers" are larger than 64 KiB')
    if len(value) > MOST_HEADERS:
        raise ProvisioningError(f'the state handler\'s "headers" are {len(value)}, more than {MOST_HEADERS}')
    return checked


def _header(name: object, value: object) -> tuple[str, str]:
    if not isinstance(name, str) or not legal.is_header_name(name) or len(name) > LONGEST_NAME:
        raise ProvisioningError('the state handler\'s "headers" has a name that no header may have (RFC 9110, 5.1)')
    if not isinstance(value, str) or not legal.is_header_value(value):
        raise ProvisioningError(
            f"the state handler's header {name} has a value that no header may have (RFC 9110, 5.5)"
        )
    return name, value
