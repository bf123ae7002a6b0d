"""Servers that are away for a moment, and then there again as if nothing had been."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from werkzeug.wrappers import Response

from conformance.reference import Handler, ReferenceServer
from tests.unusual.registry import unusual

if TYPE_CHECKING:
    from werkzeug.wrappers import Request


AWAY: Final = range(40, 43)
"""The logouts, by number, that come while the server is not there."""


class Counting(ReferenceServer):
    """Says of each logout whether it comes at the wrong moment."""

    def __init__(self, away: range = AWAY) -> None:
        super().__init__()
        self._count, self._away = 0, away

    def is_away(self, path: str) -> bool:
        self._count += "/logout/" in path
        return "/logout/" in path and self._count in self._away


class Closing(Handler):
    """Closes the connection without a word."""

    def run_wsgi(self) -> None:
        assert isinstance(self.server.app, Counting)
        if self.server.app.is_away(self.path):
            self.close_connection = True
        else:
            super().run_wsgi()


@unusual(handler=Closing)
class StartsAnewInARun(Counting):
    pass


@unusual()
class GatewayAnswersWhileItStartsAnew(Counting):
    def respond(self, request: Request) -> Response:
        if self.is_away(request.environ["REQUEST_URI"]):
            return Response("no upstream", 503, content_type="text/plain")
        return super().respond(request)
