"""`nox -s hostile`: every behaviour against the real command, and a table of how it ended.

    python -m tests.hostile.session [NAME ...]              names may have * in them; '*' is all of them, and
                                                            without a name as many as there is time for
    python -m tests.hostile.session --without [GUARD ...]   takes a guard out of the kit: its behaviours must break

It ends with 1 where a run broke a promise of SECURITY.md, and broke one again when it was played alone, or where one
kept all of them without the guard.
"""

from __future__ import annotations

import hashlib
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
    from collections.abc import Callable, Sequence

    from tests.hostile.command import Outcome
    from tests.hostile.registry import Behaviour
    from tests.hostile.warm import Warm

AT_ONCE: Final = {True: 3, False: 2}
"""Runs side by side: of those that wait for somebody who hangs, and of those that work."""
LONGEST_S: Final = 570.0
"""A session without names begins no run after that: on a busy machine it plays less, and says so."""
LEAST: Final = 120
"""A session without names that plays fewer shows too little."""


def main(wanted: Sequence[str]) -> int:
    """Play the behaviours and print the table; gives the exit code."""
    named = wanted or ["*"]
    chosen = [
        each
        for each in BEHAVIOURS.values()
        if any(fnmatchcase(x, name) for name in named for x in (each.name, each.kind))
    ]
    begun = time.monotonic()
    until = begun + (float("inf") if wanted else LONGEST_S)
    # a few of each kind come early, for a session that runs out of time
    chosen.sort(key=lambda each: sha(each.name))
    say(f"{'behaviour':<58} {'exit':>4} {'seconds':>7} {'MiB':>4}  verdict")
    with warm() as warmed, ThreadPoolExecutor(len(AT_ONCE)) as both:
        play = partial(_played_until, until, warmed)
        # first, and beside nobody else: those that have two seconds to close
        outcomes = _side_by_side(play, [each for each in chosen if each.kind == "ending"], 2)
        others = [each for each in chosen if each.kind != "ending"]
        halves = [
            both.submit(_side_by_side, play, [each for each in others if each.is_patient is patient], at_once)
            for patient, at_once in AT_ONCE.items()
        ]
        outcomes += [outcome for half in halves for outcome in half.result()]
        # a clock that ran out on a busy machine says nothing: what broke is played again, beside nobody else
        again = [_played_until(float("inf"), warmed, each.behaviour) for each in outcomes if each.problems]
    number, broken = len(outcomes), sum(bool(outcome.problems) for outcome in again if outcome)
    say(f"{number} behaviours, {broken} broke a promise, {time.monotonic() - begun:.0f} s")
    if number < len(chosen):
        say(f"{len(chosen) - number} were not played: the time was up; name them, or '*' for all")
    return 1 if broken or number < min(len(chosen), LEAST) else 0


def sha(name: str) -> str:
    """Give an order in which the kinds are mixed, the same every time."""
    return hashlib.sha256(name.encode()).hexdigest()


def _side_by_side(
    play: Callable[[Behaviour], Outcome | None], some: Sequence[Behaviour], at_once: int
) -> list[Outcome]:
    with ThreadPoolExecutor(at_once) as pool:
        return [outcome for outcome in pool.map(play, some) if outcome]


def _played_until(until: float, warmed: Warm, behaviour: Behaviour) -> Outcome | None:
    if time.monotonic() > until:
        return None
    outcome = played(behaviour, warmed)
    _show(outcome)
    return outcome


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


def _show(outcome: Outcome) -> None:
    name = f"{outcome.behaviour.kind}: {outcome.behaviour.name}"
    row = f"{name:<58} {outcome.code:>4} {outcome.seconds:>7.1f} {outcome.peak_mib:>4.0f}  {outcome.verdict}"
    # one text, so that nobody else's row comes between
    say("\n".join([row, *(f"    BROKEN: {problem[:400]}" for problem in outcome.problems[:8])]))


if __name__ == "__main__":
    # a shell that starts a session in the background has it ignored, and so would every command
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(without(sys.argv[2:]) if sys.argv[1:2] == ["--without"] else main(sys.argv[1:]))
