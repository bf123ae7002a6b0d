"""A report where no script runs, and a report that is full of what would like to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Opened

    Visit = Callable[..., Opened]


def test_everything_can_be_read_without_the_script(visit: Visit) -> None:
    page = visit(java_script_enabled=False).page
    assert page.locator("h1").inner_text() == "Not conformant"
    assert page.locator("button, input, select").count() == 0, "no dead controls"
    case = page.locator("details.case.failed").first
    case.locator("summary").click()
    assert case.locator(".exchange").first.is_visible()
    assert case.locator(".command").first.inner_text().startswith("curl ")


def test_a_deep_link_opens_its_case_without_the_script(visit: Visit) -> None:
    page = visit(fragment="#case-success/pairing/degraded", java_script_enabled=False).page
    case = page.locator("details.case[open]")
    box = case.bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 400
    assert case.locator("summary code").inner_text() == "success/pairing/degraded"


def test_hostile_text_runs_nothing(visit: Visit) -> None:
    opened = visit("hostile")
    opened.page.get_by_role("button", name="Open all").click()
    opened.page.locator(".fixes a[href^='#case-']").first.click()
    opened.page.wait_for_timeout(500)
    assert opened.page.locator("img, iframe, script[src], object, form").count() == 0
    assert opened.page.get_by_text("alert(1)").count() > 20, "it is shown"
    assert opened.page.url.startswith("file:")
    # `visit` asserts that there was no dialog, no word on the console and no request
