from __future__ import annotations

import base64
import json
import uuid
from typing import TYPE_CHECKING

from tests.example.steady import make_steady
from tests.report.samples import a_case, a_record, a_request, a_response, an_exchange, stored

if TYPE_CHECKING:
    from pathlib import Path


def run(folder: Path, port: int) -> Path:
    """Leave what a run might leave: everything that chance decides is another each time."""
    folder.mkdir()
    device = base64.b64encode(str(uuid.uuid4()).encode()).decode()
    answer = a_response(json.dumps({"trace": str(uuid.uuid4())}), headers=[("Date", f"{port}"), ("Server", "Acme")])
    exchanges = [
        an_exchange(number, request=request, response=answer, elapsed_ms=port / 7, started_at=f"{port}")
        for number, request in enumerate(
            a_request(url=f"http://127.0.0.1:{port}/", headers=[("AP-Device-Identifier", f"fingerprint {form}")])
            for form in (device, device.swapcase())
        )
    ]
    target = {"base_url": f"http://127.0.0.1:{port}", "service_provider": "REF30"}
    moment = f"2026-11-24T01:00:00.{port}Z"
    return stored(folder, a_record(a_case(), target=target, started_at=moment, finished_at=moment), exchanges)


def test_two_runs_become_equal(tmp_path: Path) -> None:
    one, other = run(tmp_path / "one", 40001), run(tmp_path / "other", 50002)
    for folder in (one, other):
        make_steady(folder)
    for name in ("results.json", "exchanges.jsonl"):
        assert (one / name).read_text(encoding="utf-8") == (other / name).read_text(encoding="utf-8")


def test_what_were_two_stay_two(tmp_path: Path) -> None:
    folder = run(tmp_path / "one", 40001)
    make_steady(folder)
    first, second = (json.loads(line) for line in (folder / "exchanges.jsonl").read_text(encoding="utf-8").splitlines())
    names = {exchange["request"]["headers"][0][1] for exchange in (first, second)}
    assert len(names) == 2
    assert first["response"]["body"] == '{"trace": "00000000-0000-4000-8000-000000000001"}'
