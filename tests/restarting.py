"""A server that is away for some logouts in a row, and there again as if nothing had been."""

from __future__ import annotations

from typing import Final

from conformance.reference import Handler, ReferenceServer

AWAY: Final = range(40, 43)
"""The logouts, by number, that come while the server is not there."""


class Restarting(ReferenceServer):
    """Says of each request whether it comes at the wrong moment."""

    def __init__(self, away: range = AWAY) -> None:
        super().__init__()
        self._count, self._away = 0, away

    def is_away(self, path: str) -> bool:
        self._count += "/logout/" in path
        return "/logout/" in path and self._count in self._away


class Closing(Handler):
    """Closes the connection without a word while the server is away."""

    def run_wsgi(self) -> None:
        assert isinstance(self.server.app, Restarting)
        if self.server.app.is_away(self.path):
            self.close_connection = True
        else:
            super().run_wsgi()
