"""Where pytest's tests become the kit's cases: their names and order, how each ended, and the end of the run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from conformance import interruption
from conformance.cases.case import Judge
from conformance.evidence.evidence import Evidence
from conformance.evidence.outcome import Broken, Stopped, Troubled, Untested
from conformance.law.catalogue import Level
from conformance.record.record import Case, Finding
from conformance.record.stored import RecordError
from conformance.run.results import level_of
from conformance.run.run import Ended, Run
from conformance.run.words import in_words
from conformance.states.token import TokenError
from conformance.suite import selection
from conformance.suite.cost import requests_of
from conformance.suite.items import (
    MODULES,
    Listed,
    case_id,
    declared,
    is_case,
    judged_visit,
    listed,
    rank,
    rank_of,
    scenario_of,
    title_of,
)

if TYPE_CHECKING:
    from collections.abc import Generator

    from conformance.exchange import Exchange
    from conformance.record.record import Record, Status
    from conformance.record.shard import Shard
    from conformance.rules.finding import Finding as RuleFinding
    from conformance.run.run import Settings

ENDED: Final = "logout-conformance"


class Seam:
    """Watches one pytest session and makes the record of a run of it."""

    def __init__(self, settings: Settings | None) -> None:
        self.settings = settings
        self.listed: list[Listed] = []
        self.refusal = ""
        self.interrupted = False
        self.run: Run | None = None
        self.record: Record | None = None
        self.left_out = 0
        self.shard: Shard | None = None

    @pytest.hookimpl(wrapper=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> Generator[None, None, None]:
        """Put the cases into the order of the law, leave out what was not selected, and then what other shards run."""
        places = {item: place for place, item in enumerate(items)}
        items.sort(key=lambda item: (rank(item), places[item]))
        if self.settings:
            self._leave_out(self.settings, config, items)
        yield
        if self.settings:
            self.shard = selection.shared_out(self.settings, items)

    def _leave_out(self, settings: Settings, config: pytest.Config, items: list[pytest.Item]) -> None:
        self.refusal = selection.unknown(settings, [case_id(item) for item in items if is_case(item)])
        if self.refusal:
            pytest.exit(self.refusal, pytest.ExitCode.USAGE_ERROR)
        left_out = [item for item in items if is_case(item) and not selection.is_selected(settings, item)]
        if left_out:
            config.hook.pytest_deselected(items=left_out)
            items[:] = [item for item in items if item not in left_out]

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        """Remember that the run is a partial one."""
        self.left_out += len(items)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Open the run, now that it is known what it will do."""
        self.listed = [listed(item) for item in session.items if is_case(item)]
        if self.settings is None or session.config.option.collectonly:
            return
        cases = [case.id for case in self.listed]
        if self.refusal or self.run or not (cases or self.shard):
            return
        partial = bool(self.left_out) or any("::" in arg for arg in session.config.args)
        self.open(self.settings, cases, partial=partial)

    def open(self, settings: Settings, cases: list[str], *, partial: bool) -> None:
        """Open the run of these cases; a folder that cannot be written, or no token, ends the session."""
        try:
            self.run = Run(settings)
            self.run.order = sorted(cases, key=rank_of)
            self.run.shard = self.shard
            selected = self.shard.cases if self.shard else cases
            self.run.partial = partial or not {case.partition("/")[0] for case in selected} >= set(MODULES)
            self.run.keep()
        except (OSError, TokenError) as error:
            self.refusal = self._unwritable(error) if isinstance(error, OSError) else str(error)
            pytest.exit(self.refusal, pytest.ExitCode.USAGE_ERROR)
        if settings.on_start:
            settings.on_start(len(cases), sum(requests_of(self.listed, settings.examples).values()))

    def _stop(self, session: pytest.Session, error: OSError) -> None:
        self.refusal = self._unwritable(error)
        session.shouldstop = self.refusal

    def _unwritable(self, error: OSError) -> str:
        folder = self.settings.report_dir if self.settings else ""
        return f"the report folder {folder} cannot be written: {error.strerror or error}"

    def _damaged(self, error: RecordError) -> str:
        return f"the record was damaged while the run went on: {error}"

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, object, object]:
        """End a case with its judge's verdict, and repeat what failed to see whether it always does."""
        judge = pyfuncitem.funcargs.get("judge")
        if not isinstance(judge, Judge):
            return (yield)
        if self.run and self.run.client.spent:
            raise Untested(self.run.client.spent, cause=self.run.client.spent)
        try:
            result = yield
        except Untested:
            # what was found before the case met its limits still counts
            judge.verdict()
            raise
        try:
            judge.verdict()
        except Broken:
            judge.compare(_repeated(pyfuncitem, judge))
            judge.verdict()
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn how a test ended into how the case ended, with a message instead of a traceback."""
        report = yield
        raised = call.excinfo.value if call.excinfo else None
        if not is_case(item) or self.run is None or (raised is None and report.when != "call"):
            return report
        if isinstance(raised, OSError):
            # nothing but the record is written while a case runs
            self._stop(item.session, raised)
            return report
        ended = self._ended(item, raised)
        if ended.case.status == "skipped":
            report.outcome = "skipped"
            report.longrepr = (str(item.path), 0, ended.case.message)
        elif raised is not None:
            report.longrepr = ended.case.message
        self.keep(ended, report, item.session)
        return report

    def keep(self, ended: Ended, report: pytest.TestReport, session: pytest.Session) -> None:
        """Keep how a case ended."""
        del report
        assert self.run is not None  # noqa: S101
        try:
            self.run.add(ended)
        except OSError as error:
            self._stop(session, error)

    @pytest.hookimpl(tryfirst=True)
    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Remember that the run did not come to its end."""
        shorten(excinfo)
        if isinstance(excinfo.value, pytest.Session.Interrupted):
            self.run = None  # pytest's own word for modules that do not import: there is nothing to report
        elif not self.refusal:
            self._interrupt()

    def _interrupt(self) -> None:
        self.interrupted = True
        if self.run:
            self.run.interrupted = True
            interruption.closing()

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Leave the record and the reports."""
        if self.run is None:
            return
        interruption.closing()
        try:
            if self.refusal:
                self.run.close()
            else:
                self.record = self.run.finish()
        except OSError as error:
            self.refusal = self._unwritable(error)
        except RecordError as error:
            self.refusal = self._damaged(error)

    def _ended(self, item: pytest.Item, raised: BaseException | None) -> Ended:
        assert self.run is not None  # noqa: S101
        judge = getattr(item, "funcargs", {}).get("judge")
        judge = judge if isinstance(judge, Judge) else Judge()
        findings = tuple(self._finding(judged.finding, judged.exchange) for judged in judge.judgements)
        tested = declared(item)
        broken = [finding.requirement for finding in findings]
        case = Case(
            id=case_id(item),
            title=title_of(item),
            status=_status(raised, findings),
            level=level_of(broken or tested).value,
            requirements=tuple(dict.fromkeys((*broken, *tested))),
            scenario=scenario_of(item),
            message=self._message(raised, findings),
            exchanges=tuple(exchange.index for exchange in judge.exchanges),
            findings=findings,
            rerun=self.run.rerun_of(case_id(item)),
            cause=raised.cause if isinstance(raised, Stopped) else "",
        )
        return Ended(case, kit_fault=_is_kit_fault(raised))

    def _finding(self, finding: RuleFinding, exchange: Exchange) -> Finding:
        assert self.run is not None  # noqa: S101
        return Finding(
            requirement=finding.requirement,
            level=level_of([finding.requirement]).value,
            expected=self.run.steady(finding.expected, exchange),
            seen=self.run.steady(finding.seen, exchange),
            where=self.run.steady(finding.where, exchange),
            exchange=exchange.index,
        )

    def _message(self, raised: BaseException | None, findings: tuple[Finding, ...]) -> str:
        assert self.run is not None  # noqa: S101
        if findings and (raised is None or isinstance(raised, Broken)):
            return "; ".join(dict.fromkeys(map(in_words, findings)))
        if raised is None:
            return ""
        if _is_kit_fault(raised):
            return f"the kit itself failed: {_where_raised(raised)}; please report this"
        return self.run.redactor.text(str(raised))


def _status(raised: BaseException | None, findings: tuple[Finding, ...]) -> Status:
    if isinstance(raised, Broken):
        return "failed"
    if raised is not None:
        return "skipped" if isinstance(raised, Untested | pytest.skip.Exception) else "error"
    if any(finding.level == Level.SHOULD for finding in findings):
        return "warned"
    return "passed"


def _is_kit_fault(raised: BaseException | None) -> bool:
    return raised is not None and not isinstance(raised, Broken | Untested | Troubled | pytest.skip.Exception)


def _where_raised(raised: BaseException) -> str:
    trace = raised.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f" in {Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno}" if trace else ""
    return f"{type(raised).__name__}{where}"


def shorten(excinfo: pytest.ExceptionInfo[BaseException]) -> None:
    """Leave little of a traceback: pytest's terminal would read all the sources in it, for a text that nobody sees."""
    excinfo.value.__context__ = None
    excinfo.traceback = excinfo.traceback.filter(excinfo)[-1:]  # of what is hidden it would make nothing, and fail


def _repeated(item: pytest.Function, judge: Judge) -> dict[str, Exchange]:
    """Make the visit again in which something was found, where it was one; gives its exchanges by step."""
    names = {judged.exchange.visit for judged in judge.judgements}
    # what a batch of generated requests did before the last one would not be done again
    is_repeatable = len(names) == 1 and item.path.stem != "test_generated"
    visit = judged_visit(item, names.pop()) if is_repeatable else None
    evidence = item.funcargs.get("evidence")
    if visit is None or not isinstance(evidence, Evidence):
        return {}
    try:
        return evidence.repeated(visit).exchanges
    except Stopped:
        return {}
