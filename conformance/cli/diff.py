"""`logout-conformance diff`: what changed between two runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click

from conformance.cli.errors import errors_in_words

FORMATS: Final = ("text", "markdown", "html")
WORSE: Final = 1


@click.command(epilog="Example: logout-conformance diff reports/last-week reports --format markdown")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How to say it.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write it there instead of showing it.")
def diff(*, old: Path, new: Path, form: str, out: Path | None) -> None:
    """Compare two runs by the folders that they reported into.

    Shows the verdicts, new failures, what was fixed, what still fails, changed answers, and new or vanished cases. Ends
    with 1 where a case fails that did not fail before.
    """
    with errors_in_words():
        from conformance.record import record as records
        from conformance.record.difference import compare
        from conformance.record.stored import write_whole
        from conformance.report.diff import RENDERERS

        exchanges = (records.read_exchanges(old), records.read_exchanges(new))
        difference = compare(records.read(old), records.read(new), *exchanges)
        pieces = RENDERERS[form](difference)
        if out:
            out.parent.mkdir(parents=True, exist_ok=True)
            click.echo(write_whole(out, pieces))
        else:
            for piece in pieces:
                click.echo(piece, nl=False)
    sys.exit(WORSE if difference.is_worse else 0)
