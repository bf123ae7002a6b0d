"""Many targets, one after another: a line for each as it ends, and an overview of all."""

from __future__ import annotations

import contextlib
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from rich.console import Console

from conformance import __version__, certify, interruption
from conformance.cli.errors import INTERRUPTED, KIT_FAULT, USAGE, kit_fault
from conformance.cli.estimate import Estimate
from conformance.record import fleet
from conformance.record import record as records
from conformance.record.folder import Folder, emptied
from conformance.record.stored import RecordError
from conformance.report import files_of, overview, terminal
from conformance.report.text import counted, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Self

    from rich.status import Status

    from conformance.cli.targets import Chosen
    from conformance.record.history import History
    from conformance.record.record import Case
    from conformance.run.run import Settings

GRAVEST_FIRST: Final = (INTERRUPTED, KIT_FAULT, USAGE, certify.NOT_CONFORMANT, certify.INCONCLUSIVE, certify.CONFORMANT)
"""Exit codes: one that says of fewer targets what was asked stands before one that says it of more."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of each run; `settings` have the folder of all, and the first target."""

    settings: Settings
    keyword: str
    history: History | None
    strict: bool

    def of(self, one: Chosen) -> Settings:
        """Give the settings of one target's run."""
        folder = self.settings.report_dir / one.name
        return replace(self.settings, target=one.target, report_dir=folder, rerun=one.rerun, baseline=one.known)


def run(targets: Sequence[Chosen], asked: Asked) -> int:
    """Certify each target, whatever comes of the others, and give the gravest exit code.

    Raises:
        UsageError: no case is selected; nothing has been sent then.
        OSError: a folder cannot be written, or another run reports into it.

    """
    certify.listed(asked.settings, keyword=asked.keyword)
    console, folder = Console(file=sys.stdout), asked.settings.report_dir
    held = Folder(folder)
    try:
        _make_room(folder, targets)
        console.print(f"logout-conformance {__version__}: {len(targets)} targets, one after another", markup=False)
        console.print("These runs log real profiles out at each of them.", markup=False)
        codes = list(_codes(targets, asked, console))
        interruption.closing()
        _show_overview(folder, targets, console)
    finally:
        held.close()
    return min(codes, key=GRAVEST_FIRST.index)


def _make_room(folder: Path, targets: Sequence[Chosen]) -> None:
    # a folder that stays empty is that of a target whose run did not come to its record
    for file in (overview.HTML, overview.JSON):
        (folder / file).unlink(missing_ok=True)
    for one in targets:
        emptied(folder / one.name, (records.RESULTS, records.EXCHANGES, *files_of()))


def _codes(targets: Sequence[Chosen], asked: Asked, console: Console) -> Iterator[int]:
    """Run one after another until one is interrupted; gives the exit code of each."""
    for number, one in enumerate(targets, start=1):
        try:
            interruption.reopened()
            code = _code(one, asked, console, f"{one.name} ({number} of {len(targets)})")
        except KeyboardInterrupt:
            code = INTERRUPTED
        yield code
        if code == INTERRUPTED:
            left = len(targets) - number
            console.print(f"interrupted; {counted(left, 'target')} not begun", markup=False)
            return


def _code(one: Chosen, asked: Asked, console: Console, title: str) -> int:
    try:
        settings = asked.of(one)
        with _Progress(console, title, settings) as progress, _imports_of_its_own():
            record = certify.certify(settings.watched_by(progress.start, progress.case), keyword=asked.keyword)
        terminal.show_brief(one.name, record, console)
        code = certify.exit_code(record, strict=asked.strict)
        if asked.history:
            asked.history.add(record, one.name, code)
    except certify.KitError as error:
        return _refused(one, kit_fault(error), KIT_FAULT)
    except (certify.UsageError, RecordError, OSError) as error:
        return _refused(one, str(error), USAGE)
    return code


def _refused(one: Chosen, why: str, code: int) -> int:
    click.echo(f"logout-conformance: {visible(f'{one.name}: {why}')}", err=True)
    return code


def _show_overview(folder: Path, targets: Sequence[Chosen], console: Console) -> None:
    names = [one.name for one in targets]
    members = fleet.read(folder, names)
    page, _ = overview.write(folder, members)
    for line in (overview.headline(overview.overview_of(members)), f"Overview: {page}"):
        console.print(visible(line), markup=False, highlight=False, soft_wrap=True)


class _Progress:
    """Shows on a terminal how far the run of a target is; elsewhere nothing."""

    def __init__(self, console: Console, title: str, settings: Settings) -> None:
        self._title, self._total, self._done = visible(title), 0, 0
        self._estimate, self._begun = Estimate(0, settings), time.monotonic()
        self._status: Status | None = console.status(self._title) if console.is_terminal else None

    def __enter__(self) -> Self:
        if self._status:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status:
            self._status.stop()

    def start(self, total: int, requests: int) -> None:
        self._total = total
        self._estimate, self._begun = replace(self._estimate, requests=requests), time.monotonic()

    def case(self, _case: Case, sent: int) -> None:
        self._done += 1
        if self._status:
            left = self._estimate.after(sent, time.monotonic() - self._begun)
            self._status.update(f"{self._title}: {self._done} of {self._total} cases, {left}")


@contextlib.contextmanager
def _imports_of_its_own() -> Iterator[None]:
    """Forget behind a run what its state handler imported from its folder: the next target's may have the same name."""
    path, known = [*sys.path], set(sys.modules)
    try:
        yield
    finally:
        added = [Path(entry) for entry in sys.path if entry not in path]
        sys.path[:] = path
        for name in [name for name in set(sys.modules) - known if _root_of(name) in added]:
            del sys.modules[name]


def _root_of(module: str) -> Path | None:
    """Give the folder that a module's package was found in."""
    spec = getattr(sys.modules.get(module.partition(".")[0]), "__spec__", None)
    if spec is None or not spec.origin:
        return None
    origin = Path(spec.origin)
    return origin.parent.parent if spec.submodule_search_locations is not None else origin.parent
