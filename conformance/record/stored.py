"""What the kit writes down and reads back: checked parts, clear errors, and files that are whole or not there."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


AGAIN: Final = "run the kit again to make a new record"
"""What to do about a record that is damaged."""


class RecordError(Exception):
    """A folder holds no record that can be read; the text says what is wrong, where, and what to do."""


def _without_surrogates(value: object) -> object:
    # a lone surrogate has no UTF-8 form, and strict readers refuse its JSON escape: it stands as the text \ud800
    if not isinstance(value, str) or value.isascii():
        return value
    return value.encode("utf-8", "backslashreplace").decode()


def _moment_that_exists(value: str) -> str:
    datetime.fromisoformat(value)
    return value


Text: TypeAlias = Annotated[str, BeforeValidator(_without_surrogates)]
Moment: TypeAlias = Annotated[
    str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"), AfterValidator(_moment_that_exists)
]
"""A time in UTC, such as 2026-11-24T01:00:00.000Z."""
Count: TypeAlias = Annotated[int, Field(ge=0)]
Duration: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]


def stamp(moment: datetime, timespec: str = "milliseconds") -> str:
    """Give a time in UTC as a record has it."""
    return moment.isoformat(timespec=timespec).replace("+00:00", "Z")


def now() -> str:
    """Give this moment as a record has it."""
    return stamp(datetime.now(UTC))


class Part(BaseModel):
    """A part of a record, which never changes once made."""

    # unknown members are passed over, so that an older kit of the same schema version can read the record too
    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


def write_whole(path: Path, pieces: Iterable[str]) -> Path:
    """Write a file aside and rename it, so that no half file ever stands under its name.

    Raises:
        OSError: the file cannot be written; what stood under the name before still does.

    """
    aside = path.with_name(f".{path.name}.part")
    aside.unlink(missing_ok=True)  # a killed run left it, or somebody laid a link there
    try:
        with aside.open("x", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.writelines(pieces)
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    return path


def bytes_of(path: Path) -> bytes:
    """Read a whole file; raises RecordError where that cannot be done."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from None


def unreadable(path: Path, error: OSError) -> RecordError:
    """Say that a file of the record is missing or closed to us, and what to do."""
    if isinstance(error, FileNotFoundError):
        return RecordError(f"{path}: not found; give the folder that `logout-conformance run` reported into")
    return RecordError(f"{path}: cannot be read ({error.strerror or error}); give a folder that holds a run's record")


def decoded(content: bytes, where: str, advice: str = AGAIN) -> object:
    """Decode JSON that stands at `where`; raises RecordError where it is none, with what to do."""
    # not pydantic's own parser: it refuses the escape of a lone surrogate, which an older record may hold
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise RecordError(f"{where}: is no valid JSON ({reason}); {advice}") from None


_Model = TypeVar("_Model", bound=Part)


def checked(model: type[_Model], content: object, where: str, advice: str = AGAIN) -> _Model:
    """Make a part of what stands at `where`; raises RecordError that names the member that is wrong."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first, *others = error.errors(include_url=False, include_context=False, include_input=False)
        member = "/".join(str(part) for part in first["loc"]) or "the whole of it"
        more = f" (and {len(others)} more)" if others else ""
        raise RecordError(
            f"{where}: is no record of logout-conformance: {member}: {first['msg']}{more}; {advice}"
        ) from None
