"""A token that expires while a run goes on is renewed; what else is answered 401 is not held against the token."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from conformance.cases.refusals import BAD_METHOD, BAD_REQUEST, BAD_TOKEN
from conformance.evidence.evidence import RENEWED
from conformance.evidence.outcome import Troubled
from conformance.evidence.visit import FIRST, Step, Visit, scenario_visit
from conformance.law.contract import SCENARIOS
from conformance.redaction.redactor import Redactor
from conformance.sender.logout import header_names, method, rewritten_header
from conformance.states.token import MOST_FAILURES, TokenCommand, TokenError
from tests.loopback import Asked, Loopback, answer, evidence_of, serving, success

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from werkzeug.wrappers import Response

    from conformance.evidence.evidence import Evidence
    from conformance.exchange import Exchange

PLAIN = Visit("plain")


class Tokens(TokenCommand):
    """Gives `token-1`, `token-2` and so on, as many as there are."""

    def __init__(self, loopback: Loopback, most: int) -> None:
        super().__init__(loopback.target(headers={}, token={"command": ["never run"]}), Redactor({}))
        self.given, self._most = 0, most

    def fresh(self) -> str:
        if self.given == self._most:
            self._failures += 1
            raise TokenError("the token command ./token.sh ended with exit code 1")
        self.given += 1
        return f"token-{self.given}"


class Expiring(Loopback):
    """Accepts one token at a time, and any request with it."""

    valid = "Bearer token-1"

    def __post_init__(self) -> None:
        self.answers = self.checked

    def checked(self, asked: Asked) -> Response:
        return success(asked) if asked.headers.get("Authorization") == self.valid else answer(401)


@pytest.fixture(scope="module")
def running_service() -> Iterator[Expiring]:
    with serving(Expiring()) as service:
        assert isinstance(service, Expiring)
        yield service


@pytest.fixture
def service(running_service: Expiring) -> Expiring:
    running_service.answers, running_service.states = running_service.checked, Loopback().states
    running_service.asked, running_service.valid = [], Expiring.valid
    return running_service


@contextmanager
def opened(service: Expiring, folder: Path, most: int = 9) -> Iterator[tuple[Evidence, Tokens]]:
    tokens = Tokens(service, most)
    target = service.target(headers={}, token={"command": ["never run"]})
    with evidence_of(target, folder, tokens=tokens) as evidence:
        yield evidence, tokens


def statuses(exchanges: dict[str, Exchange]) -> list[int]:
    return [exchange.response.status for exchange in exchanges.values() if exchange.response]


def sent_tokens(service: Expiring) -> list[str]:
    return [asked.headers.get("Authorization", "") for asked in service.asked]


def test_the_first_token_is_asked_for_at_the_start(service: Expiring, tmp_path: Path) -> None:
    with opened(service, tmp_path) as (evidence, tokens):
        assert (tokens.given, service.asked) == (1, [])
        evidence.of(PLAIN)
    assert sent_tokens(service) == ["Bearer token-1"]
    assert tokens.given == 1
    assert evidence.notes == set()


def test_a_token_that_has_expired_is_renewed_once_and_the_same_request_sent_again(
    service: Expiring, tmp_path: Path
) -> None:
    service.valid = "Bearer token-2"
    steps = (Step(FIRST, header_names(str.lower)), Step("second"))
    with opened(service, tmp_path) as (evidence, tokens):
        visited = evidence.of(Visit("two", steps))
        assert evidence.client.request_count == 3
    assert statuses(visited.exchanges) == [200, 200]
    assert visited[FIRST].index == 1
    assert sent_tokens(service) == ["Bearer token-1", "Bearer token-2", "Bearer token-2"]
    refused, renewed = (
        {name: value for name, value in asked.headers.items() if name != "Authorization"} for asked in service.asked[:2]
    )
    assert refused == renewed
    assert (tokens.given, evidence.notes) == (2, {RENEWED})
    assert len((tmp_path / "exchanges.jsonl").read_text(encoding="utf-8").splitlines()) == 3


def test_the_scheme_may_be_written_in_any_case(service: Expiring, tmp_path: Path) -> None:
    service.valid = "BEARER token-2"
    upper = rewritten_header("Authorization", lambda value: value.replace("Bearer", "BEARER"))
    with opened(service, tmp_path) as (evidence, _):
        assert statuses(evidence.of(Visit("upper", (Step(FIRST, upper),))).exchanges) == [200]


def test_who_refuses_the_fresh_one_too_is_judged_as_it_is_and_gets_no_other(service: Expiring, tmp_path: Path) -> None:
    service.valid = "Bearer none of them"
    with opened(service, tmp_path) as (evidence, tokens):
        for name in ("one", "two", "three"):
            assert statuses(evidence.of(Visit(name)).exchanges) == [401]
    assert tokens.given == 2
    assert sent_tokens(service) == ["Bearer token-1", *(["Bearer token-2"] * 3)]


def test_who_refuses_some_request_with_a_valid_token_is_not_hidden(service: Expiring, tmp_path: Path) -> None:
    service.answers = lambda asked: answer(401) if asked.method == "POST" else success(asked)
    with opened(service, tmp_path) as (evidence, tokens):
        visited = evidence.of(Visit("refused", (Step(FIRST), Step("refused", method("POST")), Step("after"))))
    assert statuses(visited.exchanges) == [200, 401, 200]
    assert tokens.given == 2


def test_once_one_was_accepted_another_is_asked_for(service: Expiring, tmp_path: Path) -> None:
    with opened(service, tmp_path) as (evidence, tokens):
        for number in (1, 2, 3):
            service.valid = f"Bearer token-{number}"
            assert statuses(evidence.of(Visit(f"visit-{number}")).exchanges) == [200]
    assert tokens.given == 3


def test_a_wrong_or_missing_token_renews_nothing(service: Expiring, tmp_path: Path) -> None:
    with opened(service, tmp_path) as (evidence, tokens):
        visited = evidence.of(BAD_TOKEN)
    assert statuses(visited.exchanges) == [*([401] * (len(BAD_TOKEN.steps) - 2)), 200, 401]
    assert (tokens.given, len(service.asked)) == (1, len(BAD_TOKEN.steps))


@pytest.mark.parametrize("visit", [BAD_REQUEST, BAD_METHOD], ids=str)
def test_a_request_that_is_wrong_in_another_way_is_not_blamed_for_an_expired_token(
    visit: Visit, service: Expiring, tmp_path: Path
) -> None:
    service.valid = "Bearer token-2"
    with opened(service, tmp_path) as (evidence, tokens):
        assert 401 not in statuses(evidence.of(visit).exchanges)
    assert tokens.given == 2


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer expired-0123456789"}], ids=["none", "its-own"])
def test_where_the_token_is_to_have_expired_none_is_asked_for(
    headers: dict[str, str], service: Expiring, tmp_path: Path
) -> None:
    service.states = lambda _: answer(200, {"mvpd": "Cablevision", "headers": headers})
    service.answers = lambda _: answer(401)
    with opened(service, tmp_path) as (evidence, tokens):
        assert statuses(evidence.of(scenario_visit(SCENARIOS["expired-access-token"])).exchanges) == [401]
    assert (tokens.given, len(service.asked)) == (1, 1)


def test_a_token_that_a_state_came_with_is_not_the_command_s(service: Expiring, tmp_path: Path) -> None:
    headers = {"authorization": "Bearer of-this-state"}
    service.states = lambda _: answer(200, {"mvpd": "Cablevision", "headers": headers})
    with opened(service, tmp_path) as (evidence, tokens):
        assert statuses(evidence.of(PLAIN).exchanges) == [401]
    assert (tokens.given, sent_tokens(service)) == (1, ["Bearer of-this-state"])


def test_where_there_is_no_fresh_one_nothing_is_held_against_the_target(service: Expiring, tmp_path: Path) -> None:
    service.valid = "Bearer token-2"
    with opened(service, tmp_path, most=1) as (evidence, tokens):
        for name in ("one", "two", "three"):
            with pytest.raises(Troubled, match=r"the token command \./token\.sh ended with exit code 1") as caught:
                evidence.of(Visit(name))
            assert caught.value.cause.startswith("The token command failed: ")
    # each visit is tried twice; once the command is given up, nothing is sent that would only be refused
    assert (tokens.is_given_up, len(service.asked)) == (True, MOST_FAILURES)


def test_without_a_command_a_401_is_a_401(service: Expiring, tmp_path: Path) -> None:
    with evidence_of(service.target(), tmp_path) as evidence:
        assert statuses(evidence.of(PLAIN).exchanges) == [401]
    assert len(service.asked) == 1
