"""Flags that more than one command has, and what they stand for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    Command = TypeVar("Command", bound=Callable[..., object])

FORMATS = ("html", "junit", "markdown", "sarif", "badge", "har", "annotations")


def selection(command: Command) -> Command:
    """Add the flags that select cases."""
    options = (
        click.option("--case", "cases", multiple=True, metavar="ID", help="Only this case (* matches anything)."),
        click.option("--scenario", "scenarios", multiple=True, metavar="ID", help="Only the cases of this scenario."),
        click.option("-k", "keyword", default="", metavar="EXPRESSION", help="Only cases that match, as in pytest."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def report_folder(command: Command) -> Command:
    """Add the flag that says where record and reports go."""
    return click.option(
        "--report-dir",
        type=click.Path(path_type=Path),
        default=Path("reports"),
        show_default=True,
        help="Where record and reports go.",
    )(command)


def strictness(command: Command) -> Command:
    """Add the flag that has a broken SHOULD end with 1."""
    return click.option("--strict", is_flag=True, help="A broken SHOULD ends with 1 too.")(command)


def rendered_formats(command: Command) -> Command:
    """Add the flag that says which reports to render; it is given as a tuple of names."""
    return click.option(
        "--format",
        "formats",
        default="html,junit",
        show_default=True,
        callback=_formats,
        help=f"Reports to render: {', '.join(FORMATS)}.",
    )(command)


def _formats(_context: click.Context, _option: click.Parameter, text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    unknown = [name for name in names if name not in FORMATS]
    if unknown:
        raise click.UsageError(f"--format: there is no format {unknown[0]!r}; choose from {', '.join(FORMATS)}")
    return names
