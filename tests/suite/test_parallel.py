"""Cases side by side: the same record, and no state asked for twice."""

from __future__ import annotations

import json
import math
import time
from collections import Counter
from typing import TYPE_CHECKING, Final

import pytest

from conformance.certify import certify
from conformance.record import record as records
from conformance.reference import ACCESS_TOKEN, Json, LogoutRequest, ReferenceServer, running
from conformance.run.run import Settings
from conformance.target.model import StatesSource, StaticScenario, Target
from tests.commands import FILES, logout_conformance
from tests.loopback import Loopback, serving

if TYPE_CHECKING:
    from pathlib import Path

    from werkzeug.wrappers import Request, Response

    from conformance.record.record import Record

pytest.importorskip("xdist")

DEVICES = {"logout-endpoint": "fingerprint Zmlyc3Q=", "no-logout-endpoint": "fingerprint c2Vjb25k"}


class Timed(ReferenceServer):
    """Notes when it was first asked anything, and when each logout arrived."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.moments = math.inf, list[float]()

    def respond(self, request: Request) -> Response:
        now = time.monotonic()
        self.begun = min(self.begun, now)
        if request.path != "/_state":
            self.moments.append(now)
        return super().respond(request)


class WrongType(ReferenceServer):
    """Names a type that no action has."""

    def entry(self, asked: LogoutRequest, action: str) -> Json:
        return super().entry(asked, action) | {"actionType": "nothing"}


def target_at(base_url: str) -> Target:
    return Target(
        base_url=base_url,
        headers={"Authorization": f"Bearer {ACCESS_TOKEN}"},
        states=StatesSource(handler=f"{base_url}/_state"),
    )


def outcome(record: Record) -> list[tuple[object, ...]]:
    return [(case.id, case.status, case.level, case.requirements, case.message) for case in record.cases]


def evidence(folder: Path) -> list[dict[str, object]]:
    lines = (folder / "exchanges.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("server", [ReferenceServer, pytest.param(WrongType, marks=pytest.mark.slow)])
def test_workers_make_the_same_record(server: type[ReferenceServer], tmp_path: Path) -> None:
    with running(server()) as base_url:
        alone = certify(Settings(target_at(base_url), report_dir=tmp_path / "alone", examples=4))
        together = certify(Settings(target_at(base_url), report_dir=tmp_path / "together", examples=4, workers=2))
    assert outcome(together) == outcome(alone)
    assert together.verdict == alone.verdict
    assert together.scenarios == alone.scenarios


@pytest.mark.slow
def test_their_evidence_is_one_file_and_their_pace_one_pace(tmp_path: Path) -> None:
    rate, burst, server = 60, 3, Timed()
    with running(server) as base_url:
        target = target_at(base_url).model_copy(update={"requests_per_second": rate, "burst": burst})
        record = certify(Settings(target, report_dir=tmp_path, examples=4, workers=2))
    # a state was set up before the first turn was taken, and no request arrives before its turn
    moments = enumerate(sorted(server.moments), start=1)
    assert [number for number, at in moments if number > burst + rate * (at - server.begun)] == []
    lines = evidence(tmp_path)
    assert [line["index"] for line in lines] == list(range(record.request_count))
    for case in record.cases:
        if case.id.startswith("success/"):
            assert lines[case.exchanges[0]]["visit"] == case.scenario
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "exchanges.jsonl",
        "junit.xml",
        "report.html",
        "results.json",
    ]


@pytest.mark.parametrize("workers", [0, pytest.param(3, marks=pytest.mark.slow)])
def test_a_state_with_one_use_is_asked_for_once(workers: int, tmp_path: Path) -> None:
    with running(ReferenceServer()) as base_url:
        described = {
            name: StaticScenario(mvpd="Cablevision", device_identifier=device) for name, device in DEVICES.items()
        }
        target = target_at(base_url).model_copy(update={"states": None, "scenarios": described})
        certify(Settings(target, report_dir=tmp_path, examples=4, workers=workers))
    asked = Counter(str(line["request"]) for line in evidence(tmp_path))
    for device in DEVICES.values():
        assert sum(number for request, number in asked.items() if device in request) == 1


DYING: Final = """
import os, pathlib, signal

def handle(question):
    died = pathlib.Path("died")
    if question["state"] == "degraded" and not died.exists():
        died.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return {"mvpd": question["state"]}
"""


@pytest.mark.slow
def test_a_worker_that_is_killed_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "dying.py").write_text(DYING, encoding="utf-8")
    with serving(Loopback()) as service:
        (tmp_path / "acme.toml").write_text(
            f'[target]\nbase_url = "{service.url}"\n[states]\npython = "dying:handle"\n', encoding="utf-8"
        )
        arguments = ("--target", "acme.toml", "--scenario", "degraded", "--scenario", "no-profile", "-n", "2")
        ended = logout_conformance("run", *arguments, folder=tmp_path)
    assert (ended.code, ended.complaints) == (1, "")
    record = records.read(tmp_path / "reports")
    assert "a process of this run was killed" in record.notes
    assert {case.status for case in record.cases if case.scenario == "degraded"} >= {"failed", "passed"}
    assert len(evidence(tmp_path / "reports")) == record.request_count == len(service.asked)
    assert {path.name for path in (tmp_path / "reports").iterdir()} == FILES


def test_workers_import_nothing_from_the_current_folder(tmp_path: Path) -> None:
    for name in ("json", "pytest", "conformance"):
        (tmp_path / f"{name}.py").write_text("open('imported', 'a').close()", encoding="utf-8")
    with running(ReferenceServer()) as url:
        usual = (url, "--state-handler", f"{url}/_state", "--header", f"Authorization: Bearer {ACCESS_TOKEN}")
        ended = logout_conformance("run", *usual, "-n", "2", "--case", "success/key/no-profile", folder=tmp_path)
    assert (ended.code, ended.complaints) == (3, ""), ended
    assert "1 passed" in ended.output
    assert not (tmp_path / "imported").exists()
