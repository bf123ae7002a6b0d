"""The reference server in a process of its own: it takes its time, and remembers what it was asked.

    python -m tests.bench.server [--seconds SECONDS] [--by-the-document]
                                               prints its base URL, serves until it is ended

`DELETE /_asked` gives every request since the last time, as JSON, and forgets them.
"""

from __future__ import annotations

import argparse
import json
import time
from io import BytesIO
from typing import TYPE_CHECKING, Final

from werkzeug.wrappers import Request, Response

from conformance.reference import ReferenceServer, serve
from conformance.reference.errors import INVALID_DEVICE_IDENTIFIER, INVALID_REDIRECT_URL, ErrorCode, LogoutError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    from conformance.reference.request import LogoutRequest

ASKED: Final = "/_asked"
NOT_SENT: Final = frozenset({"host", "content-length", "connection"})
"""Headers that a client makes by itself."""
INVALID_HEADER: Final = ErrorCode(400, "invalid_header", "A header is missing, or has none of its values.")


class ByTheDocument(ReferenceServer):
    """The reference server, but that of what the page leaves open it answers what openapi.yaml alone would have.

    Any name is one of a service provider or an MVPD, and of the headers it is asked whether they are there.
    """

    def check_service_provider(self, asked: LogoutRequest) -> None:
        pass

    def check_mvpd(self, asked: LogoutRequest) -> None:
        pass

    def check_redirect_url(self, asked: LogoutRequest) -> None:
        super().check_redirect_url(asked)
        if len(asked.request.args.getlist("redirectUrl")) > 1:
            raise LogoutError(INVALID_REDIRECT_URL)

    def check_device_identifier(self, asked: LogoutRequest) -> None:
        if not asked.device_identifier:
            raise LogoutError(INVALID_DEVICE_IDENTIFIER)
        headers = asked.request.headers
        if not headers.get("X-Device-Info") or headers.get("Accept", "*/*") not in {"*/*", "application/json"}:
            raise LogoutError(INVALID_HEADER)


class Remembering:
    """Answers as a server does, so many seconds later."""

    def __init__(self, answering: ReferenceServer, delay_s: float) -> None:
        self._server, self._delay_s = answering, delay_s
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


def main() -> None:
    """Serve, and say where."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("--by-the-document", action="store_true")
    asked = parser.parse_args()
    answering = ByTheDocument() if asked.by_the_document else ReferenceServer()
    serve(Remembering(answering, asked.seconds), announce=lambda url: print(url, flush=True))  # noqa: T201


if __name__ == "__main__":
    main()
