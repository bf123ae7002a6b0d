"""What is wrong with a file or a flag, in words: where it stands, what was expected, what to write instead."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping, Sequence

    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

    from conformance.toml.lines import KeyPath, LinesOfKeys

LONGEST_QUOTE: Final = 60
_LONGEST_INTEGER: Final = 64

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")


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


class MistakesError(Exception):
    """A file or flags cannot be used; `mistakes` has all of what is wrong, in the order of their lines."""

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


@dataclass(frozen=True, slots=True)
class Form:
    """What one kind of file has to say of its own keys."""

    needed: Mapping[str | int, str]
    """What to write where a key is missing."""
    table_at: Callable[[KeyPath], type[BaseModel]]
    """The model of the table that stands at a key."""
    moved: Callable[[KeyPath], str] = lambda _: ""
    """Where an unknown key belongs, empty where nobody knows."""

    def mistakes_in(
        self,
        error: ValidationError,
        lines: LinesOfKeys,
        expanded: Container[KeyPath] = (),
        excused: Container[KeyPath] = (),
    ) -> list[Mistake]:
        """Put what pydantic found into words.

        `expanded` has the keys whose values came from the environment and are not quoted, `excused` those passed over.
        """
        mistakes = []
        for found in error.errors(include_url=False):
            key = key_of(found)
            if key not in excused:
                problem, advice = self.in_words(found, quotable=key not in expanded)
                mistakes.append(Mistake(dotted(key), lines.of(key), problem, advice))
        return mistakes

    def in_words(self, found: ErrorDetails, *, quotable: bool = True) -> tuple[str, str]:
        """Say what is wrong and what would be right."""
        path, seen, context = found["loc"], found["input"], found.get("ctx", {})
        match found["type"]:
            case "missing":
                return "missing", self.needed.get(path[-1], "")
            case "extra_forbidden":
                return "unknown key", self._meant(path)
            case "expected":
                show = quotable and context["quoted"] and key_of(found) == path
                return found["msg"] + (f", seen {_shown(seen)}" if show else ""), context["advice"]
            case "list_type":
                return f"expected tables, seen {_kind(seen)}", f"write [[{path[-1]}]] above each"
        return f"expected a table, seen {_kind(seen)}", "write a table [...] or { ... }"

    def _meant(self, path: KeyPath) -> str:
        *around, key = path
        known = list(self.table_at(tuple(around)).model_fields)
        if close := difflib.get_close_matches(str(key), known, 1):
            return f'did you mean "{close[0]}"?'
        return self.moved(path) or "known here: " + ", ".join(known)


def dotted(path: KeyPath) -> str:
    """Write a key as TOML does; a header's name is cut where it stops to be one: a value may have slipped into it."""
    return "".join(_step(part, path[:depth]) for depth, part in enumerate(path)).lstrip(".")


def key_of(found: ErrorDetails) -> KeyPath:
    """Give the key that pydantic means: of a wrong key in a table it says `[key]` at the end."""
    path = found["loc"]
    return path[:-1] if path[-1:] == ("[key]",) and found["type"] != "extra_forbidden" else path


def printable(text: str) -> str:
    """Give a text with every control, bidi and other invisible character escaped."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in text
    )


def _step(part: str | int, around: KeyPath) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    name = _BARE_KEY.match(part)
    if name and name[0] == part:
        return f".{part}"
    if around and around[-1] == "headers":
        return f'."{name[0] if name else ""}..."'
    return f".{_quote(part)}"


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
