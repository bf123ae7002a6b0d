"""`logout-conformance verify`: somebody's claim, checked from its own evidence."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.cli.errors import USAGE, errors_in_words, fail

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.bundle.verification import Verification

DEFAULT_MAX_AGE = 90
MOST_DIFFERENCES = 20


@click.command(epilog="Example: logout-conformance verify acme.zip --trusted-keys keys/")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--trusted-keys",
    "keys",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A public key (PEM), or a folder of them, one of which must have signed it.",
)
@click.option(
    "--max-age",
    type=click.IntRange(0, 36500),
    default=DEFAULT_MAX_AGE,
    show_default=True,
    metavar="DAYS",
    help="How long ago the run may have ended.",
)
def verify(*, file: Path, keys: Path | None, max_age: int) -> None:
    """Check a bundle: its file, its digests, and every verdict in it, judged again from the recorded exchanges.

    Needs no network. Ends with 0 where the claim is confirmed, 1 where something differs, 2 where the file is no
    bundle, and 3 where the claim can be neither confirmed nor denied.
    """
    with errors_in_words():
        from conformance.bundle.archive import BundleError
        from conformance.bundle.signature import MissingLibraryError, trusted_keys
        from conformance.bundle.verification import verify as verified
        from conformance.report.text import visible

        try:
            trusted = trusted_keys(keys) if keys else None
            found = verified(file, trusted, max_age=timedelta(days=max_age), now=datetime.now(UTC))
        except (BundleError, MissingLibraryError) as error:
            fail(f"{error}", USAGE)
    for line in _lines(found):
        click.echo(visible(line))
    sys.exit(found.exit_code)


def _lines(found: Verification) -> Iterator[str]:
    record, verdict = found.record, found.record.verdict.replace("-", " ")
    heads = {0: "confirmed", 1: "differs", 3: "cannot be confirmed"}
    yield f"{heads[found.exit_code]}: {verdict}{_extent(found)}"
    yield f"{record.target.name or record.target.base_url}, {record.finished_at}, kit {record.kit_version}"
    yield found.signer.words
    if found.note:
        yield f"note: {found.note}"
    yield from (f"differs: {each}" for each in found.differences[:MOST_DIFFERENCES])
    if (more := len(found.differences) - MOST_DIFFERENCES) > 0:
        yield f"differs: and {more} more; one edited exchange makes many cases differ"
    yield from (f"open: {each}" for each in found.doubts)
    if found.comparison:
        yield f"{found.comparison.agreeing} of {len(record.cases)} cases were judged again, and ended as claimed"
        yield from _others(found)


def _extent(found: Verification) -> str:
    record = found.record
    parts = [f"{record.shard}"] * bool(record.shard) + ["a part of the cases"] * record.partial
    parts += ["interrupted"] * record.interrupted
    return f" ({', '.join(parts)})" if parts else ""


def _others(found: Verification) -> Iterator[str]:
    if found.comparison:
        yield from _grouped("not judged again", found.comparison.open)
        yield from _grouped("on its word", found.comparison.believed)


def _grouped(what: str, cases: Mapping[str, str]) -> Iterator[str]:
    """Say for each reason how many cases have it, and the first of them."""
    from conformance.report.text import first_of

    groups: dict[str, list[str]] = {}
    for name, why in cases.items():
        groups.setdefault(why, []).append(name)
    for why, names in groups.items():
        yield f"{what}: {first_of(names, 1)}: {why}"
