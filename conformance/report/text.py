"""Foreign text made visible: what a target sends is shown, and never acts on whoever reads it."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# whatever is not printable ASCII is looked up; and how a line begins to command a CI, wherever in it that stands
_UNUSUAL = re.compile(r"[^ -~]|#(?=#(?i:vso)?\[)")
# control, format (bidi, zero width), surrogates, private use, unassigned (with it what XML forbids), odd spaces
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}


def visible(text: str, keep: str = "") -> str:
    r"""Write every character that cannot be seen, or that moves others, as an escape such as `\x1b` or `\u202e`.

    So is the first letter of what commands a CI that reads its own log, `##[` and `##vso[`.

    `keep` names characters that stay as they are, such as a line feed where lines are wanted. A backslash is not
    doubled: that keeps JSON readable, and a reader who must tell the two apart has exchanges.jsonl.
    """
    return "".join(part for part, _ in parts(text, keep))


def parts(text: str, keep: str = "") -> Iterator[tuple[str, bool]]:
    """Give a text as it is shown, in parts, and with each whether it is an escape."""
    begin = 0
    for found in _UNUSUAL.finditer(text):
        if found[0] == "#" or (unicodedata.category(found[0]) in _INVISIBLE and found[0] not in keep):
            yield text[begin : found.start()], False
            yield r"\x23" if found[0] == "#" else found[0].encode("unicode_escape").decode(), True
            begin = found.end()
    yield text[begin:], False


def shortened(text: str, limit: int) -> str:
    """Cut a text to `limit` characters and say how many are missing."""
    missing = len(text) - limit
    return text if missing <= 0 else f"{text[:limit]}... {missing} more characters"


def counted(number: int, noun: str) -> str:
    """Give a number with its noun, which takes an s: `1 case`, `2 cases`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def first_of(names: Sequence[str], most: int) -> str:
    """Name the first of some things, and say how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
