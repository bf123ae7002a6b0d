"""Small records for the tests of the reports, each part with as little as it needs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from conformance.record.gate import Gate, GateEntry, State
from conformance.record.record import (
    Case,
    ExchangeLine,
    Finding,
    ReceivedResponse,
    Record,
    RequirementText,
    Scenario,
    SentRequest,
    Status,
    Summary,
    TargetInfo,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

HOSTILE = (
    "</script></pre><script>alert(1)</script><img src=//evil.example/x onerror=alert(2)>"
    "'\"&lt;javascript:alert(3) {{7*7}} {% for %} [bold red]:smile:[/] "
    "\x00\x07\x1b]0;owned\x07\x1b[31m\x7f\x9b\r\n\u202e\u2066\u200b\u2028\ufeff\ufffe\ue000\U000e0001\ud800"
)

JSON_TYPE = RequirementText(
    id="content-type-of-success",
    level="MUST",
    subject="server",
    section="#success, RFC 9110 8.3",
    sentence="A 200 has the Content-Type application/json.",
)
ALLOW = RequirementText(
    id="allow-with-405", level="SHOULD", subject="server", section="hardening", sentence="A 405 has the header Allow."
)


def a_finding(requirement: RequirementText = JSON_TYPE, exchange: int | None = 0) -> Finding:
    return Finding(
        requirement=requirement.id,
        level=requirement.level,
        expected="application/json",
        seen="text/html",
        where="Content-Type",
        exchange=exchange,
    )


def a_case(status: Status = "passed", case_id: str = "success/content-type/logout-endpoint", **changes: object) -> Case:
    broken = status in ("failed", "warned")
    members: dict[str, object] = {
        "id": case_id,
        "title": "The answer is application/json",
        "status": status,
        "level": "MUST",
        "requirements": [JSON_TYPE.id],
        "scenario": "logout-endpoint",
        "message": "" if status == "passed" else f"it was {status}",
        "exchanges": [0],
        "findings": [a_finding()] if broken else [],
        "rerun": f"logout-conformance run --case {case_id} --seed 0",
    }
    return Case.model_validate({**members, **changes})


def a_record(*cases: Case, **changes: object) -> Record:
    statuses = [case.status for case in cases]
    members: dict[str, object] = {
        "verdict": "not-conformant" if "failed" in statuses else "conformant",
        "kit_version": "0.1.0",
        "spec_version": "1.0",
        "started_at": "2026-11-24T01:00:00.000Z",
        "finished_at": "2026-11-24T01:02:13.500Z",
        "seed": 7,
        "examples": 10,
        "request_count": 108,
        "target": TargetInfo(
            name="Acme", version="1.4.2", base_url="https://api.example.com", service_provider="REF30"
        ),
        "summary": Summary(**{status: statuses.count(status) for status in statuses}),
        "scenarios": [Scenario(id="logout-endpoint", mandatory=True, status="tested")],
        "requirements": [JSON_TYPE, ALLOW],
        "cases": cases,
    }
    return Record.model_validate({**members, **changes})


def an_entry(state: State = "needed", line: int = 3, **changes: object) -> GateEntry:
    members: dict[str, object] = {
        "line": line,
        "requirement": JSON_TYPE.id,
        "reason": "ACME-1",
        "owner": "team-tv",
        "expires": "2026-12-24",
        "state": state,
        "message": f"it is {state}",
        "cases": ["success/content-type/logout-endpoint"] if state in ("needed", "expired") else [],
    }
    return GateEntry.model_validate({**members, **changes})


def a_gate(*entries: GateEntry, new: Sequence[str] = (), **changes: object) -> Gate:
    members: dict[str, object] = {
        "file": "known.toml",
        "date": "2026-11-24",
        "status": "failed" if new or any(entry.is_stale for entry in entries) else "passed",
        "reasons": ["so it is"],
        "known": list(dict.fromkeys(case for entry in entries if not entry.is_stale for case in entry.cases)),
        "new": [{"case": case, "requirements": [JSON_TYPE.id]} for case in new],
        "entries": entries,
    }
    return Gate.model_validate({**members, **changes})


def a_request(**changes: object) -> SentRequest:
    members: dict[str, object] = {
        "method": "GET",
        "url": "http://127.0.0.1:8080/api/v2/REF30/logout/Cablevision?redirectUrl=https%3A%2F%2Fexample.com%2F",
        "headers": [("Authorization", "Bearer {{ACCESS_TOKEN}}"), ("Accept", "application/json")],
    }
    return SentRequest.model_validate({**members, **changes})


def a_response(body: str = '{"logouts":{}}', **changes: object) -> ReceivedResponse:
    members: dict[str, object] = {
        "http_version": "HTTP/1.1",
        "status": 200,
        "reason": "OK",
        "headers": [("Server", "nginx"), ("Content-Type", "text/html")],
        "body": body,
        "body_bytes": len(body.encode("utf-8", "backslashreplace")),
    }
    return ReceivedResponse.model_validate({**members, **changes})


def an_exchange(index: int = 0, **changes: object) -> ExchangeLine:
    members: dict[str, object] = {
        "index": index,
        "visit": "logout-endpoint",
        "step": "first",
        "started_at": "2026-11-24T01:00:00.000Z",
        "elapsed_ms": 250.0,
        "request": a_request(),
        "response": a_response(),
    }
    return ExchangeLine.model_validate({**members, **changes})


def a_hostile_record() -> Record:
    """Give a record in which whoever can has put everything that might harm a reader."""
    requirement = RequirementText(id=HOSTILE, level="MUST", subject="server", section=HOSTILE, sentence=HOSTILE)
    finding = {"requirement": HOSTILE, "level": "MUST", "expected": HOSTILE, "seen": HOSTILE, "where": HOSTILE}
    statuses: tuple[Status, ...] = ("failed", "warned", "skipped", "error", "passed")
    cases = [
        a_case(
            status,
            f"{status}/{HOSTILE}",
            title=HOSTILE,
            message=HOSTILE,
            rerun=HOSTILE,
            scenario=HOSTILE,
            requirements=[HOSTILE, JSON_TYPE.id],
            findings=[{**finding, "exchange": 0}] if status in ("failed", "warned") else [],
            exchanges=[0, 1, 99],
        )
        for status in statuses
    ]
    return a_record(
        *cases,
        reasons=[HOSTILE],
        notes=[HOSTILE],
        kit_version=HOSTILE,
        spec_version=HOSTILE,
        target={"name": HOSTILE, "version": HOSTILE, "base_url": "javascript:alert(4)", "service_provider": HOSTILE},
        scenarios=[{"id": HOSTILE, "mandatory": True, "status": "skipped", "reason": HOSTILE}],
        causes=[{"title": HOSTILE, "advice": HOSTILE, "cases": [cases[0].id, HOSTILE]}],
        requirements=[requirement, JSON_TYPE],
        requirements_version=HOSTILE,
        gate=a_gate(
            an_entry(case=HOSTILE, reason=HOSTILE, owner=HOSTILE, message=HOSTILE, cases=[cases[0].id]),
            an_entry("passes", 4, requirement=HOSTILE, scenario=HOSTILE, reason=HOSTILE, message=HOSTILE),
            new=[cases[1].id],
            file=HOSTILE,
            reasons=[HOSTILE],
        ),
    )


def hostile_exchanges() -> list[ExchangeLine]:
    headers = [(HOSTILE, HOSTILE), ("Location", "javascript:alert(5)"), ("X-Odd", HOSTILE)]
    answer = a_response(HOSTILE * 100, reason=HOSTILE, http_version=HOSTILE, headers=headers, undecodable=HOSTILE)
    request = a_request(method=HOSTILE, url=f"http://{HOSTILE}", headers=headers)
    return [
        an_exchange(0, request=request, response=answer, visit=HOSTILE, step=HOSTILE),
        an_exchange(1, request=a_request(url="javascript:alert(6)"), response=None, trouble=HOSTILE),
    ]


def stored(folder: Path, record: Record, exchanges: Iterable[ExchangeLine] = ()) -> Path:
    """Put a record and its evidence into a folder, and give the folder."""
    write(record, folder)
    lines = [json.dumps(exchange.model_dump(mode="json")) + "\n" for exchange in exchanges]
    (folder / "exchanges.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder
