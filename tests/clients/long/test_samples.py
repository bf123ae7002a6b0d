"""The sample clients in every scenario, right and with each of their faults."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from conformance.client.scenarios import CLIENT_SCENARIOS
from conformance.record import record as records
from tests.commands import here

if TYPE_CHECKING:
    from collections.abc import Sequence

EXAMPLES: Final = Path(__file__).parents[3] / "examples" / "clients"
COMMANDS: Final = {
    "python": (sys.executable, str(EXAMPLES / "client.py")),
    "node": ("node", str(EXAMPLES / "client.js")),
    "shell": ("sh", str(EXAMPLES / "client.sh")),
}
NEEDED: Final = {"python": (), "node": ("node",), "shell": ("sh", "curl", "jq", "base64")}
FAULTS: Final = {
    "device-headers-to-page": ("logout-endpoint", "client-device-headers-not-elsewhere"),
    "head-first": ("no-profile", "client-logs-out-once"),
    "mvpd-encoded-twice": ("no-logout-endpoint", "client-path-encoded"),
    "no-authorization": ("no-profile", "client-authorization"),
    "no-device-identifier": ("no-profile", "client-device-identifier"),
    "no-device-info": ("no-profile", "client-device-info"),
    "no-sign-on-token": ("platform-identity-sso", "client-subject-token"),
    "opens-for-complete": ("degraded", "client-does-nothing-more"),
    "plain-device-identifier": ("apple-sso", "client-device-identifier-format"),
    "plain-device-info": ("no-profile", "client-device-info-format"),
    "redirect-url-encoded-twice": ("no-profile", "client-redirect-url-encoded"),
    "redirect-url-not-encoded": ("logout-endpoint", "client-redirect-url-encoded"),
    "retries-at-once": ("throttled-retry-after", "client-waits-after-429"),
    "same-token-again": ("expired-access-token", "client-new-token-after-401"),
    "second-call": ("no-profile", "client-logs-out-once"),
    "token-in-url": ("no-profile", "client-token-only-in-header"),
    "token-to-page": ("relative-url", "client-token-not-elsewhere"),
    "url-not-opened": ("extra-members", "client-opens-url"),
    "url-opened-twice": ("two-entries", "client-opens-url"),
    "wrong-exit-code": ("server-failure", "client-exit-code"),
}
"""What each switch breaks, and where it shows."""


@pytest.fixture(params=COMMANDS)
def command(request: pytest.FixtureRequest) -> Sequence[str]:
    name = str(request.param)
    missing = [program for program in NEEDED[name] if shutil.which(program) is None]
    if missing:
        pytest.skip(f"there is no {', '.join(missing)} on this machine")
    return COMMANDS[name]


def test_a_sample_is_right_in_every_scenario(command: Sequence[str], tmp_path: Path) -> None:
    ended = here("client", "--report-dir", str(tmp_path), "--", *command)
    record = records.read(tmp_path)
    assert (ended.code, record.verdict) == (0, "conformant"), ended.output
    assert {each.id: each.status for each in record.scenarios} == dict.fromkeys(CLIENT_SCENARIOS, "tested")
    assert record.summary.warned == 0


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_a_sample_is_found(
    fault: str, command: Sequence[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario, requirement = FAULTS[fault]
    monkeypatch.setenv("FAULT", fault)
    here("client", "--scenario", scenario, "--report-dir", str(tmp_path), "--", *command)
    broken = {finding.requirement for case in records.read(tmp_path).cases for finding in case.findings}
    assert broken == {requirement}


@pytest.mark.parametrize("name", ["client.py", "client.js", "client.sh"])
def test_every_sample_has_every_switch(name: str) -> None:
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    assert [fault for fault in FAULTS if not re.search(rf"(?<![\w-]){fault}(?![\w-])", text)] == []


def test_the_readme_names_every_switch() -> None:
    text = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert [fault for fault in FAULTS if f"`{fault}`" not in text] == []
