"""The kit's own end: signals, a killed process, a full disk, a folder that goes away."""

from __future__ import annotations

import signal
from functools import partial
from typing import TYPE_CHECKING, Final

from tests.hostile.checks import leaves_valid_reports
from tests.hostile.command import again
from tests.hostile.registry import FILES, INCONCLUSIVE, INTERRUPTED, add

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.hostile.command import Outcome, Running
    from tests.hostile.line import Asked, Line
    from tests.hostile.stage import Stage

KILLED: Final = -signal.SIGKILL


def slowly(line: Line, asked: Asked) -> None:
    """Answer so that there is time to do something to the kit."""
    line.pause(0.1)
    line.send(asked.good().raw())


def _hangs_after_ten(line: Line, asked: Asked) -> None:
    if asked.stage.requests > 10:
        line.hang()
    line.send(asked.good().raw())


def says_that_it_was_interrupted(outcome: Outcome) -> Iterator[str]:
    if not outcome.record.get("interrupted"):
        yield "the record does not say that the run was interrupted"
    if outcome.verdict == "conformant":
        yield "a run that was interrupted says conformant"


def _signalled(number: int, exchanges: int) -> Callable[[Running], float]:
    def act(running: Running) -> float:
        running.wait_for_requests(exchanges + 1)
        return running.signal(number)

    return act


def _signalled_twice(number: int) -> Callable[[Running], float]:
    def act(running: Running) -> float:
        running.wait_for_requests(6)
        moment = running.signal(number)
        running.is_on()
        running.signal(number)
        return moment

    return act


for number in (signal.SIGINT, signal.SIGTERM):
    name = number.name.lower()
    add(
        f"{name}-while-an-answer-is-awaited",
        "ending",
        INTERRUPTED,
        target=_hangs_after_ten,
        act=_signalled(number, 10),
        examine=says_that_it_was_interrupted,
    )
    add(
        f"{name}-after-the-first-exchange",
        "ending",
        INTERRUPTED,
        target=slowly,
        act=_signalled(number, 1),
        examine=says_that_it_was_interrupted,
    )
    add(
        f"{name}-in-the-midst",
        "ending",
        INTERRUPTED,
        target=slowly,
        act=_signalled(number, 25),
        examine=says_that_it_was_interrupted,
    )
    add(f"{name}-at-the-start", "ending", INTERRUPTED, -number, act=_signalled(number, -1), leaves=())
    add(
        f"{name}-twice",
        "ending",
        INTERRUPTED,
        target=slowly,
        act=_signalled_twice(number),
        leaves=("exchanges.jsonl",),
    )


def _handler_hangs(line: Line, _: Asked) -> None:
    line.hang()


def _interrupted_in_a_state(running: Running) -> float:
    while running.is_on() and not running.stage.questions:
        pass
    return running.signal(signal.SIGTERM)


add(
    "sigterm-while-the-handler-is-awaited",
    "ending",
    INTERRUPTED,
    handler=_handler_hangs,
    act=_interrupted_in_a_state,
    examine=says_that_it_was_interrupted,
)


# --- kill -9: what had been done can be reported ---


def _killed(exchanges: int, running: Running) -> None:
    running.wait_for_requests(exchanges + 1)
    running.signal(signal.SIGKILL)


def can_be_reported(outcome: Outcome) -> Iterator[str]:
    """Render the reports of what a killed run left, as its user would."""
    reported = again(outcome.stage, "report", "report")
    if reported.returncode != 0:
        yield f"`report` ended with {reported.returncode}: {reported.stderr.decode()[-300:]}"
        return
    outcome.behaviour = outcome.behaviour.leaving(*FILES)
    yield from leaves_valid_reports(outcome)
    yield from says_that_it_was_interrupted(outcome)


for exchanges in (1, 20):
    add(
        f"sigkill-after-{exchanges}-exchanges",
        "ending",
        KILLED,
        target=slowly,
        act=partial(_killed, exchanges),
        leaves=(),
        examine=can_be_reported,
    )


def _earlier_run(stage: Stage) -> None:
    """Leave the reports of an earlier run, which say nothing of this one."""
    done = again(stage, "run", "--report-dir", "report", "--case", "success/status/*")
    assert done.returncode == INCONCLUSIVE, done.stderr


def is_of_this_run(outcome: Outcome) -> Iterator[str]:
    if outcome.record.get("target", {}).get("base_url") != outcome.stage.base_url:
        yield "the record is an earlier run's"
    yield from can_be_reported(outcome)


add(
    "sigkill-over-the-reports-of-an-earlier-run",
    "ending",
    KILLED,
    target=slowly,
    prepare=_earlier_run,
    act=partial(_killed, 3),
    leaves=(),
    examine=is_of_this_run,
)
