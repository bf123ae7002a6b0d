"""axe, in both colour schemes, on the whole of a report with every case open: no violation of WCAG 2.2 AA."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Opened

    Visit = Callable[..., Opened]

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("faulty", {}),
        ("reference", {}),
        ("hostile", {}),
        ("faulty", {"viewport": {"width": 360, "height": 740}}),
        ("overview", {}),
        ("history", {}),
    ],
    ids=["faulty", "reference", "hostile", "faulty-on-a-phone", "overview", "history"],
)
def test_axe_finds_nothing(visit: Visit, name: str, settings: dict[str, object], scheme: str) -> None:
    page = visit(name, color_scheme=scheme, **settings).page
    # what is opened by hand looks the same, and a few of a kind stand for all
    page.evaluate("document.querySelectorAll('.group').forEach(group => group.querySelector('details').open = true)")
    page.set_default_timeout(120_000)
    found = Axe().run(page, options={"runOnly": TAGS, "resultTypes": ["violations"]})
    assert [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found.response["violations"]] == []
