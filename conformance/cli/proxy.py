"""`logout-conformance proxy`: records and judges live traffic."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from conformance.cli.errors import errors_in_words
from conformance.cli.options import rendered_formats, report_folder, strictness

if TYPE_CHECKING:
    from pathlib import Path


@click.command(epilog="Example: logout-conformance proxy --upstream https://api.example.com --port 8088")
@click.option("--upstream", metavar="URL", required=True, help="The server that traffic is passed on to.")
@click.option("--port", type=click.IntRange(0, 65535), default=8088, show_default=True, help="0 takes a free one.")
@click.option("--keep-host", is_flag=True, help="Leave Host as the client sent it.")
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(min=0, min_open=True, max=3600),
    default=60.0,
    show_default=True,
    help="Seconds for one exchange.",
)
@report_folder
@rendered_formats
@strictness
def proxy(  # noqa: PLR0913  (one for each flag)
    *,
    upstream: str,
    port: int,
    keep_host: bool,
    timeout_s: float,
    report_dir: Path,
    formats: tuple[str, ...],
    strict: bool,
) -> None:
    """Pass an app's traffic on to a server, record it, and judge it both ways, until Ctrl-C.

    Point the app at the address that is shown. Nothing is changed but Host, which becomes the server's own.
    """
    with errors_in_words():
        from conformance.certify import UsageError, exit_code
        from conformance.cli.ending import shown
        from conformance.proxy.session import ProxySettings, proxied, upstream_of

        try:
            to = upstream_of(upstream)
        except ValueError as error:
            raise UsageError(f"--upstream: {error}") from None
        settings = ProxySettings(to, report_dir, port=port, keep_host=keep_host, timeout_s=timeout_s, formats=formats)

        def announce(address: str) -> None:
            click.echo(f"proxy:    {address}")
            click.echo(f"upstream: {to.origin}")
            click.echo("Ctrl-C ends it, and writes the report")

        record = proxied(settings, announce)
        shown(record, report_dir, formats)
    sys.exit(exit_code(record, strict=strict))
