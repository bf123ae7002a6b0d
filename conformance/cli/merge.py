"""`logout-conformance merge`: one record of the shards of a run."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from conformance.cli.errors import errors_in_words
from conformance.cli.options import rendered_formats, report_folder, strictness


@click.command(epilog="Example: logout-conformance merge shards/* --report-dir reports")
@click.argument("folders", metavar="DIR...", nargs=-1, required=True, type=click.Path(path_type=Path))
@report_folder
@rendered_formats
@strictness
def merge(*, folders: tuple[Path, ...], report_dir: Path, formats: tuple[str, ...], strict: bool) -> None:
    """Make one record of the shards of a run, and the verdict of them all.

    DIR are the folders that `run --shard` reported into, on whatever machines. Ends as one run of all cases would.
    """
    with errors_in_words():
        from conformance import certify
        from conformance.cli.ending import shown
        from conformance.run.merge import merge as merged

        record = merged(folders, report_dir, formats)
    shown(record, report_dir, formats)
    sys.exit(certify.exit_code(record, strict=strict))
