"""What a reader does with a report."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Opened

    Visit = Callable[..., Opened]

NARROW = {"width": 360, "height": 740}


def cases(page: Page) -> Locator:
    return page.locator("details.case:visible")


def counts(reports: dict[str, Path]) -> dict[str, int]:
    summary = json.loads(reports["faulty"].with_name("results.json").read_bytes())["summary"]
    return {status: int(count) for status, count in summary.items()}


def test_the_first_screen_says_what_is_wrong_where_the_law_says_so_and_how_to_see_it(visit: Visit) -> None:
    page = visit().page
    first = page.locator(".fixes li").first
    for part in ("h1", ".fixes h3 >> nth=0", ".fixes .source >> nth=0", ".fixes mark >> nth=0", ".fixes pre >> nth=0"):
        box = page.locator(part).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 800, f"{part} is on the first screen"
    assert page.locator("h1").inner_text() == "Not conformant"
    assert first.locator("h3").inner_text().startswith("MUST ")
    assert first.locator("pre").first.inner_text().startswith("curl ")
    assert first.get_by_role("button", name="Copy").count() == 2


def test_cases_are_filtered_by_status(visit: Visit, reports: dict[str, Path]) -> None:
    page, summary = visit().page, counts(reports)
    assert cases(page).count() == sum(summary.values())
    page.get_by_role("checkbox", name="passed").uncheck()
    page.get_by_role("checkbox", name="skipped").uncheck()
    assert cases(page).count() == summary["failed"] + summary["warned"]
    assert page.get_by_role("search").get_by_role("status").inner_text() == (
        f"{summary['failed'] + summary['warned']} of {sum(summary.values())} cases"
    )
    assert page.locator(".group:visible").count() < page.locator(".group").count(), "empty groups are away"


@pytest.mark.parametrize(
    ("label", "value"), [("Level", "SHOULD"), ("Requirement", "accept-json"), ("Scenario", "no-profile")]
)
def test_cases_are_filtered_by_level_requirement_and_scenario(visit: Visit, label: str, value: str) -> None:
    page = visit().page
    everything = cases(page).count()
    page.get_by_role("combobox", name=label).select_option(value)
    assert 0 < cases(page).count() < everything
    page.get_by_role("button", name="Show everything").click()
    assert cases(page).count() == everything


def test_cases_are_searched_by_every_word(visit: Visit) -> None:
    page = visit().page
    page.get_by_role("searchbox").fill("PAIRING dish")
    assert [one.locator("summary code").inner_text() for one in cases(page).all()] == [
        "success/pairing/no-logout-endpoint"
    ]
    page.get_by_role("searchbox").fill("nothing has these words")
    assert cases(page).count() == 0
    page.get_by_role("searchbox").press("Escape")
    assert cases(page).count() > 0


def test_a_deep_link_opens_its_case(visit: Visit) -> None:
    page = visit(fragment="#case-success/pairing/degraded").page
    case = page.locator("details.case[open]")
    assert case.locator("summary code").inner_text() == "success/pairing/degraded"
    box = case.bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 100
    assert case.locator("mark", has_text="actionType").is_visible()


def test_a_link_to_what_is_filtered_away_shows_it_again(visit: Visit) -> None:
    page = visit().page
    page.get_by_role("checkbox", name="failed").uncheck()
    page.locator(".fixes a[href^='#case-']").first.click()
    assert page.locator("details.case.failed[open]").first.is_visible()
    assert page.get_by_role("checkbox", name="failed").is_checked()


def test_the_matrix_leads_to_the_evidence(visit: Visit) -> None:
    page = visit().page
    page.locator(".matrix a.failed").first.click()
    assert page.locator("details.case.failed[open] .exchange").first.is_visible()


@pytest.mark.parametrize("place", [".fixes li", "[id='case-success/pairing/degraded'] .exchange"])
def test_a_curl_line_is_copied_as_it_stands(visit: Visit, place: str) -> None:
    page = visit(fragment="#case-success/pairing/degraded", permissions=["clipboard-read", "clipboard-write"]).page
    command = page.locator(place).first.locator(".command").first
    command.get_by_role("button", name="Copy").click()
    command.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert shlex.split(copied)[0] == "curl"
    assert copied == command.inner_text().removesuffix("Copied").strip()
    assert page.locator("body > [role=status]").inner_text() == "Copied"


def test_a_command_is_selected_where_nothing_may_be_copied(visit: Visit) -> None:
    page = visit().page
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('denied')) }")
    command = page.locator(".fixes .command").first
    command.get_by_role("button", name="Copy").click()
    command.get_by_role("button", name="Selected").wait_for()
    assert page.evaluate("getSelection().toString()").startswith("curl ")


def test_everything_is_done_with_the_keyboard(visit: Visit) -> None:
    page = visit().page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the cases"
    page.keyboard.press("Enter")
    page.get_by_role("searchbox").focus()
    page.keyboard.type("pairing/degraded")
    summary = page.locator("details.case:visible summary").first
    for _ in range(8):
        page.keyboard.press("Tab")
        if summary.evaluate("element => element === document.activeElement"):
            break
    page.keyboard.press("Enter")
    assert page.locator("details.case[open] .exchange").first.is_visible()
    assert summary.evaluate("element => getComputedStyle(element).outlineStyle") == "solid", "the focus is seen"


def test_the_colours_follow_the_system_and_the_button(visit: Visit) -> None:
    page = visit(color_scheme="light").page
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(paper)
    page.get_by_role("button", name="Light colours").click()
    assert page.evaluate(paper) == light != dark
    page.get_by_role("button", name="Dark colours").click()
    assert page.evaluate(paper) == dark


def test_it_prints_in_light_colours_with_what_did_not_pass_open(visit: Visit) -> None:
    page = visit(color_scheme="dark").page
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF-")
    assert page.locator("details.case.failed:not([open])").count() == 0
    assert page.locator("details.case.passed[open]").count() == 0
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.get_by_role("button").count() == 0


@pytest.mark.parametrize("name", ["reference", "faulty", "hostile"])
def test_nothing_sticks_out_of_a_phone(visit: Visit, name: str) -> None:
    page = visit(name, viewport=NARROW).page
    page.get_by_role("button", name="Open all").click()
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]


def test_text_can_be_twice_as_large(visit: Visit) -> None:
    page = visit(viewport={"width": 640, "height": 800}).page
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") == 640
