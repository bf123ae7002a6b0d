"""`logout-conformance history`: the runs of targets over time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.cli.errors import errors_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.record.timeline import Run


@click.command(epilog="Example: logout-conformance history reports/history --target acme --out history.html")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="Write a page there instead of showing it."
)
@click.option("--target", "names", multiple=True, metavar="NAME", help="Only this target.")
@click.option("--last", type=click.IntRange(1), default=30, show_default=True, metavar="N", help="Runs that are shown.")
def history(*, folder: Path, out: Path | None, names: tuple[str, ...], last: int) -> None:
    """Show what the runs of `run --history` tell: what broke since when, what was mended, which cases are flaky."""
    with errors_in_words():
        from conformance.record import history as histories
        from conformance.record.stored import write_whole
        from conformance.record.timeline import by_target
        from conformance.report import history as reports
        from conformance.report.text import visible

        found, damages = histories.read(folder)
        for damage in damages:
            click.echo(f"logout-conformance: {visible(damage)}", err=True)
        targets = [reports.target_of(name, runs, last) for name, runs in _wanted(by_target(found), names).items()]
        if out:
            out.parent.mkdir(parents=True, exist_ok=True)
            click.echo(write_whole(out, reports.html(targets)))
        else:
            for piece in reports.text(targets):
                click.echo(piece, nl=False)


def _wanted(targets: Mapping[str, Sequence[Run]], names: Sequence[str]) -> Mapping[str, Sequence[Run]]:
    from conformance.certify import UsageError

    unknown = [name for name in names if name not in targets]
    if unknown or not targets:
        known = f"it has {', '.join(targets)}" if targets else "it has no run that can be read"
        raise UsageError(f"the history has no target {', '.join(unknown)}; {known}" if unknown else known)
    return {name: runs for name, runs in targets.items() if not names or name in names}
