"""`logout-conformance bundle`: a run in one file, to hand on."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.cli.errors import USAGE, errors_in_words, fail
from conformance.cli.options import rendered_formats


@click.command(epilog="Example: logout-conformance bundle reports --out acme.zip --sign key.pem")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="FILE", help="Write the bundle there.")
@rendered_formats
@click.option("--note", default="", metavar="TEXT", help="What to say about it; an interrupted run needs one.")
@click.option(
    "--sign", "key", type=click.Path(path_type=Path), metavar="KEYFILE", help="Sign it with this Ed25519 key."
)
def bundle(*, folder: Path, out: Path, formats: tuple[str, ...], note: str, key: Path | None) -> None:
    """Pack the record of a run, and its reports, into one file that `verify` can check.

    DIR is the folder that the run reported into. Nothing else in it goes into the bundle, and no secret does. A
    signature says who hands it on, not that it is true.
    """
    with errors_in_words():
        from conformance.bundle.archive import BundleError
        from conformance.bundle.making import bundle as made
        from conformance.bundle.signature import MissingLibraryError

        try:
            content = made(folder, formats, note=note, key_file=key)
        except (BundleError, MissingLibraryError) as error:
            fail(f"{error}", USAGE)
        out.parent.mkdir(parents=True, exist_ok=True)
        aside = out.with_name(f".{out.name}.part")
        aside.write_bytes(content)
        aside.replace(out)
    click.echo(out)
