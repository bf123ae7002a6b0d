"""Servers that are away for a moment, and then there again as if nothing had been."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from tests.restarting import Closing, Restarting
from tests.unusual.registry import unusual

if TYPE_CHECKING:
    from werkzeug.wrappers import Request


@unusual(handler=Closing)
class StartsAnewInARun(Restarting):
    pass


@unusual()
class GatewayAnswersWhileItStartsAnew(Restarting):
    def respond(self, request: Request) -> Response:
        if self.is_away(request.environ["REQUEST_URI"]):
            return Response("no upstream", 503, content_type="text/plain")
        return super().respond(request)
