"""What a look at a target finds: at the reference server, and at servers and handlers that lack one thing each."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from werkzeug.wrappers import Request, Response

from conformance.doctor.check import Check, Health
from conformance.doctor.examination import Examination
from conformance.law.contract import MANDATORY, SCENARIOS
from conformance.reference import ACCESS_TOKEN, ReferenceServer, running
from tests.loopback import Loopback, answer, serving
from tests.servers import target_at
from tests.unusual.serving import listening

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.target.model import Target

NOBODY: Final = "http://127.0.0.1:1"
"""Port 1 is tcpmux, which nobody serves."""
CERTIFICATES: Final = Path(__file__).parents[1] / "hostile" / "certificates"
WELL: Final = ["target", "address", "clock", "base path", "access token", "valid request", "state handler"]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running(ReferenceServer()) as base_url:
        yield base_url


class Looked:
    """What came out of one look."""

    def __init__(self, target: Target) -> None:
        examination = Examination(target)
        self.checks = {check.name: check for check in examination.checks()}
        self.request_count = examination.client.request_count
        self.in_the_way = [check.name for check in self.checks.values() if check.stands_in_the_way]

    def __getitem__(self, name: str) -> Check:
        return self.checks[name]

    def health(self) -> dict[str, Health]:
        return {name: check.health for name, check in self.checks.items()}


def test_the_reference_server_lacks_nothing_and_is_asked_three_times(url: str) -> None:
    looked = Looked(target_at(url))
    assert looked.health() == dict.fromkeys([*WELL, *SCENARIOS], Health.OK)
    assert (looked.in_the_way, looked.request_count) == ([], 3)


def test_where_nobody_listens_the_states_are_looked_at_all_the_same(url: str) -> None:
    looked = Looked(target_at(url, base_url=NOBODY))
    assert looked.in_the_way == ["address"]
    assert "was refused" in looked["address"].advice
    assert looked["state handler"].health is Health.OK
    assert looked.request_count == 2


def test_a_token_that_is_refused_is_sent_once(url: str) -> None:
    looked = Looked(target_at(url, headers={"Authorization": "Bearer wrong"}))
    assert looked["access token"].health is Health.BROKEN
    assert looked.request_count == 1


def test_a_token_comes_from_the_command_that_gives_it(url: str) -> None:
    looked = Looked(target_at(url, headers={}, token={"command": ["printf", ACCESS_TOKEN]}))
    assert (looked.in_the_way, looked.request_count) == ([], 3)


def test_where_the_command_gives_none_nothing_is_sent(url: str) -> None:
    looked = Looked(target_at(url, headers={}, token={"command": ["sh", "-c", "echo no client >&2; exit 7"]}))
    assert (looked.in_the_way, looked.request_count) == (["access token"], 0)
    said = "the token command sh ended with exit code 7: no client: Check that the command of [token] works"
    assert looked["access token"].advice.startswith(said)


def test_a_path_where_nothing_is_is_asked_once(url: str) -> None:
    looked = Looked(target_at(f"{url}/elsewhere", states={"handler": f"{url}/_state"}))
    assert looked["base path"].health is Health.BROKEN
    assert looked.request_count == 1


@Request.application
def website(_: Request) -> Response:
    return Response("<p>Sign in", content_type="text/html")


def test_a_website_is_not_the_endpoint_and_no_handler() -> None:
    with running(website) as page:
        looked = Looked(target_at(page))
    assert looked.in_the_way == ["base path", "state handler"]
    assert "not JSON" in looked["state handler"].advice
    assert looked.request_count == 1


def test_a_handler_that_is_down_is_given_up_and_the_way_to_the_server_is_looked_at(url: str) -> None:
    looked = Looked(target_at(url, states={"handler": f"{NOBODY}/_state"}))
    assert "was refused" in looked["state handler"].advice
    assert (looked.in_the_way, list(looked.checks)[-1]) == (["state handler"], "state handler")
    assert "valid request" not in looked.checks, "an MVPD that nobody knows may be refused"
    assert looked.request_count == 1


def handler_of(*states: str) -> Loopback:
    """Make a service that supports these states, and whose answers are right in all of them."""
    held: dict[str, str] = {}

    def change(question: dict[str, Any]) -> Response:
        held[question["params"]["deviceIdentifier"]] = question["state"]
        return answer(200, {"mvpd": "Dish"}) if question["state"] in states else Response(status=422)

    service = Loopback(states=change)
    service.answers = lambda asked: answer(200, {"logouts": {asked.mvpd: {"actionName": action[held[asked.device]]}}})
    action = {scenario.id: scenario.action for scenario in SCENARIOS.values()}
    return service


def test_a_handler_of_the_three_states_is_enough() -> None:
    mandatory = [scenario.id for scenario in MANDATORY]
    with serving(handler_of(*mandatory)) as service:
        looked = Looked(service.target())
    assert looked.in_the_way == []
    assert [name for name, health in looked.health().items() if health is Health.MISSING] == [
        name for name in SCENARIOS if name not in mandatory
    ]
    assert sorted(service.setups) == sorted(SCENARIOS)
    assert sorted(service.teardowns) == sorted(mandatory)


def test_a_handler_without_a_mandatory_state_is_not() -> None:
    with serving(handler_of("logout-endpoint", "no-profile", "degraded")) as service:
        looked = Looked(service.target())
    assert looked.in_the_way == ["no-logout-endpoint"]
    assert (looked["no-logout-endpoint"].health, looked["degraded"].health) == (Health.MISSING, Health.OK)


def test_a_handler_that_says_yes_and_does_nothing_is_found_out() -> None:
    with serving(Loopback()) as service:
        looked = Looked(service.target())
    assert looked.in_the_way == ["logout-endpoint", "no-logout-endpoint"]
    assert "action invalid instead of logout: does the state really hold?" in looked["logout-endpoint"].advice


def test_a_teardown_that_fails_is_said_and_stands_in_nobodys_way() -> None:
    service = handler_of(*SCENARIOS)
    change = service.states
    service.states = lambda question: change(question) if question["action"] == "setup" else Response(status=500)
    with serving(service):
        looked = Looked(service.target())
    assert (looked["teardown"].health, looked.in_the_way) == (Health.BROKEN, [])
    assert "(13 in all)" in looked["teardown"].advice


STATIC: Final = {scenario.id: {"mvpd": "Cablevision", "uses": 1} for scenario in MANDATORY}


def test_states_that_are_there_once_are_left_for_the_run() -> None:
    with serving(Loopback()) as service:
        described = {"no-profile": {"mvpd": "Dish", "device_identifier": "fingerprint AAAA"}}
        looked = Looked(service.target(handler=False, scenarios=STATIC | described))
    assert (looked.in_the_way, looked.request_count) == ([], 1)
    assert looked["degraded"].health is Health.MISSING
    assert service.asked[0].device != "fingerprint AAAA"
    assert service.asked[0].mvpd == "Cablevision"


def test_a_target_of_whose_states_nothing_is_known_is_told_what_to_write(url: str) -> None:
    looked = Looked(target_at(url, states=None))
    assert looked.in_the_way == ["state handler"]
    assert "--state-handler" in looked["state handler"].advice


def test_a_token_is_looked_at_where_no_state_is_known(url: str) -> None:
    looked = Looked(target_at(url, states=None, headers={"Authorization": "Bearer wrong"}))
    assert looked.in_the_way == ["access token", "state handler"]


@pytest.mark.parametrize(
    ("certificate", "authority", "said"),
    [("expired", True, "renew"), ("self-signed", False, "ca_bundle"), ("good", True, "it expires in ")],
)
def test_tls(certificate: str, said: str, *, authority: bool) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / f"{certificate}.pem", CERTIFICATES / "key.pem")
    with listening(ReferenceServer(), tls=context) as port:
        base_url = f"https://127.0.0.1:{port}"
        tls = {"ca_bundle": CERTIFICATES / "ca.pem"} if authority else {}
        looked = Looked(target_at(base_url, tls=tls))
    assert said in looked["TLS"].advice
    assert (looked["TLS"].health is Health.OK) is (certificate == "good")
    assert ("TLS" in looked.in_the_way) is (certificate != "good")
