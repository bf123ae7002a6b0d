"""The example reports are what this kit renders of their records, and small enough to mail."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.record import record as records
from conformance.report import html

MOST_BYTES, REQUESTS = 500_000, 150
"""How large a report of so many requests may be."""
EXAMPLE = Path(__file__).parents[2] / "reports" / "example"


@pytest.mark.parametrize(("name", "verdict"), [("reference", "conformant"), ("faulty", "not-conformant")])
def test_an_example_report_is_current_and_small(name: str, verdict: str) -> None:
    folder = EXAMPLE / name
    record = records.read(folder)
    page = "".join(html.render(record, records.read_exchanges(folder)))
    assert record.verdict == verdict
    assert page == (folder / "report.html").read_text(encoding="utf-8"), "run `nox -s examples`"
    assert len(page.encode()) < MOST_BYTES * max(1.0, record.request_count / REQUESTS)
