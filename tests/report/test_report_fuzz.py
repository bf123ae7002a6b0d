"""Whatever a record holds, every reader of it gives what its format allows, and nothing that acts on who reads it."""

from __future__ import annotations

import io
import re
import tempfile
import unicodedata
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.console import Console

from conformance.record import record as records
from conformance.report import html, junit, terminal
from conformance.report.text import visible
from tests.report.samples import (
    HOSTILE,
    a_case,
    a_finding,
    a_gate,
    a_record,
    a_response,
    an_entry,
    an_exchange,
    stored,
)

PIECES = st.sampled_from(
    [
        *("<script>alert(1)</script>", "</script>", "<!--", "]]>", "'\"><img src=x onerror=y>", "&lt;", "&#60;b"),
        *("javascript:alert(1)", "{{7*7}}", "{%", "[red]", "\x1b[31m", "\x00", "\u202e", "\ud800", "\ufffe", "\r\n"),
        *("http://h/", "[" * 50, '{"a": [', "\\u202e", "\U000e0041"),
    ]
)
ANY_TEXT = st.lists(PIECES | st.text(st.characters(exclude_categories=()), max_size=8), max_size=6).map("".join)
QUICK = settings(max_examples=30, deadline=None, derandomize=True)
ACTING = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


class Elements(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        for name, value in attrs:
            self.found.add(f"@{name}")
            if name == "href" and not re.match(r"#|https?:|data:,$", value or ""):
                self.found.add(f"a link to {value}")


def record_of(text: str, message: str) -> records.Record:
    finding = {**a_finding().model_dump(), "seen": text, "expected": message, "where": text}
    case = a_case("failed", f"a/{text}", message=message, title=text, rerun=message, findings=[finding])
    target = {"name": text, "version": message, "base_url": text, "service_provider": text}
    known = an_entry(case=text, reason=message, owner=text, message=message, cases=[f"a/{text}"])
    gate = a_gate(known, an_entry("passes", case=message, reason=text), file=text, reasons=[message], known=[])
    return a_record(case, reasons=[text], notes=[message], target=target, gate=gate)


def exchange_of(text: str, message: str) -> records.ExchangeLine:
    response = a_response(text, reason=message, headers=[(text, message), ("Content-Type", text)], undecodable=message)
    return an_exchange(0, response=response, visit=text, step=message, trouble=text)


PLAIN = Elements("".join(html.render(record_of("a", "b"), [exchange_of("a", "b")]))).found
"""The elements and attributes of a page with nothing hostile in it."""


@QUICK
@given(ANY_TEXT, ANY_TEXT)
@example(HOSTILE, HOSTILE)
def test_a_page_has_no_element_no_attribute_and_no_link_of_the_targets(text: str, message: str) -> None:
    page = "".join(html.render(record_of(text, message), [exchange_of(text, message)]))
    page.encode("utf-8", "strict")
    # an address that is one becomes a link, and what cannot be seen a span
    assert Elements(page).found <= PLAIN | {"a", "@href", "span", "@class"}
    assert {letter for letter in page if unicodedata.category(letter) in ACTING} <= {"\n"}


@QUICK
@given(ANY_TEXT, ANY_TEXT)
@example(HOSTILE, HOSTILE)
def test_junit_is_well_formed_with_a_testcase_for_the_case_and_for_the_entry(text: str, message: str) -> None:
    xml = "".join(junit.render(record_of(text, message), [exchange_of(text, message)]))
    case, stale = ET.fromstring(xml.encode("utf-8", "strict")).iter("testcase")
    assert [child.tag for child in (*case, *stale)] == ["failure", "failure"]


@QUICK
@given(ANY_TEXT, ANY_TEXT, st.booleans())
@example(HOSTILE, HOSTILE, True)  # noqa: FBT003  (an example has no names)
def test_the_terminal_gets_nothing_that_acts(text: str, message: str, is_terminal: bool) -> None:  # noqa: FBT001
    screen = io.StringIO()
    terminal.show(
        record_of(text, message), Console(file=screen, force_terminal=is_terminal, color_system=None, width=120)
    )
    said = screen.getvalue()
    said.encode("utf-8", "strict")
    assert {letter for letter in said if unicodedata.category(letter) in ACTING} <= {"\n"}


@QUICK
@given(ANY_TEXT, ANY_TEXT)
@example(HOSTILE, HOSTILE)
def test_a_record_is_strict_utf_8_and_reads_back_as_it_was(text: str, message: str) -> None:
    record = record_of(text, message)
    with tempfile.TemporaryDirectory() as folder:
        stored(Path(folder), record)
        (Path(folder) / records.RESULTS).read_bytes().decode("utf-8", "strict")
        assert records.read(Path(folder)) == record


@given(st.text(st.characters(exclude_categories=())))
def test_what_is_visible_is_seen_and_stays_where_it_is(text: str) -> None:
    shown = visible(text)
    assert not {letter for letter in shown if unicodedata.category(letter) in ACTING}
    assert visible(shown) == shown
