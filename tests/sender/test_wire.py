from __future__ import annotations

import socket
import threading

import pytest

from conformance.sender.wire import Outgoing, fetch


def sent_for(rest: str) -> str:
    """Give the target of the request that is sent for a URL of this rest."""
    received = bytearray()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                received.extend(connection.recv(65536))
                connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            fetch(Outgoing("GET", f"http://127.0.0.1:{listener.getsockname()[1]}{rest}"), timeout_s=10)
        finally:
            thread.join()
    return received.split(b" ")[1].decode("latin-1")


@pytest.mark.parametrize(
    ("rest", "target"),
    [
        ("/a?b=%zz%", "/a?b=%zz%"),
        ("/a/%c3%a9/../b?c=%FF%zz&d", "/a/%c3%a9/../b?c=%FF%zz&d"),
        ("/a?b=[c]|{d}", "/a?b=[c]|{d}"),
        ("?b", "/?b"),
        ("", "/"),
        ("/a b?\u00e9", "/a%20b?%C3%A9"),
    ],
)
def test_what_is_sent_is_the_url_to_the_letter(rest: str, target: str) -> None:
    assert sent_for(rest) == target
