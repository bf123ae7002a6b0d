"""`logout-conformance init`: a target file and a state handler to begin with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import click

from conformance.cli.errors import USAGE, errors_in_words, fail

HANDLERS: Final = {"python": "my_states.py", "node": "states.mjs"}
"""By language, the file of the state handler."""
BASE_URL: Final = "http://127.0.0.1:8080"
"""Where `serve` listens; the skeletons name it, and so they work against the reference server as they are."""
SERVICE_PROVIDER: Final = "REF30"


@click.command(epilog="Example: logout-conformance init conformance --language node")
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
@click.option(
    "--language", type=click.Choice([*HANDLERS]), help="Of the handler [default: node beside a package.json]."
)
@click.option("--base-url", default=BASE_URL, show_default=True, help="Where your server is.")
@click.option("--service-provider", default=SERVICE_PROVIDER, show_default=True, help="Its service provider.")
def init(*, folder: Path, language: str | None, base_url: str, service_provider: str) -> None:
    """Write a target file and a state handler to begin with into FOLDER, and overwrite nothing.

    Both work against the reference server (`logout-conformance serve`) until you put your own in its place.
    """
    from conformance.report.text import visible
    from conformance.target.file import with_flags

    language = language or ("node" if (folder / "package.json").exists() else "python")
    with errors_in_words():
        target = with_flags(url=base_url, service_provider=service_provider)
        files = texts(language, target.base_url, service_provider)
        _refuse_to_overwrite([folder / name for name in files])
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            # opened with "x": what came into the way since the look is not overwritten either
            with (folder / name).open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
    for line in _next(folder, language, target.base_url):
        click.echo(visible(line))


def texts(language: str, base_url: str, service_provider: str) -> dict[str, str]:
    """Give the files by name, with these values in place of the reference server's."""
    values = {
        f'"{BASE_URL}"': _quoted(base_url),
        f'"{BASE_URL}/_state"': _quoted(f"{base_url}/_state"),
        f'"{SERVICE_PROVIDER}"': _quoted(service_provider.replace("${", "$${")),
    }
    if language == "node":
        values['python = "my_states:handle"'] = 'handler = "http://127.0.0.1:9000/_state"'
    return {name: _filled(name, values) for name in ("target.toml", HANDLERS[language])}


def _filled(name: str, values: dict[str, str]) -> str:
    from importlib import resources

    text = resources.files("conformance").joinpath("skeleton", name).read_text(encoding="utf-8")
    for default, value in values.items():
        text = text.replace(default, value)
    return text


def _quoted(text: str) -> str:
    # a name or a URL has no control characters, and so what JSON writes is a string in TOML, Python and JavaScript too
    return json.dumps(text, ensure_ascii=False)


def _refuse_to_overwrite(files: list[Path]) -> None:
    there = [str(file) for file in files if file.exists() or file.is_symlink()]
    if there:
        fail(f"already there, and not overwritten: {', '.join(there)}; move them away or name another folder", USAGE)


def _next(folder: Path, language: str, base_url: str) -> list[str]:
    target, handler = folder / "target.toml", folder / HANDLERS[language]
    servers = ["logout-conformance serve (it prints an access token)" if base_url == BASE_URL else "your server"]
    servers += [f"node {handler}"] if language == "node" else []
    where = "in another terminal" if len(servers) == 1 else "each in a terminal of its own"
    return [
        f"Wrote {target} and {handler}. Next:",
        f"1. Start, {where}: {', '.join(servers)}",
        f"2. ACCESS_TOKEN=... logout-conformance doctor --target {target}, and then `run` in place of `doctor`",
        f"3. Write what {target} and {handler} mark REPLACE: where your server is, and how it gets a profile",
    ]
