"""A described state with `uses = 1` is asked for once, in whatever order or selection the cases run."""

from __future__ import annotations

import base64
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import pytest

from conformance.certify import Settings, certify
from conformance.law.contract import SCENARIOS
from conformance.record.shard import Shard
from conformance.reference import ACCESS_TOKEN, Key, LogoutRequest, ReferenceServer, running
from conformance.reference.states import STATES
from conformance.target.model import Target
from tests import shuffled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from werkzeug.wrappers import Response

    from conformance.record.record import Record

DEVICES: Final = {name: f"fingerprint {base64.b64encode(name.encode()).decode()}" for name in SCENARIOS}


class Prepared(ReferenceServer):
    """A server without a state handler, in each state once, that counts who is logged out of what."""

    def __init__(self) -> None:
        super().__init__()
        self.times: Counter[Key] = Counter()
        for name, state in STATES.items():
            self.store.hold(Key("REF30", state.mvpd, DEVICES[name]), state)

    def log_out(self, asked: LogoutRequest) -> Response:
        self.times[self.key_of(asked)] += 1
        return super().log_out(asked)


@pytest.fixture
def server() -> Prepared:
    return Prepared()


@pytest.fixture
def url(server: Prepared) -> Iterator[str]:
    with running(server) as base_url:
        yield base_url


def described(url: str, **facts: Any) -> Target:  # noqa: ANN401  (facts of a scenario)
    scenarios = {
        name: {"mvpd": state.mvpd, "device_identifier": DEVICES[name], "headers": dict(state.headers)} | facts
        for name, state in STATES.items()
    }
    return Target.model_validate(
        {"base_url": url, "headers": {"Authorization": f"Bearer {ACCESS_TOKEN}"}, "scenarios": scenarios}
    )


def certified(url: str, folder: Path, plugin: Sequence[str] = (), **selection: Any) -> Record:  # noqa: ANN401  (settings)
    return certify(Settings(described(url), report_dir=folder, examples=2, **selection), pytest_args=plugin)


def uses(server: Prepared) -> dict[str, int]:
    """Say how often each described state was asked for."""
    return {name: server.times[Key("REF30", state.mvpd, DEVICES[name])] for name, state in STATES.items()}


@pytest.mark.parametrize("order", ["law", "reversed", pytest.param("1", marks=pytest.mark.slow)])
def test_in_any_order(order: str, server: Prepared, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASE_ORDER", order)
    record = certified(url, tmp_path, shuffled.PLUGIN if order != "law" else ())
    assert uses(server) == dict.fromkeys(SCENARIOS, 1)
    assert (record.verdict, record.summary.failed, record.summary.error) == ("conformant", 0, 0)
    assert {scenario.id for scenario in record.scenarios if scenario.status == "tested"} == set(SCENARIOS)


@pytest.mark.parametrize(
    "cases",
    [
        ("request/*",),
        ("state/*", "error/*"),
        ("generated/*",),
        ("response/*", "success/url/*"),
        ("state/equal-request",),
        ("success/status/degraded", "success/key/degraded"),
    ],
)
def test_in_any_selection(cases: tuple[str, ...], server: Prepared, url: str, tmp_path: Path) -> None:
    record = certified(url, tmp_path, cases=cases)
    assert record.cases
    assert max(uses(server).values()) <= 1
    assert record.summary.failed == record.summary.error == 0


def test_cases_that_would_need_a_state_again_are_skipped(server: Prepared, url: str, tmp_path: Path) -> None:
    record = certified(url, tmp_path, scenarios=("degraded",))
    statuses = {case.id: case.status for case in record.cases}
    assert statuses["success/action/degraded"] == "passed"
    assert statuses["state/again/degraded"] == "skipped"
    assert uses(server)["degraded"] == 1


def test_in_any_split(server: Prepared, url: str, tmp_path: Path) -> None:
    shards = [certified(url, tmp_path / f"{number}", shard=Shard(number=number, of=3)) for number in (1, 2, 3)]
    assert uses(server) == dict.fromkeys(SCENARIOS, 1)
    assert sum(len(record.cases) for record in shards) == len(shards[0].shard.cases if shards[0].shard else ())
