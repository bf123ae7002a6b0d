from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from conformance.report import markdown
from conformance.report.text import shortened, visible
from tests.report.samples import HOSTILE, JSON_TYPE, a_case, a_finding, a_hostile_record, a_record

if TYPE_CHECKING:
    from markdown_it.token import Token

    from conformance.record.record import Record

ANY_TEXT = st.text(st.characters(exclude_categories=()))
AWKWARD = st.text(st.sampled_from("`\\|*_<>[]()!&#~$-+.@: \n\r1aw/"))


def summary(record: Record) -> str:
    return "".join(markdown.render(record, []))


def tokens(text: str) -> list[Token]:
    """Give what a reader of GitHub's tables makes of a text, links and code spans among it."""
    found = []
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        found += [token, *(token.children or [])]
    return found


def test_the_verdict_comes_first_in_words_and_shape() -> None:
    for verdict, heading in (("conformant", "✅ Conformant"), ("not-conformant", "❌ Not conformant")):
        assert summary(a_record(a_case(), verdict=verdict)).startswith(f"## {heading}: Acme\n")


def test_a_summary_says_what_ran_and_counts_it() -> None:
    text = summary(a_record(a_case("failed"), a_case("warned", "b", level="SHOULD"), reasons=["1 case failed"]))
    assert "- 1 case failed\n" in text
    assert "Target `https://api.example.com`, version `1.4.2`, service provider `REF30`." in text
    assert "Run of 2026-11-24 01:00 UTC: 108 requests, seed 7, kit 0.1.0, spec 1.0." in text
    assert "| level | failed | error | warned | skipped | passed |\n|---|---:|---:|---:|---:|---:|\n" in text
    assert "| MUST | 1 | 0 | 0 | 0 | 0 |\n| SHOULD | 0 | 0 | 1 | 0 | 0 |\n" in text


def test_the_top_findings_have_their_law_their_source_and_their_command() -> None:
    text = summary(a_record(a_case("failed")))
    assert text.partition("### What to fix first\n\n")[2] == (
        "1. **MUST** A 200 has the Content-Type application/json.\n"
        "   `content-type-of-success`, source page `#success`, "
        "[RFC 9110 8.3](https://www.rfc-editor.org/rfc/rfc9110#section-8.3)\n"
        "   - at `Content-Type` expected `application/json`, seen `text/html`\n"
        "   - cases: `success/content-type/logout-endpoint`\n"
        "\n"
        "   ```sh\n"
        "   logout-conformance run --case success/content-type/logout-endpoint --seed 0\n"
        "   ```\n"
        "\n"
    )


def test_nothing_to_fix_is_no_heading() -> None:
    assert "###" not in summary(a_record(a_case()))


def test_what_was_not_tested_says_why() -> None:
    text = summary(
        a_record(
            a_case("error", "d", scenario=None, message="the handler answered 500"),
            scenarios=[{"id": "no-profile", "mandatory": True, "status": "skipped", "reason": "no handler"}],
            notes=["waited 12 s"],
            kit_faults=["d"],
        )
    )
    assert "- not tested: `no-profile` (mandatory): no handler\n" in text
    assert "- error: 1 cases, such as `d`: the handler answered 500\n" in text
    assert "- the kit itself failed in `d`; please report it\n- waited 12 s\n" in text


def test_scenarios_that_were_left_out_for_one_reason_are_one_line() -> None:
    scenarios = [{"id": name, "mandatory": False, "status": "not-selected"} for name in ("degraded", "apple-sso")]
    assert "- not tested: `degraded`, `apple-sso`: not selected\n" in summary(a_record(a_case(), scenarios=scenarios))


def test_lists_are_bounded_and_say_what_is_left_out() -> None:
    many = [a_case("failed", f"a/{number}", findings=[], requirements=[f"r{number}"]) for number in range(25)]
    assert "- ... and 5 more in the report" in summary(a_record(*many))
    ways = [a_finding().model_copy(update={"seen": str(number)}) for number in range(7)]
    assert "   - ... and 4 more ways\n" in summary(a_record(a_case("failed", findings=ways)))


@pytest.mark.slow
def test_a_summary_stays_below_what_github_shows() -> None:
    huge = "登😀" * 50_000
    findings = [a_finding().model_copy(update={"seen": huge, "where": f"/{n}", "expected": huge}) for n in range(20)]
    cases = [
        a_case("failed", f"{n}{huge}", findings=findings, message=huge, requirements=[f"r{n}"], rerun=huge)
        for n in range(100)
    ]
    errors = [a_case("error", f"e{n}{huge}", message=f"{n}{huge}") for n in range(100)]
    scenarios = [{"id": f"{n}{huge}", "mandatory": True, "status": "skipped", "reason": huge} for n in range(100)]
    law = [JSON_TYPE.model_copy(update={"section": ",".join("ab" * 50_000), "sentence": huge})]
    text = summary(
        a_record(
            *cases, *errors, scenarios=scenarios, reasons=[huge] * 100, notes=[huge] * 100, requirements=law,
            kit_faults=[huge] * 100,
        )
    )  # fmt: skip
    assert len(text.encode()) < 1024 * 1024
    assert huge not in text


def test_a_command_that_is_too_long_is_left_out_rather_than_cut() -> None:
    text = summary(a_record(a_case("failed", rerun="logout-conformance run " + "x" * 5000)))
    assert "xxxx" not in text


def links(text: str) -> set[str]:
    return {str(token.attrs["href"]) for token in tokens(text) if token.type == "link_open"}


def test_hostile_text_is_shown_and_not_obeyed() -> None:
    text = summary(a_hostile_record())
    assert visible(text, keep="\n") == text
    kinds = {token.type for token in tokens(text)}
    assert not kinds & {"html_inline", "html_block", "image", "s_open"}
    assert links(text) == set()
    assert sum(visible(HOSTILE).strip() in token.content for token in tokens(text)) > 10


@settings(deadline=None)
@given(st.one_of(ANY_TEXT, AWKWARD))
def test_whatever_a_text_is_it_is_said_letter_by_letter(text: str) -> None:
    shown = shortened(visible(text), 300).strip()
    for written, said in ((markdown.code(text), shown or "(empty)"), (markdown.prose(text), shown)):
        for line, before in ((f"said: {written}!", "said: "), (f"- {written}!", "")):
            parts = [token for token in tokens(line) if token.type in {"text", "text_special", "code_inline"}]
            assert "".join(token.content for token in parts) == f"{before}{said}!"
            others = {token.type for token in tokens(line)} - {"text", "text_special", "code_inline", "inline"}
            assert {kind.rpartition("_")[0] for kind in others} <= {"paragraph", "bullet_list", "list_item"}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a plain sentence, with a comma.", "a plain sentence, with a comma."),
        ("a *b* <c>", "`a *b* <c>`"),
        ("[x](y)", r"\[x\]\(y\)"),
        ("see https://evil.example", "`see https://evil.example`"),
        ("@somebody", "`@somebody`"),
        ("1. one", "`1. one`"),
        ("- one", "`- one`"),
        (":smile: |", "`:smile: |`"),
    ],
)
def test_a_sentence_acts_on_nobody(text: str, written: str) -> None:
    assert markdown.prose(text) == written


@pytest.mark.parametrize(
    ("text", "written"), [("a", "`a`"), ("", "(empty)"), ("`", "`` ` ``"), ("a``b", "```a``b```"), ("\x1b", r"`\x1b`")]
)
def test_a_code_span_cannot_be_ended_from_within(text: str, written: str) -> None:
    assert markdown.code(text) == written


def test_the_text_of_the_law_is_known() -> None:
    assert JSON_TYPE.sentence in summary(a_record(a_case("failed")))
