"""The Dockerfile as far as a machine without Docker can go: what it copies, and the commands that it runs."""

from __future__ import annotations

import re
import shutil
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).parents[2]
PREFIX: Final = "/opt/logout-conformance"
"""Where the image has the kit."""


def instructions() -> list[tuple[str, str]]:
    """Give the instructions of the Dockerfile with what stands behind them, continued lines as one."""
    text = (PROJECT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", "")
    lines = (line.partition(" ") for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return [(name, rest.strip()) for name, _, rest in lines]


def copied() -> list[tuple[str, str]]:
    """Give what is copied from the project, each with its place in the image's build folder."""
    pairs = []
    for name, rest in instructions():
        if name == "COPY" and not rest.startswith("--from="):
            *sources, place = rest.split()
            pairs += [(source, source if place == "./" else place) for source in sources]
    return pairs


def is_sent(path: str) -> bool:
    """Say whether .dockerignore lets a path of the project through to the builder: its last line that fits decides."""
    sent = True
    for line in (PROJECT / ".dockerignore").read_text(encoding="utf-8").split():
        pattern = line.removeprefix("!").removeprefix("**/")
        parts = path.split("/")
        fits = any(fnmatch(part, pattern) for part in (parts if line.startswith("**/") else parts[:1]))
        sent = line.startswith("!") if fits else sent
    return sent


def build_context(folder: Path) -> None:
    """Copy into a folder what the builder has in its own before the first RUN."""
    for source, place in copied():
        origin = PROJECT / source
        if origin.is_dir():
            shutil.copytree(origin, folder / place, ignore=_not_sent)
        else:
            shutil.copy(origin, folder / place)


def _not_sent(folder: str, names: list[str]) -> list[str]:
    place = Path(folder).relative_to(PROJECT)
    return [name for name in names if not is_sent((place / name).as_posix())]


def commands(prefix: Path) -> list[str]:
    """Give the shell commands that install the kit, with another place for it than the image's."""
    runs = [rest for name, rest in instructions() if name == "RUN" and PREFIX in rest]
    return [re.sub(rf"{PREFIX}(?=[/ ])", str(prefix), run) for run in runs]
