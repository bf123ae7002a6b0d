from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.traffic import stream as module
from conformance.traffic.stream import Broken, Stream, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(params=[1, 7, 256 * 1024], ids=["byte by byte", "in sevens", "at once"])
def _chunks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", request.param)


@pytest.fixture
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 7)
    monkeypatch.setattr(module, "LARGEST", 2000)
    monkeypatch.setattr(module, "LONGEST_TEXT", 100)


def elements(data: bytes) -> Iterator[object]:
    """Read an array value by value; what cannot be read is given as the reason."""
    stream = Stream(io.BytesIO(data))
    stream.expect("[")
    separator = "," if stream.peek() != "]" else ""
    while separator == ",":
        try:
            yield stream.value()
        except Unreadable as reason:
            yield reason
        separator = stream.expect(",", "]")


@pytest.mark.usefixtures("_chunks")
@settings(max_examples=40, deadline=None)
@given(values=st.lists(VALUES, max_size=5), indent=st.sampled_from([None, 0, 3]), is_ascii=st.booleans())
def test_values_come_as_they_were_written(values: list[object], indent: int | None, *, is_ascii: bool) -> None:
    text = json.dumps(values, indent=indent, ensure_ascii=is_ascii)
    data = text.encode("utf-8", "surrogatepass")
    if "\\ud" in text or is_ascii or data == text.encode("utf-8", "replace"):
        assert list(elements(data)) == values


@pytest.mark.usefixtures("_chunks")
@given(data=st.binary() | st.text(alphabet='[]{}",:\\u0d8 \n1e-').map(str.encode))
def test_whatever_stands_in_a_file_is_read_to_its_end_or_named(data: bytes) -> None:
    stream = Stream(io.BytesIO(b"[" + data))
    stream.expect("[")
    for _ in range(2 * len(data) + 2):
        before = stream.byte
        try:
            stream.value()
            stream.expect(",", "]")
        except Unreadable:
            continue
        except Broken:
            return
        assert stream.byte > before
    assert stream.peek() == "" or stream.byte <= len(data) + 1


@pytest.mark.usefixtures("_small")
def test_a_long_text_loses_its_end_and_the_rest_is_kept() -> None:
    long = {"a": "x" * 5000, "b": ['"\\\u00e9' * 1000, 1], "c": "end"}
    stream = Stream(io.BytesIO(json.dumps([long, 7]).encode()))
    stream.expect("[")
    value = stream.value()
    assert stream.is_cut
    assert isinstance(value, dict)
    assert value["a"] == "x" * 100
    assert str(value["b"]).count("\u00e9") < 40
    assert value["c"] == "end"
    stream.expect(",")
    assert stream.value() == 7
    assert not stream.is_cut


@pytest.mark.usefixtures("_small")
@settings(max_examples=30, deadline=None)
@given(text=st.text(st.sampled_from('"\\/\b\u00e9\U0001f600\n'), min_size=400, max_size=700))
def test_a_text_is_never_cut_within_an_escape(text: str) -> None:
    stream = Stream(io.BytesIO(json.dumps({"a": text, "b": "x" * 2000}).encode()))
    value = stream.value()
    assert isinstance(value, dict)
    kept = str(value["a"]).encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    assert text.startswith(kept)


@pytest.mark.usefixtures("_small")
def test_what_is_too_large_is_passed_over_and_named() -> None:
    large = json.dumps(["x" * 90] * 500)
    read = list(elements(f"[1, {large}, 2, {{broken}}, 3]".encode()))
    assert read[::2] == [1, 2, 3]
    assert [str(reason) for reason in read[1::2]] == [
        "line 1, byte 4: a value of more than 2,000 characters, its long texts not counted",
        "line 1, byte 47009: no JSON (Expecting property name enclosed in double quotes)",
    ]


def test_what_is_nested_too_deeply_is_passed_over_and_named() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    one, reason, two = elements(f"[1, {deep}, 2]".encode())
    assert (one, two) == (1, 2)
    assert str(reason) == "line 1, byte 4: a value that is nested too deeply"


def test_nan_is_nothing() -> None:
    assert list(elements(b"[NaN, -Infinity, 1]")) == [None, None, 1]


@pytest.mark.usefixtures("_chunks")
@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"[1,\n {", "line 2, byte 5: the file ends within the value that begins there"),
        (b'["a', "line 1, byte 1: the file ends within the value that begins there"),
        (b"[1 2]", "line 1, byte 3: ',' or ']' was expected, '2' found"),
        ('["\u00e9\u00e9" 2]'.encode(), "line 1, byte 8: ',' or ']' was expected, '2' found"),
        (b"[1,", "line 1, byte 3: the file ends within the value that begins there"),
        (b"[1", "line 1, byte 2: ',' or ']' was expected, the end of the file found"),
    ],
)  # fmt: skip
def test_where_a_file_breaks_off(data: bytes, fault: str) -> None:
    with pytest.raises(Broken) as caught:
        list(elements(data))
    assert str(caught.value) == fault


def test_a_byte_order_mark_and_bytes_of_another_charset() -> None:
    assert list(elements("\ufeff[1]".encode())) == [1]
    assert list(elements(b'["\xff", 2]')) == ["\udcff", 2]
