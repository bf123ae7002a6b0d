"""A HAR file (HTTP Archive 1.1 or 1.2) as it is read: one entry after the other, and what could not be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.traffic.stream import Broken, Stream, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.rules.body import Json

MOST_FAULTS: Final = 20
"""How many faults of a file are named."""
SANITIZING: Final = ("webinspector", "sanit")
"""Parts of the names of recorders that may leave credentials out: Chrome and Edge do unless they are told not to."""


class NoArchive(Exception):  # noqa: N818  (it says what the file is)
    """A file is no HAR at all; the text says why."""


class Archive:
    """A HAR file; `faults`, `creator` and `has_pages` are known once `entries` has come to its end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.faults: list[str] = []
        self.creator = ""
        self.has_pages = False
        self._has_log = False

    @property
    def may_be_sanitized(self) -> bool:
        """Whether the recorder is one that leaves credentials out unless it is told not to."""
        return any(part in self.creator.lower() for part in SANITIZING)

    def entries(self) -> Iterator[tuple[dict[str, Json], bool]]:
        """Give each entry, and whether its long texts were cut.

        Raises:
            NoArchive: the file holds no `log`.
            OSError: it cannot be read.

        """
        self.faults.clear()
        with self.path.open("rb") as file:
            stream = Stream(file)
            try:
                yield from self._log(stream)
            except Broken as fault:
                if not self._has_log:
                    raise NoArchive(f"no HAR file: {fault}") from None
                self._note(f"{fault}; what comes behind it was not read")

    def _log(self, stream: Stream) -> Iterator[tuple[dict[str, Json], bool]]:
        self._has_log = False
        for name in self._members(stream):
            if name == "log" and stream.peek() == "{":
                self._has_log = True
                for inner in self._members(stream):
                    yield from self._part(stream, inner)
            else:
                self._value(stream)
        if not self._has_log:
            raise NoArchive("no HAR file: it has no object `log`")

    def _part(self, stream: Stream, name: str) -> Iterator[tuple[dict[str, Json], bool]]:
        if name == "entries" and stream.peek() == "[":
            yield from self._elements(stream)
            return
        value = self._value(stream)
        if name == "creator" and isinstance(value, dict):
            self.creator = str(value.get("name", ""))[:100]

    def _members(self, stream: Stream) -> Iterator[str]:
        """Give the names of an object's members; who takes one reads its value before the next."""
        stream.expect("{")
        separator = "," if stream.peek() != "}" else stream.expect("}")
        while separator == ",":
            name = self._value(stream)
            stream.expect(":")
            yield str(name)
            separator = stream.expect(",", "}")

    def _elements(self, stream: Stream) -> Iterator[tuple[dict[str, Json], bool]]:
        stream.expect("[")
        separator = "," if stream.peek() != "]" else stream.expect("]")
        while separator == ",":
            stream.peek()
            where = stream.where
            value = self._value(stream)
            if isinstance(value, dict):
                self.has_pages = self.has_pages or "pageref" in value
                yield value, stream.is_cut
            elif value is not None:
                self._note(f"{where}: an entry that is no object")
            separator = stream.expect(",", "]")

    def _value(self, stream: Stream) -> Json:
        try:
            return stream.value()
        except Unreadable as fault:
            self._note(f"{fault}; it was passed over")
            return None

    def _note(self, fault: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)
        elif len(self.faults) == MOST_FAULTS:
            self.faults.append("and more")
