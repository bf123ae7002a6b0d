"""The history of targets: one line a run in history.jsonl, with a letter for each requirement and each case.

What the letters stand for is written once, into names-DIGEST.json beside it: a line takes about a kilobyte, and fifty
targets every night for a year take less than twenty megabytes.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import sys
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeAlias

from pydantic import Field

from conformance.record.record import Level, Summary, Verdict  # noqa: TC001  (pydantic reads annotations)
from conformance.record.standing import standings
from conformance.record.stored import (
    Count,
    Moment,
    Part,
    RecordError,
    Text,
    checked,
    decoded,
    write_whole,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from io import FileIO
    from pathlib import Path

    from conformance.record.record import Record, Status

FILE: Final = "history.jsonl"
LETTERS: Final[Mapping[str, Status | None]] = {
    "p": "passed",
    "f": "failed",
    "w": "warned",
    "s": "skipped",
    "e": "error",
    "-": None,
}
"""What a letter of a line says; `-` stands for what no case judged."""

PASSED_OVER: Final = "the line is passed over"

_LETTER_OF: Final = {status: letter for letter, status in LETTERS.items()}
_FAR_BEHIND: Final = 1 << 30
"""Where Windows locks a byte: readers of what lies before it are not held up."""

Letters: TypeAlias = Annotated[str, Field(pattern=r"^[pfwse-]*$")]


class RequirementName(Part):
    """A requirement as far as a history shows it."""

    id: Text
    level: Level
    sentence: Text


class Names(Part):
    """What the letters of a line stand for, in their order."""

    requirements: tuple[RequirementName, ...] = ()
    cases: tuple[Text, ...] = ()

    @functools.cached_property
    def digest(self) -> str:
        """What names them: the same for every run of the same cases by the same kit."""
        return hashlib.sha256(_json(self.model_dump(mode="json")).encode()).hexdigest()[:16]

    @functools.cached_property
    def place_of_requirement(self) -> Mapping[str, int]:
        """The place of each requirement, by its id."""
        return {requirement.id: place for place, requirement in enumerate(self.requirements)}

    @functools.cached_property
    def place_of_case(self) -> Mapping[str, int]:
        """The place of each case, by its id."""
        return {case: place for place, case in enumerate(self.cases)}


class Line(Part):
    """One run, as short as the questions of a history allow."""

    schema_version: Literal[1] = 1
    called: Text
    """What the history knows the target by."""
    name: Text = ""
    version: Text = ""
    base_url: Text
    started_at: Moment
    kit_version: Text
    spec_version: Text
    verdict: Verdict
    exit_code: Count
    partial: bool = False
    interrupted: bool = False
    seed: int
    examples: Count
    request_count: Count
    summary: Summary
    names: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    """The digest of what the letters stand for."""
    requirements: Letters
    cases: Letters


class History:
    """A folder that a history is kept in; raises OSError where it cannot be written, before a run has begun."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        (folder / FILE).open("ab").close()

    def add(self, record: Record, called: str, exit_code: int) -> None:
        """Append a run of a target, which is called by its name or its base URL where it is not called otherwise.

        Raises OSError where the disk does not take it, and leaves no half line then.
        """
        line = line_of(record, called=called, exit_code=exit_code)
        # not buffered: what the disk does not take is known at once
        with (self._folder / FILE).open("a+b", buffering=0) as file, _alone_in(file):
            self._keep_names(names_of(record))
            _append(file, f"{_json(line.model_dump(mode='json'))}\n".encode())

    def _keep_names(self, names: Names) -> None:
        path = self._folder / f"names-{names.digest}.json"
        if not path.exists():
            write_whole(path, [_json(names.model_dump(mode="json")), "\n"])


def names_of(record: Record) -> Names:
    """Give the requirements and the cases of a record, which the letters of its line stand for."""
    return Names(
        requirements=tuple(RequirementName(id=r.id, level=r.level, sentence=r.sentence) for r in record.requirements),
        cases=tuple(case.id for case in record.cases),
    )


def line_of(record: Record, *, called: str, exit_code: int) -> Line:
    """Make the line of a run of its record, which has no secrets left."""
    found = standings(record)
    stands = (found.get(requirement.id) for requirement in record.requirements)
    return Line(
        called=called or record.target.name or record.target.base_url,
        name=record.target.name,
        version=record.target.version,
        base_url=record.target.base_url,
        started_at=record.started_at,
        kit_version=record.kit_version,
        spec_version=record.spec_version,
        verdict=record.verdict,
        exit_code=exit_code,
        partial=record.partial,
        interrupted=record.interrupted,
        seed=record.seed,
        examples=record.examples,
        request_count=record.request_count,
        summary=record.summary,
        names=names_of(record).digest,
        requirements="".join(_LETTER_OF[one.status if one else None] for one in stands),
        cases="".join(_LETTER_OF[case.status] for case in record.cases),
    )


def read(folder: Path) -> tuple[list[tuple[Line, Names]], list[str]]:
    """Read a history: its lines, the oldest first, each with its names; and what is wrong with those passed over.

    Raises:
        RecordError: there is no history in the folder.

    """
    names, lines, damages = _KnownNames(folder), [], []
    for number, content in _lines(folder / FILE):
        where = f"{folder / FILE}, line {number}"
        try:
            line = checked(Line, decoded(content, where, PASSED_OVER), where, PASSED_OVER)
            lines.append((line, names.of(line, where)))
        except RecordError as error:
            damages.append(str(error))
    lines.sort(key=lambda pair: pair[0].started_at)
    return lines, damages


class _KnownNames:
    """Reads what letters stand for, each file once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, Names] = {}

    def of(self, line: Line, where: str) -> Names:
        """Give the names of a line; raises RecordError where they are lost, or do not fit it."""
        if line.names not in self._known:
            path = self._folder / f"names-{line.names}.json"
            at = f"{where}: {path}"
            content = decoded(_bytes_of(path, where), at, PASSED_OVER)
            self._known[line.names] = checked(Names, content, at, PASSED_OVER)
        names = self._known[line.names]
        if (len(line.requirements), len(line.cases)) != (len(names.requirements), len(names.cases)):
            raise RecordError(f"{where}: has not a letter for each name in names-{line.names}.json; {PASSED_OVER}")
        return names


def _bytes_of(path: Path, where: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RecordError(f"{where}: {path}: {error.strerror or error}; {PASSED_OVER}") from None


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with path.open("rb") as lines:
            yield from ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    except OSError as error:
        reason = error.strerror or error
        raise RecordError(f"{path}: {reason}; give the folder that `run --history` was given") from None


def _append(file: FileIO, line: bytes) -> None:
    end = file.seek(0, os.SEEK_END)
    # a run that was killed may have left half a line
    left = memoryview(line if _begins_a_line(file, end) else b"\n" + line)
    try:
        while left:
            left = left[file.write(left) :]
        os.fsync(file.fileno())
    except OSError:
        with contextlib.suppress(OSError):
            file.truncate(end)
        raise


def _begins_a_line(file: FileIO, place: int) -> bool:
    if place == 0:
        return True
    file.seek(place - 1)
    return file.read(1) == b"\n"


@contextlib.contextmanager
def _alone_in(file: FileIO) -> Iterator[None]:
    """Have others wait who would write into the same file; the lock ends with this process, however that ends."""
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415  (other systems have none)

        file.seek(_FAR_BEHIND)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        try:
            yield
        finally:
            file.seek(_FAR_BEHIND)
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
    else:
        import fcntl  # noqa: PLC0415  (Windows has none)

        with contextlib.suppress(OSError):  # a file system that knows no locks is no reason to refuse
            fcntl.flock(file.fileno(), fcntl.LOCK_EX)
        yield


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)
