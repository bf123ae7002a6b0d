"""Runs a WSGI application on a real socket: in the background for tests and the kit, in the foreground by hand."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

from werkzeug.serving import LISTEN_QUEUE, BaseWSGIServer, WSGIRequestHandler, make_server

from conformance.reference.errors import HELP_URL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from wsgiref.types import WSGIApplication

POLL_S = 0.02  # how long a server may take to notice that it shall stop
PAUSE_S = 10.0  # how long a client may keep a thread waiting


class Handler(WSGIRequestHandler):
    """Speaks HTTP/1.1, logs nothing, and answers requests that are too long or no HTTP in JSON too (`#error`)."""

    protocol_version = "HTTP/1.1"
    timeout = PAUSE_S
    disable_nagle_algorithm = True  # head and body are written one after the other: else 40 ms for each answer
    error_content_type = "application/json;charset=UTF-8"
    # http.server fills this in with %; nothing that the request said is repeated
    error_message_format = (
        '{"action": "none", "status": %(code)d, "code": "invalid_request", "message": "The request cannot be read.", '
        f'"helpUrl": "{HELP_URL}", "trace": "-"}}'
    )

    def run_wsgi(self) -> None:
        """Answer one request; a request target that is no URI is answered 400 (RFC 9112, 3)."""
        try:
            super().run_wsgi()
        except ValueError:  # from urlsplit, before the application is called
            self.send_error(400)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer without the application, and let the client finish: a close at once could cost it the answer."""
        super().send_error(code, message, explain)
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            while self.rfile.read(65536):
                pass

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing; werkzeug's own takes the request target apart, which may fail."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - the name is werkzeug's
        """Say nothing: a test or a certification has its own record."""


@contextlib.contextmanager
def running(
    app: WSGIApplication, host: str = "127.0.0.1", port: int = 0, handler: type[WSGIRequestHandler] = Handler
) -> Iterator[str]:
    """Serve an application in a background thread, a thread for each request; give its base URL.

    The base URL ends with the application's `prefix`, where it has one. Port 0 takes a free one. A subclass of
    `Handler` changes how answers are put on the wire. Raises OSError where the address cannot be had.
    """
    server = _bind(app, host, port, handler)
    thread = threading.Thread(target=server.serve_forever, args=(POLL_S,), name="reference-server", daemon=True)
    thread.start()
    try:
        yield _base_url(server)
    finally:
        server.shutdown()
        thread.join()


def serve(
    app: WSGIApplication,
    host: str = "127.0.0.1",
    port: int = 0,
    announce: Callable[[str], object] = print,
    handler: type[WSGIRequestHandler] = Handler,
) -> None:
    """Serve an application until Ctrl-C; `announce` is told the base URL once connections are accepted.

    Raises OSError where the address cannot be had.
    """
    server = _bind(app, host, port, handler)
    with contextlib.closing(server.socket):
        announce(_base_url(server))
        server.serve_forever(POLL_S)


def _bind(app: WSGIApplication, host: str, port: int, handler: type[WSGIRequestHandler]) -> BaseWSGIServer:
    # werkzeug, where it binds by itself, prints a port's being taken and ends the process
    with socket.create_server((host, port), backlog=LISTEN_QUEUE) as listener:
        return make_server(host, port, app, threaded=True, request_handler=handler, fd=listener.fileno())


def _base_url(server: BaseWSGIServer) -> str:
    return f"http://{server.host}:{server.port}{getattr(server.app, 'prefix', '')}"
