"""Reports in a real browser. `nox -s browser` runs these tests; the suite that everybody runs passes them over."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.record import fleet
from conformance.record import record as records
from conformance.record.history import History, read
from conformance.record.stored import write_whole
from conformance.record.timeline import by_target
from conformance.report import history as report_of_history
from conformance.report import overview, render
from tests.report.samples import a_hostile_record, hostile_exchanges, stored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

EXAMPLES = Path(__file__).parents[2] / "reports" / "example"
collect_ignore_glob = [] if os.environ.get("BROWSER_TESTS") else ["test_*.py"]


@dataclass(slots=True)
class Opened:
    """A page that is open, and whatever it said or asked for while it was."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked_for: list[str] = field(default_factory=list)

    def listen(self) -> None:
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: self.said.append(f"dialog: {dialog.message}"))
        self.page.on("request", lambda request: self.asked_for.append(request.url))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from tests.browser import chromium  # noqa: PLC0415  (playwright is installed by the session alone)

    if chromium.executable() is None:
        pytest.exit(chromium.MISSING, returncode=1)
    with chromium.chromium() as started:
        yield started


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The reports by name, rendered by this kit from records that are kept, and from a hostile one."""
    folder = tmp_path_factory.mktemp("reports")
    for name in ("reference", "faulty"):
        (folder / name).mkdir()
        for file in ("results.json", "exchanges.jsonl"):
            shutil.copy(EXAMPLES / name / file, folder / name)
    (folder / "hostile").mkdir()
    stored(folder / "hostile", a_hostile_record(), hostile_exchanges())
    pages = {path.name: render(path, ["html"])[0] for path in folder.iterdir()}
    page, _ = overview.write(folder, fleet.read(folder))
    return {**pages, "overview": page, "history": history_of(folder)}


def history_of(folder: Path) -> Path:
    """Write a page of a target that was mended again and again, and of a hostile one."""
    history = History(folder)
    for name in ("reference", "faulty", "reference", "faulty"):
        history.add(records.read(folder / name), "acme", 1)
    history.add(records.read(folder / "hostile"), "", 1)
    targets = [report_of_history.target_of(name, runs) for name, runs in by_target(read(folder)[0]).items()]
    return write_whole(folder / "history.html", report_of_history.html(targets))


@pytest.fixture
def visit(browser: Browser, reports: dict[str, Path]) -> Iterator[Callable[..., Opened]]:
    """Open a report, at a fragment where one is given; the rest is said of the browser's context.

    Whatever it was opened for: nothing but the file may have been asked for, and nothing been said.
    """
    opened: list[tuple[Opened, BrowserContext]] = []

    def open_report(name: str = "faulty", fragment: str = "", **settings: object) -> Opened:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **settings})  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        one = Opened(context.new_page())
        one.listen()
        opened.append((one, context))
        one.page.goto(reports[name].as_uri() + fragment)
        return one

    yield open_report
    for one, context in opened:
        context.close()
        assert one.said == []
        assert {url.partition("#")[0].partition(":")[0] for url in one.asked_for} <= {"file", "data"}
        assert len([url for url in one.asked_for if url.startswith("file:")]) == 1
