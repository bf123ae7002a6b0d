"""An earlier run's evidence in place of the target: what a case would send is looked up, and nothing is sent."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from typing import TYPE_CHECKING, Final

from conformance.bundle.fitting import MADE_UP, misfit
from conformance.bundle.markers import in_words, secrets_in, word_for
from conformance.evidence.access import Access
from conformance.evidence.outcome import Untested
from conformance.exchange import Exchange, Request, Response
from conformance.run.run import StandIn
from conformance.sender.client import Client
from conformance.sender.pace import Pace
from conformance.states.provisioning import Provisioned
from conformance.states.token import TokenCommand
from conformance.target.model import ACCESS_TOKEN, StatesSource, StaticScenario, Target, Tls

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.exchange import Headers
    from conformance.record.record import ExchangeLine, ReceivedResponse, TargetInfo
    from conformance.sender.logout import Logout
    from conformance.states.provisioning import Triple

GENERATED: Final = "generated-"
"""How the visits begin whose requests are generated."""


ABSENT: Final = "what it rests on is not in the record"
UNREADABLE: Final = "what it rests on cannot be judged again"


class NotRecorded(Untested):
    """What a case asks for is not in the record; the text says what is missing."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, cause=ABSENT)


class NotReadable(Untested):
    """What a case asks for is there, and cannot be judged again; the text says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, cause=UNREADABLE)


class RecordedTarget(Target):
    """A target as a record describes it; `variables` has a word for each marker that stands in its evidence."""

    @property
    def secrets(self) -> dict[str, str]:
        """Give the words for markers, and nothing else: there are no other secrets in a record."""
        return dict(self.variables)


class Replay(Client):
    """Answers each request with the exchange that the record has for its visit and step, in the order of the record.

    `used` are the exchanges that were asked for, `misfits` says of one why it is not the request of its step.
    """

    def __init__(self, target: Target, lines: Iterable[ExchangeLine]) -> None:
        super().__init__(target, _Nobody(), Pace(), max_time_s=math.inf)
        self.used: set[int] = set()
        self.misfits: dict[int, str] = {}
        self._headers = [name for name, _ in target.headers.items()]
        self._lines: dict[tuple[str, str], deque[ExchangeLine]] = defaultdict(deque)
        for line in lines:
            self._lines[line.visit, line.step].append(line)

    def remaining_s(self) -> float:
        """Give the seconds that are left: looking up takes none."""
        return math.inf

    def _send_once(self, logout: Logout, visit: str, step: str) -> Exchange:
        waiting = self._lines.get((visit, step))
        if not waiting:
            raise NotRecorded(f"the record has no exchange for the step {step!r} of the visit {visit!r}")
        line = waiting[0]
        fault = misfit(line.request, logout)
        if fault and visit.startswith(GENERATED):
            raise NotReadable("other requests are generated here: another version of Hypothesis is installed")
        waiting.popleft()
        self.used.add(line.index)
        self.request_count += 1
        if fault:
            self.misfits[line.index] = fault
        if line.response and line.response.body_truncated:
            raise NotReadable(f"the record has only the beginning of the body of exchange {line.index}")
        return exchange_of(line)

    def _note_failure(self, trouble: str | None) -> None:
        """Give nobody up: the record says what was sent in spite of it."""


class RecordedStates:
    """Takes every state for made: whether it was, is seen in what was sent."""

    def __init__(self) -> None:
        self._made = 0

    def setup(self, state: str, wanted: Triple) -> Provisioned:
        """Give a viewer whose names are made up: see `StateSource`."""
        del state
        self._made += 1
        mvpd = wanted.mvpd or f"{MADE_UP}{self._made}"
        return Provisioned(f"{MADE_UP}{self._made}", mvpd, wanted.device_identifier)

    def teardown(self, state: str, wanted: Triple) -> None:
        """Leave it."""
        del state, wanted


class RecordedTokens(TokenCommand):
    """Gives the marker that stands for every token that a command gave."""

    def __init__(self) -> None:
        """Run nothing."""

    @property
    def is_given_up(self) -> bool:
        """Whether it gives none any more: where it did not, nothing was sent."""
        return False

    def fresh(self) -> str:
        """Give the word for it."""
        return word_for(ACCESS_TOKEN)


class _Nobody:
    """Is told of exchanges that have been written down long ago."""

    def add(self, exchange: Exchange) -> None:
        """Keep nothing."""


def stand_in(target: Target, lines: Iterable[ExchangeLine], *, renews_token: bool) -> tuple[Replay, StandIn]:
    """Make what answers from these exchanges instead of a target."""
    replay = Replay(target, lines)
    access = Access(target, RecordedTokens() if renews_token else None)
    return replay, StandIn(access, replay, RecordedStates())


def target_of(described: TargetInfo, lines: Iterable[ExchangeLine]) -> Target:
    """Make the target that a record describes; of a header's value, what the first exchange with it has."""
    lines = list(lines)
    seen = {name.lower(): value for line in reversed(lines) for name, value in line.request.headers}
    states = {
        each.scenario: StaticScenario.model_construct(
            mvpd=each.mvpd, service_provider=each.service_provider, uses=each.uses or "unlimited"
        )
        for each in described.described
    }
    # not validated: a marker need not be a legal URL or name
    return RecordedTarget.model_construct(
        name=described.name,
        version=described.version,
        base_url=described.base_url,
        service_provider=described.service_provider,
        other_service_provider=described.other_service_provider,
        redirect_url=described.redirect_url,
        headers={name: in_words(seen.get(name.lower(), "")) for name in described.headers},
        variables=dict(secrets_in(lines)),
        states=StatesSource.model_construct(python="recorded:recorded") if described.states == "handler" else None,
        scenarios=states,
        tls=Tls.model_construct(verify=described.tls_verified),
        trust_env=described.trust_env,
    )


def exchange_of(line: ExchangeLine) -> Exchange:
    """Give an exchange as the record has it, with a word for each marker."""
    return Exchange(
        line.index,
        Request(line.request.method, in_words(line.request.url), _headers(line.request.headers)),
        _response(line.response) if line.response else None,
        line.trouble and in_words(line.trouble),
        visit=line.visit,
        step=line.step,
    )


def _response(received: ReceivedResponse) -> Response:
    return Response(
        received.http_version,
        received.status,
        in_words(received.reason),
        _headers(received.headers),
        in_words(received.content().decode("latin-1")).encode("latin-1"),
        undecodable=in_words(received.undecodable),
    )


def _headers(headers: Headers) -> Headers:
    return tuple((in_words(name), in_words(value)) for name, value in headers)
