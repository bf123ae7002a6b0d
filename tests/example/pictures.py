"""Takes the pictures that the README shows: the first screen of each example report, light and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.browser.chromium import chromium

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

SCHEMES: Final = ("light", "dark")
SIZE: Final = {"width": 1280, "height": 800}
MOST_BYTES: Final = 150_000


def take(names: Iterable[str], reports: Path, pictures: Path) -> Iterator[Path]:
    """Take a picture of each report in each scheme, and give the files."""
    with chromium() as browser:
        for name in names:
            for scheme in SCHEMES:
                yield _taken(browser, reports / name / "report.html", scheme, pictures / f"report-{name}-{scheme}.png")


def _taken(browser: Browser, report: Path, scheme: str, picture: Path) -> Path:
    context = browser.new_context(viewport=SIZE, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(report.absolute().as_uri())
    page.screenshot(path=picture)
    context.close()
    if picture.stat().st_size > MOST_BYTES:
        raise ValueError(f"{picture} has {picture.stat().st_size} bytes; a README should load fast")
    return picture
