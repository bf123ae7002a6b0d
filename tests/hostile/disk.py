"""A disk that is full, a folder that goes away, an output that nobody takes."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Final

from tests.hostile.checks import leaves_valid_reports
from tests.hostile.ending import slowly
from tests.hostile.registry import CONFORMANT, FILES, INCONCLUSIVE, KIT_FAULT, NOT_CONFORMANT, USAGE, add

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.hostile.command import Outcome, Running
    from tests.hostile.stage import Stage


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


def _links(stage: Stage) -> None:
    stage.report_dir.mkdir()
    for name in FILES:
        (stage.report_dir / name).symlink_to("/dev/full")


# what is written through one of them fails
add("links-stand-where-files-go", "ending", CONFORMANT, prepare=_links)


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
    target=slowly,
    act=_removed,
    leaves=(),
    examine=says_why("report"),
)
add(
    "the-folder-becomes-a-file",
    "ending",
    USAGE,
    KIT_FAULT,
    target=slowly,
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
