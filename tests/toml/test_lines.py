from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.toml.lines import LinesOfKeys

EVERYTHING = '''\
# a comment with [brackets] and "quotes = 1
[target]      # another
name = "a # no comment, [no] = table"

text = """
[states]
handler = "no key"
\\"""
"""
quotes = """"two before the end"""""
raw = \'\'\'
[scenarios]\'\'\'
"quoted \\u0041 = key" = 1
'literal "key"' = 2
dotted . "key"."x.y" = 1.5e3
inline = { a = 1, b.c = [ { d = "}" }, 2 ], e = { f = '{' } }
list = [
  "[x]",  # ]
  [1, 2], { in_a_list = 3 },
]
date = 1979-05-27T07:32:00Z

[target.headers]
Authorization = "Bearer"
[ "odd table" . 'x' ]
key=1
[[many]]
a = 1
[[many]]
b = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("target",), 2),
        (("target", "name"), 3),
        (("target", "text"), 5),
        (("target", "quotes"), 10),
        (("target", "raw"), 11),
        (("target", "quoted A = key"), 13),
        (("target", 'literal "key"'), 14),
        (("target", "dotted"), 15),
        (("target", "dotted", "key", "x.y"), 15),
        (("target", "inline", "a"), 16),
        (("target", "inline", "b", "c"), 16),
        (("target", "inline", "e", "f"), 16),
        (("target", "list"), 17),
        (("target", "date"), 21),
        (("target", "headers"), 23),
        (("target", "headers", "Authorization"), 24),
        (("odd table",), 25),
        (("odd table", "x", "key"), 26),
        (("many",), 27),
        (("many", 0), 27),
        (("many", 0, "a"), 28),
        (("many", 1), 29),
        (("many", 1, "b"), 30),
    ],
)
def test_the_line_of_a_key(path: tuple[str, ...], line: int) -> None:
    tomllib.loads(EVERYTHING)
    assert LinesOfKeys(EVERYTHING).of(path) == line


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("target", "base_url"), 2),
        (("target", "headers", "X", "y"), 23),
        (("target", "list", 1), 17),
        (("states", "handler"), None),
        ((), None),
    ],
)
def test_what_is_not_written_is_found_at_the_table_around_it(path: tuple[str | int, ...], line: int | None) -> None:
    assert LinesOfKeys(EVERYTHING).of(path) == line


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_both_ends_of_line(end: str) -> None:
    assert LinesOfKeys(end.join(["[target]", "a = 1", "b = 2"])).of(("target", "b")) == 3


def test_a_key_after_a_text_that_ends_in_a_quote() -> None:
    text = 'a = { b = """\nx"""", c = "d" }'
    assert tomllib.loads(text) == {"a": {"b": 'x"', "c": "d"}}
    assert LinesOfKeys(text).of(("a", "c")) == 2


def test_a_table_that_comes_after_its_inner_one() -> None:
    assert LinesOfKeys("[a.b]\nx = 1\n[a]\ny = 1").of(("a",)) == 3


def test_tables_within_the_last_of_many() -> None:
    text = "[[a]]\n[a.b]\nx = 1\n[[a]]\n[[a.c]]\n[[a.c]]\ny = 1\n"
    assert tomllib.loads(text) == {"a": [{"b": {"x": 1}}, {"c": [{}, {"y": 1}]}]}
    lines = LinesOfKeys(text)
    places = {("a", 0, "b"): 2, ("a", 0, "b", "x"): 3, ("a", 1): 4, ("a", 1, "c", 0): 5, ("a", 1, "c", 1, "y"): 7}
    assert {path: lines.of(path) for path in places} == places


KEYS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=8)
VALUES = st.sampled_from(
    [
        "1",
        "-1.5",
        "true",
        '"# = [a] {"',
        "'\\'",
        '"\\" # \\\\"',
        '"""\n[a]\nb = 1 # """',
        "'''\n''a'' = '''''",
        "[ [1, 2],\n # ] comment\n { a = 1, 'b]' = [2] } ]",
        "{}",
        "[]",
        "1979-05-27 07:32:00",
    ]
)


@given(st.dictionaries(KEYS, st.dictionaries(KEYS, VALUES, max_size=4), max_size=4))
def test_every_line_that_a_writer_wrote(tables: dict[str, dict[str, str]]) -> None:
    lines = ["# ="]
    written: dict[tuple[str, ...], int] = {}
    for table, values in tables.items():
        lines.append(f"[{quoted(table)}] # [x]")
        written[(table,)] = line_of_last(lines)
        for key, value in values.items():
            lines += ["", f"  {quoted(key)} = {{ {quoted(key)} = 1 }}" if value == "{}" else f"{quoted(key)}={value}"]
            written[(table, key)] = line_of_last(lines)
    text = "\n".join(lines)
    tomllib.loads(text)
    found = LinesOfKeys(text)
    assert {path: found.of(path) for path in written} == written


def quoted(key: str) -> str:
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'


def line_of_last(lines: list[str]) -> int:
    return sum(line.count("\n") + 1 for line in lines[:-1]) + 1
