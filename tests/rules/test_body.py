from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conformance.rules.body import (
    Oversized,
    document,
    excerpt,
    is_empty,
    must_be_json,
    must_be_typed_json,
    must_match_charset,
    should_name_members_once,
)
from tests.exchanges import an_exchange, broken, depends_on, found
from tests.json_values import JSON

must_be_typed = must_be_typed_json("content-type-of-success")


@pytest.mark.parametrize(
    "declared",
    [
        "application/json",
        "application/json;charset=UTF-8",
        "application/json; charset=utf-8; profile=x",
        "application/json ; charset=utf-8",
        "Application/JSON",
        "application/json;",
    ],
)
def test_json_is_declared_in_any_case_and_with_any_parameters(declared: str) -> None:
    assert found(must_be_typed, an_exchange(content_type=declared)) == []


@pytest.mark.parametrize(
    "declared",
    [
        "",
        "text/html",
        "text/json",
        "application/problem+json",
        "application/jsonp",
        "application/x-json",
        "json",
        ";charset=utf-8",
        "application/json, text/html",
    ],
)
def test_another_media_type_is_found(declared: str) -> None:
    (finding,) = found(must_be_typed, an_exchange(content_type=declared))
    assert (finding.requirement, finding.where) == ("content-type-of-success", "Content-Type")
    assert finding.expected == "application/json"
    assert finding.seen == (declared or "no Content-Type")


def test_a_missing_content_type_is_found_even_without_a_body() -> None:
    (finding,) = found(must_be_typed_json("content-type-of-error"), an_exchange(b"", status=400, content_type=None))
    assert (finding.requirement, finding.seen) == ("content-type-of-error", "no Content-Type")


def test_the_name_of_the_header_is_found_in_any_case() -> None:
    exchange = an_exchange(content_type=None, headers=(("content-TYPE", "application/json"),))
    assert found(must_be_typed, exchange) == []


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b' \t\r\n{"logouts": {}}\n',
        b"[]",
        b'"text"',
        b"0",
        b"null",
        '{"é": "衛星 \U0001f44b"}'.encode(),
        b'{"a": "\\u00e9\\ud83d\\udc4b\\/"}',
        b'{"a": "\\ud800"}',
        pytest.param(b"[" * 400 + b"]" * 400, id="400 levels"),
        pytest.param(b'{"a": ' + b"9" * 5000 + b"}", id="5000 digits"),
        pytest.param(b'"' + b"[]{}" * 100 + b'"', id="brackets in a string"),
        b"-0.5e+10",
    ],
)
def test_one_json_text_in_utf8(body: bytes) -> None:
    assert found(must_be_json, an_exchange(body)) == []


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        (b"", "an empty body"),
        (b" ", "not JSON"),
        (b"\xef\xbb\xbf{}", "a byte order mark"),
        ('{"a": "é"}'.encode("latin-1"), "bytes that are not UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "bytes that are not UTF-8"),
        ('{"a": 1}'.encode("utf-16-le"), "not JSON"),
        (b'{"a": 1,}', "not JSON"),  # sample 6 as the page has it
        (b"{}{}", "not JSON"),
        (b"{} x", "not JSON"),
        (b"{'a': 1}", "not JSON"),
        (b"{a: 1}", "not JSON"),
        (b'{"a": 01}', "not JSON"),
        (b'{"a": "\n"}', "not JSON"),
        (b'{"a": "\\x"}', "not JSON"),
        (b"{}\x00", "not JSON"),
        (b'{"a": 1} // no', "not JSON"),
        (b"True", "not JSON"),
        (b"<html></html>", "not JSON"),
        (b'{"a": NaN}', "NaN is no JSON value"),
        (b"[Infinity]", "Infinity is no JSON value"),
        (b"-Infinity", "-Infinity is no JSON value"),
    ],
)
def test_anything_else_is_found_and_named(body: bytes, seen: str) -> None:
    (finding,) = found(must_be_json, an_exchange(body))
    assert (finding.requirement, finding.where) == ("body-is-json", "body")
    assert seen in finding.seen
    assert depends_on(should_name_members_once, an_exchange(body)) == "body-is-json"


def test_a_body_that_is_not_what_its_content_encoding_says_is_no_json() -> None:
    exchange = an_exchange(b"{}", undecodable="the body is not what Content-Encoding: gzip says")
    (finding,) = found(must_be_json, exchange)
    assert finding.seen == "the body is not what Content-Encoding: gzip says"
    assert depends_on(should_name_members_once, exchange) == "body-is-json"
    assert not is_empty(exchange)


def test_nothing_is_said_of_a_body_that_was_not_read_whole() -> None:
    exchange = an_exchange(b'{"logouts": {', truncated=True)
    for rule in (must_be_json, should_name_members_once):
        with pytest.raises(Oversized, match="13 bytes"):
            found(rule, exchange)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[" * 401 + b"]" * 401, id="401 levels"),
        pytest.param(b"[" * 200_000, id="200000 arrays"),
        pytest.param(b'{"a":' * 200_000, id="200000 objects"),
    ],
)
def test_nothing_is_said_of_a_body_that_is_deeper_than_the_kit_reads(body: bytes) -> None:
    for rule in (must_be_json, should_name_members_once):
        with pytest.raises(Oversized, match="deeper than 400 levels"):
            found(rule, an_exchange(body))


def test_an_empty_body_is_empty() -> None:
    assert is_empty(an_exchange(b"", status=400))
    assert not is_empty(an_exchange(b" ", status=400))


@pytest.mark.parametrize(
    ("declared", "body"),
    [
        ("application/json", '{"a": "é"}'.encode()),
        ("application/json;charset=UTF-8", '{"a": "é"}'.encode()),
        ('application/json; Charset="utf8"', '{"a": "é"}'.encode()),
        ("application/json;charset=ISO-8859-1", b'{"a": "e"}'),
        ("application/json;charset=us-ascii", b'{"a": "\\u00e9"}'),
        ("application/json;charset=ISO-8859-1", b""),
        ("application/json;charset=", '{"a": "é"}'.encode()),
        ("application/json;charset=no-such-thing", '{"a": "é"}'.encode()),
        ("application/json;charset=base64", '{"a": "é"}'.encode()),
        ("application/json;charset=rot13", '{"a": "é"}'.encode()),
        ("application/json;charset=idna", '{"a": "é"}'.encode()),
        ("application/json;charset=\r\nx", '{"a": "é"}'.encode()),
    ],
)
def test_a_charset_that_does_not_contradict_the_bytes(declared: str, body: bytes) -> None:
    assert found(must_match_charset, an_exchange(body, content_type=declared)) == []


@pytest.mark.parametrize(
    ("declared", "body"),
    [
        ("application/json;charset=ISO-8859-1", '{"a": "é"}'.encode()),
        ("application/json;charset=windows-1252", '{"a": "é"}'.encode()),
        ("application/json;charset=us-ascii", '{"a": "é"}'.encode()),
        ("application/json; charset=UTF-16", b"{}"),
        ("application/json;charset=utf-32", b"{}"),
        ("application/json;charset=Shift_JIS", '{"a": "衛星"}'.encode()),
    ],
)
def test_a_charset_that_contradicts_the_bytes_is_found(declared: str, body: bytes) -> None:
    (finding,) = found(must_match_charset, an_exchange(body, content_type=declared))
    assert (finding.requirement, finding.where) == ("body-matches-content-type", "Content-Type")


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (b'{"a": 1, "A": 2}', []),
        (b'[{"a": 1}, {"a": 2}]', []),
        (b'{"a": {"a": 1}}', []),
        (b'{"a": 1, "a": 1}', ["'a'"]),
        (b'{"a": 1, "\\u0061": 2}', ["'a'"]),
        (b'{"logouts": {"x": {"url": 1, "url": 2, "url": 3}}, "logouts": {}}', ["'url'", "'logouts'"]),
    ],
)
def test_a_name_that_stands_twice_in_one_object_is_found(body: bytes, names: list[str]) -> None:
    findings = found(should_name_members_once, an_exchange(body))
    assert [finding.seen.partition(" ")[0] for finding in findings] == names
    assert {finding.requirement for finding in findings} <= {"json-names-unique"}


def test_a_value_is_quoted_as_a_reader_would_write_it() -> None:
    assert excerpt({"é": [None, True, 1.5, '"']}) == '{"é": [null, true, 1.5, "\\""]}'


@given(JSON)
@example({"logouts": {}})
def test_whatever_a_json_writer_writes_is_json(value: object) -> None:
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False, indent=1)):
        exchange = an_exchange(text.encode())
        assert broken(must_be_json, exchange) == []
        assert broken(should_name_members_once, exchange) == []
        assert document(exchange) == value


@given(JSON, st.integers(min_value=1))
def test_a_text_that_is_cut_short_is_no_json(value: object, cut: int) -> None:
    text = json.dumps({"logouts": value}).encode()
    assert broken(must_be_json, an_exchange(text[: -(1 + cut % len(text))])) == ["body-is-json"]
