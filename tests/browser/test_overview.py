"""The pages of many targets and of many runs in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.report.text import visible
from tests.report.samples import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Opened

    Visit = Callable[..., Opened]

PHONE = {"viewport": {"width": 360, "height": 740}}


def test_a_mark_leads_to_its_case_in_the_report_of_its_target(visit: Visit) -> None:
    mark = visit("overview").page.locator(".matrix a.failed[href^='faulty/']").first
    file, _, fragment = (mark.get_attribute("href") or "").partition("#")
    assert file == "faulty/report.html"
    assert visit("faulty", f"#{fragment}").page.locator("details.case.failed[open]").count() == 1


@pytest.mark.parametrize("name", ["overview", "history"])
def test_the_page_fits_a_phone_and_its_table_is_scrolled(name: str, visit: Visit) -> None:
    page = visit(name, **PHONE).page
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    table = page.locator(".tall").first
    table.focus()
    assert page.evaluate("document.activeElement.classList.contains('tall')"), "by the keyboard too"


def test_names_of_targets_and_requirements_stay_while_the_table_is_scrolled(visit: Visit) -> None:
    page = visit("overview", **PHONE).page
    table = page.locator(".tall")
    table.evaluate("element => element.scrollTo(60, 400)")
    assert table.evaluate("element => element.scrollTop") == 400
    corner, box = page.locator(".corner").bounding_box(), table.bounding_box()
    assert corner is not None
    assert box is not None
    assert (round(corner["x"]), round(corner["y"])) == (round(box["x"]), round(box["y"]))


@pytest.mark.parametrize("name", ["overview", "history"])
def test_hostile_names_run_nothing(name: str, visit: Visit) -> None:
    page = visit(name).page
    assert page.locator("img, iframe, script, object, form").count() == 0
    assert page.get_by_text(visible(HOSTILE)[:40]).count() > 0, "it is shown"
