"""Every faulty recording is told what is wrong with it, and every right one is left alone, whichever tool wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.law.catalogue import Level, catalogue
from conformance.rules.client import REQUEST
from conformance.rules.sequence import SEQUENCE
from conformance.traffic.check import check
from tests.clients.catalogue import FAULTY, UNUSUAL, FaultyTraffic, UnusualTraffic
from tests.traffic.hars import charles, chrome, firefox, mitmproxy, written

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from conformance.exchange import Exchange
    from conformance.record.record import Record
    from tests.traffic.hars import Har

STYLES = {"charles": charles, "firefox": firefox, "mitmproxy": mitmproxy}


def checked(exchanges: Sequence[Exchange], style: Callable[[Sequence[Exchange]], Har], folder: Path) -> Record:
    file = written(style(exchanges), folder / "app.har")
    return check([file], report_dir=folder / "reports", formats=())


def broken(record: Record) -> set[str]:
    return {finding.requirement for case in record.cases for finding in case.findings}


@pytest.mark.parametrize("fault", FAULTY.values(), ids=lambda fault: fault.name)
def test_a_fault_is_found_and_nothing_else_is_blamed(fault: FaultyTraffic, tmp_path: Path) -> None:
    record = checked(fault.making(), mitmproxy, tmp_path)
    assert fault.requirement in broken(record)
    assert broken(record) <= fault.also | {fault.requirement}
    musts = [name for name in broken(record) if catalogue()[name].level is Level.MUST]
    assert (record.verdict == "not-conformant") == bool(musts)


@pytest.mark.parametrize("right", UNUSUAL.values(), ids=lambda right: right.name)
def test_what_is_right_is_left_alone(right: UnusualTraffic, tmp_path: Path) -> None:
    record = checked(right.making(), mitmproxy, tmp_path)
    assert broken(record) == set()
    assert record.verdict in {"conformant", "inconclusive"}
    skipped = {name for case in record.cases if case.status == "skipped" for name in case.requirements}
    assert right.skipped <= skipped


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
@pytest.mark.parametrize("name", ["plain-logout", "three-calls-until-it-works", "relative-url"])
def test_every_tool_is_read_alike(name: str, style: Callable[[Sequence[Exchange]], Har], tmp_path: Path) -> None:
    record = checked(UNUSUAL[name].making(), style, tmp_path)
    assert broken(record) == set()
    assert record.verdict == "conformant"


@pytest.mark.parametrize("name", ["accepts-anything", "opens-nothing", "tries-again-before-retry-after"])
def test_every_tool_shows_the_fault(name: str, tmp_path: Path) -> None:
    fault = FAULTY[name]
    for number, style in enumerate((*STYLES.values(), chrome)):
        (tmp_path / str(number)).mkdir()
        assert broken(checked(fault.making(), style, tmp_path / str(number))) == {fault.requirement}


def test_the_catalogue_has_a_fault_for_every_demand_on_a_client_that_a_recording_shows() -> None:
    assert set(REQUEST) | set(SEQUENCE) <= {fault.requirement for fault in FAULTY.values()}
    assert len(FAULTY) >= 40
    assert len(UNUSUAL) >= 15
