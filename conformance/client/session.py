"""The one function behind `client`: a partner's client runs once in each scenario, and a record says what it did."""

from __future__ import annotations

import contextlib
import os
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from conformance import interruption
from conformance.client.judging import Told, calls_of, cases_of
from conformance.client.process import TIME_LIMIT_S, run
from conformance.client.scenarios import CLIENT_SCENARIOS, SERVICE_PROVIDER
from conformance.client.stand_in import LANDING, StandIn, Tokens
from conformance.client.witness import MOST_REQUESTS, TrueHandler, Witness
from conformance.record.record import Scenario, TargetInfo
from conformance.reference import running
from conformance.run import results
from conformance.traffic.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from conformance.client.process import Ended
    from conformance.client.scenarios import ClientScenario
    from conformance.exchange import Exchange
    from conformance.record.record import Case, Record

LOOPBACK: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """Which client is run, in which scenarios (none named: all of them), and where the reports go."""

    command: tuple[str, ...]
    report_dir: Path
    scenarios: tuple[str, ...] = ()
    formats: tuple[str, ...] = ("html", "junit")
    timeout_s: float = TIME_LIMIT_S
    on_scenario: Callable[[Scenario, Sequence[Case]], None] = lambda _scenario, _cases: None

    @property
    def chosen(self) -> list[ClientScenario]:
        """The scenarios to run, in the order of the contract."""
        return [each for name, each in CLIENT_SCENARIOS.items() if not self.scenarios or name in self.scenarios]

    def rerun_of(self, scenario: str) -> str:
        """Give the command line that runs one scenario again."""
        return f"logout-conformance client --scenario {scenario} -- {shlex.join(self.command)}"


@dataclass(slots=True)
class _Session:
    settings: ClientSettings
    tokens: Tokens
    ledger: Ledger
    cases: list[Case] = field(default_factory=list)
    tried: dict[str, Scenario] = field(default_factory=dict)

    def run(self, scenario: ClientScenario) -> None:
        """Run the client in one scenario, and judge what it did."""
        exchanges: list[Exchange] = []

        def keep(exchange: Exchange) -> None:
            exchanges.append(self.ledger.add(exchange, visit=f"client/{scenario.id}"))

        with meeting(scenario, self.tokens, keep) as (told, witness):
            ended = run(
                self.settings.command,
                environment(os.environ, told),
                why_stop=lambda: f"it sent more than {MOST_REQUESTS} requests" if witness.unseen else "",
                timeout_s=self.settings.timeout_s,
            )
        rerun = self.settings.rerun_of(scenario.id)
        cases = [self.ledger.redacted(case) for case in cases_of(told, exchanges, ended, rerun)]
        self.cases += cases
        self.tried[scenario.id] = _tried(told, exchanges, ended)
        self.settings.on_scenario(self.tried[scenario.id], cases)


@contextlib.contextmanager
def meeting(
    scenario: ClientScenario, tokens: Tokens, keep: Callable[[Exchange], None]
) -> Iterator[tuple[Told, Witness]]:
    """Let a scenario hold on a server of its own; `keep` is told of every exchange as it ends."""
    app = StandIn({scenario.mvpd: scenario}, tokens, prefix=scenario.prefix)
    witness = Witness(app, keep)
    with running(witness, handler=TrueHandler) as base_url:
        witness.origin = app.origin = base_url.removesuffix(scenario.prefix)
        app.landing = f"{base_url}{LANDING}"
        yield Told(scenario, base_url, SERVICE_PROVIDER, app.landing, tokens), witness
        witness.close()


def certify_client(settings: ClientSettings) -> Record:
    """Run a client in each scenario, leave record and reports in the report folder, and give the record.

    Ctrl-C ends it early: the record is of what had run.

    Raises:
        StartError: the command cannot be started.
        OSError: the report folder does not take what is written.

    """
    tokens, interrupted = Tokens.made(), False
    ledger = Ledger(settings.report_dir, tokens.by_name())
    session = _Session(settings, tokens, ledger)
    try:
        for scenario in settings.chosen:
            session.run(scenario)
    except KeyboardInterrupt:
        interrupted = True
        interruption.closing()
    except BaseException:
        ledger.close()
        raise
    return _finished(session, interrupted=interrupted)


def environment(own: Mapping[str, str], told: Told) -> dict[str, str]:
    """Give the environment of a client (target contract, 6): the kit's own, and what it is told.

    A proxy that the environment names is not for the loopback address.
    """
    scenario, tokens = told.scenario, told.tokens
    kept = {name: value for name, value in own.items() if not name.startswith("LOGOUT_")}
    sso = tokens.of_single_sign_on(scenario.state)
    direct = {name: ",".join(filter(None, (own.get(name), LOOPBACK))) for name in ("NO_PROXY", "no_proxy")}
    named = {
        "LOGOUT_BASE_URL": told.base_url,
        "LOGOUT_SCENARIO": scenario.id,
        "LOGOUT_SERVICE_PROVIDER": told.service_provider,
        "LOGOUT_MVPD": scenario.mvpd,
        "LOGOUT_REDIRECT_URL": told.redirect_url,
        "LOGOUT_DEVICE_ID": scenario.device,
        "LOGOUT_ACCESS_TOKEN": tokens.access,
        "LOGOUT_TOKEN_URL": f"{told.base_url}/_token",
    }
    variables = {"AD-Service-Token": "LOGOUT_SERVICE_TOKEN", "Adobe-Subject-Token": "LOGOUT_SUBJECT_TOKEN"}
    return kept | direct | named | {variables[header]: value for header, value in sso.items()}


def _tried(told: Told, exchanges: Sequence[Exchange], ended: Ended) -> Scenario:
    scenario = told.scenario
    if calls_of(told, exchanges) or (ended.code == 0 and not ended.stopped):
        return Scenario(id=scenario.id, mandatory=scenario.mandatory, status="tested")
    reason = ended.stopped or f"the client sent no logout, and ended with {ended.code}"
    return Scenario(id=scenario.id, mandatory=scenario.mandatory, status="skipped", reason=reason)


def _finished(session: _Session, *, interrupted: bool) -> Record:
    settings = session.settings
    partial = len(settings.chosen) < len(CLIENT_SCENARIOS)
    scenarios = [session.tried.get(name) or _untried(each) for name, each in CLIENT_SCENARIOS.items()]
    unfinished = ["the run was interrupted"] * interrupted + ["only a part of the scenarios was selected"] * partial
    name = shlex.join(settings.command)
    return session.ledger.finish(
        target=TargetInfo(name=name, base_url=f"http://{LOOPBACK}", service_provider=SERVICE_PROVIDER),
        cases=session.cases,
        verdict=results.verdict(session.cases, scenarios, unfinished=unfinished),
        scenarios=scenarios,
        partial=partial,
        interrupted=interrupted,
        formats=settings.formats,
    )


def _untried(scenario: ClientScenario) -> Scenario:
    return Scenario(id=scenario.id, mandatory=scenario.mandatory, status="not-selected")
