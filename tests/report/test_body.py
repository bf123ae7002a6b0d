from __future__ import annotations

import base64

import pytest

from conformance.report.body import body_of, closest
from tests.report.samples import a_response


def lines(body: str) -> list[str]:
    return [line.text for line in body_of(a_response(body)).lines]


def test_json_is_indented() -> None:
    assert lines('{"logouts":{"A":{"actionName":"logout","list":[1,{}],"n":null}}}') == [
        "{",
        '  "logouts": {',
        '    "A": {',
        '      "actionName": "logout",',
        '      "list": [',
        "        1,",
        "        {}",
        "      ],",
        '      "n": null',
        "    }",
        "  }",
        "}",
    ]


def test_every_token_stays_as_it_was_sent() -> None:
    assert lines(r'{"a": 1.50E+2, "a" :"\u00e9\"{,"}') == ["{", '  "a": 1.50E+2,', r'  "a": "\u00e9\"{,"', "}"]


@pytest.mark.parametrize(
    "body", ['{"a":1,}', "<p>{}</p>", '{"a": 1', '"text"', "[" * 300 + "]" * 300, "[" * 2000, "\ufeff{}"]
)
def test_what_is_no_plain_json_stands_as_it_was_sent(body: str) -> None:
    assert lines(body) == [body]


def test_lines_of_other_text_are_kept() -> None:
    assert lines("<html>\n\n<p>") == ["<html>", "", "<p>"]


def test_an_empty_body_has_no_line() -> None:
    assert lines("") == []


def test_a_long_body_is_cut_and_the_rest_is_counted() -> None:
    body = body_of(a_response("x" * 5000))
    assert [len(line.text) for line in body.lines] == [4096]
    assert body.missing == 904


def test_what_was_never_kept_is_counted_too() -> None:
    assert body_of(a_response("x" * 5000, body_bytes=100_000)).missing == 95_904


def test_long_json_is_indented_as_far_as_it_is_shown() -> None:
    body = body_of(a_response('{"a":"' + "x" * 5000 + '"}'))
    assert [line.text for line in body.lines] == ["{", '  "a": "' + "x" * 4090]


def test_the_limit_leaves_no_half_character() -> None:
    assert body_of(a_response("é" * 3000 + "x")).lines[0].text == "é" * 2048
    assert body_of(a_response("x" + "é" * 3000)).lines[0].text == "x" + "é" * 2047


def test_bytes_that_are_no_utf_8_are_shown_as_escapes() -> None:
    response = a_response(base64.b64encode(b"caf\xe9").decode(), body_encoding="base64")
    assert [line.text for line in body_of(response).lines] == [r"caf\xe9"]


@pytest.mark.parametrize(
    ("pointer", "line"),
    [
        ("/logouts/A~1B/url", '      "url": "x"'),
        ("/logouts/A~1B/nothing", '    "A/B": {'),
        ("/logouts/A~1B/list/1", "        2"),
        ("/other/x", "{"),
        ("", "{"),
    ],
)
def test_the_line_nearest_to_a_pointer_is_found(pointer: str, line: str) -> None:
    shown = body_of(a_response('{"logouts":{"A/B":{"list":[1,2],"url":"x"}}}')).lines
    number = closest(shown, pointer)
    assert number is not None
    assert shown[number].text == line


def test_nothing_is_found_in_what_is_no_json() -> None:
    assert closest(body_of(a_response("<html>")).lines, "/logouts") is None
