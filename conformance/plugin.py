"""What pytest loads: the options of a run, the fixtures of the cases, and the seam between the two programs."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Final

import pytest

from conformance.cases.case import Judge
from conformance.evidence.evidence import Evidence  # noqa: TC001  (pytest reads fixtures' annotations)
from conformance.run.run import DEFAULT_EXAMPLES, DEFAULT_MAX_TIME_S, DEFAULT_REPORT_DIR, Settings
from conformance.suite import parallel
from conformance.suite.seam import Seam
from conformance.target import file as target_file

SEAM: Final = pytest.StashKey[Seam]()
SETTINGS: Final = pytest.StashKey[Settings]()
PLAN: Final = pytest.StashKey[parallel.Plan]()


class Given:
    """Hands settings that were made in Python to the plugin."""

    def __init__(self, settings: Settings, plan: parallel.Plan) -> None:
        self._settings, self._plan = settings, plan
        self._config: pytest.Config | None = None

    @property
    def seam(self) -> Seam | None:
        """The seam of the session, once there is one."""
        return self._config.stash.get(SEAM, None) if self._config else None

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Put the settings where the plugin looks for them."""
        config.stash[SETTINGS], config.stash[PLAN], self._config = self._settings, self._plan, config


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the run's settings to plain pytest."""
    group = parser.getgroup("logout-conformance")
    group.addoption("--target", metavar="FILE", help="the target file of the server under test")
    group.addoption("--report-dir", type=Path, default=DEFAULT_REPORT_DIR, help="where record and reports go")
    group.addoption("--examples", type=int, default=DEFAULT_EXAMPLES, help="how many requests are generated")
    group.addoption("--seed", type=int, default=0, help="of the generated requests")
    group.addoption("--max-time", type=float, default=DEFAULT_MAX_TIME_S, help="seconds for the whole run")


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers, and read the target file where one is named."""
    config.addinivalue_line("markers", "law(*requirements): the requirements that a case tests")
    config.addinivalue_line("markers", "sends(*visits): the visits that a case judges")
    config.stash[SEAM] = _seam(config)
    config.pluginmanager.register(config.stash[SEAM])


def _seam(config: pytest.Config) -> Seam:
    handed_over = parallel.handed_over(config)
    if handed_over:
        return parallel.WorkerSeam(handed_over)
    settings = config.stash.get(SETTINGS, None)
    if settings is None and config.getoption("--target"):
        settings = _from_options(config)
    if settings and parallel.is_controller(config):
        return parallel.ControllerSeam(settings, config.stash.get(PLAN, parallel.Plan()))
    return Seam(settings)


def _from_options(config: pytest.Config) -> Settings:
    file = config.getoption("--target")
    try:
        target = target_file.load(Path(file))
    except target_file.TargetError as error:
        raise pytest.UsageError(str(error)) from None
    return Settings(
        target,
        report_dir=config.getoption("--report-dir"),
        examples=config.getoption("--examples"),
        seed=config.getoption("--seed"),
        max_time_s=config.getoption("--max-time"),
        rerun=shlex.join(["logout-conformance", "run", "--target", str(file)]),
    )


@pytest.fixture(scope="session")
def evidence(request: pytest.FixtureRequest) -> Evidence:
    """Give the exchanges of this run, each made once."""
    run = request.config.stash[SEAM].run
    if run is None:
        pytest.skip("no target was named: give --target FILE")
    return run.evidence


@pytest.fixture(scope="session")
def run_settings(request: pytest.FixtureRequest, evidence: Evidence) -> Settings:
    """Give what the run was asked to do."""
    del evidence  # skips where there is no run
    settings = request.config.stash[SEAM].settings
    assert settings is not None, "a run has settings"  # noqa: S101
    return settings


@pytest.fixture
def judge() -> Judge:
    """Give the judge of one case."""
    return Judge()
