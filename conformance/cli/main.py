"""The command line as a whole. Each command only reads what was typed and shows what came out."""

from __future__ import annotations

import sys
from typing import Final

import click

from conformance import __version__, interruption
from conformance.cli import output
from conformance.cli.baseline import baseline
from conformance.cli.bundle import bundle
from conformance.cli.check import check
from conformance.cli.client import client
from conformance.cli.diff import diff
from conformance.cli.doctor import doctor
from conformance.cli.errors import INTERRUPTED, KIT_FAULT, fail, kit_fault
from conformance.cli.explain import explain
from conformance.cli.history import history
from conformance.cli.init import init
from conformance.cli.listing import listing
from conformance.cli.merge import merge
from conformance.cli.overview import overview
from conformance.cli.proxy import proxy
from conformance.cli.report import report
from conformance.cli.run import run
from conformance.cli.serve import serve
from conformance.cli.verify import verify


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="logout-conformance", message="%(prog)s %(version)s")
def cli() -> None:
    """Certify a server of the TV Everywhere logout endpoint.

    Without a target, `logout-conformance run` certifies the embedded reference server.
    """


COMMANDS: Final = (
    *(init, doctor, run, client, check, proxy, serve),
    *(listing, report, merge, diff, explain, overview, history, baseline, bundle, verify),
)
for command in COMMANDS:
    cli.add_command(command)


def main() -> None:
    """Run the command line; a fault of the kit itself ends with 4 and asks to be reported."""
    interruption.heed()
    output.forgiving()
    try:
        # not click's own standalone mode: it ends with 1 where the user pressed Ctrl-C
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        interruption.closing()  # what is said now is not broken off
        fail("interrupted, before there was anything to report", INTERRUPTED)
    except Exception as error:  # noqa: BLE001  (whatever it is, it is the kit's and not the user's to read as a traceback)
        fail(kit_fault(error), KIT_FAULT)
    finally:
        output.admit_loss()
        interruption.over()
