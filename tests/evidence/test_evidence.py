from __future__ import annotations

import base64
import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from conformance.evidence.outcome import Troubled, Untested
from conformance.evidence.visit import AFTERWARDS, FIRST, Need, Step, Viewer, Visit, scenario_visit
from conformance.law.contract import SCENARIOS
from conformance.sender import client
from conformance.sender.logout import method, no_query
from conformance.sender.plain import DEVICE_INFO, device_identifier, encoded_device_info, fresh_device, plain_logout
from conformance.states.source import Provisioned
from tests.loopback import TOKEN, Asked, Loopback, answer, evidence_of, serving, success

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.evidence.evidence import Evidence
    from conformance.exchange import Exchange


class Opens(Protocol):
    def __call__(self, *, max_time_s: float = 60.0, **settings: Any) -> Evidence:  # noqa: ANN401  (settings of a target)
        """Open the evidence of a run against the service."""


DEVICE = "fingerprint ZGVzY3JpYmVk"
ONCE = {"mvpd": "Cablevision", "device_identifier": DEVICE}
TWO_STEPS = Visit("two-steps", (Step("one"), Step("two", method("POST"))))


def status(exchange: Exchange) -> int:
    assert exchange.response is not None
    return exchange.response.status


@pytest.fixture(scope="module")
def running_service() -> Iterator[Loopback]:
    with serving(Loopback()) as service:
        yield service


@pytest.fixture
def service(running_service: Loopback) -> Loopback:
    fresh = Loopback()
    running_service.answers, running_service.states = fresh.answers, fresh.states
    running_service.asked, running_service.questions = [], []
    return running_service


@pytest.fixture
def opened(service: Loopback, tmp_path: Path) -> Iterator[Opens]:
    with ExitStack() as stack:

        def make(*, max_time_s: float = 60.0, **settings: Any) -> Evidence:  # noqa: ANN401  (settings of a target)
            return stack.enter_context(evidence_of(service.target(**settings), tmp_path, max_time_s))

        yield make


@pytest.fixture
def evidence(opened: Opens) -> Evidence:
    return opened(other_service_provider="REF40")


# --- A visit is made once ---


def test_a_visit_is_made_once_however_often_it_is_asked_for(evidence: Evidence, service: Loopback) -> None:
    first = evidence.of(TWO_STEPS)
    assert evidence.of(TWO_STEPS) is first
    assert evidence.of(Visit("two-steps", TWO_STEPS.steps)) is first
    assert [asked.method for asked in service.asked] == ["GET", "POST"]
    assert service.setups == service.teardowns == ["logout-endpoint"]
    assert list(first.exchanges) == ["one", "two"]
    assert first.first is first["one"]
    assert first.in_state


def test_a_step_that_was_not_made(evidence: Evidence) -> None:
    with pytest.raises(Untested, match="only a target with a state handler can be asked twice"):
        evidence.of(TWO_STEPS)["three"]


def test_what_every_request_carries(evidence: Evidence, service: Loopback) -> None:
    evidence.of(Visit("plain"))
    (asked,) = service.asked
    assert (asked.method, asked.provider, asked.mvpd) == ("GET", "REF30", "Cablevision")
    assert asked.query == "redirectUrl=https%3A%2F%2Fexample.com%2F"
    assert asked.headers["Authorization"] == f"Bearer {TOKEN}"
    assert asked.headers["Accept"] == "application/json"
    assert asked.headers["User-Agent"].startswith("logout-conformance/")
    info = json.loads(base64.b64decode(asked.headers["X-Device-Info"]))
    assert {"model", "version", "osName", "osVersion"} <= set(info)
    assert service.questions[0][2] == {"serviceProvider": "REF30", "mvpd": None, "deviceIdentifier": asked.device}


def test_every_visit_has_a_device_of_its_own(evidence: Evidence, service: Loopback) -> None:
    for number in range(5):
        evidence.of(Visit(f"visit-{number}"))
    assert len({asked.device for asked in service.asked}) == 5


def test_what_the_state_handler_says_goes_before_what_was_asked_for(evidence: Evidence, service: Loopback) -> None:
    headers = {"AD-Service-Token": "issued.by.handler", "authorization": "Bearer expired-0123456789"}
    service.states = lambda _: answer(200, {"serviceProvider": "REF31", "mvpd": "A/B", "headers": headers})
    exchange = evidence.of(scenario_visit(SCENARIOS["expired-access-token"])).first
    (asked,) = service.asked
    assert (asked.provider, asked.mvpd) == ("REF31", "A/B")
    assert asked.headers["Ad-Service-Token"] == "issued.by.handler"
    assert asked.headers["Authorization"] == "Bearer expired-0123456789"
    assert exchange.index == 0


def test_headers_that_a_state_came_with_are_secret_from_then_on(
    evidence: Evidence, service: Loopback, tmp_path: Path
) -> None:
    service.states = lambda _: answer(200, {"mvpd": "Dish", "headers": {"AD-Service-Token": "issued.by.handler"}})
    service.answers = lambda asked: answer(200, {"echo": asked.headers["Ad-Service-Token"]})
    evidence.of(Visit("plain"))
    written = (tmp_path / "exchanges.jsonl").read_text(encoding="utf-8")
    assert "issued.by.handler" not in written
    assert written.count("{{AD_SERVICE_TOKEN}}") == 2
    assert TOKEN not in written


# --- Trouble on the way ---


@pytest.mark.parametrize("code", [502, 503, 504])
def test_trouble_on_the_way_is_tried_once_more_in_a_state_set_up_anew(
    code: int, evidence: Evidence, service: Loopback
) -> None:
    service.in_turn(success, lambda _: answer(code), success)
    visited = evidence.of(TWO_STEPS)
    assert [status(exchange) for exchange in visited.exchanges.values()] == [200, 200]
    # in between it was looked whether the target is there
    assert [asked.method for asked in service.asked] == ["GET", "POST", "GET", "GET", "POST"]
    assert service.setups == service.teardowns == ["logout-endpoint"] * 2
    assert service.asked[0].device == service.asked[1].device != service.asked[3].device == service.asked[4].device


def test_no_answer_at_all_is_tried_once_more(evidence: Evidence, service: Loopback) -> None:
    service.in_turn(lambda _: None, success)
    assert status(evidence.of(Visit("plain")).first) == 200
    assert len(service.asked) == 2


@pytest.mark.parametrize("code", [500, 501, 505, 404, 301])
def test_every_other_answer_is_an_answer(code: int, evidence: Evidence, service: Loopback) -> None:
    service.answers = lambda _: answer(code)
    assert status(evidence.of(Visit("plain")).first) == code
    assert len(service.asked) == 1


def test_trouble_that_stays_ends_the_visit_for_every_case(evidence: Evidence, service: Loopback) -> None:
    service.answers = lambda _: answer(503)
    for _ in range(3):
        with pytest.raises(Troubled, match="503") as caught:
            evidence.of(TWO_STEPS)
        assert "503" in caught.value.cause
    assert len(service.asked) == 2
    assert service.setups == service.teardowns == ["logout-endpoint"] * 2


def test_a_target_that_is_gone_is_troubled(evidence: Evidence, service: Loopback) -> None:
    service.answers = lambda _: None
    with pytest.raises(Troubled, match=r"^no answer: the connection was closed without an answer$") as caught:
        evidence.of(Visit("plain"))
    assert caught.value.cause == "The target gave no answer: the connection was closed without an answer"
    assert len(service.asked) == 2


class Clock:
    """Time that passes only where somebody waits for it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_a_target_that_throttles_for_ever_is_troubled(
    opened: Opens, service: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(client, "time", clock)
    evidence = opened(max_time_s=1000.0)
    service.answers = lambda _: answer(429)
    with pytest.raises(Troubled, match="429"):
        evidence.of(Visit("plain"))
    assert clock.now > 1000.0


def test_nothing_is_sent_once_the_time_is_up(opened: Opens, service: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(client, "time", clock)
    evidence = opened(max_time_s=5.0)
    evidence.of(Visit("before"))
    clock.now += 6
    with pytest.raises(Untested, match=r"the run's 5 s \(--max-time\) were used up") as caught:
        evidence.of(Visit("after"))
    assert caught.value.cause
    assert (len(service.asked), service.setups) == (1, ["logout-endpoint"])
    assert evidence.of(Visit("before")).exchanges, "what was seen before can still be judged"


# --- States ---


def test_an_unsupported_state_is_asked_for_once(evidence: Evidence, service: Loopback) -> None:
    service.states = lambda _: answer(422)
    for _ in range(3):
        with pytest.raises(Untested, match=r"does not support this state \(it answered 422\)"):
            evidence.of(scenario_visit(SCENARIOS["apple-sso"]))
    assert (service.setups, service.asked) == (["apple-sso"], [])


def test_a_handler_that_fails_is_troubled_and_given_up_in_the_end(evidence: Evidence, service: Loopback) -> None:
    service.states = lambda _: answer(500)
    for number in range(6):
        with pytest.raises(Troubled, match="answered 500") as caught:
            evidence.of(Visit(f"visit-{number}"))
        assert caught.value.cause == "The state handler failed: the state handler answered 500"
    assert len(service.setups) == 3
    assert service.asked == []


def test_what_was_set_up_is_torn_down_although_the_rest_could_not_be(evidence: Evidence, service: Loopback) -> None:
    supported = {"logout-endpoint": answer(200, {"mvpd": "A"}), "no-logout-endpoint": answer(200, {"mvpd": "B"})}
    service.states = lambda question: supported.get(question["state"], answer(422))
    visit = Visit("three", viewers=(Viewer(), Viewer("no-logout-endpoint"), Viewer("degraded")), need=Need.HANDLER)
    with pytest.raises(Untested):
        evidence.of(visit)
    assert service.setups == ["logout-endpoint", "no-logout-endpoint", "degraded"]
    assert service.teardowns == ["no-logout-endpoint", "logout-endpoint"]


def test_a_teardown_that_fails_is_noted_and_judged_by_nobody(evidence: Evidence, service: Loopback) -> None:
    service.states = lambda question: answer(500 if question["action"] == "teardown" else 200, {"mvpd": "A"})
    for number in range(3):
        assert status(evidence.of(Visit(f"visit-{number}")).first) == 200
    assert evidence.notes == {"the teardown of logout-endpoint failed: the state handler answered 500"}


def test_viewers_that_share_a_device_or_an_mvpd(evidence: Evidence, service: Loopback) -> None:
    names = iter(["A", "B", "C", "D"])
    service.states = lambda question: answer(200, {"mvpd": question["params"]["mvpd"] or next(names)})
    viewers = (Viewer(), Viewer(mvpd_of=0), Viewer(device_of=0), Viewer(device_of=0, mvpd_of=0, elsewhere=True))
    steps = tuple(Step(str(number), viewer=number) for number in range(4))
    evidence.of(Visit("shared", steps, viewers, Need.HANDLER))
    zero, one, two, three = service.asked
    assert [asked.mvpd for asked in service.asked] == ["A", "A", "B", "A"]
    assert [asked.provider for asked in service.asked] == ["REF30", "REF30", "REF30", "REF40"]
    assert zero.device == two.device == three.device != one.device


def test_a_viewer_who_wants_a_certain_mvpd_and_device(evidence: Evidence, service: Loopback) -> None:
    service.states = lambda _: answer(204)
    evidence.of(Visit("odd", viewers=(Viewer(mvpd="Télé_衛星", device=lambda: "fingerprint +/+/"),)))
    (asked,) = service.asked
    assert (asked.mvpd, asked.device) == ("Télé_衛星", "fingerprint +/+/")
    assert service.questions[0][2]["mvpd"] == "Télé_衛星"


def test_a_token_that_another_viewers_state_came_with(evidence: Evidence, service: Loopback) -> None:
    issued = {"service-token-sso": {"AD-Service-Token": "issued.by.handler"}}
    service.states = lambda asked: answer(200, {"mvpd": "A", "headers": issued.get(asked["state"], {})})
    viewers = (Viewer(), Viewer("service-token-sso"))
    evidence.of(Visit("with-token", (Step(headers_of=1), Step("without")), viewers, Need.HANDLER))
    with_token, without = service.asked
    assert with_token.headers["Ad-Service-Token"] == "issued.by.handler"
    assert "Ad-Service-Token" not in without.headers


def test_without_a_second_provider_there_is_no_elsewhere(opened: Opens, service: Loopback) -> None:
    with pytest.raises(Untested, match="other_service_provider"):
        opened().of(Visit("x", (Step(),), (Viewer(), Viewer(elsewhere=True)), Need.HANDLER))
    assert service.asked == []


def test_an_mvpd_of_the_command_line_is_asked_for(opened: Opens, service: Loopback) -> None:
    opened(mvpds={"logout-endpoint": "Theirs"}).of(Visit("plain"))
    assert service.questions[0][2]["mvpd"] == "Theirs"


def test_steps_that_are_not_known_beforehand(evidence: Evidence, service: Loopback) -> None:
    with evidence.attending(Visit("batch")) as (in_state, act):
        assert in_state
        assert service.teardowns == []
        exchanges = [act(Step(f"request-{number}", no_query)) for number in range(2)]
    assert service.setups == service.teardowns == ["logout-endpoint"]
    assert [exchange.step for exchange in exchanges] == ["request-0", "request-1"]
    assert {asked.query for asked in service.asked} == {""}


def test_the_states_are_torn_down_although_a_case_fails(evidence: Evidence, service: Loopback) -> None:
    with pytest.raises(ZeroDivisionError), evidence.attending(Visit("batch")):
        raise ZeroDivisionError
    assert service.teardowns == ["logout-endpoint"]


# --- A target without a state handler ---


def test_a_described_state_is_used_once(opened: Opens, service: Loopback) -> None:
    evidence = opened(handler=False, scenarios={"logout-endpoint": ONCE})
    visited = evidence.of(scenario_visit(SCENARIOS["logout-endpoint"]))
    assert list(visited.exchanges) == ["first"]
    with pytest.raises(Untested, match="only a target with a state handler"):
        visited["again"]
    with pytest.raises(Untested, match="one use of this state"):
        evidence.repeated(scenario_visit(SCENARIOS["logout-endpoint"]))
    with pytest.raises(Untested, match="no state handler"):
        evidence.of(Visit("x", need=Need.HANDLER))
    assert [asked.triple for asked in service.asked] == [("REF30", "Cablevision", DEVICE)]


def test_a_state_that_may_be_used_up_is_not_asked_for_again_after_trouble(opened: Opens, service: Loopback) -> None:
    service.answers = lambda _: answer(503)
    evidence = opened(handler=False, scenarios={"logout-endpoint": ONCE})
    with pytest.raises(Troubled):
        evidence.of(scenario_visit(SCENARIOS["logout-endpoint"]))
    assert len(service.asked) == 1


def test_who_needs_no_profile_is_another_device_and_may_be_tried_again(opened: Opens, service: Loopback) -> None:
    service.in_turn(lambda _: answer(503), success)
    evidence = opened(handler=False, scenarios={"logout-endpoint": ONCE})
    visited = evidence.of(Visit("bystander", (Step(), Step(AFTERWARDS))))
    assert list(visited.exchanges) == [FIRST]
    assert not visited.in_state
    assert len(service.asked) == 2
    assert {asked.mvpd for asked in service.asked} == {"Cablevision"}
    assert DEVICE not in {asked.device for asked in service.asked}


def test_a_state_that_lasts_is_used_as_often_as_it_is_needed(opened: Opens, service: Loopback) -> None:
    evidence = opened(handler=False, scenarios={"logout-endpoint": ONCE | {"uses": "unlimited"}})
    for visit in (scenario_visit(SCENARIOS["logout-endpoint"]), Visit("plain")):
        assert evidence.of(visit).in_state
        assert evidence.repeated(visit).in_state
    assert service.times() == {("REF30", "Cablevision", DEVICE): 4}


def test_a_scenario_that_is_not_described_is_not_there(opened: Opens, service: Loopback) -> None:
    evidence = opened(handler=False, scenarios={"logout-endpoint": ONCE})
    with pytest.raises(Untested, match=r"scenarios\.degraded\.mvpd is not in the target file"):
        evidence.of(scenario_visit(SCENARIOS["degraded"]))
    with pytest.raises(Untested, match="write \\[states\\]"):
        opened(handler=False).of(scenario_visit(SCENARIOS["degraded"]))
    with pytest.raises(Untested, match="no MVPD is known"):
        opened(handler=False).of(Visit("plain"))
    assert service.asked == []


def test_a_scenario_of_another_provider_is_asked_for_there(opened: Opens, service: Loopback) -> None:
    evidence = opened(handler=False, scenarios={"no-profile": ONCE | {"service_provider": "REF31"}})
    evidence.of(scenario_visit(SCENARIOS["no-profile"]))
    evidence.of(Visit("bystander"))
    assert [asked.provider for asked in service.asked] == ["REF31", "REF31"]


# --- The control ---


def accepting(mvpd: str, otherwise: int = 401) -> Any:  # noqa: ANN401  (what answers)
    return lambda asked: success(asked) if asked.mvpd == mvpd else answer(otherwise)


def by_state(question: dict[str, Any]) -> Any:  # noqa: ANN401  (an answer)
    return answer(200, {"mvpd": question["state"]})


@pytest.mark.parametrize("accepted", ["logout-endpoint", "no-logout-endpoint", "no-profile"])
def test_the_control_is_the_first_mandatory_scenario_that_is_accepted(
    accepted: str, evidence: Evidence, service: Loopback
) -> None:
    service.states, service.answers = by_state, accepting(accepted)
    assert evidence.accepted().visit == accepted
    requests = len(service.asked)
    assert evidence.accepted() is evidence.of(scenario_visit(SCENARIOS[accepted])).first
    assert len(service.asked) == requests


def test_a_control_is_needed_where_every_valid_request_is_refused(evidence: Evidence, service: Loopback) -> None:
    service.states, service.answers = by_state, accepting("no-profile", 401)
    service.answers = lambda asked: answer(404 if asked.mvpd == "no-profile" else 401)
    with pytest.raises(
        Untested, match=r"no valid request was accepted in this run \(all were answered 401 and 404\)"
    ) as e:
        evidence.accepted()
    assert e.value.cause == "Every valid request was answered 401 and 404"


def test_where_no_answer_came_that_is_the_reason(evidence: Evidence, service: Loopback) -> None:
    service.answers = lambda _: None
    with pytest.raises(Troubled, match="no answer"):
        evidence.accepted()


def test_a_scenario_that_is_missing_or_troubled_does_not_hide_another(evidence: Evidence, service: Loopback) -> None:
    service.states = lambda asked: answer(422) if asked["state"] == "logout-endpoint" else by_state(asked)
    service.answers = lambda asked: None if asked.mvpd == "no-logout-endpoint" else success(asked)
    assert evidence.accepted().visit == "no-profile"


# --- Made-up values ---


def test_device_identifiers_are_fresh_and_of_the_documented_form() -> None:
    made = {fresh_device() for _ in range(50)}
    assert len(made) == 50
    for identifier in made:
        kind, _, data = identifier.partition(" ")
        assert (kind, len(base64.b64decode(data, validate=True))) == ("fingerprint", 36)
    assert device_identifier(b"ba23d141-d715-561c-94f4-e9e4c966b1eb") == (
        "fingerprint YmEyM2QxNDEtZDcxNS01NjFjLTk0ZjQtZTllNGM5NjZiMWVi"
    )


def test_device_info_is_valid_although_the_samples_own_is_not() -> None:
    assert DEVICE_INFO["osName"] == "tvOS"
    assert DEVICE_INFO["version"]
    assert encoded_device_info({"model": "TV"}) == "eyJtb2RlbCI6ICJUViJ9"


def test_the_targets_headers_replace_the_usual_ones_and_the_viewers_replace_both(service: Loopback) -> None:
    target = service.target(headers={"accept": "application/json;charset=utf-8", "X-Forwarded-For": "203.0.113.7"})
    viewer = Provisioned("REF30", "A", DEVICE, {"x-forwarded-for": "203.0.113.9"})
    headers = dict(plain_logout(target, viewer).headers)
    assert headers["accept"] == "application/json;charset=utf-8"
    assert headers["x-forwarded-for"] == "203.0.113.9"
    assert {name.lower() for name in headers} == {
        "accept",
        "ap-device-identifier",
        "user-agent",
        "x-device-info",
        "x-forwarded-for",
    }


def test_asked_is_what_arrived(service: Loopback, evidence: Evidence) -> None:
    evidence.of(Visit("plain"))
    assert isinstance(service.asked[0], Asked)
