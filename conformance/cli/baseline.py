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


@click.group()
def baseline() -> None:
    """Keep the file of known failures that `run --baseline` reads."""


@baseline.command(epilog="Example: logout-conformance baseline write reports --out known.toml")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="FILE", help="The file to write.")
@click.option("--strict", is_flag=True, help="Name what breaks a SHOULD too.")
def write(*, folder: Path, out: Path, strict: bool) -> None:
    """Name every failure of the run that reported into FOLDER in a file of known failures.

    Where the file exists, what still fails keeps its entry as it is written, what is new is added, and what is no
    longer needed is removed.
    """
    from conformance.certify import every_case  # noqa: PLC0415
    from conformance.gate import baseline as known_failures  # noqa: PLC0415
    from conformance.gate.draft import drafted  # noqa: PLC0415
    from conformance.gate.outcome import Terms  # noqa: PLC0415
    from conformance.record import record as records  # noqa: PLC0415
    from conformance.record.stored import write_whole  # noqa: PLC0415
    from conformance.report.text import visible  # noqa: PLC0415
    from conformance.toml.text import text_of  # noqa: PLC0415

    with errors_in_words():
        record = records.read(folder)
        text = text_of(out, known_failures.KIND) if out.exists() else ""
        known = known_failures.parsed(text, str(out), every_case() if record.partial else ())
        terms = Terms(known, datetime.now(UTC).date(), strict, whole=not record.interrupted)
        draft = drafted(record.cases, terms, text)
        out.parent.mkdir(parents=True, exist_ok=True)
        write_whole(out, [draft.text])
        for line in _said(draft, out):
            click.echo(visible(line))


def _said(draft: Draft, out: Path) -> Iterator[str]:
    yield f"{out}: {draft.kept} kept, {draft.added} new, {len(draft.removed)} removed"
    for entry in draft.removed:
        yield f"removed: {entry.subject}: {entry.message}"
