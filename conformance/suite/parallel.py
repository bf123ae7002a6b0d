"""Cases side by side with pytest-xdist: each worker makes its own evidence, the controller makes one record of it."""

from __future__ import annotations

import pickle
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import pytest

from conformance.run.run import Ended, Settings
from conformance.sender.client import Spending
from conformance.suite.items import id_of
from conformance.suite.seam import Seam

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from typing import Protocol

    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

    from conformance.record.record import Case
    from conformance.suite.items import Listed

    class Node(Protocol):
        """What xdist's controller knows of a worker."""

        workerinput: dict[str, object]
        workeroutput: dict[str, object]


KEY: Final = "logout_conformance"
WORKERS: Final = ".workers"
"""The folder beside the record in which workers keep their evidence while a run goes on."""


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


@dataclass(frozen=True, slots=True)
class _Part:
    """What a worker leaves: where its evidence is, and what it cost."""

    folder: Path
    used: Spending
    notes: tuple[str, ...]
    partial: bool


class WorkerSeam(Seam):
    """Runs its share of the cases, and tells the controller how they ended."""

    def keep(self, ended: Ended, report: pytest.TestReport, session: pytest.Session) -> None:
        """Send the case to the controller."""
        del session
        report.user_properties.append((KEY, pickle.dumps(ended)))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:  # type: ignore[override]
        """Leave the evidence for the controller to merge."""
        if self.run is None:
            return
        self.run.close()
        client = self.run.client
        used = Spending(client.request_count, client.waited_s, client.spent)
        part = _Part(self.run.settings.report_dir, used, tuple(self.run.evidence.notes), self.run.partial)
        session.config.workeroutput[KEY] = pickle.dumps(part)  # type: ignore[attr-defined]


class ControllerSeam(Seam):
    """Hands the settings out, collects how the cases ended, and makes the record.

    `groups` says which cases stay together; where it does not, a whole module does.
    """

    def __init__(self, settings: Settings, groups: Mapping[str, str]) -> None:
        super().__init__(settings)
        self._groups = groups
        self._parts: list[_Part] = []
        self._came_from: dict[str, str] = {}

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Node) -> None:
        """Give a worker its settings: a folder of its own, and its share of the pace."""
        assert self.settings is not None  # noqa: S101
        number = int(str(node.workerinput["workercount"]))
        rate = self.settings.target.requests_per_second
        target = self.settings.target.model_copy(update={"requests_per_second": rate / number if rate else None})
        folder = self.settings.report_dir / WORKERS / str(node.workerinput["workerid"])
        own = replace(self.settings, target=target, report_dir=folder, on_start=None, on_case=None)
        node.workerinput[KEY] = pickle.dumps(own)

    @pytest.hookimpl(tryfirst=True, optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Producer) -> LoadScopeScheduling:
        """Have the cases that judge one visit go to one worker, so that the visit is made once."""
        from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415  (there only with the extra `parallel`)

        assert self.settings is not None  # noqa: S101
        groups, is_static = self._groups, self.settings.target.states is None

        class ByVisit(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
            def _split_scope(self, nodeid: str) -> str:
                # a state that can be used once has one owner, and cases of several modules ask for it
                return "static" if is_static else groups.get(_case_of(nodeid), nodeid.partition("::")[0])

        return ByVisit(config, log)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Open the run when the first worker says what there is to do."""
        if self.run is None and self.settings is not None and ids:
            self.open(self.settings, [_case_of(node_id) for node_id in ids], partial=False)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a case that a worker sent."""
        for name, sent in report.user_properties:
            if name == KEY and isinstance(sent, bytes) and self.run:
                ended = pickle.loads(sent)  # noqa: S301  (from this run's own worker)
                assert isinstance(ended, Ended)  # noqa: S101
                self._came_from[ended.case.id] = str(getattr(report, "worker_id", ""))
                self.run.add(ended)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Node) -> None:
        """Keep what a worker left."""
        sent = getattr(node, "workeroutput", {}).get(KEY)
        if isinstance(sent, bytes):
            part = pickle.loads(sent)  # noqa: S301  (from this run's own worker)
            assert isinstance(part, _Part)  # noqa: S101
            self._parts.append(part)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Merge the workers' evidence, and leave the record and the reports as any run does."""
        if self.run:
            self._merge()
            shutil.rmtree(self.run.settings.report_dir / WORKERS, ignore_errors=True)
        super().pytest_sessionfinish()

    def _merge(self) -> None:
        assert self.run is not None  # noqa: S101
        offsets: dict[str, int] = {}
        for part in sorted(self._parts, key=lambda part: part.folder.name):
            offsets[part.folder.name] = self.run.client.request_count
            self.run.absorb(part.folder, part.used)
            self.run.evidence.notes.update(part.notes)
            self.run.partial = self.run.partial or part.partial
        for name, ended in self.run.ended.items():
            ended.case = _shifted(ended.case, offsets.get(self._came_from.get(name, ""), 0))


def groups_of(cases: Iterable[Listed]) -> dict[str, str]:
    """Group cases by the visit that they judge; one group runs in one worker."""
    return {case.id: case.visits[0].id if case.visits else case.id for case in cases}


def _shifted(case: Case, offset: int) -> Case:
    findings = tuple(
        finding.model_copy(update={"exchange": finding.exchange + offset}) if finding.exchange is not None else finding
        for finding in case.findings
    )
    exchanges = tuple(index + offset for index in case.exchanges)
    return case.model_copy(update={"exchanges": exchanges, "findings": findings})


def _case_of(node_id: str) -> str:
    """Give the case id behind a node id such as `test_success.py::test_key[apple-sso]`."""
    path, _, rest = node_id.partition(".py::")
    function, _, parameters = rest.partition("[")
    return id_of(path.rpartition("/")[2], function, parameters.removesuffix("]"))
