"""A server for one request: it says what it is told to, and closes."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def saying(answer: bytes, heard: bytearray | None = None) -> Iterator[str]:
    """Serve one request with these bytes, and close; what was asked is added to `heard`."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                asked = connection.recv(65536)
                if heard is not None:
                    heard.extend(asked)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            thread.join()
