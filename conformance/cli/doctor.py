"""`logout-conformance doctor`: what stands in the way of a verdict, before anybody runs the suite."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import click

from conformance import __version__
from conformance.cli.errors import errors_in_words
from conformance.cli.run import target_options
from conformance.cli.targets import chosen

if TYPE_CHECKING:
    from conformance.target.model import Target

NOT_READY: Final = 3


@click.command(epilog="Example: logout-conformance doctor --target acme.toml")
@target_options
def doctor(**target_flags: object) -> None:
    """Say what a run needs of a target and does not find, and what to do about it.

    Takes the target as `run` does. Sets every scenario up, and sends one request in each of the three that a verdict
    needs; like a run, it logs the profiles out that it has had made for it. Several targets are looked at one after
    another.
    """
    with errors_in_words(), chosen(target_flags) as choice:
        is_ready = [_shown(one.target) for one in choice.targets]
    sys.exit(0 if all(is_ready) else NOT_READY)


def _shown(target: Target) -> bool:
    from conformance.doctor.examination import Examination
    from conformance.report.text import counted, visible

    examination = Examination(target)

    def show(line: str) -> None:
        click.echo(visible(examination.redactor.text(line)))

    show(f"logout-conformance {__version__}: {target.name or 'target'} at {target.base_url}")
    in_the_way = 0
    for check in examination.checks():
        show(f"{check.health:<8} {check.name:<22} {check.advice}")
        in_the_way += check.stands_in_the_way
    show(
        f"A run cannot be conformant before {in_the_way} of these {'is' if in_the_way == 1 else 'are'} put right."
        if in_the_way
        else "A run can be conformant."
    )
    show(f"{counted(examination.client.request_count, 'request')} sent")
    return not in_the_way
