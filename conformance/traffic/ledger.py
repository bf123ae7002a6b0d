"""The folder that observed traffic is kept in: evidence as it comes, record and reports at the end."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from conformance import __version__
from conformance.law import catalogue as law
from conformance.record import record as records
from conformance.record.folder import Folder
from conformance.record.record import Record
from conformance.record.recorder import Recorder
from conformance.record.stored import now
from conformance.redaction.redactor import Redactor
from conformance.report import files_of, render
from conformance.run import results
from conformance.run.words import redacted
from conformance.traffic.secrets import secrets_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from conformance.exchange import Exchange
    from conformance.record.record import Case, Scenario, Subject, TargetInfo, Verdict

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
        self._named: Counter[str] = Counter()
        self.started_at = now()
        self._held = Folder(folder)
        for file in [*files_of(), records.RESULTS]:
            (folder / file).unlink(missing_ok=True)  # what an earlier run left says nothing of this one
        self._recorder = Recorder(folder / records.EXCHANGES, self.redactor)

    def add(self, exchange: Exchange, *, visit: str = "") -> Exchange:
        """Write an exchange down under the next number, and give it with that number; raises OSError."""
        numbered = replace(exchange, index=self.count, visit=visit or exchange.visit)
        for name, value in secrets_of(exchange):
            self._learn(name, value)
        self._recorder.add(numbered)
        self.count += 1
        return numbered

    def _learn(self, name: str, value: str) -> None:
        """Treat a value as secret; the second one of a name has a number, so that a reader sees that they differ."""
        known, number = self.redactor.known, self._named[name] + 1
        self.redactor.learn(name if number == 1 else f"{name}_{number}", value)
        self._named[name] += self.redactor.known > known

    def redacted(self, case: Case) -> Case:
        """Give a case without secrets."""
        return redacted(self.redactor, case)

    def finish(  # noqa: PLR0913  (all of it is what a record is made of)
        self,
        *,
        target: TargetInfo,
        cases: Sequence[Case],
        verdict: tuple[Verdict, Sequence[str]],
        subject: Subject = "client",
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
                subject=subject,
                verdict=verdict[0],
                reasons=tuple(verdict[1]),
                partial=partial,
                interrupted=interrupted,
                kit_version=__version__,
                spec_version=law.catalogue().spec_version,
                started_at=self.started_at,
                finished_at=now(),
                seed=0,
                examples=0,
                request_count=self.count,
                target=target,
                summary=results.summary(cases),
                scenarios=tuple(scenarios),
                notes=tuple(notes),
                requirements=results.requirement_texts(*named, subject=law.Subject.CLIENT),
                cases=tuple(cases),
            )
            shown = redacted(self.redactor, made)
            records.write(shown, self.folder)
            render(self.folder, formats)
            return shown
        finally:
            self.close()

    def close(self) -> None:
        """Give the folder back without making a record."""
        self._recorder.close()
        self._held.close()
