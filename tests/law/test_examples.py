from __future__ import annotations

import pytest

from conformance.law.catalogue import Subject, catalogue
from conformance.law.contract import SCENARIOS, Scenario
from conformance.law.examples import examples, right_in, that_conform


def test_every_answer_of_the_document_has_an_example() -> None:
    assert {example.status for example in examples()} == {200, 400, 401, 405, 429, 500}
    assert len({(example.status, example.name) for example in examples()}) == len(examples())


def test_an_example_has_its_headers() -> None:
    (refusal,) = [example for example in examples() if example.status == 405]
    assert (refusal.name, refusal.media_type, refusal.headers) == ("method", "application/json", (("Allow", "GET"),))
    assert refusal.value["status"] == 405


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=str)
def test_every_scenario_has_a_right_answer(scenario: Scenario) -> None:
    example = right_in(scenario)
    assert (example.status, example.action) == (scenario.status, scenario.action)


@pytest.mark.parametrize(
    ("requirement", "scenarios", "expected"),
    [
        ("redirect-url-required", [], ["400 redirect-url"]),
        ("device-identifier-required", ["no-profile"], ["400 device-identifier"]),
        ("unknown-mvpd", ["no-profile"], ["400 mvpd", "200 no-profile"]),
        ("inactive-integration-is-400", [], ["400 inactive-integration"]),
        ("token-checked", [], ["401 expired-access-token"]),
        ("method-not-allowed", [], ["405 method"]),
        ("server-failure-is-500", [], ["500 server-failure"]),
        ("no-server-error", ["no-profile"], ["200 no-profile"]),
        ("no-url-for-complete", ["degraded"], ["200 degraded"]),
        ("action-for-temporary", ["temporary-basic"], ["200 temporary-basic"]),
        ("action-for-no-logout-endpoint", [], ["200 no-logout-endpoint"]),
        ("logout-deletes-profile", ["logout-endpoint"], ["200 no-profile"]),
        ("key-equals-mvpd", ["apple-sso"], ["200 apple-sso"]),
        ("error-code-is-string", ["logout-endpoint"], ["400 redirect-url"]),
    ],
)
def test_what_conforms_to_a_requirement(requirement: str, scenarios: list[str], expected: list[str]) -> None:
    found = that_conform(catalogue()[requirement], [SCENARIOS[name] for name in scenarios])
    assert [f"{example.status} {example.name}" for example in found] == expected


def test_every_row_about_servers_has_an_example() -> None:
    for row in catalogue().requirements:
        if row.subject is Subject.SERVER:
            assert that_conform(row, []), row.id
