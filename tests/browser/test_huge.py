"""A report of a hundred thousand exchanges: small, soon made, and opened like any other."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from conformance.record.record import write
from tests.report.samples import a_case, a_finding, a_record, a_response, an_exchange

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from conformance.record.record import Case

MANY = 100_000
RENDER = """
import resource, sys
from pathlib import Path
from conformance.report import render
render(Path(sys.argv[1]), ["html"])
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""


def passing() -> Iterator[Case]:
    for number in range(300):
        yield a_case(case_id=f"case/{number}", exchanges=range(number, MANY, 300))


def failing() -> Iterator[Case]:
    for number in range(300):
        indexes = range(number, MANY, 300)
        findings = [a_finding(exchange=index) for index in indexes[:30]]
        yield a_case("failed", f"case/{number}", exchanges=indexes, findings=findings)


def lines(*, equal: bool) -> Iterator[str]:
    line = an_exchange(response=a_response("<body>")).model_dump(mode="json")
    line["index"] = "<index>"
    before, after = json.dumps(line).split('"<index>"')
    head, tail = after.split("<body>")
    for index in range(MANY):
        body = "{}" if equal else "\\u0000" * 300 + str(index)
        yield f"{before}{index}{head}{body}{tail}\n"


@pytest.mark.parametrize("kind", ["all-equal", "all-different", "all-failing"])
def test_a_huge_run_has_a_report_that_can_be_mailed_and_opened(kind: str, browser: Browser, tmp_path: Path) -> None:
    write(a_record(*(failing() if kind == "all-failing" else passing())), tmp_path)
    with (tmp_path / "exchanges.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(lines(equal=kind == "all-equal"))
    done = subprocess.run([sys.executable, "-c", RENDER, tmp_path], capture_output=True, text=True, check=True)
    seconds, peak_mib = map(float, done.stdout.split())
    size = (tmp_path / "report.html").stat().st_size
    print(f"{kind}: {size} bytes, {seconds:.1f} s of a processor, {peak_mib:.0f} MiB")  # noqa: T201
    assert size < 5_000_000
    assert seconds < 10
    assert peak_mib < 300
    page = browser.new_page()
    page.goto((tmp_path / "report.html").as_uri())
    page.get_by_role("searchbox").fill("case/7")
    assert 0 < page.locator("details.case:visible").count() < 300
    page.close()
