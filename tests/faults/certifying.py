"""Certifies servers as a user would, by the command's own entry point, and gives what the run left."""

from __future__ import annotations

import contextlib
import io
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from conformance.cli import main as cli
from conformance.record import record
from conformance.reference import ACCESS_TOKEN, Handler, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from wsgiref.types import WSGIApplication

    from conformance.record.record import Case, Record
    from tests.faults.registry import Fault

TROUBLE: Final = {429, 502, 503, 504}
"""Answers after which the same request is sent again, or the target is looked after."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: the command's exit code, what it printed, and the record that it left."""

    exit_code: int
    output: str
    record: Record
    extra: int
    """How many requests trouble on the way cost: those without an answer, or with one that is none, and looks at it."""

    @property
    def first(self) -> Case | None:
        """The first case that was failed or warned, in the order of the report."""
        return next((case for case in self.record.cases if case.status in {"failed", "warned"}), None)

    @property
    def broken(self) -> frozenset[str]:
        """Every requirement that was found broken."""
        return frozenset(finding.requirement for case in self.record.cases for finding in case.findings)

    @property
    def request_count(self) -> int:
        """How many requests were sent, without what trouble on the way cost."""
        return self.record.request_count - self.extra

    def with_status(self, *statuses: str) -> list[Case]:
        return [case for case in self.record.cases if case.status in statuses]


def certified(*arguments: str) -> Outcome:
    """Run `logout-conformance run` with these arguments, in this process."""
    printed = io.StringIO()
    with tempfile.TemporaryDirectory(prefix="logout-conformance-") as name:
        folder = Path(name)
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            code = _exit_code(["run", *arguments, "--report-dir", name, "--format", "badge"])
        if not (folder / record.RESULTS).exists():
            raise AssertionError(f"the command ended with {code} and left no record: {printed.getvalue()}")
        extra = sum(map(_is_extra, record.read_exchanges(folder)))
        return Outcome(code, printed.getvalue(), record.read(folder), extra)


def certified_fault(fault: Fault, *arguments: str) -> Outcome:
    """Certify a faulty server that has just been started."""
    with served(fault.server(), fault.handler) as usual:
        return certified(*usual, *arguments)


@contextlib.contextmanager
def served(app: WSGIApplication, handler: type[Handler] = Handler) -> Iterator[Sequence[str]]:
    """Serve a variant of the reference server; give the arguments that point the command at it."""
    with running(app, handler=handler) as base_url:
        yield usual_arguments(base_url)


def usual_arguments(base_url: str) -> tuple[str, ...]:
    """Give the arguments for a server that has all that the reference server has."""
    return (
        base_url,
        *("--header", f"Authorization: Bearer {ACCESS_TOKEN}"),
        *("--state-handler", f"{base_url}/_state"),
        *("--other-service-provider", "REF40"),
    )


def _is_extra(line: record.ExchangeLine) -> bool:
    return line.response is None or line.response.status in TROUBLE or line.visit == "probe"


def _exit_code(arguments: list[str]) -> int:
    try:
        cli.cli(arguments, standalone_mode=False)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    return 0
