"""`logout-conformance serve`: the reference server, run by hand."""

from __future__ import annotations

import contextlib

import click

from conformance.cli.errors import USAGE, fail


@click.command(epilog="Example: logout-conformance serve --port 8080")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 takes a free one.")
def serve(*, host: str, port: int) -> None:
    """Run the reference server by hand, until Ctrl-C."""
    from conformance import reference  # noqa: PLC0415

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
