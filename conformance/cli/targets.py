"""Which servers a run is about: the reference server, one that flags or a file describe, or a fleet of files."""

from __future__ import annotations

import contextlib
import re
import shlex
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, cast

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from conformance.gate.baseline import Baseline
    from conformance.target.mistakes import TargetError
    from conformance.target.model import Target

LONGEST_NAME: Final = 60
"""Letters of a folder's name; with four bytes each they fit into every file system."""
NAMES_OF_DEVICES: Final = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
"""What Windows takes for a device and not for a folder."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A target, what its folder and its history are called, and the line that certifies it alone."""

    name: str
    target: Target
    rerun: str
    known: Baseline | None = None
    """Its known failures, where its run is judged at a gate."""
    is_numbered: bool = False
    """Whether another target of the same command would be called the same, if this one were not numbered."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The targets of one command; a fleet has a folder for each of them, even if there is only one."""

    targets: Sequence[Chosen]
    is_fleet: bool = False


@contextlib.contextmanager
def chosen(flags: Mapping[str, object]) -> Iterator[Choice]:
    """Give the targets that the flags describe, for as long as the reference server may have to run.

    Raises:
        TargetError: a flag, or the one target file, is wrong.
        UsageError: with all that is wrong with several files, or where a URL comes with them.

    """
    from conformance.certify import UsageError, reference_target

    given = cast("tuple[Path, ...]", flags["files"])
    files = files_of(given)
    typed = {name: value for name, value in flags.items() if value not in {None, ()} and name != "files"}
    if len(files) > 1 or any(path.is_dir() for path in given):
        if "url" in typed:
            raise UsageError("a URL beside several targets: give the URL alone, or one --target with it")
        yield _fleet(files, typed)
    elif files or "url" in typed:
        yield Choice([_one(files[0] if files else None, typed)])
    else:
        with reference_target() as reference:
            target = _with_flags(reference, typed)
            yield Choice([Chosen(target.name, target, _rerun(typed))])


def files_of(paths: Sequence[Path]) -> list[Path]:
    """Give the target files that were named, each once; a folder stands for every *.toml in it, sorted by name."""
    found: dict[Path, Path] = {}
    for path in paths:
        inside = sorted(one for one in path.glob("*.toml") if not one.name.startswith(".")) if path.is_dir() else [path]
        for file in inside or [path]:
            found.setdefault(file.resolve(), file)
    return list(found.values())


def folder_names(files: Sequence[Path]) -> list[str]:
    """Give each file a name that is safe as a folder's on every system, and that no other of them has."""
    names, taken = [], set(NAMES_OF_DEVICES)
    for file in files:
        # no dot is left, so that no name is that of an overview or a record
        stem = re.sub(r"[^\w-]+", "-", unicodedata.normalize("NFC", file.stem)).strip("-")[:LONGEST_NAME] or "target"
        number, name = 1, stem
        while name.casefold() in taken:
            number += 1
            name = f"{stem}-{number}"
        taken.add(name.casefold())
        names.append(name)
    return names


def _one(file: Path | None, typed: Mapping[str, object]) -> Chosen:
    from conformance.target.file import load

    target = _with_flags(load(file) if file else None, typed)
    return Chosen(folder_names([file])[0] if file else "", target, _rerun(typed, file))


def _fleet(files: Sequence[Path], typed: Mapping[str, object]) -> Choice:
    from conformance.certify import UsageError
    from conformance.target.mistakes import TargetError

    targets, mistakes = [], []
    for name, file in zip(folder_names(files), files, strict=True):
        try:
            one = _one(file, typed)
            targets.append(replace(one, name=name, is_numbered=one.name != name))
        except TargetError as error:
            mistakes.append(_in_file(file, error))
    if mistakes:
        raise UsageError("\n".join(dict.fromkeys(mistakes)))
    return Choice(targets, is_fleet=True)


def _in_file(file: Path, error: TargetError) -> str:
    if file.is_dir():
        return f"{file}: holds no target file; expected at least one *.toml in it"
    return str(error) if error.source else f"{file}, with the flags of the command: {error}"


def _with_flags(target: Target | None, typed: Mapping[str, object]) -> Target:
    from conformance.target.file import with_flags

    return with_flags(target, **typed)  # type: ignore[arg-type]


def _rerun(typed: Mapping[str, object], file: Path | None = None) -> str:
    context = click.get_current_context()
    words = ["logout-conformance", "run"]
    for parameter in context.command.params:
        value = context.params.get(str(parameter.name))
        if parameter.name == "url" and value:
            words.append(str(value))
        elif parameter.name == "files" and file:
            words += [parameter.opts[0], str(file)]
        elif parameter.name in typed:
            for each in value if isinstance(value, tuple) else (value,):
                words += [parameter.opts[0], str(each)]
    return shlex.join(words)
