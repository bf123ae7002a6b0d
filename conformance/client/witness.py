"""What a client sent to the server under the kit's control, and what it was answered, as true as WSGI allows."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final, cast

from werkzeug.http import HTTP_STATUS_CODES

from conformance.exchange import Exchange, Request, Response
from conformance.reference import Handler
from conformance.traffic.clock import SteadyClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from conformance.exchange import Headers

MOST_REQUESTS: Final = 200
"""How many requests of one client are kept; a right one sends a dozen at most."""
_NOT_READ: Final = frozenset({"authorization", "ap-device-identifier", "x-device-info"})
_HEADERS, _TARGET = "conformance.headers", "conformance.target"


class Witness:
    """A WSGI application around another one that keeps every request and its answer.

    `on_exchange` is told of each as it ends; what comes behind `most` is answered, and only counted in `unseen`.
    """

    def __init__(
        self, app: WSGIApplication, on_exchange: Callable[[Exchange], None], most: int = MOST_REQUESTS
    ) -> None:
        self.app = app
        self.origin = ""
        self.prefix = getattr(app, "prefix", "")
        self.unseen = 0
        self._on_exchange = on_exchange
        self._left = most
        self._lock = threading.Lock()
        self._clock = SteadyClock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request, and keep both."""
        arrived, told = time.monotonic(), cast("list[tuple[str, list[tuple[str, str]]]]", [])

        def starting(status: str, headers: list[tuple[str, str]], *_: object) -> Callable[[bytes], object]:
            told.append((status, headers))
            return start_response(status, headers)

        pieces = self.app(environ, cast("StartResponse", starting))
        body = b"".join(pieces)
        status, headers = told[-1]
        code, _, reason = status.partition(" ")
        request = Request(environ["REQUEST_METHOD"], self.origin + environ[_TARGET], environ[_HEADERS])
        self.keep(request, Response("1.1", int(code), reason, tuple(headers), body), arrived)
        return [body]

    def keep(self, request: Request, response: Response, arrived: float) -> None:
        """Keep one exchange; `arrived` is when its request was read, on the monotonic clock."""
        with self._lock:
            if self._left <= 0:
                self.unseen += 1
                return
            self._left -= 1
            self._on_exchange(
                Exchange(
                    index=0,
                    request=request,
                    response=response,
                    started_at=self._clock.told(arrived),
                    elapsed_ms=1000 * (time.monotonic() - arrived),
                )
            )

    def close(self) -> None:
        """Keep nothing more: what is still being answered is too late."""
        with self._lock:
            self._left = 0


class TrueHandler(Handler):
    """Hands request target and headers on as they came: WSGI alone would lose their order, case and repetition."""

    def make_environ(self) -> WSGIEnvironment:
        """Add what the witness keeps."""
        environ = super().make_environ()
        environ[_HEADERS], environ[_TARGET] = self._headers(), self._target()
        return environ

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what is no HTTP, and keep it: a client that leaves a blank in its URL is to be told so."""
        witness = self.server.app
        if isinstance(witness, Witness):
            method = self.requestline.partition(" ")[0]
            # of a first line that is no HTTP, the headers behind it are not read
            withheld = _NOT_READ if getattr(self, "headers", None) is None else frozenset[str]()
            request = Request(method, witness.origin + self._target(), self._headers(), withheld)
            response = Response(
                "1.1", code, HTTP_STATUS_CODES.get(code, ""), (("Content-Type", self.error_content_type),)
            )
            witness.keep(request, response, time.monotonic())
        super().send_error(code, message, explain)

    def _headers(self) -> Headers:
        return tuple((str(name), str(value)) for name, value in (getattr(self, "headers", None) or {}).items())

    def _target(self) -> str:
        _, _, rest = self.requestline.partition(" ")
        target, _, version = rest.rpartition(" ")
        return target if version.startswith("HTTP/") else rest
