"""JSON that is read as it comes: one value at a time, of a file of any size, in bounded memory."""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.rules.body import Json

CHUNK: Final = 256 * 1024
LARGEST: Final = 4 * 1024 * 1024
"""So many characters of one value are read at once; of a longer one the long texts are cut."""
LONGEST_TEXT: Final = 96 * 1024
"""How much is kept of a text within a value that is too long, in characters as they stand in the file."""

_DECODER: Final = json.JSONDecoder(parse_constant=lambda _: None)  # NaN and its like are no JSON, and no news
_OPEN_END: Final = re.compile(r"[0-9eE.+-]*")
"""How a number may go on."""
_BLANK: Final = re.compile(r"[ \t\r\n]*")
_IN_TEXT: Final = re.compile(r'(?:[^"\\]++|\\.)*+', re.DOTALL)
_BETWEEN: Final = re.compile(r'[^"{}\[\],]*+')
_RUN: Final = re.compile(r'(?:[^"{}\[\]]++|"(?:[^"\\]|\\.){0,1000}+")*+', re.DOTALL)
"""Short texts, and what stands between them, in one go."""
_ESCAPED: Final = re.compile(r"(?:[^\\]++|\\u[0-9A-Fa-f]{4}|\\[^u])*+", re.DOTALL)


class Broken(Exception):  # noqa: N818  (it says what the file is)
    """The file goes on with something else than it must; the text says with what, and where."""


class Unreadable(Exception):  # noqa: N818  (it says what one value is)
    """One value cannot be read, and was passed over; the text says why, and where it began."""


class Stream:
    """The text of a JSON file from where it was read up to; `line` and `byte` say where that is, from 1 and from 0."""

    def __init__(self, file: BinaryIO) -> None:
        self.line, self.byte = 1, 0
        self.is_cut = False
        """Whether the value that was read last lost the ends of its long texts."""
        self._file = file
        # a byte that is no UTF-8 stays countable
        self._decode = codecs.getincrementaldecoder("utf-8-sig")("surrogateescape").decode
        self._text, self._at = "", 0
        self._is_whole = False

    @property
    def where(self) -> str:
        """Where the text was read up to."""
        return f"line {self.line}, byte {self.byte}"

    def peek(self) -> str:
        """Give the next character that is not blank; empty at the end of the file."""
        while True:
            blank = _BLANK.match(self._text, self._at)
            assert blank, "the expression matches nothing, too"  # noqa: S101
            self._take(blank.end())
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def expect(self, *characters: str) -> str:
        """Take the next character that is not blank; raises Broken where it is none of these."""
        found = self.peek()
        if found not in characters or not found:
            wanted = " or ".join(map(repr, characters))
            seen = repr(found) if found else "the end of the file"
            raise Broken(f"{self.where}: {wanted} was expected, {seen} found")
        self._take(self._at + 1)
        return found

    def value(self) -> Json:
        """Read the next value.

        Raises:
            Unreadable: it is none, and was passed over.
            Broken: the file ends within it.

        """
        self.peek()
        self.is_cut = False
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                if len(self._text) - self._at < LARGEST and self._more():
                    continue
                return self._skimmed()
            except (ValueError, RecursionError):
                return self._skimmed()
            if _OPEN_END.fullmatch(self._text, end) and isinstance(value, int | float) and self._more():
                continue
            self._take(end)
            return value  # type: ignore[no-any-return]

    def _skimmed(self) -> Json:
        """Pass over a value, and read what is kept of it."""
        where = self.where
        pieces: list[str] = []
        kept = 0
        for piece in self._skim(where):
            if kept <= LARGEST:
                pieces.append(piece)
                kept += len(piece)
        text = "".join(pieces)
        if kept > LARGEST:
            raise Unreadable(f"{where}: a value of more than {LARGEST:,} characters, its long texts not counted")
        try:
            return _DECODER.decode(text)  # type: ignore[no-any-return]
        except RecursionError:
            raise Unreadable(f"{where}: a value that is nested too deeply") from None
        except ValueError as error:
            raise Unreadable(f"{where}: no JSON ({str(error).partition(':')[0]})") from None

    def _skim(self, where: str) -> Iterator[str]:
        depth = 0
        while True:
            if self._at == len(self._text) and not self._more():
                raise Broken(f"{where}: the file ends within the value that begins there")
            first = self._text[self._at]
            if depth == 0 and first in "}],":
                return
            yield self._piece(where, depth)
            depth += (first in "{[") - (first in "}]")
            if depth == 0 and (first in '"}]' or self.peek() in ",}]"):
                return

    def _piece(self, where: str, depth: int) -> str:
        """Take a bracket, a text, or what stands up to the next bracket."""
        first = self._text[self._at]
        run = (_RUN if depth else _BETWEEN).match(self._text, self._at)
        if run and run[0]:
            end = run.end()
        elif first == '"':
            return self._skim_text(where)
        else:
            end = self._at + 1
        piece = self._text[self._at : end]
        self._take(end)
        return piece

    def _skim_text(self, where: str) -> str:
        self._take(self._at + 1)
        pieces: list[str] = []
        kept = 0
        while True:
            found = _IN_TEXT.match(self._text, self._at)
            assert found, "the expression matches nothing, too"  # noqa: S101
            if kept < LONGEST_TEXT:
                pieces.append(found[0])
                kept += len(found[0])
            self._take(found.end())
            if self._text[self._at : self._at + 1] == '"':
                self._take(self._at + 1)
                return f'"{self._shortened("".join(pieces))}"'
            if not self._more():
                raise Broken(f"{where}: the file ends within the value that begins there")

    def _shortened(self, text: str) -> str:
        if len(text) <= LONGEST_TEXT:
            return text
        self.is_cut = True
        whole = _ESCAPED.match(text[:LONGEST_TEXT])
        assert whole, "the expression matches nothing, too"  # noqa: S101
        return whole[0]

    def _take(self, end: int) -> None:
        taken = self._text[self._at : end]
        self._at = end
        self.line += taken.count("\n")
        self.byte += len(taken) if taken.isascii() else len(taken.encode("utf-8", "surrogateescape"))

    def _more(self) -> bool:
        if self._is_whole:
            return False
        pending = self._text[self._at :]
        # as much again as is waiting: what is tried once more has grown by half
        data = self._file.read(max(CHUNK, len(pending)))
        self._is_whole = not data
        self._text, self._at = pending + self._decode(data, final=not data), 0
        return len(self._text) > len(pending) or self._more()
