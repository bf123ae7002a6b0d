"""`nox -s faults`: certify every faulty and every unusual server, and write docs/detection.md.

Names behind it certify those alone, and leave the page as it is: `nox -s faults -- empty-body on-ipv6`.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from tests.faults import detection
from tests.faults.catalogue import FAULTS
from tests.faults.judging import wrong_with_fault, wrong_with_unusual
from tests.faults.pool import Job, certifying
from tests.unusual.catalogue import UNUSUAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.faults.certifying import Outcome


def main(names: Sequence[str]) -> int:
    """Run the session; give its exit code."""
    unknown = [name for name in names if name not in {*FAULTS, *UNUSUAL}]
    if unknown:
        _say(f"there is no server called {', '.join(unknown)}")
        return 2
    # the unusual ones first: some of them are slow, and the last server should not be waited for
    jobs = [*(Job(name, is_faulty=False) for name in UNUSUAL), *(Job(name, is_faulty=True) for name in FAULTS)]
    chosen = [job for job in jobs if job.name in names or not names]
    started = time.monotonic()
    seen: dict[str, detection.Sighting] = {}
    wrong: list[str] = []
    with certifying(chosen) as ended:
        for job, outcome in ended:
            sighting = detection.sighting(outcome) if job.is_faulty else None
            if sighting:
                seen[job.name] = sighting
            _say(_in_a_line(job, sighting))
            complaints = [f"{job.name}: {what}" for what in _wrong(job, outcome)]
            for what in complaints:
                _say(f"  {what}")
            wrong += complaints
    if not names:
        wrong += detection.wrong_with_catalogue(FAULTS, seen)
        if not wrong:
            detection.PAGE.write_text(detection.page(FAULTS, seen, UNUSUAL), encoding="utf-8")
    faulty = sum(job.is_faulty for job in chosen)
    took = f"{time.monotonic() - started:.0f} s"
    _say(f"\n{faulty} faulty and {len(chosen) - faulty} unusual servers in {took}, {len(wrong)} complaints")
    for what in sorted(wrong):
        _say(f"  {what}")
    return 1 if wrong else 0


def _wrong(job: Job, outcome: Outcome) -> Iterator[str]:
    return (
        wrong_with_fault(FAULTS[job.name], outcome) if job.is_faulty else wrong_with_unusual(UNUSUAL[job.name], outcome)
    )


def _in_a_line(job: Job, sighting: detection.Sighting | None) -> str:
    if not job.is_faulty:
        return f"{job.name:60} unusual"
    caught = f"{sighting.case}, {sighting.requests} requests" if sighting else "MISSED"
    return f"{job.name:60} {FAULTS[job.name].requirement:36} {caught}"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
