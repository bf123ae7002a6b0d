"""The command line: `run`, `serve`, `list`, `report`. It only reads what was typed and shows what came out."""

from __future__ import annotations

import contextlib
import math
import shlex
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from conformance import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeVar

    from rich.console import Console

    from conformance.record.record import Record
    from conformance.run.run import Settings
    from conformance.target.model import Target

    Command = TypeVar("Command", bound=Callable[..., object])

USAGE, KIT_FAULT, INTERRUPTED = 2, 4, 130
FORMATS = ("html", "junit")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="logout-conformance", message="%(prog)s %(version)s")
def cli() -> None:
    """Certify a server of the TV Everywhere logout endpoint.

    Without a target, `logout-conformance run` certifies the embedded reference server.
    """


def _target_options(command: Command) -> Command:
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


def _selection(command: Command) -> Command:
    options = (
        click.option("--case", "cases", multiple=True, metavar="ID", help="Only this case (* matches anything)."),
        click.option("--scenario", "scenarios", multiple=True, metavar="ID", help="Only the cases of this scenario."),
        click.option("-k", "keyword", default="", metavar="EXPRESSION", help="Only cases that match, as in pytest."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _no_nan(_context: click.Context, _option: click.Parameter, value: float) -> float:
    # of no bound it can be said that NaN lies beyond it
    if math.isnan(value):
        raise click.BadParameter("nan is no number of seconds")
    return value


@cli.command(
    epilog="Example: logout-conformance run https://api.example.com --header 'Authorization: Bearer '\"$TOKEN\" "
    "--state-handler http://127.0.0.1:9000/_state"
)
@_target_options
@_selection
@click.option(
    "--report-dir",
    type=click.Path(path_type=Path),
    default=Path("reports"),
    show_default=True,
    help="Where record and reports go.",
)
@click.option("--examples", type=click.IntRange(0), default=8, show_default=True, help="Generated requests of a kind.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the generated requests.")
@click.option(
    "--max-time",
    type=click.FloatRange(min=0, min_open=True),
    callback=_no_nan,
    default=900.0,
    show_default=True,
    help="Seconds for the whole run.",
)
@click.option("--format", "formats", default="html,junit", show_default=True, help="Reports to render.")
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
    formats: str,
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

    with _errors_in_words(), _target(target_flags) as target:
        settings = Settings(
            target,
            report_dir=report_dir,
            examples=examples,
            seed=seed,
            max_time_s=max_time,
            cases=cases,
            scenarios=scenarios,
            formats=_formats(formats),
            workers=workers,
            rerun=_rerun(target_flags),
        )
        if dry_run:
            _show_dry_run(settings, keyword)
            return
        record = _run(settings, keyword)
    sys.exit(certify.exit_code(record, strict=strict))


@cli.command(epilog="Example: logout-conformance serve --port 8080")
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
        _fail(f"{host}:{port}: {error.strerror or error}", USAGE)
    click.echo("stopped")


@cli.command("list", epilog="Example: logout-conformance list --requirements")
@_selection
@click.option("--requirements", is_flag=True, help="The demands of the law instead of the cases.")
@click.option("--cost", is_flag=True, help="With each case, what it sends.")
def list_(*, cases: tuple[str, ...], scenarios: tuple[str, ...], keyword: str, requirements: bool, cost: bool) -> None:
    """List the cases, or the requirements that they test."""
    if requirements:
        _list_requirements()
        return
    from conformance.certify import listed  # noqa: PLC0415
    from conformance.run.run import Settings  # noqa: PLC0415
    from conformance.target.model import Target  # noqa: PLC0415

    with _errors_in_words():
        nowhere = Target(base_url="http://127.0.0.1")
        for case in listed(Settings(nowhere, cases=cases, scenarios=scenarios), keyword=keyword):
            click.echo(f"{case.id}  {case.level}  {' '.join(case.requirements)}")
            for visit in case.visits if cost else ():
                click.echo(f"    sends {visit.id}: {', '.join(step.id for step in visit.steps)}")


@cli.command(epilog="Example: logout-conformance report reports --format html,junit")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--format", "formats", default="html,junit", show_default=True, help="Reports to render.")
def report(*, folder: Path, formats: str) -> None:
    """Render the reports of a run again, from its record."""
    from conformance.report import render  # noqa: PLC0415

    with _errors_in_words():
        for path in render(folder, _formats(formats)):
            click.echo(path)


def main() -> None:
    """Run the command line; a fault of the kit itself ends with 4 and asks to be reported."""
    # SIGINT too: a shell that starts a command in the background has it ignored
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _interrupt)
    try:
        # not click's own standalone mode: it ends with 1 where the user pressed Ctrl-C
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(INTERRUPTED)
    except Exception as error:  # noqa: BLE001  (whatever it is, it is the kit's and not the user's to read as a traceback)
        _fail(_kit_fault(error), KIT_FAULT)


def _run(settings: Settings, keyword: str) -> Record:
    from rich.console import Console  # noqa: PLC0415

    from conformance import certify  # noqa: PLC0415
    from conformance.cli.progress import Watched  # noqa: PLC0415
    from conformance.report import FORMATS, terminal  # noqa: PLC0415

    console = Console(file=sys.stdout)
    _announce(settings, console)
    with Watched(console) as watched:
        record = certify.certify(settings.watched_by(watched.start, watched.case), keyword=keyword)
    terminal.show(record, console, [settings.report_dir / FORMATS[name][0] for name in settings.formats])
    return record


def _announce(settings: Settings, console: Console) -> None:
    target = settings.target
    console.print(f"logout-conformance {__version__}: {target.name or 'target'} at {target.base_url}", markup=False)
    console.print("This run logs real profiles out at the target.", markup=False)


def _show_dry_run(settings: Settings, keyword: str) -> None:
    from conformance.cli.dry_run import lines  # noqa: PLC0415

    for line in lines(settings, keyword):
        click.echo(line)


def _list_requirements() -> None:
    from conformance.law.catalogue import catalogue  # noqa: PLC0415

    for row in catalogue().requirements:
        click.echo(f"{row.id}  {row.level}  {row.subject}  {row.section}\n    {row.sentence}")
        click.echo(f"    checked: {row.checked}" if row.checked else f"    not checked: {row.unchecked}")


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


def _formats(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    unknown = [name for name in names if name not in FORMATS]
    if unknown:
        raise click.UsageError(f"--format: there is no format {unknown[0]!r}; choose from {', '.join(FORMATS)}")
    return names


@contextlib.contextmanager
def _errors_in_words() -> Iterator[None]:
    from conformance.certify import KitError, UsageError  # noqa: PLC0415
    from conformance.record.stored import RecordError  # noqa: PLC0415
    from conformance.target.mistakes import TargetError  # noqa: PLC0415

    try:
        yield
    except (TargetError, RecordError, UsageError) as error:
        _fail(str(error), USAGE)
    except BrokenPipeError:
        raise  # whoever read the output has gone: click ends quietly
    except OSError as error:
        _fail(f"{error.filename or 'the report folder'}: {error.strerror or error}", USAGE)
    except KitError as error:
        _fail(_kit_fault(error), KIT_FAULT)


def _fail(message: str, code: int) -> NoReturn:
    from conformance.report.text import visible  # noqa: PLC0415

    click.echo(f"logout-conformance: {visible(message, keep=chr(10))}", err=True)
    sys.exit(code)


def _kit_fault(error: Exception) -> str:
    return f"the kit itself failed ({type(error).__name__}: {error}); the target is not to blame. Please report it."


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
