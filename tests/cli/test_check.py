"""`logout-conformance check`, the real command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.calls import a_call
from tests.clients.requests import followed
from tests.commands import FILES, logout_conformance
from tests.traffic.hars import mitmproxy, written

if TYPE_CHECKING:
    from pathlib import Path


def test_right_traffic_ends_with_0_and_leaves_what_a_run_leaves(tmp_path: Path) -> None:
    written(mitmproxy(followed(a_call())), tmp_path / "app.har")
    ended = logout_conformance("check", "app.har", folder=tmp_path)
    assert (ended.code, ended.complaints) == (0, "")
    assert "Conformant: app.har" in ended.output
    assert {path.name for path in (tmp_path / "reports").iterdir()} == FILES
    page = (tmp_path / "reports" / "report.html").read_text(encoding="utf-8")
    assert "logout-conformance check app.har" in page


def test_files_that_are_no_recordings_are_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "text.har").write_text("\x1b[31moops", encoding="utf-8")
    ended = logout_conformance("check", "text.har", "missing.har", folder=tmp_path)
    assert ended.code == 2
    assert "missing.har: No such file" in ended.complaints
    assert "text.har: no HAR file: line 1, byte 0" in ended.complaints
    assert "\x1b" not in ended.complaints
    assert not (tmp_path / "reports").exists()
