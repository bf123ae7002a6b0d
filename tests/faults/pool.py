"""Processes that certify servers one after the other; they stay warm, since a cold start takes seconds."""

from __future__ import annotations

import gc
import importlib
import multiprocessing
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from tests.faults.catalogue import FAULTS
from tests.faults.certifying import Outcome, certified, certified_fault
from tests.unusual.catalogue import UNUSUAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WORKERS: Final = 3
"""One more than the two cores that there are: some servers are slow, and a run waits for them."""


class Job(NamedTuple):
    """A server to certify: a process is told its name only, and makes the server by itself."""

    name: str
    is_faulty: bool


def outcome_of(job: Job) -> tuple[Job, Outcome]:
    """Certify one server; raises RuntimeError, which says at which server."""
    try:
        return job, _outcome_of(job)
    except Exception as error:
        raise RuntimeError(f"{job.name}: {type(error).__name__}: {error}") from error


def _outcome_of(job: Job) -> Outcome:
    if job.is_faulty:
        return certified_fault(FAULTS[job.name])
    with UNUSUAL[job.name].running() as arguments:
        return certified(*arguments)


@contextmanager
def certifying(jobs: Sequence[Job]) -> Iterator[Iterator[tuple[Job, Outcome]]]:
    """Certify servers side by side; give each with its outcome, in the order in which they end."""
    # spawn: a fork would copy the threads' locks of this process
    with multiprocessing.get_context("spawn").Pool(WORKERS, _settle) as pool:
        yield pool.imap_unordered(outcome_of, jobs)


def _settle() -> None:
    # what was imported stays, and need not be looked through for garbage in each run
    importlib.import_module("conformance.certify")
    gc.collect()
    gc.freeze()
