"""`nox -s hostile`: every behaviour against the real command, and a table of how it ended.

    python -m tests.hostile.session [NAME ...]              names may have * in them; without one, all of them
    python -m tests.hostile.session --without [GUARD ...]   takes a guard out of the kit: its behaviours must break

It ends with 1 where a run broke a promise of SECURITY.md, or where one kept all of them without the guard.
"""

from __future__ import annotations

import signal
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
from tests.hostile.guards import GUARDS
from tests.hostile.warm import warm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.hostile.command import Outcome
    from tests.hostile.registry import Behaviour
    from tests.hostile.warm import Warm

AT_ONCE: Final = {True: 4, False: 2}
"""Runs side by side: of those that wait for somebody who hangs, and of those that work."""


def main(wanted: Sequence[str]) -> int:
    """Play the behaviours and print the table; gives the exit code."""
    chosen = [
        each
        for each in BEHAVIOURS.values()
        if not wanted or any(fnmatchcase(x, name) for name in wanted for x in (each.name, each.kind))
    ]
    begun, broken = time.monotonic(), 0
    say(f"{'behaviour':<58} {'exit':>4} {'seconds':>7} {'MiB':>4}  verdict")
    with warm() as warmed:
        for patient, at_once in AT_ONCE.items():
            some = [each for each in chosen if each.is_patient is patient]
            with ThreadPoolExecutor(at_once) as pool:
                broken += sum(map(_show, pool.map(partial(played, warmed=warmed), some)))
    say(f"{len(chosen)} behaviours, {broken} broke a promise, {time.monotonic() - begun:.0f} s")
    return 1 if broken or not chosen else 0


def without(wanted: Sequence[str]) -> int:
    """Take guards out of the kit, one at a time, and see that behaviours break; gives the exit code."""
    chosen = [(name, each) for name in wanted or GUARDS for each in GUARDS[name].breaks]
    begun = time.monotonic()
    say(f"{'without':<18} {'behaviour':<36} {'exit':>4} {'seconds':>7} {'MiB':>4}  what breaks")
    with ThreadPoolExecutor(2) as pool:
        kept = sum(pool.map(_keeps_without, chosen))
    say(f"{len(chosen)} behaviours, {kept} broke no promise, {time.monotonic() - begun:.0f} s")
    return 1 if kept else 0


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _keeps_without(pair: tuple[str, str]) -> bool:
    guard, name = pair
    with warm(guard) as warmed:
        outcome = played(BEHAVIOURS[name], warmed)
    what = outcome.problems[0].strip()[:160] if outcome.problems else "NOTHING"
    say(f"{guard:<18} {name:<36} {outcome.code:>4} {outcome.seconds:>7.1f} {outcome.peak_mib:>4.0f}  {what}")
    return not outcome.problems


def played(behaviour: Behaviour, warmed: Warm) -> Outcome:
    """Run the command against a behaviour and look for what is wrong with the outcome."""
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
        outcome = certify(behaviour, Path(folder).resolve(), warmed)
        outcome.problems = list(problems(outcome))
        return outcome


def _show(outcome: Outcome) -> bool:
    name = f"{outcome.behaviour.kind}: {outcome.behaviour.name}"
    say(f"{name:<58} {outcome.code:>4} {outcome.seconds:>7.1f} {outcome.peak_mib:>4.0f}  {outcome.verdict}")
    for problem in outcome.problems[:8]:
        say(f"    BROKEN: {problem[:400]}")
    return bool(outcome.problems)


if __name__ == "__main__":
    # a shell that starts a session in the background has it ignored, and so would every command
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(without(sys.argv[2:]) if sys.argv[1:2] == ["--without"] else main(sys.argv[1:]))
