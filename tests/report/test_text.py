from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.report.text import parts, shortened, visible

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ASCII ~", "plain ASCII ~"),
        ("Überträger 登出 😀", "Überträger 登出 😀"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\r\n\tb", r"a\r\n\tb"),
        ("\x00\x7f\x9b", r"\x00\x7f\x9b"),
        ("user\u202egnp.exe", r"user\u202egnp.exe"),
        ("\u200b\u2028\ufeff", r"\u200b\u2028\ufeff"),
        ("\ud800", r"\ud800"),
        ("\ufffe", r"\ufffe"),
        ("\U000e0001", r"\U000e0001"),
        ("no\u00a0break", r"no\xa0break"),
        ("a\\b", r"a\b"),
        ("a ##[set-env]b ##vso[x]", r"a \x23#[set-env]b \x23#vso[x]"),
        ("## #[ #", "## #[ #"),
    ],
)
def test_what_cannot_be_seen_is_written_as_an_escape(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_character_can_be_kept() -> None:
    assert visible("a\n\tb\r", keep="\n\t") == "a\n\tb\\r"


def test_an_escape_is_told_from_what_was_sent() -> None:
    assert [part for part in parts("a\\x07\x07b") if part[0]] == [("a\\x07", False), ("\\x07", True), ("b", False)]


@given(ANY_TEXT)
def test_nothing_unseen_gets_through(text: str) -> None:
    shown = visible(text)
    shown.encode("utf-8", "strict")
    assert all(character == " " or unicodedata.category(character)[0] not in "CZ" for character in shown)


@pytest.mark.parametrize(("text", "shown"), [("abc", "abc"), ("abcd", "abc... 1 more characters"), ("", "")])
def test_a_long_text_is_cut_and_says_so(text: str, shown: str) -> None:
    assert shortened(text, 3) == shown
