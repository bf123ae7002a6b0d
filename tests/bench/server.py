"""The reference server in a process of its own: it takes its time, and remembers what it was asked.

    python -m tests.bench.server [SECONDS]     prints its base URL, serves until it is ended

`DELETE /_asked` gives every request since the last time, as JSON, and forgets them.
"""

from __future__ import annotations

import json
import sys
import time
from io import BytesIO
from typing import TYPE_CHECKING, Final

from werkzeug.wrappers import Request, Response

from conformance.reference import ReferenceServer, serve

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

ASKED: Final = "/_asked"
NOT_SENT: Final = frozenset({"host", "content-length", "connection"})
"""Headers that a client makes by itself."""


class Remembering:
    """Answers as the reference server does, so many seconds later."""

    def __init__(self, delay_s: float) -> None:
        self._server, self._delay_s = ReferenceServer(), delay_s
        self._asked: list[dict[str, object]] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        if request.path == ASKED:
            asked, self._asked = self._asked, []
            return Response(json.dumps(asked), content_type="application/json")(environ, start_response)
        body = request.get_data()
        environ["wsgi.input"] = BytesIO(body)
        self._asked.append({
            "method": request.method,
            "path": environ["REQUEST_URI"],
            "headers": {name: value for name, value in request.headers if name.lower() not in NOT_SENT},
            "body": body.decode("latin-1"),
        })  # fmt: skip
        time.sleep(self._delay_s)
        return self._server(environ, start_response)


if __name__ == "__main__":
    serve(Remembering(float(sys.argv[1]) if sys.argv[1:] else 0.0), announce=lambda url: print(url, flush=True))  # noqa: T201
