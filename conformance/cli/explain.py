"""`logout-conformance explain`: what a requirement or a case is about, and what a run found of it."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.cli.errors import errors_in_words


@click.command(epilog="Example: logout-conformance explain success/url/logout-endpoint --report-dir reports")
@click.argument("name", metavar="ID")
@click.option(
    "--report-dir", "folder", type=click.Path(path_type=Path), help="A run's folder: what it found is shown too."
)
def explain(*, name: str, folder: Path | None) -> None:
    """Explain a requirement, a case, or what a run found of it.

    Shows the sentence and where it stands, its level, the erratum that it rests on, what is sent, what would fail, and
    what a conforming answer looks like.
    """
    with errors_in_words():
        from conformance.cli.explanation import lines
        from conformance.report.text import visible

        for line in lines(name, folder):
            click.echo(visible(line))
