"""`nox -s determinism`: the same server gets the same verdict, cases, statuses and messages, however its cases run.

Each server is certified twenty times, each time in another order of the cases, and once more by four processes, where
one viewer's logout leaves the others alone.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final
from unittest import mock

from conformance.certify import Settings, certify
from conformance.reference import running
from tests import shuffled
from tests.faults.catalogue import FAULTS
from tests.faults.certifying import certified_fault
from tests.servers import target_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.record.record import Record
    from tests.faults.registry import Fault

SERVERS: Final = (
    *("asks-for-no-token", "breaks-on-quotes", "deletes-everything", "devices-are-the-same-in-any-case"),
    *("error-member-twice", "errors-echo-token", "failure-shows-java", "keeps-every-profile", "path-decoded-twice"),
    *("redirects-to-logout-page", "url-carries-token", "without-wrapper"),
)
"""Servers whose answers depend on request and state alone: one for each part of an answer that can be wrong."""
NOT_SIDE_BY_SIDE: Final = {"deletes-everything"}
"""Servers in which one viewer's logout touches another's: what a worker sees there hangs on what the others do."""
RUNS: Final = 20
WORKERS: Final = "4"


def essence(record: Record) -> dict[str, object]:
    """Give what every run on the same server must have in common."""
    cases: dict[str, object] = {
        case.id: (case.status, case.level, case.requirements, case.message, case.findings and _seen(case.findings))
        for case in record.cases
    }
    return cases | {"verdict": (record.verdict, record.reasons, record.causes)}


def in_order(fault: Fault, order: str) -> Record:
    """Certify a server with its cases in this order; without one, in the usual order."""
    plugin = shuffled.PLUGIN if order else ()
    with (
        mock.patch.dict(os.environ, {"CASE_ORDER": order}),
        tempfile.TemporaryDirectory() as folder,
        running(fault.server(), handler=fault.handler) as base_url,
    ):
        return certify(Settings(target_at(base_url), report_dir=Path(folder), formats=()), pytest_args=plugin)


def differing(name: str, orders: Sequence[str], workers: str = "") -> Iterator[str]:
    """Certify a faulty server in these orders, and with these workers; say what differs from the usual run."""
    usual = essence(in_order(FAULTS[name], ""))
    for order in orders:
        yield from (
            f"{name}, order {order}: {what}" for what in _changed(usual, essence(in_order(FAULTS[name], order)))
        )
    if workers:
        side_by_side = essence(certified_fault(FAULTS[name], "-n", workers).record)
        yield from (f"{name}, {workers} processes: {what}" for what in _changed(usual, side_by_side))


def main(names: Sequence[str]) -> int:
    """Run the session for these servers, or all; give its exit code."""
    wrong = 0
    for name in names or SERVERS:
        workers = "" if name in NOT_SIDE_BY_SIDE else WORKERS
        changed = list(differing(name, [str(number) for number in range(RUNS)], workers))
        wrong += len(changed)
        lines = [f"{name}: {RUNS} orders, {workers or 'no'} processes, {len(changed)} differences", *changed]
        sys.stdout.write("\n".join([*lines, ""]))
        sys.stdout.flush()
    return 1 if wrong else 0


def _seen(findings: Sequence[object]) -> tuple[str, ...]:
    # which exchange it was differs with the order; what was seen in it does not
    return tuple(repr({**vars(finding), "exchange": None}) for finding in findings)


def _changed(usual: dict[str, object], other: dict[str, object]) -> list[str]:
    names = {*usual, *other}
    return [
        f"{name} was {usual.get(name)}, is {other.get(name)}" for name in names if usual.get(name) != other.get(name)
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
