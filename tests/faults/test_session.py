"""`nox -s faults` without its processes: what it prints, writes, and ends with."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from conformance.record.record import Case, Finding
from tests.faults import detection, session
from tests.faults.catalogue import FAULTS
from tests.faults.certifying import Outcome
from tests.faults.judging import ENDS
from tests.unusual.catalogue import UNUSUAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from conformance.record.record import Record
    from tests.conftest import ReferenceRun
    from tests.faults.pool import Job


def reported(requirement: str) -> Case:
    finding = Finding(requirement=requirement, level="MUST", expected="this", seen="that", where="body", exchange=6)
    return Case(
        id="success/x", title="X.", status="failed", level="MUST", requirements=(requirement,), findings=(finding,)
    )


def outcome_of(job: Job, usual: Record, missing: str) -> Outcome:
    """Make what a perfect kit would find, but for one requirement whose rule was removed."""
    if not job.is_faulty:
        server = UNUSUAL[job.name]
        warned = [reported(name).model_copy(update={"status": "warned"}) for name in server.warned]
        scenarios = [
            each.model_copy(update={"status": "skipped"}) if each.id in server.untested else each
            for each in usual.scenarios
        ]
        lacks = any(each.mandatory and each.status == "skipped" for each in scenarios)
        ends = (3, "inconclusive") if lacks else (0, "conformant")
        cases = (*usual.cases, *warned)
    else:
        fault = FAULTS[job.name]
        ends, scenarios = ENDS[fault.level], [*usual.scenarios]
        found = [name for name in (fault.requirement, *sorted(fault.also)) if name != missing]
        cases = tuple(map(reported, found))
    changed = {"cases": cases, "scenarios": tuple(scenarios), "verdict": ends[1]}
    return Outcome(ends[0], "", usual.model_copy(update=changed), 0)


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(detection, "PAGE", tmp_path / "detection.md")
    return tmp_path / "detection.md"


def main(
    monkeypatch: pytest.MonkeyPatch, reference_run: ReferenceRun, names: Sequence[str] = (), missing: str = ""
) -> int:
    @contextmanager
    def certifying(jobs: Sequence[Job]) -> Iterator[Iterator[tuple[Job, Outcome]]]:
        yield ((job, outcome_of(job, reference_run.record, missing)) for job in jobs)

    monkeypatch.setattr(session, "certifying", certifying)
    return session.main(names)


def test_it_writes_the_page(page: Path, monkeypatch: pytest.MonkeyPatch, reference_run: ReferenceRun) -> None:
    assert main(monkeypatch, reference_run) == 0
    text = page.read_text(encoding="utf-8")
    (row,) = [row for row in detection.rows_of(text, "Faults") if row[0] == "empty-body"]
    assert row == ("empty-body", "body-is-json", "success/x", "7", "")


def test_it_is_red_without_a_rule(
    page: Path, monkeypatch: pytest.MonkeyPatch, reference_run: ReferenceRun, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(monkeypatch, reference_run, missing="body-is-json") == 1
    printed = capsys.readouterr().out
    assert "empty-body: missed: no case reports body-is-json" in printed
    assert "body-is-json: no fault is caught by its rule alone" in printed
    assert not page.exists()


def test_some_servers_leave_the_page_alone(
    page: Path, monkeypatch: pytest.MonkeyPatch, reference_run: ReferenceRun, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(monkeypatch, reference_run, ["empty-body", "on-ipv6"]) == 0
    assert "1 faulty and 1 unusual servers" in capsys.readouterr().out
    assert not page.exists()


def test_a_server_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert session.main(["empty-bodi"]) == 2
    assert capsys.readouterr().out == "there is no server called empty-bodi\n"
