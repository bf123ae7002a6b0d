from __future__ import annotations

from conformance.states.source import Provisioned, StateSource, Triple
from tests.asking import ANY, DEVICE, lack, source


def described(**facts: object) -> StateSource:
    return source(
        service_provider="REF30",
        other_service_provider="REF40",
        scenarios={"apple-sso": {"mvpd": "A", **facts}},
    )


def test_the_facts_are_what_the_request_uses() -> None:
    states = described(service_provider="REF31", device_identifier="fingerprint eA==", headers={"X": "y"})
    assert states.setup("apple-sso", ANY) == Provisioned("REF31", "A", "fingerprint eA==", {"X": "y"})
    assert states.teardown("apple-sso", ANY) is None


def test_the_device_is_the_kits_where_none_is_described() -> None:
    assert described().setup("apple-sso", ANY) == Provisioned("REF30", "A", DEVICE, {})


def test_a_use_is_counted() -> None:
    states = described(uses=2)
    states.setup("apple-sso", ANY)
    states.setup("apple-sso", ANY)
    assert lack(states).startswith("scenarios.apple-sso.uses = 2 is used up")


def test_one_use_is_the_default() -> None:
    states = described()
    states.setup("apple-sso", ANY)
    assert lack(states).startswith("scenarios.apple-sso.uses = 1 is used up")


def test_unlimited_uses() -> None:
    states = described(uses="unlimited")
    assert len({states.setup("apple-sso", ANY).mvpd for _ in range(100)}) == 1


def test_a_scenario_that_is_not_described() -> None:
    assert lack(described(), "degraded").startswith("scenarios.degraded.mvpd is not in the target file")


def test_another_mvpd_or_provider_costs_no_use() -> None:
    states = described()
    assert lack(states, wanted=Triple("REF30", "B", DEVICE)).startswith("scenarios.apple-sso.mvpd is another")
    assert lack(states, wanted=Triple("REF40", None, DEVICE)).startswith("scenarios.apple-sso.service_provider is ")
    assert states.setup("apple-sso", Triple("REF30", "A", DEVICE)).mvpd == "A"


def test_a_scenario_of_the_other_provider_is_found_there() -> None:
    states = described(service_provider="REF40")
    assert states.setup("apple-sso", Triple("REF40", None, DEVICE)).service_provider == "REF40"


def test_an_mvpd_from_the_command_line_describes_a_scenario() -> None:
    states = source(mvpds={"no-profile": "C"})
    assert states.setup("no-profile", ANY) == Provisioned("REF30", "C", DEVICE, {})
    assert lack(states, "no-profile").startswith("scenarios.no-profile.uses = 1 is used up")


def test_without_states_every_state_says_what_to_write() -> None:
    states = source()
    assert "write [states] or [scenarios.apple-sso] in the target file" in lack(states)
    assert states.teardown("apple-sso", ANY) is None
