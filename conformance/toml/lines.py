"""On which line a TOML file says what: `tomllib` reads values and forgets where they stood.

The text has been accepted by `tomllib` before, so this is no second parser: it only finds keys, by splitting the text
into strings, comments, brackets and words (TOML 1.0).
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

KeyPath: TypeAlias = tuple[str | int, ...]

_TOKEN: Final = re.compile(
    r'''
    (?P<skipped> [ \t\r]+ | \#[^\n]* )
  | (?P<long>    """ (?: [^\\] | \\. )*? """ "{0,2} | \'\'\' .*? \'\'\' '{0,2} )   # quotes may stand before the end
  | (?P<word>    " (?: [^"\\\n] | \\. )* " | '[^'\n]*' | [^\s\[\]{}=,."'\#]+ )
  | (?P<mark>    [\n\[\]{}=,.] )
    ''',
    re.VERBOSE | re.DOTALL,
)
_ARRAY: Final = None


class LinesOfKeys:
    """The line of every key and table header of a TOML text, counted from 1; keys inside arrays are the array's.

    The tables that `[[name]]` begins are known by their number: `("name", 0)` is the first.
    """

    def __init__(self, text: str) -> None:
        self._lines: dict[KeyPath, int] = {}
        self._last: dict[KeyPath, int] = {}
        self._brackets = 0
        self._table: KeyPath = ()
        self._key: list[str | int] = []
        self._value_of: KeyPath | None = None
        self._open: list[KeyPath | None] = []
        for token, line in _tokens(text):
            self._read(token, line)

    def of(self, path: KeyPath) -> int | None:
        """Give the line of a key, or of the innermost table around it that is written down."""
        known = (self._lines.get(path[:length]) for length in range(len(path), 0, -1))
        return next((line for line in known if line is not None), None)

    def _read(self, token: str, line: int) -> None:
        if self._value_of is None:
            self._read_key(token, line)
        else:
            self._read_value(token, self._value_of)

    def _read_key(self, token: str, line: int) -> None:
        match token:
            case "=":
                inner = self._open[-1] if self._open else None
                self._value_of = self._note(inner or self._table, line)
            case "[":
                self._brackets += 1
            case "]" if self._key:
                self._table = self._begun(line)
            case "}":
                self._close()
            case "\n":
                self._brackets = 0
            case "]" | "." | ",":
                pass
            case _:
                self._key.append(_spelled_out(token))

    def _read_value(self, token: str, path: KeyPath) -> None:
        match token:
            case "{":
                self._open.append(path)
                self._value_of = None
            case "[":
                self._open.append(_ARRAY)
            case "}" | "]":
                self._close()
            case "," if self._open and self._open[-1] is not _ARRAY:
                self._value_of = None
            case "\n" if not self._open:
                self._value_of = None

    def _begun(self, line: int) -> KeyPath:
        """Begin a table: one of many where two brackets stand around its name."""
        around: KeyPath = ()
        for part in self._key[:-1]:
            around = self._latest((*around, part))
            self._lines.setdefault(around, line)
        path = (*around, self._key[-1])
        if self._brackets > 1:
            self._lines.setdefault(path, line)
            self._last[path] = self._last.get(path, -1) + 1
        self._key = []
        self._lines[self._latest(path)] = line
        return self._latest(path)

    def _latest(self, path: KeyPath) -> KeyPath:
        return (*path, self._last[path]) if path in self._last else path

    def _close(self) -> None:
        # what is left to read up to the next comma or line belongs to the value that has just ended
        self._value_of = self._open.pop() or self._value_of

    def _note(self, around: KeyPath, line: int) -> KeyPath:
        path = (*around, *self._key)
        self._key = []
        self._lines[path] = line
        for length in range(len(around) + 1, len(path)):
            self._lines.setdefault(path[:length], line)
        return path


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    line = 1
    for found in _TOKEN.finditer(text):
        token = found[0]
        if found.lastgroup != "skipped":
            yield token, line
        line += token.count("\n")


def _spelled_out(key: str) -> str:
    if key[0] not in "\"'":
        return key
    return str(tomllib.loads(f"key = {key}")["key"])
