"""The record as SARIF 2.1.0, which code scanning reads: a rule for each requirement, a result for each finding."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final, TypeAlias

from conformance.report.html import sources
from conformance.report.marks import Marks, entry_line
from conformance.report.text import shortened, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from conformance.record.gate import Gate
    from conformance.record.record import Case, ExchangeLine, Finding, Level, Record, RequirementText

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0-rtm.5.json"
LAW: Final = "spec/requirements.yaml"
LEVELS: Final[Mapping[Level, str]] = {"MUST": "error", "SHOULD": "warning", "MAY": "note"}
_LIMIT: Final = 1024  # characters of one value


def render(record: Record, _exchanges: Iterable[ExchangeLine]) -> Iterator[str]:
    """Give results.sarif: what was broken, at the line of the law that it breaks; all of it is ASCII."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(record)]}
    yield json.dumps(log, indent=1, allow_nan=False) + "\n"


def _run(record: Record) -> Mapping[str, object]:
    known = {requirement.id: requirement for requirement in record.requirements}
    breaks = [pair for case in record.cases for pair in _breaks(case)]
    unknown = dict.fromkeys(name for _, name, _ in breaks if name not in known)
    rules = [*(_rule(requirement) for requirement in known.values()), *map(_unknown_rule, unknown)]
    excuse = Marks(record).excuse_of if _has_excuses(record) else None
    places = {name: place for place, name in enumerate([*known, *unknown])}
    return {
        "tool": {
            "driver": {
                "name": "logout-conformance",
                "semanticVersion": _plain(record.kit_version),
                "rules": rules,
            }
        },
        "invocations": [_invocation(record)],
        "columnKind": "unicodeCodePoints",
        "results": [{**_result(broken, places, known), **_suppressed(broken, excuse)} for broken in breaks],
        "properties": {
            "verdict": record.verdict,
            **({"gate": record.gate.status} if record.gate else {}),
            "target": _plain(record.target.name or record.target.base_url),
            "specVersion": _plain(record.spec_version),
            "seed": record.seed,
        },
    }


def _has_excuses(record: Record) -> bool:
    return record.gate is not None or not all(case.scored for case in record.cases)


def _suppressed(broken: _Break, excuse: Callable[[Case, str], str] | None) -> Mapping[str, object]:
    # where one result says whether it is suppressed, all have to (SARIF 2.1.0, 3.27.23)
    if excuse is None:
        return {}
    case, name, _ = broken
    why = excuse(case, name)
    return {"suppressions": [{"kind": "external", "status": "accepted", "justification": _plain(why)}] if why else []}


def _rule(requirement: RequirementText) -> Mapping[str, object]:
    names = sources(requirement.section)
    address = next((address for _, address in names if address), None)
    sentence = _plain(requirement.sentence)
    return {
        "id": _plain(requirement.id),
        "shortDescription": {"text": sentence},
        "fullDescription": {"text": sentence},
        "help": {"text": f"{requirement.level}: {sentence} (source: {_plain(requirement.section)})"},
        **({"helpUri": address} if address else {}),
        "defaultConfiguration": {"level": LEVELS[requirement.level]},
        "properties": {"tags": [requirement.level, requirement.subject], "source": _plain(requirement.section)},
    }


def _unknown_rule(name: str) -> Mapping[str, object]:
    return {"id": _plain(name), "shortDescription": {"text": f"The record has no text of {_plain(name)}."}}


_Break: TypeAlias = "tuple[Case, str, Finding | None]"


def _breaks(case: Case) -> Iterator[_Break]:
    """Give what a case found broken; a failed case without findings breaks the requirement that it is about."""
    if case.status in {"failed", "warned"}:
        yield from ((case, finding.requirement, finding) for finding in case.findings)
        if not case.findings:
            yield case, case.requirements[0] if case.requirements else case.id, None


def _result(broken: _Break, places: Mapping[str, int], known: Mapping[str, RequirementText]) -> Mapping[str, object]:
    case, name, finding = broken
    where = finding.where if finding else ""
    return {
        "ruleId": _plain(name),
        "ruleIndex": places[name],
        "level": LEVELS[finding.level if finding else case.level],
        "kind": "fail",
        "message": {"text": _message(case, finding)},
        "locations": [_location(known.get(name), case)],
        "partialFingerprints": {"caseRequirementPlace/v1": _fingerprint(case.id, name, where)},
        "properties": {
            "case": _plain(case.id),
            "scenario": _plain(case.scenario or ""),
            "exchanges": [*case.exchanges],
            "rerun": _plain(case.rerun),
        },
    }


def _message(case: Case, finding: Finding | None) -> str:
    if finding is None:
        return _words(f"{_plain(case.title)} {_plain(case.message)}")
    seen = f"at {_plain(finding.where)} expected {_plain(finding.expected)}, seen {_plain(finding.seen)}"
    return _words(f"{_plain(case.title)} But {seen}. See it: {_plain(case.rerun)}")


def _location(requirement: RequirementText | None, case: Case) -> Mapping[str, object]:
    # code scanning shows no result without a line; older records do not say which
    line = (requirement.line if requirement else None) or 1
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": LAW, "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": line},
        },
        "logicalLocations": [{"fullyQualifiedName": _plain(case.id), "kind": "function"}],
    }


def _invocation(record: Record) -> Mapping[str, object]:
    untried = [case for case in record.cases if case.status == "error"]
    return {
        "executionSuccessful": not record.interrupted and not record.kit_faults,
        "startTimeUtc": record.started_at,
        "endTimeUtc": record.finished_at,
        "toolConfigurationNotifications": [*_stale(record.gate)] if record.gate else [],
        "toolExecutionNotifications": [
            {"level": "error", "message": {"text": _words(f"{_plain(case.id)}: {_plain(case.message)}")}}
            for case in untried
        ],
    }


def _stale(gate: Gate) -> Iterator[Mapping[str, object]]:
    for entry in gate.stale:
        yield {"level": "error", "message": {"text": _words(entry_line(gate, entry))}}


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:32]


def _words(text: str) -> str:
    # SARIF has links in messages, `[text](target)`: a target's own must not become one
    return visible(text).replace("](", "]\\(")


def _plain(text: str) -> str:
    return shortened(visible(text), _LIMIT)
