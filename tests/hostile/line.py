"""What hostile servers are made of: a listener, the connection as a script holds it, and the request that it got."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    from tests.hostile.stage import Stage

LONGEST_HEAD = 1024 * 1024
PATIENCE_S = 60.0
"""How long a script goes on at most: far longer than the kit may take."""
STEP_S = 0.1


class Ended(OSError):  # noqa: N818  (an end, not an error)
    """The run is over, or the kit has hung up."""


class Line:
    """One connection, seen from the server: a script sends over it whatever it likes."""

    def __init__(self, sock: socket.socket, stopped: threading.Event) -> None:
        self.sock = sock
        self._stopped = stopped

    def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.sock.sendall(piece)

    def drip(self, data: bytes, every_s: float = STEP_S) -> None:
        """Send byte after byte, and the last one again and again."""
        for byte in data:
            self.sock.sendall(bytes([byte]))
            self.pause(every_s)
        self.repeat(data[-1:], every_s)

    def repeat(self, piece: bytes, every_s: float = STEP_S) -> None:
        """Send a piece for ever, with a pause after each."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            self.sock.sendall(piece)
            self.pause(every_s)

    def flood(self, piece: bytes, size: int) -> None:
        """Send a piece as fast as it goes until `size` bytes are out."""
        block = piece * (64 * 1024 // len(piece) + 1)
        while size > 0 and not self._stopped.is_set():
            self.sock.sendall(block)
            size -= len(block)

    def pause(self, seconds: float) -> None:
        if self._stopped.wait(seconds):
            raise Ended

    def hang(self) -> None:
        """Say nothing more until the kit hangs up."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end and not self._stopped.is_set():
            ready, _, _ = select.select([self.sock], [], [], STEP_S)
            if ready and not self.sock.recv(65536):
                return

    def half_close(self) -> None:
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """End the connection with a reset instead of an end of stream."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is well-formed, to be spoilt."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    reason: str = "OK"

    def raw(self) -> bytes:
        """Give the answer as it goes over the wire, with its true length."""
        lines = [f"HTTP/1.1 {self.status} {self.reason}", *(f"{name}: {value}" for name, value in self.headers)]
        head = "\r\n".join([*lines, f"Content-Length: {len(self.body)}", "Connection: close", "", ""])
        return head.encode("latin-1") + self.body


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it arrived, and the stage that it arrived on."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    stage: Stage

    def header(self, name: str) -> str:
        return next((value for given, value in self.headers if given.lower() == name.lower()), "")

    def good(self) -> Answer:
        """Give what a conforming server answers; asking for it is the logout itself."""
        return self.stage.good(self)


Script: TypeAlias = "Callable[[Line, Asked], None]"
"""What a server does once it has read a request; the connection is closed when it returns."""


class Listener:
    """A server on loopback that plays a script for each connection, each in a thread of its own."""

    def __init__(
        self,
        play: Callable[[Line], None],
        *,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.seen = 0
        self._play, self._tls = play, tls
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._socket.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def stop(self) -> None:
        self._stopped.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self._accepting.join()
        self._socket.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                sock, _ = self._socket.accept()
            except OSError:
                return
            self.seen += 1
            thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
            self._threads = [*(each for each in self._threads if each.is_alive()), thread]
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), contextlib.ExitStack() as stack:
            stack.callback(sock.close)
            sock.settimeout(PATIENCE_S / 6)
            if self._tls:
                sock = self._tls.wrap_socket(sock, server_side=True)
                stack.callback(sock.close)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._play(Line(sock, self._stopped))
            _let_read(sock)


def _let_read(sock: socket.socket) -> None:
    # a close with unread input is a reset, which could cost the kit the end of the answer
    sock.shutdown(socket.SHUT_WR)
    sock.settimeout(1)
    while sock.recv(65536):
        pass


@contextlib.contextmanager
def listening(play: Callable[[Line], None], *, tls: ssl.SSLContext | None = None) -> Iterator[Listener]:
    listener = Listener(play, tls=tls)
    try:
        yield listener
    finally:
        listener.stop()


def request_on(line: Line, stage: Stage) -> Asked:
    """Read one request; raises Ended where there is none."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = line.sock.recv(65536)
        if not piece or len(received) > LONGEST_HEAD:
            raise Ended
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = tuple((name.strip(), value.strip()) for name, _, value in (each.partition(":") for each in rest))
    length = int(next((value for name, value in headers if name.lower() == "content-length"), "0"))
    while len(body) < length:
        piece = line.sock.recv(65536)
        if not piece:
            raise Ended
        body += piece
    return Asked(method, target, headers, body, stage)
