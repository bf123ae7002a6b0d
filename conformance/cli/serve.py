"""`logout-conformance serve`: the reference server, run by hand."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from conformance.cli.errors import USAGE, errors_in_words, fail
from conformance.cli.options import rendered_formats

if TYPE_CHECKING:
    from conformance.client.stand_in import Tokens


@click.command(epilog="Example: logout-conformance serve --port 8080")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 takes a free one.")
@click.option(
    "--record",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Keep what clients send, and judge it at the end, into this folder.",
)
@rendered_formats
def serve(*, host: str, port: int, folder: Path | None, formats: tuple[str, ...]) -> None:
    """Run the reference server by hand, until Ctrl-C.

    With --record it serves every scenario of a client, each under an MVPD of that name.
    """
    if folder:
        _record(folder, host, port, formats)
    from conformance import reference

    def announce(base_url: str) -> None:
        click.echo(f"reference server: {base_url}")
        click.echo(f"state handler:    {base_url}/_state")
        click.echo(f"access token:     {reference.ACCESS_TOKEN}  (made for this server; it opens nothing else)")

    try:
        with contextlib.suppress(KeyboardInterrupt):  # the server lets some of them through
            reference.serve(reference.ReferenceServer(), host, port, announce)
    except OSError as error:
        fail(f"{host}:{port}: {error.strerror or error}", USAGE)
    click.echo("stopped")


def _record(folder: Path, host: str, port: int, formats: tuple[str, ...]) -> NoReturn:
    with errors_in_words():
        from conformance.certify import exit_code
        from conformance.cli.ending import shown
        from conformance.client.serving import served

        record = served(folder, host, port, _announce, formats)
        shown(record, folder, formats)
    sys.exit(exit_code(record))


def _announce(base_url: str, tokens: Tokens) -> None:
    from conformance.client.scenarios import CLIENT_SCENARIOS, SERVICE_PROVIDER

    click.echo(f"stand-in server:  {base_url}")
    click.echo(f"service provider: {SERVICE_PROVIDER}")
    click.echo(f"MVPDs:            {', '.join(CLIENT_SCENARIOS)}")
    click.echo(f"access token:     {tokens.access}")
    click.echo(f"more tokens:      POST {base_url}/_token with grant_type=client_credentials")
    click.echo(f"AD-Service-Token for service-token-sso: {tokens.service}")
    click.echo(f"Adobe-Subject-Token for platform-identity-sso: {tokens.subject}")
    click.echo("Ctrl-C ends it, and writes the report")
