"""The one function behind `run`: certify a server and get the record of it."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from conformance.law.contract import SCENARIOS
from conformance.law.frozen import versions
from conformance.plugin import Given
from conformance.reference import ACCESS_TOKEN, ReferenceServer, running
from conformance.run.run import Settings
from conformance.suite.items import CASES
from conformance.suite.parallel import Plan
from conformance.target.model import StatesSource, Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.record.gate import GateStatus
    from conformance.record.record import Record
    from conformance.suite.items import Listed
    from conformance.suite.seam import Seam

__all__ = ["KitError", "Settings", "UsageError", "certify", "every_case", "exit_code", "listed", "reference_target"]

CONFORMANT: Final = 0
NOT_CONFORMANT: Final = 1
USAGE: Final = 2
INCONCLUSIVE: Final = 3
KIT_FAULT: Final = 4
INTERRUPTED: Final = 130

GATE: Final[Mapping[GateStatus, int]] = {"passed": CONFORMANT, "failed": NOT_CONFORMANT, "inconclusive": INCONCLUSIVE}
"""The exit code by what became of the run at a gate."""

OTHERS_SETTINGS: Final = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "SCHEMATHESIS_", "HYPOTHESIS_")
"""Beginnings of the names of variables that load plugins, or change what is run."""

UNNEEDED: Final = (
    "doctest",
    "faulthandler",
    "junitxml",
    "logging",
    "pastebin",
    "threadexception",
    "unraisableexception",
)
"""pytest's own plugins that a run does without."""


class UsageError(Exception):
    """What was asked for cannot be done; the text says what, and what can."""


class KitError(Exception):
    """The kit itself failed; the text says where. That is never held against the target."""


def certify(settings: Settings, *, keyword: str = "", pytest_args: Sequence[str] = ()) -> Record:
    """Run the cases against a server, leave record and reports in the report folder, and give the record.

    `keyword` selects cases as pytest's `-k` does.

    Raises:
        UsageError: no case is selected, or the report folder cannot be written.
        KitError: the kit itself failed before there was a record.

    """
    _refuse_unknown(settings)
    if settings.baseline and (settings.cases or settings.scenarios or settings.shard or keyword):
        settings = replace(settings, baseline=replace(settings.baseline, every=tuple(every_case())))
    workers, plan = _workers(settings), _plan(settings, keyword)
    # an empty shard has nothing to do for workers
    plugin = _pytest(settings, keyword, *(() if plan.shard and not plan.cases else workers), *pytest_args, plan=plan)
    assert plugin.record is not None, "a run that ended well leaves a record"  # noqa: S101
    return plugin.record


def listed(settings: Settings, *, keyword: str = "") -> list[Listed]:
    """Give the cases that these settings select, without sending anything; raises as `certify` does."""
    _refuse_unknown(settings)
    return _pytest(settings, keyword, "--collect-only").listed


def every_case() -> list[Listed]:
    """Give every case of the kit; raises as `certify` does."""
    return listed(Settings(Target(base_url="http://127.0.0.1")))


def _pytest(settings: Settings, keyword: str, *more: str, plan: Plan | None = None) -> Seam:
    given, output, errors = Given(settings, plan or Plan()), io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors), _without_others_settings():
        code = pytest.main([*_arguments(keyword), *more], plugins=[given])
    only_listed = "--collect-only" in more and code in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}
    done = given.seam and (given.seam.record or (only_listed and (given.seam.listed or given.seam.shard)))
    if given.seam is None or not done:
        if given.seam and given.seam.interrupted and not given.seam.refusal:
            raise KeyboardInterrupt
        said = errors.getvalue() or output.getvalue()
        raise _explained(settings, int(code), said, given.seam.refusal if given.seam else "")
    # what a state handler said there is its user's business, but for the secrets in it
    sys.stderr.write(given.seam.run.redactor.text(errors.getvalue()) if given.seam.run else errors.getvalue())
    return given.seam


def _plan(settings: Settings, keyword: str) -> Plan:
    """Find out what is to be shared among workers, where there are any."""
    if not settings.workers:
        return Plan()
    seam = _pytest(replace(settings, workers=0), keyword, "--collect-only")
    return Plan(tuple(seam.listed), partial=bool(seam.left_out), shard=seam.shard)


def exit_code(record: Record, *, strict: bool = False) -> int:
    """Give the exit code that a record stands for (target contract, 4); where it has a gate, that of the gate."""
    if record.interrupted:
        return INTERRUPTED
    if record.kit_faults:
        return KIT_FAULT
    code = GATE[record.gate.status] if record.gate else _without_gate(record, strict=strict)
    # of a shard what is open is left to who merges
    return CONFORMANT if record.shard and code == INCONCLUSIVE else code


def _without_gate(record: Record, *, strict: bool) -> int:
    late = sum(case.status == "warned" and not case.scored for case in record.cases)
    if record.verdict == "not-conformant" or (strict and record.summary.warned > late):
        return NOT_CONFORMANT
    return CONFORMANT if record.verdict == "conformant" else INCONCLUSIVE


@contextlib.contextmanager
def reference_target() -> Iterator[Target]:
    """Start the embedded reference server on a loopback port and describe it."""
    with running(ReferenceServer()) as base_url:
        yield Target(
            name="reference server",
            base_url=base_url,
            other_service_provider="REF40",
            headers={"Authorization": f"Bearer {ACCESS_TOKEN}"},
            states=StatesSource(handler=f"{base_url}/_state"),
            variables={"ACCESS_TOKEN": ACCESS_TOKEN},
        )


def _arguments(keyword: str) -> list[str]:
    return [
        str(CASES),
        *("-c", str(CASES / "pytest.ini"), "--rootdir", str(CASES)),
        *("-p", "conformance.plugin", "-p", "no:cacheprovider", "--disable-plugin-autoload"),
        # --tb=native: the seam has words of its own, and pytest's other styles parse every source file
        *("-s", "-q", "--no-header", "--no-summary", "--tb=native"),
        # what no case needs costs time with each of them
        *(word for name in UNNEEDED for word in ("-p", f"no:{name}")),
        *(("-k", keyword) if keyword else ()),
    ]


def _workers(settings: Settings) -> list[str]:
    if not settings.workers:
        return []
    if importlib.util.find_spec("xdist") is None:
        raise UsageError("-n needs pytest-xdist: pip install pytest-xdist")
    return ["-p", "xdist.plugin", "-n", str(settings.workers)]


@contextlib.contextmanager
def _without_others_settings() -> Iterator[None]:
    # what somebody set for their own suite has no say in a verdict
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith(OTHERS_SETTINGS)}
    try:
        yield
    finally:
        os.environ.update(kept)


def _refuse_unknown(settings: Settings) -> None:
    unknown = [name for name in settings.scenarios if name not in SCENARIOS]
    if unknown:
        raise UsageError(f"there is no scenario {unknown[0]!r}; the scenarios are {', '.join(SCENARIOS)}")
    if settings.requirements and settings.requirements not in versions():
        raise UsageError(
            f"--requirements: there is no version {settings.requirements!r} of the requirements; "
            f"there are {', '.join(versions())}"
        )


def _explained(settings: Settings, code: int, output: str, refusal: str) -> Exception:
    if code == pytest.ExitCode.NO_TESTS_COLLECTED:
        wanted = ", ".join([*settings.cases, *settings.scenarios]) or "the keyword"
        return UsageError(f"no case matches {wanted}; `logout-conformance list` shows all of them")
    if refusal:
        return UsageError(refusal)
    lines = [line for line in output.splitlines() if line.strip()]
    if code == pytest.ExitCode.USAGE_ERROR:
        refused = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
        return UsageError(refused[0] if refused else "pytest refused the call")
    return KitError(lines[-1] if lines else f"pytest ended with {code} and made no record")
