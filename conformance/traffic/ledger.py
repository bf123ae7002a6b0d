"""The folder that observed traffic is kept in: evidence as it comes, record and reports at the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from conformance import __version__
from conformance.law.catalogue import Subject, catalogue
from conformance.record import record as records
from conformance.record.folder import Folder
from conformance.record.record import Case, Record
from conformance.record.recorder import Recorder
from conformance.redaction.redactor import CREDENTIALS, Redactor
from conformance.report import files_of, render
from conformance.run import results
from conformance.run.run import OWN_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from conformance.exchange import Exchange
    from conformance.record.record import Scenario, TargetInfo, Verdict

NOTHING: Final[tuple[str, ...]] = ()


class Ledger:
    """Has a report folder to itself, writes every exchange down as it ends, and makes the record of them.

    Secrets are the ones given, and whatever stands in the credential headers of a request that is added.

    Raises:
        OSError: the folder does not take it, or another run has it.

    """

    def __init__(self, folder: Path, secrets: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.redactor = Redactor(secrets or {})
        self.count = 0
        self.started_at = moment()
        self._held = Folder(folder)
        for file in [*files_of(), records.RESULTS]:
            (folder / file).unlink(missing_ok=True)  # what an earlier run left says nothing of this one
        self._recorder = Recorder(folder / records.EXCHANGES, self.redactor)

    def add(self, exchange: Exchange, *, visit: str = "") -> Exchange:
        """Write an exchange down under the next number, and give it with that number; raises OSError."""
        numbered = replace(exchange, index=self.count, visit=visit or exchange.visit)
        for name, value in exchange.request.headers:
            if name.lower() in CREDENTIALS:
                self.redactor.learn(name.upper().replace("-", "_"), value)
        self._recorder.add(numbered)
        self.count += 1
        return numbered

    def redacted(self, case: Case) -> Case:
        """Give a case without secrets."""
        return Case.model_validate(self.redactor.tree(case.model_dump(mode="json"), OWN_WORDS))

    def finish(  # noqa: PLR0913  (all of it is what a record is made of)
        self,
        *,
        target: TargetInfo,
        cases: Sequence[Case],
        verdict: tuple[Verdict, Sequence[str]],
        scenarios: Sequence[Scenario] = (),
        notes: Sequence[str] = NOTHING,
        partial: bool = False,
        interrupted: bool = False,
        formats: Sequence[str],
    ) -> Record:
        """Make the record, render the reports, and give the folder back; raises OSError where it takes them not."""
        try:
            self._recorder.check()
            self._recorder.close()
            named = {name for case in cases for name in case.requirements}
            made = Record(
                subject="client",
                verdict=verdict[0],
                reasons=tuple(verdict[1]),
                partial=partial,
                interrupted=interrupted,
                kit_version=__version__,
                spec_version=catalogue().spec_version,
                started_at=self.started_at,
                finished_at=moment(),
                seed=0,
                examples=0,
                request_count=self.count,
                target=target,
                summary=results.summary(cases),
                scenarios=tuple(scenarios),
                notes=tuple(notes),
                requirements=results.requirement_texts(*named, subject=Subject.CLIENT),
                cases=tuple(cases),
            )
            redacted = Record.model_validate(self.redactor.tree(made.model_dump(mode="json"), OWN_WORDS))
            records.write(redacted, self.folder)
            render(self.folder, formats)
            return redacted
        finally:
            self.close()

    def close(self) -> None:
        """Give the folder back without making a record."""
        self._recorder.close()
        self._held.close()


def moment() -> str:
    """Give the time in UTC, as a record has it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
