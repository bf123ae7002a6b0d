"""How a test of the kit ends as a case: status, level, message, evidence."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from conformance.certify import Settings, certify
from conformance.reference import LogoutError, LogoutRequest, ReferenceServer, running
from conformance.reference.errors import INTERNAL_SERVER_ERROR, METHOD_NOT_ALLOWED
from tests.servers import target_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from werkzeug.wrappers import Request, Response

    from conformance.record.record import Case, Record
    from conformance.reference import Json


class Names(ReferenceServer):
    """Calls the interactive type by another name."""

    def entry(self, asked: LogoutRequest, action: str) -> Json:
        return super().entry(asked, action) | ({"actionType": "active"} if action == "logout" else {})


class WithoutAllow(ReferenceServer):
    """Its 405 has no Allow."""

    def check_method(self, asked: LogoutRequest) -> None:
        if asked.request.method != "GET":
            raise LogoutError(METHOD_NOT_ALLOWED)


class Unsteady(ReferenceServer):
    """Fails for the first logout after each set-up of the degraded state, but only for the first set-up."""

    def __init__(self) -> None:
        super().__init__()
        self.times = itertools.count()

    def log_out(self, asked: LogoutRequest) -> Response:
        if asked.mvpd == "ATTOTT" and next(self.times) == 0:
            raise LogoutError(INTERNAL_SERVER_ERROR)
        return super().log_out(asked)


class NoJson(ReferenceServer):
    """Answers a success with a page."""

    def render_success(self, asked: LogoutRequest, entry: Json) -> Response:
        response = super().render_success(asked, entry)
        response.set_data(b"<html>")
        return response


class NoDegradation(ReferenceServer):
    """Its state handler knows no degradation and fails for temporary access."""

    def change_state(self, request: Request) -> Response:
        state = request.get_json()["state"]
        if state == "degraded":
            return self.render(422, {})
        if state == "temporary-basic":
            return self.render(500, {})
        return super().change_state(request)


class Echoes(ReferenceServer):
    """Gives back what a report should not have: the device, its own address."""

    def build_url(self, asked: LogoutRequest, endpoint: str) -> str:  # noqa: ARG002  (the signature is the server's)
        return f"app://{asked.request.host}/{quote(asked.device_identifier, safe='')}"


@pytest.fixture
def certified(tmp_path: Path) -> Callable[..., Record]:
    def certify_(server: type[ReferenceServer], *cases: str, **settings: Any) -> Record:  # noqa: ANN401  (settings)
        with running(server()) as url:
            return certify(Settings(target_at(url), report_dir=tmp_path, cases=cases, **settings))

    return certify_


def only(record: Record) -> Case:
    (case,) = record.cases
    return case


def test_a_case_that_passed(certified: Callable[..., Record]) -> None:
    case = only(certified(ReferenceServer, "success/pairing/logout-endpoint", seed=4))
    assert (case.status, case.level, case.message, case.findings) == ("passed", "MUST", "", ())
    assert case.title == "The `actionType` is the one that goes with the `actionName`."
    assert case.requirements == ("action-type-for-logout",)
    assert case.scenario == "logout-endpoint"
    assert case.exchanges == (0,)
    assert case.rerun == "logout-conformance run --case success/pairing/logout-endpoint --seed 4"


def test_a_case_that_failed(certified: Callable[..., Record]) -> None:
    case = only(certified(Names, "success/action-type/logout-endpoint"))
    (finding,) = case.findings
    assert (case.status, case.level) == ("failed", "MUST")
    assert (finding.requirement, finding.level, finding.where) == (
        *("action-type-known", "MUST", "/logouts/Cablevision/actionType"),
    )
    assert (finding.seen, finding.exchange) == ('"active"', case.exchanges[0])
    assert case.message == (
        "action-type-known: at /logouts/Cablevision/actionType, "
        'expected one of "interactive", "partner_interactive", "none", seen "active"'
    )


def test_a_broken_should_is_warned_and_never_failed(certified: Callable[..., Record]) -> None:
    record = certified(WithoutAllow, "error/allow")
    case = only(record)
    assert (case.status, case.level, record.summary.failed) == ("warned", "SHOULD", 0)
    assert {finding.level for finding in case.findings} == {"SHOULD"}
    assert case.message.startswith("allow-with-405: at Allow, expected Allow with GET, seen no Allow")


def test_a_case_that_depends_on_what_is_broken_says_so(certified: Callable[..., Record]) -> None:
    record = certified(NoJson, "success/json/degraded", "success/pairing/degraded")
    by_id = {case.id: case for case in record.cases}
    assert by_id["success/json/degraded"].status == "failed"
    pairing = by_id["success/pairing/degraded"]
    assert (pairing.status, pairing.findings) == ("skipped", ())
    assert pairing.message == "not judged: it depends on body-is-json, which is not met by this answer"


def test_a_case_that_could_not_be_tried_is_skipped_and_one_in_trouble_an_error(
    certified: Callable[..., Record],
) -> None:
    record = certified(NoDegradation, "success/status/degraded", "success/status/temporary-basic")
    missing, troubled = record.cases
    assert (missing.status, troubled.status) == ("skipped", "error")
    assert missing.message == "the state handler does not support this state (it answered 422)"
    assert troubled.message == "the state temporary-basic could not be set up: the state handler answered 500"
    assert (missing.exchanges, troubled.exchanges, record.request_count) == ((), (), 0)


def test_an_answer_that_changes_between_equal_requests_is_failed_with_both_answers(
    certified: Callable[..., Record],
) -> None:
    case = only(certified(Unsteady, "success/status/degraded"))
    assert case.status == "failed"
    assert [finding.requirement for finding in case.findings] == ["consistent-answers", "no-server-error"]
    assert "consistent-answers" in case.requirements
    inconsistent = case.findings[0].seen
    assert inconsistent.startswith("inconsistent answers: 500, then 200 ATTOTT: ")
    assert len(case.exchanges) == 2


def test_an_answer_that_is_wrong_every_time_is_no_inconsistency(certified: Callable[..., Record]) -> None:
    record = certified(Names, "success/action-type/logout-endpoint")
    assert [finding.requirement for finding in only(record).findings] == ["action-type-known"]
    assert record.request_count == 6, "it was asked twice"


def test_nothing_random_of_a_run_stands_in_a_message(certified: Callable[..., Record]) -> None:
    first, second = (only(certified(Echoes, "success/url-opens/logout-endpoint")) for _ in range(2))
    assert first.status == "failed"
    assert "app://<target>/<device>" in first.message
    assert (first.message, first.findings) == (second.message, second.findings)


@pytest.mark.parametrize(
    ("case", "scenario"),
    [
        ("success/url/apple-sso", None),
        ("success/url/logout-endpoint", "logout-endpoint"),
        ("response/refused-scenario/server-failure", "server-failure"),
        ("state/again/degraded", "degraded"),
    ],
)
def test_which_scenario_a_case_is_about(case: str, scenario: str | None, certified: Callable[..., Record]) -> None:
    if scenario is None:
        with pytest.raises(Exception, match="there is no case"):
            certified(ReferenceServer, case)
    else:
        assert only(certified(ReferenceServer, case)).scenario == scenario
