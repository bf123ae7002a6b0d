"""The record as report.html: one file that needs no network and no script, and runs nothing that a target sent."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

from conformance.report.curl import MARKER
from conformance.report.difference import difference
from conformance.report.digest import LEVELS
from conformance.report.marks import GATES, accepted
from conformance.report.page import anchor_of, law_anchor_of, page_of
from conformance.report.templating import environment, hash_of, own
from conformance.report.text import parts, shortened, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jinja2 import Environment

    from conformance.record.record import ExchangeLine, Record

ROOM: Final = 3_500_000
"""Characters of a page that the insides of cases may take; a run of 150 requests takes a tenth of it."""
_LIMIT = 4096  # characters of one value
_RFC = re.compile(r"RFC (\d{1,5})(?: (\d+(?:\.\d+)*))?")
_WEB = re.compile(r"https?://[^\s\"'<>\\]+", re.IGNORECASE)


def render(record: Record, exchanges: Iterable[ExchangeLine]) -> Iterator[str]:
    """Give report.html piece by piece; the same record gives the same page, whenever it is rendered."""
    style, script = own("report.css"), own("report.js")
    template = _environment().get_template("report.html.j2")
    yield from template.generate(
        page=page_of(record, exchanges),
        style=style,
        script=script,
        policy=_policy(style, script),
        room=Room(ROOM),
    )


class Room:
    """What is left of the room for the insides of cases."""

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, piece: Markup) -> Markup:
        """Take as much room as a piece needs, and give the piece."""
        self.left -= len(piece)
        return piece


def web_address(url: str) -> str | None:
    """Give a URL that may become a link, None for every other; http and https run nothing."""
    return url if _WEB.fullmatch(url) and visible(url) == url else None


def sources(section: str) -> list[tuple[str, str | None]]:
    """Give the sources that a requirement names, each with its address where the report knows one (RFCs)."""
    names = [name.strip() for name in section.split(",")]
    return [(name, _rfc_address(name)) for name in names]


def seen(text: str, keep: str = "", limit: int = _LIMIT) -> Markup:
    """Show foreign text between tags: what cannot be seen, and markers of secrets, stand out from what was sent so."""
    shown = "".join(
        f'<span class="escape">{part}</span>' if is_escape else _escaped(part)
        for part, is_escape in parts(shortened(text, limit), keep)
    )
    return Markup(MARKER.sub(r'<span class="secret">\g<0></span>', shown))  # noqa: S704  (escaped above)


def between_tags(text: str) -> Markup:
    """Escape a text that stands between tags: there quotes are quotes, and JSON and commands are full of them."""
    return Markup(_escaped(visible(text)))  # noqa: S704  (escaped here)


def _escaped(text: str) -> str:
    return str(escape(text)).replace("&#34;", '"').replace("&#39;", "'")


def _rfc_address(name: str) -> str | None:
    found = _RFC.fullmatch(name)
    if not found:
        return None
    return f"https://www.rfc-editor.org/rfc/rfc{found[1]}" + (f"#section-{found[2]}" if found[2] else "")


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src {hash_of(style)}; script-src {hash_of(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


@functools.cache
def _environment() -> Environment:
    made = environment()
    made.filters.update(
        anchor=anchor_of,
        between_tags=between_tags,
        difference=difference,
        law_anchor=law_anchor_of,
        seen=seen,
        sources=sources,
        web_address=web_address,
    )
    made.globals.update(accepted=accepted, gates=GATES, levels=LEVELS)
    return made
