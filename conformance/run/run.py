"""One run: its settings, what it holds while it goes on, and the record that it leaves."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from conformance import interruption
from conformance.evidence.access import Access
from conformance.evidence.evidence import Evidence
from conformance.exchange import header_values
from conformance.law.catalogue import catalogue
from conformance.law.contract import SCENARIOS
from conformance.law.frozen import cases_of
from conformance.record import record
from conformance.record.folder import Folder
from conformance.record.record import Case, DescribedState, Record, TargetInfo
from conformance.record.recorder import Recorder
from conformance.record.stored import now
from conformance.redaction.redactor import Redactor
from conformance.report import DEFAULT_FORMATS, files_of, render
from conformance.run import results
from conformance.run.words import LONGEST_TEXT, cut, names_of, redacted
from conformance.sender.client import Client
from conformance.sender.pace import pace_of
from conformance.states.source import open_states
from conformance.states.token import TokenCommand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.exchange import Exchange
    from conformance.gate.baseline import Baseline
    from conformance.record.shard import Shard
    from conformance.run.part import Part
    from conformance.states.provisioning import StateSource
    from conformance.target.model import Target

DEFAULT_EXAMPLES: Final = 6
DEFAULT_MAX_TIME_S: Final = 900.0
DEFAULT_REPORT_DIR: Final = Path("reports")
KEPT_EVERY_S: Final = 1.0
"""How much of a run a `kill -9` may lose, in seconds."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """Who gives tokens, answers and makes states instead of a target and its helpers."""

    access: Access
    client: Client
    states: StateSource


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run is asked to do.

    `rerun` is the command line that a single case can be appended to. `shared_pace` is the file by which the processes
    of one run keep one pace. `on_start` is told how many cases there are, and how many requests they send at most;
    `on_case` of each case that ended, and how many requests were sent by then. `stand_in` answers instead of the
    target: the evidence of an earlier run, say.
    """

    target: Target
    report_dir: Path = DEFAULT_REPORT_DIR
    examples: int = DEFAULT_EXAMPLES
    seed: int = 0
    max_time_s: float = DEFAULT_MAX_TIME_S
    cases: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    formats: tuple[str, ...] = DEFAULT_FORMATS
    workers: int = 0
    shard: Shard | None = None
    baseline: Baseline | None = None
    strict: bool = False
    requirements: str = ""
    """The version of the law whose set of cases scores; empty for the kit's own."""
    rerun: str = "logout-conformance run"
    stand_in: StandIn | None = None
    shared_pace: Path | None = None
    on_start: Callable[[int, int], None] | None = None
    on_case: Callable[[Case, int], None] | None = None

    def rerun_of(self, case: str) -> str:
        """Give the command line that runs one case again, with the same generated requests."""
        examples = f" --examples {self.examples}" if self.examples != DEFAULT_EXAMPLES else ""
        return f"{self.rerun} --case {case} --seed {self.seed}{examples}"

    def watched_by(self, on_start: Callable[[int, int], None], on_case: Callable[[Case, int], None]) -> Settings:
        """Give the same settings with somebody who is told how far the run is."""
        return replace(self, on_start=on_start, on_case=on_case)


@dataclass(slots=True)
class Ended:
    """A case as it ended, and whether the kit itself failed in it."""

    case: Case
    kit_fault: bool = False


@dataclass(slots=True)
class Run:
    """A run that is under way."""

    settings: Settings
    redactor: Redactor = field(init=False)
    client: Client = field(init=False)
    evidence: Evidence = field(init=False)
    ended: dict[str, Ended] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    partial: bool = False
    shard: Shard | None = None
    interrupted: bool = False
    started_at: str = field(init=False)
    _folder: Folder = field(init=False)
    _recorder: Recorder = field(init=False)
    _keep_at: float = 0.0

    def __post_init__(self) -> None:
        """Open the evidence.

        Raises:
            OSError: the report folder does not take it.
            TokenError: the target's tokens come from a command, and it gave none.

        """
        target, folder, instead = self.settings.target, self.settings.report_dir, self.settings.stand_in
        self.started_at = now()
        self.redactor = Redactor(target.secrets)
        access = instead.access if instead else self._accessed()
        self._folder = Folder(folder)
        for file in files_of():
            (folder / file).unlink(missing_ok=True)  # what an earlier run reported says nothing of this one
        self._recorder = Recorder(folder / record.EXCHANGES, self.redactor)
        self.client = instead.client if instead else self._opened()
        states = instead.states if instead else open_states(access.target.model_copy(update=self._patience))
        self.evidence = Evidence(access, self.client, states, self.redactor)

    @property
    def _patience(self) -> dict[str, object]:
        return {"timeout_s": min(self.settings.target.timeout_s, self.settings.max_time_s)}

    def _accessed(self) -> Access:
        target = self.settings.target
        tokens = TokenCommand(target.model_copy(update=self._patience), self.redactor) if target.token else None
        return Access(target, tokens)

    def _opened(self) -> Client:
        pace = pace_of(self.settings.target, self.settings.shared_pace)
        return Client(self.settings.target, self._recorder, pace, max_time_s=self.settings.max_time_s)

    def add(self, ended: Ended) -> None:
        """Keep how a case ended."""
        case = ended.case.model_copy(update={"scored": ended.case.id in cases_of(self._version)})
        ended.case = redacted(self.redactor, case)  # once, here: a record is made of all cases many times
        self.ended[ended.case.id] = ended
        if time.monotonic() > self._keep_at:
            self.keep()
        if self.settings.on_case:
            self.settings.on_case(ended.case, self.client.request_count)

    @property
    def _version(self) -> str:
        return self.settings.requirements or catalogue().spec_version

    def keep(self) -> None:
        """Write down what there is so far, as an interrupted run: a killed one leaves no more than that."""
        start = time.monotonic()
        self._check()
        record.write(self.record(interrupted=True), self.settings.report_dir)
        took = time.monotonic() - start
        # a slow disk must not slow the run down by more than a twentieth
        self._keep_at = start + took + max(KEPT_EVERY_S, 20 * took)

    def rerun_of(self, case: str) -> str:
        """Give the command line that runs one case again, without secrets."""
        # what is redacted is the same for every case, and so is looked through once
        return replace(self.settings, rerun=self.redactor.text(self.settings.rerun)).rerun_of(case)

    def steady(self, text: str, exchange: Exchange) -> str:
        """Give a text about an exchange as it may stand in a report: without secrets, and the same in every run.

        A device identifier or a port that the run made up says nothing to a reader; a text is cut only after it was
        redacted, since half a token is a token to whoever collects halves.
        """
        text = self.redactor.beginning(text, 4 * LONGEST_TEXT)
        for device in header_values(exchange.request.headers, "AP-Device-Identifier"):
            for name in names_of(device):
                text = text.replace(name, "<device>")
        text = text.replace(urlsplit(exchange.request.url).netloc, "<target>")
        return cut(text)

    def absorb(self, part: Part) -> None:
        """Take over what a part of the run, made beside it, has written down since the last time.

        Raises:
            OSError: the report folder does not take it.
            RecordError: a line of the part is damaged.

        """
        for line in part.fresh():
            with interruption.whole():
                part.places.append(self.client.request_count)
                self._recorder.add_line({**line, "index": self.client.request_count, "part": part.name})
                self.client.request_count += 1

    def close(self) -> None:
        """End the evidence without making a record."""
        self._recorder.close()
        self._folder.close()

    def _check(self) -> None:
        # a record without its evidence is worth nothing: none is written, and the one of a moment ago goes too
        try:
            self._recorder.check()
        except OSError:
            if self._folder.is_there():
                (self.settings.report_dir / record.RESULTS).unlink(missing_ok=True)
            raise

    def finish(self) -> Record:
        """Write the record and render the reports; raises OSError where the folder does not take them."""
        try:
            return self._finished()
        finally:
            self.close()

    def _finished(self) -> Record:
        self._check()
        self._recorder.close()
        for ended in self.ended.values():
            ended.case = redacted(self.redactor, ended.case)  # again: a secret may have come to light since
        made = self.record()
        record.write(made, self.settings.report_dir)
        render(self.settings.report_dir, self.settings.formats)
        return made

    def record(self, *, interrupted: bool = False) -> Record:
        """Make the record of what has run so far, in the order of the law."""
        ended = [self.ended[name] for name in self.order if name in self.ended]
        made = results.record_of(
            results.Facts(
                planned=len(self.order),
                partial=self.partial,
                interrupted=interrupted or self.interrupted,
                shard=self._shard(),
                started_at=self.started_at,
                finished_at=now(),
                seed=self.settings.seed,
                examples=self.settings.examples,
                target=self._target(),
                spending=self.client,
                noted=self.evidence.notes,
                kit_faults=tuple(each.case.id for each in ended if each.kit_fault),
                requirements_version=self._version,
                known=self.settings.baseline,
                strict=self.settings.strict,
            ),
            tuple(each.case for each in ended),
        )
        # each case was redacted when it ended, with the secrets that were known then
        rest = made.model_copy(update={"cases": ()})
        return redacted(self.redactor, rest).model_copy(update={"cases": made.cases})

    def _shard(self) -> Shard | None:
        client = self.client
        kept = {"waited_s": client.waited_s, "throttled_count": client.throttled_count, "spent": client.spent}
        return self.shard and self.shard.model_copy(update={**kept, "noted": tuple(sorted(self.evidence.notes))})

    def _target(self) -> TargetInfo:
        target = self.settings.target
        return TargetInfo(
            name=target.name or "",
            version=target.version or "",
            base_url=target.base_url,
            service_provider=target.service_provider,
            tls_verified=target.tls.verify,
            trust_env=target.trust_env,
            other_service_provider=target.other_service_provider,
            redirect_url=target.redirect_url,
            headers=tuple(target.headers),
            renews_token=target.token is not None,
            states="handler" if target.states else "described",
            described=tuple(_described(target)),
        )


def _described(target: Target) -> Iterator[DescribedState]:
    for name in SCENARIOS:
        if facts := target.scenario(name):
            yield DescribedState(
                scenario=name,
                mvpd=facts.mvpd,
                service_provider=facts.service_provider,
                uses=None if facts.uses == "unlimited" else facts.uses,
            )
