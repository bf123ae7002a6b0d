"""`logout-conformance run`: certifies a server."""

from __future__ import annotations

import contextlib
import math
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance import __version__
from conformance.cli.errors import errors_in_words
from conformance.cli.options import rendered_formats, selection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from conformance.cli.options import Command
    from conformance.record.record import Record
    from conformance.run.run import Settings
    from conformance.target.model import Target


def target_options(command: Command) -> Command:
    """Add the flags that describe a target; each beats the target file."""
    options = (
        click.argument("url", required=False),
        click.option("--target", "file", type=click.Path(path_type=Path), help="The target file (TOML)."),
        click.option("--service-provider", help="The default service provider [default: REF30]."),
        click.option("--other-service-provider", help="A second one, that the first must not touch."),
        click.option("--redirect-url", help="The redirect target [default: https://example.com/]."),
        click.option("--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="Sent with every request."),
        click.option("--state-handler", metavar="URL", help="The HTTP endpoint that sets states up."),
        click.option("--mvpd", "mvpds", multiple=True, metavar="SCENARIO=NAME", help="The MVPD of a scenario."),
        click.option("--timeout", "timeout_s", type=float, help="Seconds for one exchange [default: 10]."),
        click.option("--rate", "requests_per_second", type=float, help="Requests a second [default: no limit]."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _no_nan(_context: click.Context, _option: click.Parameter, value: float) -> float:
    # of no bound it can be said that NaN lies beyond it
    if math.isnan(value):
        raise click.BadParameter("nan is no number of seconds")
    return value


@click.command(
    epilog="Example: logout-conformance run https://api.example.com --header 'Authorization: Bearer '\"$TOKEN\" "
    "--state-handler http://127.0.0.1:9000/_state"
)
@target_options
@selection
@click.option(
    "--report-dir",
    type=click.Path(path_type=Path),
    default=Path("reports"),
    show_default=True,
    help="Where record and reports go.",
)
@click.option("--examples", type=click.IntRange(0), default=6, show_default=True, help="Generated requests of a kind.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the generated requests.")
@click.option(
    "--max-time",
    type=click.FloatRange(min=0, min_open=True),
    callback=_no_nan,
    default=900.0,
    show_default=True,
    help="Seconds for the whole run.",
)
@rendered_formats
@click.option("-n", "workers", type=click.IntRange(0), default=0, metavar="N", help="Run N cases side by side.")
@click.option("--strict", is_flag=True, help="A broken SHOULD ends with 1 too.")
@click.option("--dry-run", is_flag=True, help="Show what would be sent, and how much; send nothing.")
def run(  # noqa: PLR0913  (one for each flag)
    *,
    cases: tuple[str, ...],
    scenarios: tuple[str, ...],
    keyword: str,
    report_dir: Path,
    examples: int,
    seed: int,
    max_time: float,
    formats: tuple[str, ...],
    workers: int,
    strict: bool,
    dry_run: bool,
    **target_flags: object,
) -> None:
    """Certify a server: the one at URL, the one of a target file, or the embedded reference server.

    A run logs real profiles out. Point it at a server whose viewers are made for testing.
    """
    from conformance import certify  # noqa: PLC0415  (a second that `--help` need not wait for)
    from conformance.run.run import Settings  # noqa: PLC0415

    with errors_in_words(), _target(target_flags) as target:
        settings = Settings(
            target,
            report_dir=report_dir,
            examples=examples,
            seed=seed,
            max_time_s=max_time,
            cases=cases,
            scenarios=scenarios,
            formats=formats,
            workers=workers,
            rerun=_rerun(target_flags),
        )
        if dry_run:
            _show_dry_run(settings, keyword)
            return
        record = _run(settings, keyword)
    sys.exit(certify.exit_code(record, strict=strict))


def _run(settings: Settings, keyword: str) -> Record:
    from rich.console import Console  # noqa: PLC0415

    from conformance import certify  # noqa: PLC0415
    from conformance.cli.progress import Watched  # noqa: PLC0415
    from conformance.report import files_of, terminal  # noqa: PLC0415

    console = Console(file=sys.stdout)
    _announce(settings, console)
    with Watched(console) as watched:
        record = certify.certify(settings.watched_by(watched.start, watched.case), keyword=keyword)
    terminal.show(record, console, [settings.report_dir / file for file in files_of(settings.formats)])
    return record


def _announce(settings: Settings, console: Console) -> None:
    target = settings.target
    console.print(f"logout-conformance {__version__}: {target.name or 'target'} at {target.base_url}", markup=False)
    console.print("This run logs real profiles out at the target.", markup=False)


def _show_dry_run(settings: Settings, keyword: str) -> None:
    from conformance.cli.dry_run import lines  # noqa: PLC0415

    for line in lines(settings, keyword):
        click.echo(line)


@contextlib.contextmanager
def _target(flags: dict[str, object]) -> Iterator[Target]:
    from conformance.certify import reference_target  # noqa: PLC0415
    from conformance.target import file as target_file  # noqa: PLC0415

    file = flags.pop("file")
    typed = {name: value for name, value in flags.items() if value not in {None, ()}}
    if file is None and "url" not in typed:
        with reference_target() as reference:
            yield target_file.with_flags(reference, **typed)  # type: ignore[arg-type]
        return
    yield target_file.with_flags(target_file.load(file) if file else None, **typed)  # type: ignore[arg-type]


def _rerun(flags: dict[str, object]) -> str:
    words = ["logout-conformance", "run"]
    for parameter in click.get_current_context().command.params:
        value = click.get_current_context().params.get(str(parameter.name))
        if parameter.name == "url" and value:
            words.append(str(value))
        elif parameter.name in {"file", *flags} and value not in {None, ()}:
            for each in value if isinstance(value, tuple) else (value,):
                words += [parameter.opts[0], str(each)]
    return shlex.join(words)
