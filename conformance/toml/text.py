"""The text of a TOML file, and the tables in it; where there are none, the mistake says why and on which line."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Final

from conformance.toml.mistakes import Mistake, MistakesError

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_FILE: Final = 1024 * 1024
"""Bytes that a file may have."""

_PLACE: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")


def text_of(path: Path, kind: str) -> str:
    """Read a file of this kind, e.g. "target file"; raises MistakesError where it is too large, no UTF-8 or closed."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            raise MistakesError([Mistake("", None, "is larger than 1 MiB", f"is it a {kind}?")], str(path))
        return data.decode("utf-8-sig")  # some editors begin a file with a byte order mark
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise MistakesError([Mistake("", line, "is not UTF-8 text", "save it as UTF-8")], str(path)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no such path"
        raise MistakesError([Mistake("", None, f"cannot be read: {reason}")], str(path)) from None


def tables_in(text: str, source: str) -> dict[str, object]:
    """Give what a TOML text says; raises MistakesError, of `source`, where it is none."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise MistakesError([Mistake("", None, "is nested too deeply")], source) from None
    except ValueError as error:  # TOMLDecodeError, and plain ones for numbers with thousands of digits
        place = _PLACE.search(str(error))
        end = text.count("\n") + 1 if place else None
        line = int(place[1]) if place and place[1] else end
        raise MistakesError([Mistake("", line, f"is not valid TOML: {_PLACE.sub('', str(error))}")], source) from None
