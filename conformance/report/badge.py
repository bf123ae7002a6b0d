"""The verdict as a badge: badge.svg, and badge.json for services that draw one (shields.io's endpoint schema)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conformance.record.record import ExchangeLine, Record, Verdict

LABEL: Final = "logout conformance"
COLOURS: Final[Mapping[Verdict, str]] = {
    "conformant": "#14682e",
    "not-conformant": "#b3241c",
    "inconclusive": "#6b3fb5",
}
"""The report's own; white on each of them has enough contrast."""
_LABEL_COLOUR: Final = "#3a424c"
_LETTER: Final = 6.6  # the width of a letter of 11 px, in pixels; textLength makes it true in every font
_EDGE: Final = 6


def render_svg(record: Record, _exchanges: Iterable[ExchangeLine]) -> Iterator[str]:
    """Give badge.svg: words of the kit alone, with a title for those who do not see it."""
    message = message_of(record)
    left, right = _width(LABEL), _width(message)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" '
        f'aria-labelledby="title"><title id="title">{LABEL}: {message}</title>'
        f'<clipPath id="round"><rect width="{left + right}" height="20" rx="3"/></clipPath><g clip-path="url(#round)">'
        f'<rect width="{left}" height="20" fill="{_LABEL_COLOUR}"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{COLOURS[record.verdict]}"/></g>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" aria-hidden="true">'
        f"{_text(LABEL, 0)}{_text(message, left)}</g></svg>\n"
    )


def render_json(record: Record, _exchanges: Iterable[ExchangeLine]) -> Iterator[str]:
    """Give badge.json."""
    badge = {
        "schemaVersion": 1,
        "label": LABEL,
        "message": message_of(record),
        "color": COLOURS[record.verdict],
        "labelColor": _LABEL_COLOUR,
    }
    yield json.dumps(badge, indent=1) + "\n"


def message_of(record: Record) -> str:
    """Give what the badge says."""
    words = record.verdict.replace("-", " ")
    failed = record.summary.failed - sum(case.status == "failed" and not case.scored for case in record.cases)
    return f"{words}, {failed} failed" if record.verdict == "not-conformant" and failed else words


def _width(text: str) -> int:
    return round(len(text) * _LETTER) + 2 * _EDGE


def _text(text: str, left: int) -> str:
    return f'<text x="{left + _EDGE}" y="14" textLength="{_width(text) - 2 * _EDGE}">{text}</text>'
