"""`logout-conformance list`: the cases, and the law."""

from __future__ import annotations

import click

from conformance.cli.errors import errors_in_words
from conformance.cli.options import selection


@click.command("list", epilog="Example: logout-conformance list --requirements")
@selection
@click.option("--requirements", is_flag=True, help="The demands of the law instead of the cases.")
@click.option("--cost", is_flag=True, help="With each case, what it sends.")
def listing(
    *, cases: tuple[str, ...], scenarios: tuple[str, ...], keyword: str, requirements: bool, cost: bool
) -> None:
    """List the cases, or the requirements that they test."""
    if requirements:
        _list_requirements()
        return
    with errors_in_words():
        from conformance.certify import listed
        from conformance.run.run import Settings
        from conformance.target.model import Target

        nowhere = Target(base_url="http://127.0.0.1")
        for case in listed(Settings(nowhere, cases=cases, scenarios=scenarios), keyword=keyword):
            click.echo(f"{case.id}  {case.level}  {' '.join(case.requirements)}")
            for visit in case.visits if cost else ():
                click.echo(f"    sends {visit.id}: {', '.join(step.id for step in visit.steps)}")


def _list_requirements() -> None:
    from conformance.law.catalogue import catalogue

    for row in catalogue().requirements:
        click.echo(f"{row.id}  {row.level}  {row.subject}  {row.section}\n    {row.sentence}")
        click.echo(f"    checked: {row.checked}" if row.checked else f"    not checked: {row.unchecked}")
