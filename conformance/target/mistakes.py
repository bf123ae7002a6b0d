"""What is wrong with a target file or a flag, in words: where it stands, what was expected, what to write instead.

No value is quoted that may be secret: none that came from the environment, none of a header, of a URL or of a
key that nobody knows.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from conformance.target.legal import printable
from conformance.target.model import Settings, StatesSource, StaticScenario, TargetFile, Tls, TokenSource

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

    from conformance.target.toml_lines import KeyPath, LinesOfKeys

LONGEST_QUOTE: Final = 60
_LONGEST_INTEGER: Final = 64

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_NEEDED: Final[Mapping[str | int, str]] = {
    "target": "write a table [target]",
    "base_url": 'write e.g. base_url = "https://api.example.com"',
    "mvpd": 'write e.g. mvpd = "Cablevision"',
    "command": 'write e.g. command = ["./token.sh"]',
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to put right: the dotted key or the flag, its line where it has one, and what would be right."""

    key: str
    line: int | None
    problem: str
    advice: str = ""

    def __str__(self) -> str:
        advice = f" ({self.advice})" if self.advice else ""
        return (f"{self.key}: " if self.key else "") + self.problem + advice


class TargetError(Exception):
    """A target cannot be used as it is described; `mistakes` has all of what is wrong, in the order of their lines."""

    def __init__(self, mistakes: Sequence[Mistake], source: str = "") -> None:
        super().__init__(mistakes, source)
        self.mistakes = tuple(sorted(mistakes, key=lambda mistake: mistake.line or 0))
        self.source = source

    def __str__(self) -> str:
        return "\n".join(self._place(mistake.line) + str(mistake) for mistake in self.mistakes)

    def _place(self, line: int | None) -> str:
        if not self.source:
            return ""
        return f"{printable(self.source)}:{line}: " if line else f"{printable(self.source)}: "


def dotted(path: KeyPath) -> str:
    """Write a key as TOML does; a header's name is cut where it stops to be one: a value may have slipped into it."""
    return "".join(_step(part, path[:depth]) for depth, part in enumerate(path)).lstrip(".")


def _step(part: str | int, around: KeyPath) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    name = _BARE_KEY.match(part)
    if name and name[0] == part:
        return f".{part}"
    if around and around[-1] == "headers":
        return f'."{name[0] if name else ""}..."'
    return f".{_quote(part)}"


def of_validation(
    error: ValidationError, lines: LinesOfKeys, expanded: Container[KeyPath], excused: Container[KeyPath] = ()
) -> list[Mistake]:
    """Put what pydantic found into words.

    `expanded` has the keys whose values came from the environment and are not quoted, `excused` those passed over.
    """
    mistakes = []
    for found in error.errors(include_url=False):
        key = key_of(found)
        if key not in excused:
            problem, advice = in_words(found, quotable=key not in expanded)
            mistakes.append(Mistake(dotted(key), lines.of(key), problem, advice))
    return mistakes


def key_of(found: ErrorDetails) -> KeyPath:
    """Give the key that pydantic means: of a wrong key in a table it says `[key]` at the end."""
    path = found["loc"]
    return path[:-1] if path[-1:] == ("[key]",) and found["type"] != "extra_forbidden" else path


def in_words(found: ErrorDetails, *, quotable: bool = True) -> tuple[str, str]:
    """Say what is wrong and what would be right."""
    path, seen, context = found["loc"], found["input"], found.get("ctx", {})
    match found["type"]:
        case "missing":
            return "missing", _NEEDED.get(path[-1], "")
        case "extra_forbidden":
            return "unknown key", _meant(path)
        case "expected":
            show = quotable and context["quoted"] and key_of(found) == path
            return found["msg"] + (f", seen {_shown(seen)}" if show else ""), context["advice"]
    return f"expected a table, seen {_kind(seen)}", "write a table [...] or { ... }"


def _meant(path: KeyPath) -> str:
    *around, key = path
    known = list(_model_at(tuple(around)).model_fields)
    if close := difflib.get_close_matches(str(key), known, 1):
        return f'did you mean "{close[0]}"?'
    if not around and key in Settings.model_fields:
        return "write it in the table [target]"
    return "known here: " + ", ".join(known)


def _model_at(path: KeyPath) -> type[BaseModel]:
    match path:
        case ("target",):
            return Settings
        case ("target", "tls"):
            return Tls
        case ("token",):
            return TokenSource
        case ("states",):
            return StatesSource
        case ("scenarios", _):
            return StaticScenario
    return TargetFile


def _shown(value: object) -> str:
    if isinstance(value, str):
        return _quote(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) or (isinstance(value, int) and value.bit_length() <= _LONGEST_INTEGER):
        return str(value)
    return _kind(value)


def _kind(value: object) -> str:
    """Name a value's type as TOML does, without the value."""
    kinds: tuple[tuple[type, str], ...] = (
        (str, "a string"),
        (bool, "a boolean"),
        (int, "an integer"),
        (float, "a number"),
        (list, "an array"),
        (dict, "a table"),
    )
    return next((name for kind, name in kinds if isinstance(value, kind)), "a date or time")


def _quote(text: str) -> str:
    shortened = text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + "..."
    return f'"{printable(shortened)}"'
