"""Whether a recorded request is the one that its step sends, as far as that can be known without the target's names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.bundle.markers import hold_one
from conformance.cases.refusals import UNKNOWN_TOKEN
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


def misfit(sent: SentRequest, meant: Logout) -> str:
    """Say in what a recorded request differs from what its step sends; empty where nothing can be seen."""
    if sent.method != meant.method:
        return f"its method is {sent.method}, and this step sends {meant.method}"
    return _other_url(sent.url, meant) or _other_headers(sent, meant)


def _other_url(url: str, meant: Logout) -> str:
    if hold_one(url) or len(url) >= KEPT_TEXT:
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
    if given != wanted and any(map(_is_own, wanted)):
        return "its Authorization is not the one that this step sends"
    return ""


def _is_own(authorization: str) -> bool:
    """Say whether a credential is the kit's own, or none: of what is made of a secret nothing can be foretold."""
    scheme, _, credential = authorization.partition(" ")
    return credential == UNKNOWN_TOKEN or (not credential.strip() and scheme.lower() in {"", "bearer"})
