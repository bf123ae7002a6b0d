"""`logout-conformance client`: certifies a client, which is run once in each scenario."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

import click

from conformance import __version__
from conformance.cli.errors import USAGE, errors_in_words, fail
from conformance.cli.options import rendered_formats, report_folder, strictness

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conformance.record.record import Case, Scenario


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    epilog="Example: logout-conformance client --scenario logout-endpoint -- ./my-client --verbose",
)
@click.option("--scenario", "scenarios", multiple=True, metavar="ID", help="Only this scenario.")
@report_folder
@rendered_formats
@strictness
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def client(
    *, scenarios: tuple[str, ...], report_dir: Path, formats: tuple[str, ...], strict: bool, command: tuple[str, ...]
) -> None:
    """Certify a client: COMMAND is run once in each scenario, against a server that the kit starts.

    Environment variables tell it what to log out of; it logs out once, and ends with 0 where it could.
    """
    with errors_in_words():
        from conformance.certify import UsageError, exit_code
        from conformance.cli.ending import shown
        from conformance.client.process import StartError
        from conformance.client.scenarios import CLIENT_SCENARIOS
        from conformance.client.session import ClientSettings, certify_client

        unknown = [name for name in scenarios if name not in CLIENT_SCENARIOS]
        if unknown:
            raise UsageError(f"there is no scenario {unknown[0]!r}; the scenarios are {', '.join(CLIENT_SCENARIOS)}")
        settings = ClientSettings(command, report_dir, scenarios, formats, on_scenario=_show_scenario)
        click.echo(f"logout-conformance {__version__}: {command[0]} in {len(settings.chosen)} scenario(s)")
        try:
            record = certify_client(settings)
        except StartError as error:
            fail(f"the client cannot be started: {error}; give its command line behind --", USAGE)
        shown(record, report_dir, formats)
    sys.exit(exit_code(record, strict=strict))


def _show_scenario(scenario: Scenario, cases: Sequence[Case]) -> None:
    counts = Counter(case.status for case in cases)
    counted = ", ".join(f"{number} {status}" for status, number in sorted(counts.items()))
    click.echo(f"{scenario.id}: {counted}")
