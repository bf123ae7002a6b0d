"""Bundles for tests: honest ones, and those of somebody who edits a record and then makes the bundle of it anew."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from conformance.bundle.making import bundle
from conformance.bundle.verification import Verification, verify
from conformance.record.record import EXCHANGES, RESULTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Json: TypeAlias = dict[str, Any]  # a test writes into it wherever it likes
Change: TypeAlias = "Callable[[Json, list[Json]], object]"


@dataclass(frozen=True, slots=True)
class Kept:
    """The folder of an honest run, which tests copy and change."""

    folder: Path

    def tampered(self, change: Change, to: Path) -> Path:
        """Change the record, and make a bundle of it in which every digest is right."""
        results = json.loads((self.folder / RESULTS).read_text(encoding="utf-8"))
        lines = [json.loads(line) for line in (self.folder / EXCHANGES).read_text(encoding="utf-8").splitlines()]
        change(results, lines)
        (to / RESULTS).write_text(json.dumps(results), encoding="utf-8")
        (to / EXCHANGES).write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
        made = to / "tampered.zip"
        made.write_bytes(bundle(to, (), note="a note"))
        return made


def verified(path: Path, *, max_age_days: int = 1, days_later: int = 0) -> Verification:
    now = datetime.now(UTC) + timedelta(days=days_later)
    return verify(path, None, max_age=timedelta(days=max_age_days), now=now)


def case_of(results: Json, name: str) -> Json:
    found: Json = next(case for case in results["cases"] if case["id"] == name)
    return found


def line_of(lines: list[Json], visit: str, step: str) -> Json:
    return next(line for line in lines if (line["visit"], line["step"]) == (visit, step))
