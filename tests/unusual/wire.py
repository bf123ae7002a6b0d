"""Other ways to put the same answers on the wire (RFC 9112)."""

from __future__ import annotations

import gzip
import itertools
import time
import zlib
from email.utils import formatdate
from typing import TYPE_CHECKING

from werkzeug.test import run_wsgi_app

from conformance.reference import Handler, ReferenceServer
from tests.unusual.registry import unusual

if TYPE_CHECKING:
    from collections.abc import Iterator

Headers = list[tuple[str, str]]


class Framed(Handler):
    """Takes the application's answer, and writes it in a way of its own."""

    version = "HTTP/1.1"

    def run_wsgi(self) -> None:
        app_iter, status, headers = run_wsgi_app(self.server.app, self.make_environ(), buffered=True)
        self.close_connection = True
        body = b"".join(app_iter)
        for piece in self.framed(status, [*headers.items()], body):
            self.wfile.write(piece)
            self.wfile.flush()

    def framed(self, status: str, headers: Headers, body: bytes) -> Iterator[bytes]:
        yield self.head(status, [*self.without_framing(headers), ("Content-Length", str(len(body)))])
        yield body

    def head(self, status: str, headers: Headers) -> bytes:
        lines = [f"{self.version} {status}", *(self.line(name, value) for name, value in headers)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    def line(self, name: str, value: str) -> str:
        return f"{name}: {value}"

    @staticmethod
    def without_framing(headers: Headers) -> Headers:
        return [(name, value) for name, value in headers if name.lower() not in {"content-length", "connection"}]


class LowerCase(Framed):
    def line(self, name: str, value: str) -> str:
        return f"{name.lower()}: {value}"


class Padded(Framed):
    def line(self, name: str, value: str) -> str:
        return f"{name}: \t {value} \t "


class Old(Framed):
    version = "HTTP/1.0"

    def framed(self, status: str, headers: Headers, body: bytes) -> Iterator[bytes]:
        yield self.head(status, self.without_framing(headers))
        yield body


class EndsWithConnection(Old):
    version = "HTTP/1.1"

    def framed(self, status: str, headers: Headers, body: bytes) -> Iterator[bytes]:
        yield from super().framed(status, [*headers, ("Connection", "close")], body)


class WithoutReason(Framed):
    def head(self, status: str, headers: Headers) -> bytes:
        return super().head(f"{status[:3]} ", headers)


class OtherReason(Framed):
    def head(self, status: str, headers: Headers) -> bytes:
        return super().head(f"{status[:3]} Alles in bester Ordnung \xfc", headers)


class Interim(Framed):
    def framed(self, status: str, headers: Headers, body: bytes) -> Iterator[bytes]:
        yield self.head("100 Continue", [])
        yield self.head("102 Processing", [])
        yield self.head("103 Early Hints", [("Link", "</style.css>; rel=preload")])
        yield from super().framed(status, headers, body)


class Chunked(Framed):
    size = 16
    extension = ""
    trailers: Headers = []  # noqa: RUF012  (never changed)

    def framed(self, status: str, headers: Headers, body: bytes) -> Iterator[bytes]:
        yield self.head(status, [*self.without_framing(headers), ("Transfer-Encoding", "chunked")])
        for start in range(0, len(body), self.size):
            chunk = body[start : start + self.size]
            yield f"{len(chunk):X}{self.extension}\r\n".encode() + chunk + b"\r\n"
        ends = "".join(f"{name}: {value}\r\n" for name, value in self.trailers)
        yield f"0\r\n{ends}\r\n".encode()


class ChunkedWithMore(Chunked):
    size = 50
    extension = ';signature="a;b=c"'
    trailers = [("Server-Timing", "db;dur=53"), ("Content-Type", "text/html")]  # noqa: RUF012


class Coded(Framed):
    coding = "gzip"

    def framed(self, status: str, headers: Headers, body: bytes) -> Iterator[bytes]:
        coded = self.coded(body) if body else body
        more = [("Content-Encoding", self.coding), ("Vary", "Accept-Encoding")] if body else []
        yield from super().framed(status, [*headers, *more], coded)

    def coded(self, body: bytes) -> bytes:
        return gzip.compress(body, mtime=0)


class Deflated(Coded):
    coding = "deflate"

    def coded(self, body: bytes) -> bytes:
        return zlib.compress(body)


class CodedInChunks(Chunked):
    def framed(self, status: str, headers: Headers, body: bytes) -> Iterator[bytes]:
        if not body:
            yield from Framed.framed(self, status, headers, body)
            return
        yield from super().framed(status, [*headers, ("Content-Encoding", "gzip")], gzip.compress(body, mtime=0))


class InPieces(Framed):
    """Status line and header lines arrive bit by bit."""

    def framed(self, status: str, headers: Headers, body: bytes) -> Iterator[bytes]:
        whole = b"".join(super().framed(status, headers, body))
        for start in range(0, len(whole), 40):
            yield whole[start : start + 40]


class Slow(Framed):
    """As slow as a server across the ocean, and slower still before the body."""

    def framed(self, status: str, headers: Headers, body: bytes) -> Iterator[bytes]:
        head, body = super().framed(status, headers, body)
        time.sleep(0.02)
        yield head
        time.sleep(0.02)
        yield body


class Repeating(Framed):
    """Many headers, some of them more than once, and one that is empty."""

    def framed(self, status: str, headers: Headers, body: bytes) -> Iterator[bytes]:
        more = [("Vary", "Accept"), ("Vary", "Origin"), ("X-Empty", ""), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
        more += [(f"X-Node-{number}", "x" * 100) for number in range(60)]
        yield from super().framed(status, [*headers, *more], body)


class Folded(Framed):
    """A header value over two lines, which RFC 9112, 5.2 asks every recipient to understand."""

    def framed(self, status: str, headers: Headers, body: bytes) -> Iterator[bytes]:
        yield from super().framed(status, [("X-Long", "one,\r\n two"), *headers], body)


@unusual(handler=LowerCase)
class HeaderNamesInLowerCase(ReferenceServer):
    pass


@unusual(handler=Padded)
class BlanksAroundHeaderValues(ReferenceServer):
    pass


@unusual(handler=Folded)
class HeaderOverTwoLines(ReferenceServer):
    pass


@unusual(handler=Old)
class SpeaksHttp10(ReferenceServer):
    pass


@unusual(handler=EndsWithConnection)
class BodyEndsWithConnection(ReferenceServer):
    pass


@unusual(handler=WithoutReason)
class StatusWithoutReason(ReferenceServer):
    pass


@unusual(handler=OtherReason)
class StatusWithOtherReason(ReferenceServer):
    pass


@unusual(handler=Interim)
class InterimAnswers(ReferenceServer):
    pass


@unusual(handler=Chunked)
class AnswersInChunks(ReferenceServer):
    pass


@unusual(handler=ChunkedWithMore)
class ChunksWithExtensionsAndTrailers(ReferenceServer):
    pass


@unusual(handler=Coded)
class Compressed(ReferenceServer):
    pass


@unusual(handler=Deflated)
class CompressedByDeflate(ReferenceServer):
    pass


@unusual(handler=CodedInChunks)
class CompressedInChunks(ReferenceServer):
    pass


@unusual(handler=InPieces)
class AnswersInPieces(ReferenceServer):
    pass


@unusual(handler=Slow)
class AnswersSlowly(ReferenceServer):
    pass


@unusual(handler=Repeating)
class ManyHeaders(ReferenceServer):
    pass


class Throttles(Framed):
    """A gateway lets only so many requests through, and then one not."""

    body = b"<h1>Too many requests</h1>"
    every = 60

    def run_wsgi(self) -> None:
        app = self.server.app
        counter = vars(app).setdefault("throttled", itertools.count(1))
        if "/logout/" in self.path and next(counter) % self.every == 0:
            self.close_connection = True
            for piece in self.framed("429 Too Many Requests", self.told(), self.body):
                self.wfile.write(piece)
            return
        super().run_wsgi()

    def told(self) -> Headers:
        return [("Content-Type", "text/html")]


class ThrottlesForSeconds(Throttles):
    def told(self) -> Headers:
        return [*super().told(), ("Retry-After", "1")]


class ThrottlesUntil(Throttles):
    def told(self) -> Headers:
        return [*super().told(), ("Retry-After", formatdate(time.time() + 1, usegmt=True))]


@unusual(handler=Throttles)
class Throttled(ReferenceServer):
    pass


@unusual(handler=ThrottlesForSeconds)
class ThrottledForSeconds(ReferenceServer):
    pass


@unusual(handler=ThrottlesUntil)
class ThrottledUntil(ReferenceServer):
    pass
