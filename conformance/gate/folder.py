"""The known failures of many targets: a folder with a file for each, called as the target's folder is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.gate import baseline
from conformance.gate.baseline import Baseline
from conformance.toml.mistakes import Mistake, MistakesError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path


def file_of(folder: Path, name: str) -> Path:
    """Give the file that a target's known failures are in."""
    return folder / f"{name}.toml"


def load(folder: Path, names: Iterable[str]) -> Mapping[str, Baseline]:
    """Read the known failures of each target; where one has no file, none are known.

    Raises:
        MistakesError: with every mistake of every file, or where there is no such folder.

    """
    if not folder.is_dir():
        expected = (
            f"expected a folder with a file for each of several targets, e.g. {file_of(folder.with_suffix(''), 'acme')}"
        )
        raise MistakesError([Mistake("", None, expected)], str(folder))
    found, wrong = {}, []
    for name in names:
        path = file_of(folder, name)
        try:
            found[name] = baseline.load(path) if path.exists() else Baseline(str(path))
        except MistakesError as error:
            wrong.append(Mistake("", None, str(error)))
    if wrong:
        raise MistakesError(wrong)
    return found


def strays(folder: Path, names: Iterable[str]) -> Iterator[Path]:
    """Give the files that belong to none of these targets."""
    wanted = {file_of(folder, name) for name in names}
    yield from (path for path in sorted(folder.glob("*.toml")) if path not in wanted)
