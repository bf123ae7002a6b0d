from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import requests

from conformance.client.scenarios import CLIENT_SCENARIOS, SERVICE_PROVIDER
from conformance.client.stand_in import StandIn, Tokens
from conformance.law.contract import SCENARIOS
from conformance.reference import running
from tests.client.meeting import met
from tests.client.right import Client

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def serving(*, landing: str = "", is_lasting: bool = True) -> Iterator[tuple[str, Tokens]]:
    tokens = Tokens.made()
    app = StandIn(CLIENT_SCENARIOS, tokens, landing=landing, is_lasting=is_lasting)
    with running(app) as base_url:
        app.origin = base_url
        yield base_url, tokens


def log_out(base_url: str, token: str, mvpd: str, **headers: str) -> requests.Response:
    return requests.get(
        f"{base_url}/api/v2/{SERVICE_PROVIDER}/logout/{mvpd}",
        {"redirectUrl": "https://example.com/?a=1&b=2"},
        headers={"Authorization": f"Bearer {token}", "AP-Device-Identifier": "fingerprint YQ==", **headers},
        timeout=20,
        allow_redirects=False,
    )


def test_the_scenarios_of_the_contract_are_there() -> None:
    extra = {
        *("relative-url", "extra-members", "two-entries", "slow-answer", "throttled-once", "throttled-retry-after"),
        *("token-refused-once", "server-error-once"),
    }
    assert set(CLIENT_SCENARIOS) == {*SCENARIOS, *extra}
    assert {name for name, each in CLIENT_SCENARIOS.items() if each.mandatory} == {
        *("logout-endpoint", "no-logout-endpoint", "no-profile"),
    }
    assert any(scenario.prefix for scenario in CLIENT_SCENARIOS.values())
    assert any(set(scenario.mvpd) & set(" /%&ö") for scenario in CLIENT_SCENARIOS.values())


@pytest.mark.parametrize("name", SCENARIOS)
def test_answers_as_the_contract_has_it(name: str) -> None:
    scenario = SCENARIOS[name]
    with serving() as (base_url, tokens):
        answer = log_out(base_url, tokens.access, name, **tokens.of_single_sign_on(name))
    assert answer.status_code == scenario.status
    if scenario.action:
        entry = answer.json()["logouts"][name]
        assert entry["actionName"] == scenario.action
        assert ("url" in entry) == (scenario.action == "logout")


def test_its_logout_page_leads_in_two_hops_to_where_the_client_asked() -> None:
    with serving() as (base_url, tokens):
        page = log_out(base_url, tokens.access, "logout-endpoint").json()["logouts"]["logout-endpoint"]["url"]
        first = requests.get(page, timeout=20, allow_redirects=False)
        second = requests.get(base_url + first.headers["Location"], timeout=20, allow_redirects=False)
    assert (first.status_code, second.status_code) == (302, 302)
    assert second.headers["Location"] == "https://example.com/?a=1&b=2"


def test_the_token_service_hands_out_another_token_each_time() -> None:
    with serving() as (base_url, tokens):
        asked = [requests.post(f"{base_url}/_token", {"grant_type": "client_credentials"}, timeout=20) for _ in "ab"]
        first, second = (answer.json()["access_token"] for answer in asked)
        assert first != second
        assert all(tokens.fresh in token for token in (first, second))
        assert log_out(base_url, first, "token-refused-once").status_code == 200
        assert log_out(base_url, tokens.access, "token-refused-once").status_code == 401
        assert log_out(base_url, second, "expired-access-token").status_code == 401
        assert requests.get(f"{base_url}/_token", timeout=20).status_code == 405
        assert requests.post(f"{base_url}/_token", {"grant_type": "password"}, timeout=20).status_code == 400


def test_troubles_come_before_every_other_answer_where_profiles_last() -> None:
    with serving() as (base_url, tokens):
        statuses = [log_out(base_url, tokens.access, "throttled-retry-after") for _ in range(4)]
    assert [answer.status_code for answer in statuses] == [429, 200, 429, 200]
    assert statuses[0].headers["Retry-After"] == "2"
    assert statuses[0].headers["Content-Type"].startswith("text/html")


def test_an_error_that_can_be_tried_again_says_so() -> None:
    with serving() as (base_url, tokens):
        answer = log_out(base_url, tokens.access, "server-error-once")
    assert (answer.status_code, answer.json()["action"]) == (500, "retry")


def test_unknown_members_and_further_entries() -> None:
    with serving() as (base_url, tokens):
        more = log_out(base_url, tokens.access, "extra-members").json()
        both = log_out(base_url, tokens.access, "two-entries").json()["logouts"]
    assert set(more) > {"logouts"}
    assert set(more["logouts"]["extra-members"]) > {"actionName", "actionType", "mvpd", "url"}
    assert {key: entry["mvpd"] for key, entry in both.items()} == {"two-entries": "two-entries", "Dish": "Dish"}
    assert len({entry["url"] for entry in both.values()}) == 2


def test_a_profile_is_gone_after_its_logout() -> None:
    with serving(is_lasting=False) as (base_url, tokens):
        answers = [log_out(base_url, tokens.access, "logout-endpoint").json() for _ in "ab"]
    actions = [answer["logouts"]["logout-endpoint"]["actionName"] for answer in answers]
    assert actions == ["logout", "invalid"]


def test_requests_are_witnessed_as_they_came() -> None:
    outcome = met(Client, "no-logout-endpoint")
    (call,) = outcome.exchanges
    assert call.request.url.endswith(
        "/gateway/tv/api/v2/REF30/logout/Dish%20%26%20S%C3%B6hne%2FWest%20100%25?redirectUrl="
        + call.request.url.partition("redirectUrl=")[2]
    )
    assert [name for name, _ in call.request.headers][-3:] == ["AP-Device-Identifier", "X-Device-Info", "Accept"]
    assert call.response is not None
    assert b'"complete"' in call.response.body
