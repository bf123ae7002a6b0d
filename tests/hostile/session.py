"""`nox -s hostile`: every behaviour against the real command, and a table of how it ended.

    python -m tests.hostile.session [NAME ...]      names may have * in them; without one, all of them

It ends with 1 where a run broke a promise of SECURITY.md.
"""

from __future__ import annotations

import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.hostile.checks import problems
from tests.hostile.collection import BEHAVIOURS
from tests.hostile.command import certify
from tests.hostile.warm import warm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.hostile.command import Outcome
    from tests.hostile.registry import Behaviour
    from tests.hostile.warm import Warm

AT_ONCE: Final = {True: 4, False: 2}
"""Runs side by side: of those that wait for somebody who hangs, and of those that work."""
PATIENT: Final = {"time", "handler"}


def main(wanted: Sequence[str]) -> int:
    """Play the behaviours and print the table; gives the exit code."""
    chosen = [
        each
        for each in BEHAVIOURS.values()
        if not wanted or any(fnmatchcase(x, name) for name in wanted for x in (each.name, each.kind))
    ]
    begun, broken = time.monotonic(), 0
    print(f"{'behaviour':<58} {'exit':>4} {'seconds':>7} {'MiB':>4}  verdict")
    with warm() as warmed:
        for patient, at_once in AT_ONCE.items():
            some = [each for each in chosen if (each.kind in PATIENT) is patient]
            with ThreadPoolExecutor(at_once) as pool:
                broken += sum(map(_show, pool.map(partial(played, warmed=warmed), some)))
    print(f"{len(chosen)} behaviours, {broken} broke a promise, {time.monotonic() - begun:.0f} s")
    return 1 if broken or not chosen else 0


def played(behaviour: Behaviour, warmed: Warm) -> Outcome:
    """Run the command against a behaviour and look for what is wrong with the outcome."""
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
        outcome = certify(behaviour, Path(folder).resolve(), warmed)
        outcome.problems = list(problems(outcome))
        return outcome


def _show(outcome: Outcome) -> bool:
    name = f"{outcome.behaviour.kind}: {outcome.behaviour.name}"
    print(
        f"{name:<58} {outcome.code:>4} {outcome.seconds:>7.1f} {outcome.peak_mib:>4.0f}  {outcome.verdict}", flush=True
    )
    for problem in outcome.problems[:8]:
        print(f"    BROKEN: {problem[:400]}", flush=True)
    return bool(outcome.problems)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
