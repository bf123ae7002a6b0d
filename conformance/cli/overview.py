"""`logout-conformance overview`: many targets on one page, made again from their records."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.cli.errors import errors_in_words


@click.command(epilog="Example: logout-conformance overview reports")
@click.argument("folder", type=click.Path(path_type=Path))
def overview(*, folder: Path) -> None:
    """Render the overview of many targets, from the records in the folders of a folder.

    It need not be one command that made them: the folder may be where a CI system collects what its jobs reported.
    """
    with errors_in_words():
        from conformance.record import fleet
        from conformance.report.overview import write

        for path in write(folder, fleet.read(folder)):
            click.echo(path)
