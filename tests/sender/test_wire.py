from __future__ import annotations

import pytest

from conformance.sender.wire import Outgoing, fetch
from tests.sender.once import saying


def sent_for(rest: str) -> str:
    """Give the target of the request that is sent for a URL of this rest."""
    heard = bytearray()
    with saying(b"HTTP/1.1 204 No Content\r\n\r\n", heard) as url:
        fetch(Outgoing("GET", url.removesuffix("/") + rest), timeout_s=10)
    return heard.split(b" ")[1].decode("latin-1")


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
