"""`logout-conformance baseline`: the file of known failures."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.cli.errors import errors_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.gate.draft import Draft
    from conformance.record.record import Record


@click.group()
def baseline() -> None:
    """Keep the file of known failures that `run --baseline` reads."""


@baseline.command(epilog="Example: logout-conformance baseline write reports --out known.toml")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The file to write; of many targets the folder, with a file for each.",
)
@click.option("--strict", is_flag=True, help="Name what breaks a SHOULD too.")
def write(*, folder: Path, out: Path, strict: bool) -> None:
    """Name every failure of the run that reported into FOLDER in a file of known failures.

    Where the file exists, what still fails keeps its entry as it is written, what is new is added, and what is no
    longer needed is removed. Where FOLDER has the runs of many targets, each target gets a file of its own.
    """
    with errors_in_words():
        from conformance.gate.folder import file_of
        from conformance.record import fleet, record
        from conformance.report.text import visible

        names = [] if (folder / record.RESULTS).exists() else list(fleet.names_in(folder))
        members = fleet.read(folder, names) if names else [fleet.Member("", record.read(folder))]
        found = {file_of(out, one.name) if names else out: one.record for one in members}
        drafts = {path: _drafted(made, path, strict=strict) for path, made in found.items() if made}
        for path, draft in drafts.items():
            # many targets have nothing to name; a file of one run is wanted either way
            if draft.names_any or not names or path.exists():
                for line in _written(draft, path):
                    click.echo(visible(line))
        for name in (member.name for member in members if not member.record):
            click.echo(visible(f"{name} left no record: its known failures stay as they are"))


def _drafted(record: Record, path: Path, *, strict: bool) -> Draft:
    from conformance.certify import every_case
    from conformance.gate import baseline as known_failures
    from conformance.gate.draft import drafted
    from conformance.gate.outcome import Terms
    from conformance.toml.text import text_of

    text = text_of(path, known_failures.KIND) if path.exists() else ""
    known = known_failures.parsed(text, str(path), every_case() if record.partial or record.shard else ())
    terms = Terms(known, datetime.now(UTC).date(), strict, whole=not record.interrupted)
    return drafted(record.cases, terms, text)


def _written(draft: Draft, path: Path) -> Iterator[str]:
    from conformance.record.stored import write_whole

    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, [draft.text])
    yield f"{path}: {draft.kept} kept, {draft.added} new, {len(draft.removed)} removed"
    for entry in draft.removed:
        yield f"removed: {entry.subject}: {entry.message}"
