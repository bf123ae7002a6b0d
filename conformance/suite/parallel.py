"""Cases side by side with pytest-xdist: each worker makes its own evidence, the controller makes one record of it."""

from __future__ import annotations

import contextlib
import functools
import pickle
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import pytest

from conformance import interruption
from conformance.record.stored import RecordError
from conformance.run.part import Part, placed
from conformance.run.run import Ended, Settings
from conformance.sender.client import Spending
from conformance.suite import workers
from conformance.suite.items import id_of
from conformance.suite.seam import Seam, shorten
from conformance.suite.shares import groups

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

    from conformance.record.shard import Shard
    from conformance.run.run import Run
    from conformance.suite.items import Listed
    from conformance.suite.workers import Node, Spec

KEY: Final = "logout_conformance"
WORKERS: Final = ".workers"
"""The folder beside the record in which workers keep their evidence while a run goes on."""
PACE: Final = "pace"
"""The file in it by which they keep one pace."""


def is_controller(config: pytest.Config) -> bool:
    """Say whether this session hands its cases to workers."""
    return bool(getattr(config.option, "numprocesses", None))


def handed_over(config: pytest.Config) -> Settings | None:
    """Give the settings that a controller handed to this worker, None where this is no worker."""
    sent = getattr(config, "workerinput", {}).get(KEY)
    if not isinstance(sent, bytes):
        return None
    settings = pickle.loads(sent)  # noqa: S301  (from this run's own controller)
    assert isinstance(settings, Settings)  # noqa: S101
    return settings


@dataclass(frozen=True)
class Plan:
    """What a run will do, where that is known before its workers are: its cases, and whether they are only a part."""

    cases: tuple[Listed, ...] = ()
    partial: bool = False
    shard: Shard | None = None

    def group_of(self, case: str) -> str | None:
        """Name the group of a case: those that judge a visit in common run in one worker, which makes it once."""
        return self._groups.get(case)

    @functools.cached_property
    def _groups(self) -> dict[str, str]:
        return groups(self.cases)


@dataclass(frozen=True, slots=True)
class _News:
    """How a case ended in a worker, and the secrets that the worker has come to know."""

    ended: Ended
    secrets: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _LastWords:
    """What a worker has to say at its end, beside its evidence."""

    spending: Spending
    notes: tuple[str, ...]
    partial: bool
    refusal: str


class WorkerSeam(Seam):
    """Runs its share of the cases, and tells the controller how they ended."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        interruption.heed()
        self._told = 0

    def keep(self, ended: Ended, report: pytest.TestReport, session: pytest.Session) -> None:
        """Send the case to the controller."""
        del session
        assert self.run is not None  # noqa: S101
        learnt = self.run.redactor.learnt
        report.user_properties.append((KEY, pickle.dumps(_News(ended, tuple(learnt[self._told :])))))
        self._told = len(learnt)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:  # type: ignore[override]
        """Say the rest; the evidence stays where it is, for the controller to take."""
        said = _LastWords(Spending(), (), partial=False, refusal=self.refusal)
        if self.run:
            client, notes = self.run.client, tuple(self.run.evidence.notes)
            # its requests are counted as its evidence is taken over
            spending = Spending(0, client.waited_s, client.spent, client.throttled_count)
            said = replace(said, spending=spending, notes=notes, partial=self.run.partial)
        session.config.workeroutput[KEY] = pickle.dumps(said)  # type: ignore[attr-defined]


class ControllerSeam(Seam):
    """Hands the settings out, collects evidence and cases as they come, and makes the record."""

    def __init__(self, settings: Settings, plan: Plan) -> None:
        super().__init__(settings)
        self._plan = plan
        self.listed = list(plan.cases)
        self._parts: dict[str, Part] = {}
        self._at_work: set[str] = set()
        self._died_in: set[str] = set()
        self._config: pytest.Config | None = None

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_setupnodes(self, config: pytest.Config, specs: Sequence[Spec]) -> None:
        """Open the run before there are workers, where it is known what it will do."""
        workers.kept_from_folder(specs)
        self._config = config
        if self._plan.cases:
            self._open([case.id for case in self._plan.cases])

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Node) -> None:
        """Give a worker its settings: a folder of its own, and the pace that it shares with the others."""
        assert self.settings is not None  # noqa: S101
        name = str(node.workerinput["workerid"])
        shared = self.settings.report_dir / WORKERS
        settings = replace(self.settings, baseline=None, on_start=None, on_case=None)
        folder = shared / name
        own = replace(settings, report_dir=folder, shared_pace=shared / PACE)
        node.workerinput[KEY] = pickle.dumps(own)
        self._parts[name] = Part(folder)
        self._at_work.add(name)

    @pytest.hookimpl(tryfirst=True, optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Producer) -> LoadScopeScheduling:
        """Have the cases that judge one visit go to one worker; where no plan says which, those of a module."""
        assert self.settings is not None  # noqa: S101
        is_static = self.settings.target.states is None

        def scope(node_id: str) -> str:
            # a state that can be used once has one owner, and cases of several modules ask for it
            return "static" if is_static else self._plan.group_of(_case_of(node_id)) or node_id.partition("::")[0]

        return workers.scheduled_by(scope, config, log, only_once=is_static)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Open the run when the first worker says what there is to do, if not before."""
        cases = [_case_of(node_id) for node_id in ids]
        if self.run is None and cases:
            self._open(cases)

    def _open(self, cases: list[str]) -> None:
        assert self.settings is not None  # noqa: S101
        self.shard = self._plan.shard
        self.open(self.settings, cases, partial=self._plan.partial)
        self._clear()  # what a killed run left

    def _clear(self) -> None:
        assert self.settings is not None  # noqa: S101
        folder = self.settings.report_dir / WORKERS
        if folder.is_symlink():
            folder.unlink()
        shutil.rmtree(folder, ignore_errors=True)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a case that a worker sent, and its evidence."""
        sent = [value for name, value in report.user_properties if name == KEY]
        report.user_properties[:] = [each for each in report.user_properties if each[0] != KEY]  # nobody else's
        if str(report.when) == "???":  # xdist's own word for a worker that died in a case
            self._died_in.add(_case_of(report.nodeid))
        try:
            for pickled in sent:
                news = pickle.loads(pickled)  # type: ignore[arg-type]  # noqa: S301  (from this run's own worker)
                assert isinstance(news, _News)  # noqa: S101
                self._hear(news, str(getattr(report, "worker_id", "")))
        except OSError as error:
            self._give_up(self._unwritable(error))
        except RecordError as error:
            self._give_up(self._damaged(error))

    def _hear(self, news: _News, worker: str) -> None:
        assert self.run is not None  # noqa: S101
        self.run.redactor.learn_all(news.secrets)
        part = self._parts[worker]
        self.run.absorb(part)
        self.run.add(replace(news.ended, case=placed(news.ended.case, part.places)))

    def _give_up(self, refusal: str) -> None:
        self.refusal = refusal
        pytest.exit(refusal, pytest.ExitCode.USAGE_ERROR)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Node, error: object) -> None:
        """Keep what a worker has to say at its end, or that it came to none."""
        self._at_work.discard(str(node.workerinput["workerid"]))
        sent = getattr(node, "workeroutput", {}).get(KEY)
        if self.run and isinstance(sent, bytes):
            said = pickle.loads(sent)  # noqa: S301  (from this run's own worker)
            assert isinstance(said, _LastWords)  # noqa: S101
            self.run.client.add(said.spending)
            self.run.evidence.notes.update(said.notes)
            self.run.partial = self.run.partial or said.partial
            self.refusal = self.refusal or said.refusal
        elif self.run and error and not self.interrupted:
            self.run.evidence.notes.add("a process of this run was killed")

    @pytest.hookimpl(tryfirst=True)
    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Stop the workers too, and hear what they still have to say."""
        shorten(excinfo)
        # a worker that was interrupted alone interrupts the run
        if not self.refusal:
            self._interrupt()
        if self._config:
            workers.stop(self._config, self._hear_last, lambda: not self._at_work)

    def _hear_last(self, event: str, said: dict[str, object]) -> None:
        if event == "testreport" and not self.refusal:
            with contextlib.suppress(pytest.exit.Exception):
                self.pytest_runtest_logreport(said["rep"])  # type: ignore[arg-type]
        elif event in {"workerfinished", "errordown"}:
            self.pytest_testnodedown(said["node"], None)  # type: ignore[arg-type]

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Take the rest of the evidence, and leave the record and the reports as any run does."""
        if self.run is None or self.record:
            return
        try:
            if not self.refusal:
                self._take_the_rest(self.run)
        except OSError as error:
            self.refusal = self._unwritable(error)
        except RecordError as error:
            self.refusal = self._damaged(error)
        self._clear()
        super().pytest_sessionfinish()

    def _take_the_rest(self, run: Run) -> None:
        for part in self._parts.values():
            run.absorb(part)
        for case in self._plan.cases:
            if case.id in self._died_in - set(run.ended):
                message = "the process that ran this case was killed"
                rerun = run.rerun_of(case.id)
                run.add(Ended(case.ended("error", message, rerun)))

    def pytest_unconfigure(self) -> None:
        """Leave them too where pytest ends before its session has begun: the workers were not ready."""
        self.pytest_sessionfinish()


def _case_of(node_id: str) -> str:
    """Give the case id behind a node id such as `test_success.py::test_key[apple-sso]`."""
    path, _, rest = node_id.partition(".py::")
    function, _, parameters = rest.partition("[")
    return id_of(path.rpartition("/")[2], function, parameters.removesuffix("]"))
