"""Whether a recorded request is the one that its step sends, as far as that can be known without the target's names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.exchange import header_values
from conformance.record.recorder import KEPT_TEXT

if TYPE_CHECKING:
    from conformance.record.record import SentRequest
    from conformance.sender.logout import Logout

MADE_UP: Final = "zz-made-up-"
"""How a name begins that stands for one that only the state handler knew."""
USUAL: Final = ("AP-Device-Identifier", "X-Device-Info", "Accept", "User-Agent")
"""Headers that every plain request has: where a step leaves one out, that is its point."""

_NAME: Final = re.compile(r"(?:z|%7[Aa])z-made-up-\d*")
_MARKER: Final = "{{"


def misfit(sent: SentRequest, meant: Logout) -> str:
    """Say in what a recorded request differs from what its step sends; empty where nothing can be seen."""
    if sent.method != meant.method:
        return f"its method is {sent.method}, and this step sends {meant.method}"
    return _other_url(sent.url, meant) or _other_headers(sent, meant)


def _other_url(url: str, meant: Logout) -> str:
    if _MARKER in url or len(url) >= KEPT_TEXT:
        return ""  # a secret stood there, or it was cut
    path, _, query = url.partition("?")
    wanted, _, parameters = meant.url.partition("?")
    wild = "".join(
        "[^/]+" if number % 2 else re.escape(piece)
        for number, piece in enumerate(re.split(f"({_NAME.pattern})", wanted))
    )
    if not re.fullmatch(wild, path):
        return "its path is not the one that this step asks for"
    if query != parameters:
        return "its query is not the one that this step sends"
    return ""


def _other_headers(sent: SentRequest, meant: Logout) -> str:
    for name in USUAL:
        if bool(header_values(sent.headers, name)) != bool(header_values(meant.headers, name)):
            return f"it {'has' if header_values(sent.headers, name) else 'lacks'} the header {name}, unlike this step"
    given, wanted = (header_values(headers, "Authorization") for headers in (sent.headers, meant.headers))
    # of what is made of a secret, and so of its marker here, nothing can be foretold
    if wanted and given != wanted and not any(brace in value for value in wanted for brace in ("{{", "}}")):
        return "its Authorization is not the one that this step sends"
    return ""
