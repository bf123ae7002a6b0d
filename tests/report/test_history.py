from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.record.history import line_of, names_of
from conformance.record.timeline import by_target
from conformance.report import history
from conformance.report.text import visible
from tests.record.test_timeline import a_run, runs_of, strip
from tests.report.samples import ALLOW, HOSTILE, JSON_TYPE, a_case, a_hostile_record, a_record
from tests.report.test_html import Page, words

if TYPE_CHECKING:
    from conformance.record.timeline import Run


def text_of(runs: list[Run], last: int = 30) -> str:
    return "".join(history.text([history.target_of("acme", runs, last)]))


def page_of(*targets: history.Target) -> Page:
    return Page("".join(history.html(targets)))


BROKE = runs_of(a_run(1, "p"), a_run(2, "p"), a_run(3, "f", version="1.1"), a_run(4, "f", version="1.1"))


def test_the_text_says_what_broke_when_and_with_which_version() -> None:
    assert text_of(BROKE) == (
        "acme 1.1: not conformant, runs 1 to 4, 2026-11-04\n"
        "  ..FF  content-type-of-success: failed since 2026-11-03, run 3 with version 1.1; "
        "passed before in run 2 with version 1.0\n"
        "  0 of 1 requirements passed in every run that judged them\n"
        "a run is a letter, the last one on the right: . passed, F failed, W warned, E error, S skipped\n"
    )


def test_the_last_runs_are_shown_and_all_of_them_are_remembered() -> None:
    text = text_of(BROKE, last=2)
    assert "acme 1.1: not conformant, runs 3 to 4" in text
    assert "  FF  content-type-of-success: failed since 2026-11-03, run 3" in text
    assert "run 4, 2026-11-04" in text_of(BROKE, last=1)


def test_what_was_mended_is_told_as_long_as_the_run_is_shown() -> None:
    said = "mended 2026-11-03, run 3 with version 1.0; failed from 2026-11-02, run 2 with version 1.0; passed before"
    assert said in text_of(strip("pfpp"))
    assert "mended" not in text_of(strip("pfpp"), last=1)
    assert "it never passed before" in text_of(strip("f"))


def test_a_kit_that_changed_is_told() -> None:
    runs = runs_of(a_run(1, "p"), a_run(2, "f", kit_version="0.2.0"))
    assert "in run 1 with version 1.0; the kit was 0.1.0 before" in text_of(runs)


def test_flaky_cases_are_told() -> None:
    assert "  flaky: a: changed 3 times with version 1.0\n" in text_of(strip("pfpf"))
    assert "  flaky: a: changed 3 times; the target has no version\n" in text_of(strip("pfpf", version=""))
    assert "  flaky: a: changed 1 time with" in text_of(strip("pf"))


@pytest.mark.parametrize(
    ("letters", "said"), [("es", "no requirement was judged"), ("sp", "1 of 1 requirements passed")]
)
def test_what_no_run_judged_did_not_pass(letters: str, said: str) -> None:
    assert f"  {said}" in text_of(strip(letters))


def test_a_strip_has_a_mark_for_each_run() -> None:
    runs = runs_of(*(a_run(day, letter) for day, letter in enumerate("pfse-w", start=1)), a_run(7, "f"))
    assert "  .FSE WF  content-type" in text_of(runs)


def test_the_page_has_every_requirement_of_one_target_what_is_broken_first() -> None:
    both = [a_case(case_id="a"), a_case("failed", "b", requirements=[ALLOW.id], findings=[])]
    page = page_of(history.target_of("acme", runs_of(a_record(*both))))
    assert page.texts["h1"].strip() == "acme"
    rows = [text for text in words(page).split() if text in {JSON_TYPE.id, ALLOW.id}]
    assert rows[-2:] == [ALLOW.id, JSON_TYPE.id]
    assert [cell["class"] for cell in page.all("b") if cell.get("class") in {"passed", "failed"}] == [
        "failed",
        "passed",
    ]


def test_of_many_targets_the_page_has_the_rows_that_are_not_one_long_pass() -> None:
    good, bad = (history.target_of(name, strip(letters)) for name, letters in (("good", "pp"), ("bad", "pf")))
    page = page_of(good, bad)
    assert page.texts["h1"].strip() == "2 targets"
    assert len(page.all("table")) == 1
    assert "1 of them break something in their last runs." in words(page)
    assert "1 of 1 requirements passed in every run" in words(page)


def test_the_page_runs_and_loads_nothing() -> None:
    page = page_of(history.target_of("acme", BROKE))
    assert not {tag for tag, _ in page.elements} & {"script", "img", "iframe", "form", "object"}
    (policy,) = [meta["content"] or "" for meta in page.all("meta") if "http-equiv" in meta]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")


@pytest.fixture(scope="module")
def hostile() -> history.Target:
    record = a_hostile_record()
    mended = record.model_copy(update={"cases": tuple(c.model_copy(update={"status": "passed"}) for c in record.cases)})
    pairs = [(line_of(one, called="", exit_code=1), names_of(one)) for one in (record, mended, record, mended)]
    ((name, runs),) = by_target(pairs).items()
    return history.target_of(name, runs)


def test_hostile_text_acts_on_no_terminal(hostile: history.Target) -> None:
    text = "".join(history.text([hostile]))
    assert visible(text, keep="\n") == text
    assert visible(HOSTILE)[:60] in text
    assert "flaky: " in text


def test_hostile_text_brings_no_markup_into_the_page(hostile: history.Target) -> None:
    for targets in ([hostile], [hostile, hostile]):
        source = "".join(history.html(targets))
        page = Page(source)
        assert visible(source, keep="\n") == source
        assert not {tag for tag, _ in page.elements} & {"script", "img"}
        assert visible(HOSTILE)[:60] in page.text
