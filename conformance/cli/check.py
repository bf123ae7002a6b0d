"""`logout-conformance check`: judges recorded traffic."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from conformance import __version__
from conformance.cli.errors import errors_in_words
from conformance.cli.options import rendered_formats, report_folder, strictness


@click.command(epilog="Example: logout-conformance check app.har --report-dir reports/app")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@report_folder
@rendered_formats
@strictness
def check(*, files: tuple[Path, ...], report_dir: Path, formats: tuple[str, ...], strict: bool) -> None:
    """Judge recorded traffic: HAR files, or exchanges.jsonl of the kit (or the folder that it is in).

    Each logout is judged both ways: the requests, the answers, and what the client did next. Several files are read as
    one recording: the app's and the browser's, say. Nothing is sent.
    """
    with errors_in_words():
        from conformance.certify import exit_code
        from conformance.cli.ending import shown
        from conformance.traffic import check as checking

        click.echo(f"logout-conformance {__version__}: recorded traffic, {len(files)} file(s)")
        record = checking.check(files, report_dir=report_dir, formats=formats)
        shown(record, report_dir, formats)
    sys.exit(exit_code(record, strict=strict))
