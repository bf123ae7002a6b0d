from __future__ import annotations

import base64
import hashlib
from html.parser import HTMLParser
from importlib import resources
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from conformance.record.difference import compare
from conformance.report import diff
from conformance.report.text import visible
from tests.report.samples import HOSTILE, a_case, a_hostile_record, a_record, a_response, an_exchange, hostile_exchanges

if TYPE_CHECKING:
    from conformance.record.difference import Difference


def a_difference() -> Difference:
    old = a_record(
        *(a_case("passed", "a"), a_case("failed", "b"), a_case("failed", "c"), a_case("passed", "d")),
        *(a_case("passed", "gone"), a_case("passed", "same", exchanges=[1])),
    )
    new = a_record(
        *(a_case("failed", "a"), a_case("passed", "b"), a_case("failed", "c"), a_case("skipped", "d")),
        *(a_case("passed", "new"), a_case("passed", "same", exchanges=[1])),
    )
    answers = [an_exchange(1, response=a_response("", status=status)) for status in (400, 401)]
    return compare(old, new, answers[:1], answers[1:])


def rendered(form: str, difference: Difference) -> str:
    return "".join(diff.RENDERERS[form](difference))


def test_the_text_tells_each_kind_the_gravest_first() -> None:
    assert rendered("text", a_difference()) == (
        "old: Acme 1.4.2: not-conformant; 6 cases, 2026-11-24T01:00Z, kit 0.1.0, seed 7\n"
        "new: Acme 1.4.2: not-conformant; 6 cases, 2026-11-24T01:00Z, kit 0.1.0, seed 7\n"
        "\nNew failures: 1\n"
        "  failed  a: content-type-of-success: at Content-Type expected application/json, seen text/html\n"
        "          logout-conformance run --case a --seed 0\n"
        "\nFixed: 1\n"
        "  passed  b\n"
        "\nStill failing: 1\n"
        "  failed  c: content-type-of-success: at Content-Type expected application/json, seen text/html\n"
        "          logout-conformance run --case c --seed 0\n"
        "\nOther changes: 1\n"
        "  skipped d: was passed. it was skipped\n"
        "\nChanged answers: 1\n"
        "  passed  same: logout-endpoint, first: was 400, is 401\n"
        "\nNew cases: 1\n"
        "  passed  new\n"
        "\nVanished cases: 1\n"
        "  passed  gone\n"
        "\nNot conformant, as before. 1 new failure, 1 fixed, 1 still failing.\n"
    )


def test_the_markdown_tells_the_same() -> None:
    text = rendered("markdown", a_difference())
    assert text.startswith("## Not conformant, as before. 1 new failure, 1 fixed, 1 still failing.\n")
    assert "### New failures: 1\n\n- failed: `a` `content-type-of-success: at Content-Type expected" in text
    assert text.endswith("### Vanished cases: 1\n\n- passed: `gone`\n")


def test_another_verdict_is_the_headline() -> None:
    difference = compare(a_record(a_case("failed")), a_record(a_case()), [], [])
    assert diff.headline(difference) == "Conformant, before: Not conformant. 0 new failures, 1 fixed, 0 still failing."


def test_where_a_run_selected_a_part_that_is_said() -> None:
    whole, part = a_record(a_case(case_id="a"), a_case(case_id="b")), a_record(a_case(case_id="a"), partial=True)
    assert "Cases that the new run left out: 1\n" in rendered("text", compare(whole, part, [], []))
    assert "Cases that the old run left out: 1\n" in rendered("text", compare(part, whole, [], []))
    assert "of a part of the cases" in diff.run_of(part)


def test_a_long_list_is_cut_and_says_so() -> None:
    many = compare(a_record(), a_record(*[a_case(case_id=f"a/{number}") for number in range(130)]), [], [])
    for form in diff.RENDERERS:
        assert "... and 30 more" in rendered(form, many)


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: dict[str, str] = {}
        self.style = self.text = ""
        self._in = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name: value or "" for name, value in attrs}
        self._in = tag

    def handle_data(self, data: str) -> None:
        if self._in == "style":
            self.style += data
        self.text += data


def test_the_page_runs_and_loads_nothing_and_looks_like_the_report() -> None:
    source = rendered("html", a_difference())
    page = Page(source)
    css = resources.files("conformance.report").joinpath("templates", "report.css").read_text(encoding="utf-8")
    assert page.style.strip() == css.strip()
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'" in source.replace(
        "&#39;", "'"
    )
    assert not page.tags & {"script", "img", "iframe", "form", "object"}
    assert "New failures: 1" in page.text
    assert "logout-conformance run --case a --seed 0" in page.text


def hostile() -> Difference:
    record = a_hostile_record()
    plain = a_record(*[a_case("passed", case.id) for case in record.cases[:2]])
    return compare(plain, record, [], hostile_exchanges())


@pytest.mark.parametrize("form", diff.RENDERERS)
def test_hostile_text_is_shown_and_not_obeyed(form: str) -> None:
    text = rendered(form, hostile())
    assert visible(text, keep="\n") == text
    text.encode("utf-8", "strict")


def test_hostile_text_brings_in_no_markup() -> None:
    page = Page(rendered("html", hostile()))
    assert not page.tags & {"script", "img"}
    assert visible(HOSTILE)[:60] in page.text
    parsed = MarkdownIt("commonmark").parse(rendered("markdown", hostile()))
    kinds = {token.type for block in parsed for token in [block, *(block.children or [])]}
    assert not kinds & {"html_inline", "html_block", "image", "link_open"}


def test_nothing_different_is_said_too() -> None:
    same = compare(a_record(a_case()), a_record(a_case()), [], [])
    assert rendered("text", same).endswith("\nConformant, as before. 0 new failures, 0 fixed, 0 still failing.\n")
    assert "Nothing else differs." in rendered("html", same)
