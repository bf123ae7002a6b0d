"""Servers that know nothing: none is conformant, and none is given credit for refusing what it refuses to everybody."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from werkzeug.wrappers import Request, Response

from conformance.reference import ReferenceServer
from tests.faults.certifying import certified, served

if TYPE_CHECKING:
    from conformance.record.record import Case
    from tests.faults.certifying import Outcome

JSON = "application/json"
ABOUT_REFUSALS = ("response/", "error/", "state/refused", "state/again", "state/other", "generated/invalid")
URL = "https://sp.auth.example.com/logout"


class NullServer(ReferenceServer):
    """Answers every logout alike; its states can be set up all the same."""

    status = 200

    def respond(self, request: Request) -> Response:
        if request.path == "/_state":
            return super().respond(request)
        return Response(json.dumps(self.body(request)), self.status, content_type=JSON)

    def body(self, request: Request) -> object:  # noqa: ARG002
        return {}


class Unauthorized(NullServer):
    status = 401


class NotFound(NullServer):
    status = 404


class LogsOut(NullServer):
    """The right answer to one question."""

    def body(self, request: Request) -> object:
        mvpd = self.path_segments(request)[-1]
        entry = {"actionName": "logout", "actionType": "interactive", "mvpd": mvpd, "url": URL}
        return {"logouts": {mvpd: entry}}


class Everywhere(NullServer):
    """Answers its state handler's questions in the same way too."""

    def respond(self, request: Request) -> Response:  # noqa: ARG002
        return Response("{}", self.status, content_type=JSON)


class UnauthorizedEverywhere(Everywhere):
    status = 401


class NotFoundEverywhere(Everywhere):
    status = 404


def outcome_of(server: ReferenceServer) -> Outcome:
    with served(server) as arguments:
        return certified(*arguments, "--mvpd", "logout-endpoint=Cablevision", "--mvpd", "no-profile=Cablevision")


def credited(outcome: Outcome) -> list[Case]:
    return [case for case in outcome.with_status("passed") if case.level == "MUST"]


@pytest.mark.parametrize(("server", "status"), [(Unauthorized, 401), (NotFound, 404)])
def test_who_refuses_everything_is_credited_with_nothing(server: type[NullServer], status: int) -> None:
    outcome = outcome_of(server())
    assert outcome.exit_code in {1, 3}
    assert credited(outcome) == []
    # one cause stands first, in place of as many failures as there are cases
    assert outcome.record.causes[0].title == f"Every valid request was answered {status}"
    assert len(outcome.record.causes[0].cases) > 100


@pytest.mark.slow
def test_an_empty_object_is_json_and_nothing_more() -> None:
    outcome = outcome_of(NullServer())
    assert (outcome.exit_code, outcome.record.verdict) == (1, "not-conformant")
    shown = {name for case in credited(outcome) for name in case.requirements}
    of_every_answer = {"status-of-success", "content-type-of-success", "body-is-json", "body-matches-content-type"}
    of_every_request = {"endpoint-path", "accept-json", "x-forwarded-for-optional", "no-server-error"}
    assert shown == of_every_answer | of_every_request


def test_a_logout_for_everybody_is_no_refusal_of_anybody() -> None:
    outcome = outcome_of(LogsOut())
    assert (outcome.exit_code, outcome.record.verdict) == (1, "not-conformant")
    about_refusals = [case.id for case in credited(outcome) if case.id.startswith(ABOUT_REFUSALS)]
    assert about_refusals == []
    wrong = {case.id for case in outcome.with_status("failed")}
    assert {"response/token-checked/unknown-token", "response/redirect-url-required/missing-redirect-url"} <= wrong
    assert {"success/action/no-profile", "response/method/POST", "state/again/logout-endpoint"} <= wrong


@pytest.mark.parametrize("server", [Everywhere, UnauthorizedEverywhere, NotFoundEverywhere])
def test_where_the_state_handler_is_no_better(server: type[NullServer]) -> None:
    outcome = outcome_of(server())
    assert outcome.record.verdict != "conformant"
    assert outcome.exit_code in {1, 3}
    assert not any(case.id.startswith(ABOUT_REFUSALS) for case in credited(outcome))
