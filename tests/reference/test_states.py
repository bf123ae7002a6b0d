"""The state handler: the target contract, section 3."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.reference.service import Device, refused

STATES = [
    "logout-endpoint",
    "no-logout-endpoint",
    "service-token-sso",
    "platform-identity-sso",
    "apple-sso",
    "degraded",
    "temporary-basic",
    "temporary-promotional",
    "no-profile",
    "expired-profile",
    "inactive-integration",
    "expired-access-token",
    "server-failure",
]


@pytest.mark.parametrize("state", STATES)
def test_every_scenario_can_be_set_up_and_torn_down(device: Device, state: str) -> None:
    device.set_up(state, mvpd="Any One", serviceProvider="REF40")
    assert (device.service_provider, device.mvpd) == ("REF40", "Any One")
    assert device.log_out().status_code in {200, 400, 401, 500}
    answer = device.ask(state, "teardown", mvpd="Any One", serviceProvider="REF40")
    assert (answer.status_code, answer.content) == (204, b"")
    device.headers = {}
    assert device.action() == "invalid"


def test_teardown_ends_the_state_that_the_handler_chose(device: Device) -> None:
    device.set_up("degraded")
    assert device.action() == "complete"
    assert device.ask("degraded", "teardown").status_code == 204
    assert device.action() == "invalid"


def test_teardown_of_what_was_never_set_up(device: Device) -> None:
    assert device.ask("apple-sso", "teardown").status_code == 204


def test_a_state_replaces_the_one_before(device: Device) -> None:
    device.set_up("server-failure").set_up("logout-endpoint")
    assert device.action() == "logout"
    device.set_up("no-profile")
    assert device.action() == "invalid"


def test_set_up_again_gives_a_new_profile(device: Device) -> None:
    assert [device.set_up("logout-endpoint").action() for _ in range(2)] == ["logout", "logout"]


def test_facts_name_what_was_chosen(device: Device) -> None:
    answer = device.ask("no-logout-endpoint")
    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert answer.json() == {"serviceProvider": "REF30", "mvpd": "Dish", "headers": {}}


@pytest.mark.parametrize("action", ["setup", "teardown"])
def test_unknown_state(device: Device, action: str) -> None:
    refused(device.ask("on-fire", action), 422, "unsupported_state")


def test_unknown_service_provider(device: Device) -> None:
    refused(device.ask("logout-endpoint", serviceProvider="REF99"), 422, "unsupported_state")


GARBAGE: dict[str, object] = {
    "empty": b"",
    "no JSON": b"{",
    "no UTF-8": b'{"state": "\xff"}',
    "deep": b"[" * 200_000,
    "lone surrogate": b'{"state":"no-profile","action":"setup","params":{"deviceIdentifier":"x","mvpd":"\\ud800"}}',
    "list": [],
    "nothing in it": {},
    "no parameters": {"state": "no-profile", "action": "setup"},
    "no device": {"state": "no-profile", "action": "setup", "params": {}},
    "empty device": {"state": "no-profile", "action": "setup", "params": {"deviceIdentifier": ""}},
    "number as device": {"state": "no-profile", "action": "setup", "params": {"deviceIdentifier": 1}},
    "list as MVPD": {"state": "no-profile", "action": "setup", "params": {"deviceIdentifier": "x", "mvpd": []}},
    "unknown action": {"state": "no-profile", "action": "set", "params": {"deviceIdentifier": "x"}},
}


@pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE)
def test_garbage(device: Device, body: object) -> None:
    refused(device.change(body), 400, "invalid_state_change")


@pytest.mark.parametrize("body", ["Content-Length: 99\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\nno chunk\r\n"])
def test_body_that_is_cut_short(device: Device, body: str) -> None:
    assert device.raw(f"POST /_state HTTP/1.1\r\nHost: x\r\n{body}".encode()).startswith(b"HTTP/1.1 400 ")


def test_only_post(device: Device) -> None:
    answer = device.log_out(path="/_state")
    refused(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "POST"


def test_four_workers_do_not_disturb_one_another(base_url: str) -> None:
    def work(_: int) -> list[object]:
        device = Device(base_url).set_up("logout-endpoint")
        return [device.action(), device.action()]

    with ThreadPoolExecutor(4) as workers:
        assert list(workers.map(work, range(40))) == [["logout", "invalid"]] * 40


def test_of_logouts_at_once_one_finds_the_profile(device: Device) -> None:
    device.set_up("logout-endpoint")
    with ThreadPoolExecutor(8) as workers:
        actions = list(workers.map(lambda _: device.action(), range(16)))
    assert sorted(map(str, actions)) == ["invalid"] * 15 + ["logout"]
