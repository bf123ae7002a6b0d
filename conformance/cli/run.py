"""`logout-conformance run`: certifies a server."""

from __future__ import annotations

import math
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance import __version__
from conformance.cli.errors import errors_in_words
from conformance.cli.options import rendered_formats, report_folder, selection, strictness
from conformance.cli.targets import chosen

if TYPE_CHECKING:
    from rich.console import Console

    from conformance.cli.options import Command
    from conformance.cli.targets import Choice
    from conformance.record.record import Record
    from conformance.record.shard import Shard
    from conformance.run.run import Settings


def target_options(command: Command) -> Command:
    """Add the flags that describe a target; each beats the target file."""
    options = (
        click.argument("url", required=False),
        click.option(
            "--target",
            "files",
            multiple=True,
            type=click.Path(path_type=Path),
            metavar="PATH",
            help="The target file (TOML); several, or a folder of them: one run each.",
        ),
        click.option("--service-provider", help="The default service provider [default: REF30]."),
        click.option("--other-service-provider", help="A second one, that the first must not touch."),
        click.option("--redirect-url", help="The redirect target [default: https://example.com/]."),
        click.option("--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="Sent with every request."),
        click.option("--state-handler", metavar="URL", help="The HTTP endpoint that sets states up."),
        click.option("--mvpd", "mvpds", multiple=True, metavar="SCENARIO=NAME", help="The MVPD of a scenario."),
        click.option("--timeout", "timeout_s", type=float, help="Seconds for one exchange [default: 10]."),
        click.option("--rate", "requests_per_second", type=float, help="Requests a second [default: no limit]."),
        click.option("--burst", type=int, help="How many of them may go at once after a pause [default: 1]."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _no_nan(_context: click.Context, _option: click.Parameter, value: float) -> float:
    # of no bound it can be said that NaN lies beyond it
    if math.isnan(value):
        raise click.BadParameter("nan is no number of seconds")
    return value


def _shard(_context: click.Context, _option: click.Parameter, text: str | None) -> Shard | None:
    if text is None:
        return None
    from conformance.record.shard import MOST_SHARDS, Shard

    found = re.fullmatch(r"([0-9]{1,4})/([0-9]{1,4})", text)
    number, of = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= number <= of <= MOST_SHARDS:
        expected = f"write e.g. 2/5 for the second of five, of at most {MOST_SHARDS}"
        raise click.BadParameter(f"{text!r} is no shard; {expected}")
    return Shard(number=number, of=of)


@click.command(
    epilog="Example: logout-conformance run https://api.example.com --header 'Authorization: Bearer '\"$TOKEN\" "
    "--state-handler http://127.0.0.1:9000/_state"
)
@target_options
@selection
@report_folder
@click.option("--examples", type=click.IntRange(0), default=6, show_default=True, help="Generated requests of a kind.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the generated requests.")
@click.option(
    "--max-time",
    type=click.FloatRange(min=0, min_open=True),
    callback=_no_nan,
    default=900.0,
    show_default=True,
    help="Seconds for the whole run of a target.",
)
@rendered_formats
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Known failures; only new ones count. A folder with NAME.toml for each of many targets.",
)
@click.option("--requirements", default="", metavar="VERSION", help="Later cases do not score [default: the kit's].")
@click.option("-n", "workers", type=click.IntRange(0), default=0, metavar="N", help="Run N cases side by side.")
@click.option(
    "--shard",
    metavar="NUMBER/OF",
    callback=_shard,
    help="Run one share of the cases, such as 2/5; `merge` makes one record of all.",
)
@strictness
@click.option(
    "--history",
    "history_dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Append the run to the history there.",
)
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
    baseline: Path | None,
    requirements: str,
    workers: int,
    shard: Shard | None,
    strict: bool,
    history_dir: Path | None,
    dry_run: bool,
    **target_flags: object,
) -> None:
    """Certify a server: the one at URL, the one of a target file, or the embedded reference server.

    Several target files, or a folder of them, are certified one after another: a folder each in the report folder, an
    overview of all, and the exit code of the gravest. Flags apply to each; --max-time is for each run.

    A run logs real profiles out. Point it at a server whose viewers are made for testing.
    """
    if shard and history_dir:
        raise click.UsageError("--history takes whole runs; a shard is a part of one")
    with errors_in_words(), chosen(target_flags) as found:
        from conformance import certify
        from conformance.record.history import History
        from conformance.run.run import Settings

        choice = _with_known(found, baseline) if baseline else found
        first = choice.targets[0]
        settings = Settings(
            first.target,
            report_dir=report_dir,
            examples=examples,
            seed=seed,
            max_time_s=max_time,
            cases=cases,
            scenarios=scenarios,
            formats=formats,
            workers=workers,
            shard=shard,
            rerun=first.rerun,
            baseline=first.known,
            strict=strict,
            requirements=requirements,
        )
        if dry_run:
            _show_dry_run(settings, keyword, choice)
            return
        history = History(history_dir) if history_dir else None
        if choice.is_fleet:
            from conformance.cli import fleet

            sys.exit(fleet.run(choice.targets, fleet.Asked(settings, keyword, history, strict=strict)))
        record = _run(settings, keyword)
        code = certify.exit_code(record, strict=strict)
        if history:
            history.add(record, first.name, code)
    sys.exit(code)


def _with_known(choice: Choice, path: Path) -> Choice:
    """Give each target its known failures: the file, or of many targets each its own in the folder."""
    from conformance.certify import UsageError
    from conformance.gate import baseline, folder
    from conformance.report.text import visible

    names = [one.name for one in choice.targets]
    if numbered := [one.name for one in choice.targets if one.is_numbered]:
        raise UsageError(
            f"two targets would share the known failures of one name ({', '.join(numbered)}): rename a target file"
        )
    # a target that no file describes has no file there either
    in_folder = choice.is_fleet or (path.is_dir() and names[0])
    known = folder.load(path, names) if in_folder else {names[0]: baseline.load(path)}
    for stray in folder.strays(path, names) if choice.is_fleet else ():
        click.echo(visible(f"note: {stray}: belongs to none of these targets"), err=True)
    return replace(choice, targets=[replace(one, known=known[one.name]) for one in choice.targets])


def _run(settings: Settings, keyword: str) -> Record:
    from rich.console import Console

    from conformance import certify
    from conformance.cli.ending import shown
    from conformance.cli.progress import Watched

    console = Console(file=sys.stdout)
    _announce(settings, console)
    with Watched(console, settings) as watched:
        record = certify.certify(settings.watched_by(watched.start, watched.case), keyword=keyword)
    shown(record, settings.report_dir, settings.formats)
    return record


def _announce(settings: Settings, console: Console) -> None:
    from conformance.report.text import visible

    target, part = settings.target, f", {settings.shard}" if settings.shard else ""
    named = visible(f"{target.name or 'target'} at {target.base_url}{part}")
    console.print(f"logout-conformance {__version__}: {named}", markup=False)
    console.print("This run logs real profiles out at the target.", markup=False)


def _show_dry_run(settings: Settings, keyword: str, choice: Choice) -> None:
    from conformance.cli.dry_run import lines

    for one in choice.targets:
        if choice.is_fleet:
            click.echo(f"{one.name}:")
        for line in lines(replace(settings, target=one.target), keyword):
            click.echo(line)
