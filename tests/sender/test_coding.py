from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.sender.coding import MOST_CODINGS, MOST_MEMBERS, ContentError, content

if TYPE_CHECKING:
    from collections.abc import Callable

MOST: Final = 10_000


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


ENCODERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "identity": bytes,
    "br": bytes,
    "": bytes,
}


@given(st.binary(max_size=MOST), st.lists(st.sampled_from(sorted(ENCODERS)), max_size=MOST_CODINGS))
def test_codings_are_undone_the_last_one_first(data: bytes, codings: list[str]) -> None:
    body = data
    for name in codings:
        body = ENCODERS[name](body)
    assert content(body, ", ".join(codings), MOST) == data


@pytest.mark.parametrize("codings", ["GZIP", " gzip ", "gzip,", ",gzip"])
def test_a_coding_is_known_in_any_case_and_between_blanks(codings: str) -> None:
    assert content(gzip.compress(b"{}"), codings, MOST) == b"{}"


def test_deflate_may_lack_its_header() -> None:
    assert content(raw_deflate(b"{}"), "deflate", MOST) == b"{}"


def test_gzip_may_have_several_members_and_padding() -> None:
    assert content(gzip.compress(b"{") + gzip.compress(b"}") + b"\0\0", "gzip", MOST) == b"{}"


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_an_empty_body_stays_empty(coding: str) -> None:
    assert content(b"", coding, MOST) == b""


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_no_more_than_asked_for_and_one_byte_is_made_of_a_bomb(coding: str) -> None:
    bomb = ENCODERS[coding](b"a" * 1_000_000)
    assert content(bomb, coding, MOST) == b"a" * (MOST + 1)


def test_a_bomb_within_a_bomb_is_cut_where_it_unfolds() -> None:
    inner = gzip.compress(b"a" * 1_000_000) + b"\0" * 1_000_000
    assert len(content(gzip.compress(inner), "gzip, gzip", MOST)) == MOST + 1


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_what_is_not_encoded_so_is_an_error(coding: str) -> None:
    with pytest.raises(ContentError):
        content(b'{"logouts": {}}', coding, MOST)


def test_more_codings_than_an_honest_body_has_are_an_error() -> None:
    with pytest.raises(ContentError):
        content(b"", ", ".join(["gzip"] * (MOST_CODINGS + 1)), MOST)


def test_more_members_than_an_honest_body_has_are_an_error() -> None:
    with pytest.raises(ContentError):
        content(gzip.compress(b"") * (MOST_MEMBERS + 1), "gzip", MOST)


@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate", "gzip, deflate", "deflate, gzip"]))
def test_any_bytes_are_content_or_an_error(body: bytes, codings: str) -> None:
    try:
        assert len(content(body, codings, MOST)) <= MOST + 1
    except ContentError:
        return
