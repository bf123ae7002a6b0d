"""`logout-conformance report`: the reports of a run, made again from its record."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.cli.errors import errors_in_words
from conformance.cli.options import rendered_formats


@click.command(epilog="Example: logout-conformance report reports --format markdown,sarif,har")
@click.argument("folder", type=click.Path(path_type=Path))
@rendered_formats
def report(*, folder: Path, formats: tuple[str, ...]) -> None:
    """Render the reports of a run again, from its record."""
    with errors_in_words():
        from conformance.report import render

        for path in render(folder, formats):
            click.echo(path)
