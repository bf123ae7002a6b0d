"""The kit's own end: signals, a killed process, a full disk, a folder that goes away."""

from __future__ import annotations

import os
import shutil
import signal
from functools import partial
from typing import TYPE_CHECKING, Final

from tests.hostile.checks import leaves_valid_reports
from tests.hostile.command import again
from tests.hostile.registry import CONFORMANT, FILES, INCONCLUSIVE, INTERRUPTED, KIT_FAULT, NOT_CONFORMANT, USAGE, add

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.hostile.command import Outcome, Running
    from tests.hostile.line import Asked, Line
    from tests.hostile.stage import Stage

KILLED: Final = -signal.SIGKILL


def _slowly(line: Line, asked: Asked) -> None:
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
        target=_slowly,
        act=_signalled(number, 1),
        examine=says_that_it_was_interrupted,
    )
    add(
        f"{name}-in-the-midst",
        "ending",
        INTERRUPTED,
        target=_slowly,
        act=_signalled(number, 25),
        examine=says_that_it_was_interrupted,
    )
    add(f"{name}-at-the-start", "ending", INTERRUPTED, -number, act=_signalled(number, -1), leaves=())
    add(
        f"{name}-twice",
        "ending",
        INTERRUPTED,
        target=_slowly,
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
        target=_slowly,
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
    target=_slowly,
    prepare=_earlier_run,
    act=partial(_killed, 3),
    leaves=(),
    examine=is_of_this_run,
)


# --- the disk ---


def says_why(*words: str) -> Callable[[Outcome], Iterator[str]]:
    """Look for a message in one line that says what the matter is."""

    def examine(outcome: Outcome) -> Iterator[str]:
        said = outcome.complaints.decode("utf-8", "replace")
        if not any(word in said for word in words):
            yield f"no message says why: {said[-300:]!r}"
        if said.count("\n") > 3:
            yield f"the message has {said.count(chr(10))} lines"

    return examine


def leaves_nothing_half(*words: str) -> Callable[[Outcome], Iterator[str]]:
    """Look for the message, and read whatever stands under a final name."""

    def examine(outcome: Outcome) -> Iterator[str]:
        yield from says_why(*words)(outcome)
        there = [name for name in FILES if outcome.file(name).is_file()]
        outcome.behaviour = outcome.behaviour.leaving(*there)
        yield from leaves_valid_reports(outcome)

    return examine


# sizes at which the evidence, the record or the reports no longer fit
for size in (1_000, 20_000, 100_000, 180_000, 300_000):
    add(
        f"the-disk-is-full-after-{size}-bytes",
        "ending",
        *(USAGE, KIT_FAULT),
        largest_file=size,
        leaves=(),
        examine=leaves_nothing_half("File too large", "No space left"),
    )


def _full(*names: str) -> Callable[[Stage], None]:
    def prepare(stage: Stage) -> None:
        stage.report_dir.mkdir()
        for name in names:
            (stage.report_dir / name).symlink_to("/dev/full")

    return prepare


add(
    "the-disk-has-no-room-for-the-evidence",
    "ending",
    *(USAGE, KIT_FAULT),
    prepare=_full("exchanges.jsonl"),
    leaves=(),
    examine=says_why("No space left"),
)


def _removed(running: Running) -> None:
    running.wait_for_requests(21)
    shutil.rmtree(running.stage.report_dir)


def _replaced(running: Running) -> None:
    running.wait_for_requests(21)
    shutil.rmtree(running.stage.report_dir, ignore_errors=True)
    running.stage.report_dir.write_text("a file", encoding="utf-8")


ANY_END: Final = (CONFORMANT, NOT_CONFORMANT, USAGE, INCONCLUSIVE, KIT_FAULT)
add(
    "the-folder-is-removed",
    "ending",
    USAGE,
    KIT_FAULT,
    target=_slowly,
    act=_removed,
    leaves=(),
    examine=says_why("report"),
)
add(
    "the-folder-becomes-a-file",
    "ending",
    USAGE,
    KIT_FAULT,
    target=_slowly,
    act=_replaced,
    leaves=(),
    examine=says_why("report"),
)


def _is_a_file(stage: Stage) -> None:
    stage.report_dir.write_text("a file", encoding="utf-8")


def _has_folders_for_files(stage: Stage) -> None:
    for name in ("results.json", "report.html", "junit.xml"):
        (stage.report_dir / name / "full").mkdir(parents=True)


def _is_closed(stage: Stage) -> None:
    stage.report_dir.mkdir()
    stage.report_dir.chmod(0o555)


def was_refused(outcome: Outcome) -> Iterator[str]:
    if os.geteuid() == 0 and outcome.behaviour.name == "the-folder-cannot-be-written":
        return  # the superuser may write everywhere
    if outcome.code != USAGE:
        yield f"it ended with {outcome.code}"
    yield from says_why("report")(outcome)


add("the-folder-is-a-file", "ending", USAGE, prepare=_is_a_file, leaves=(), examine=was_refused)
add(
    "the-folder-has-folders-for-files",
    "ending",
    USAGE,
    KIT_FAULT,
    prepare=_has_folders_for_files,
    leaves=(),
    examine=says_why("report"),
)
add("the-folder-cannot-be-written", "ending", USAGE, CONFORMANT, prepare=_is_closed, leaves=(), examine=was_refused)


# --- where the output goes ---

add("nobody-reads-the-output", "ending", *(CONFORMANT, KIT_FAULT), stdout="closed pipe")
add("the-output-goes-to-a-full-disk", "ending", *(CONFORMANT, USAGE, KIT_FAULT), stdout="/dev/full")
add("there-is-no-output", "ending", CONFORMANT, stdout="closed")
