from __future__ import annotations

from typing import Any

import pytest

from conformance.law.contract import ActionName
from conformance.rules.action import (
    action_of,
    asked_mvpd,
    must_have_asked_mvpd,
    must_have_logouts,
    must_map_to_objects,
    must_name_action,
    must_name_known_action,
    must_name_known_type,
    must_pair_action_and_type,
    must_repeat_key_as_mvpd,
    pointer,
)
from conformance.rules.finding import Unjudged
from tests.exchanges import SAMPLES, a_logout, a_success, an_exchange, broken, depends_on, found

RULES_ON_ENTRIES = (
    must_repeat_key_as_mvpd,
    must_name_known_action,
    must_name_known_type,
    must_pair_action_and_type,
    must_name_action("action-for-logout-endpoint", ActionName.LOGOUT),
)


@pytest.mark.parametrize(
    ("body", "expected", "where"),
    [
        ([], "an object", "body"),
        (None, "an object", "body"),
        ("logouts", "an object", "body"),
        ([{"logouts": {}}], "an object", "body"),
        ({}, 'the member "logouts"', "body"),
        ({"Logouts": {}}, 'the member "logouts"', "body"),
        ({"登出": {}}, 'the member "logouts"', "body"),
        ({"Cablevision": SAMPLES[1][1]}, 'the member "logouts"', "body"),
        ({"logouts": None}, "a map of MVPDs", "/logouts"),
        ({"logouts": []}, "a map of MVPDs", "/logouts"),
        ({"logouts": [SAMPLES[1][1]]}, "a map of MVPDs", "/logouts"),
        ({"logouts": "Cablevision"}, "a map of MVPDs", "/logouts"),
    ],
)
def test_without_a_map_under_logouts(body: object, expected: str, where: str) -> None:
    exchange = an_exchange(body)
    (finding,) = found(must_have_logouts, exchange)
    assert (finding.requirement, finding.expected, finding.where) == ("logouts-member", expected, where)
    for rule in (must_map_to_objects, must_have_asked_mvpd, *RULES_ON_ENTRIES):
        assert depends_on(rule, exchange) == "logouts-member"


def test_a_map_with_extra_members_beside_it() -> None:
    assert found(must_have_logouts, an_exchange({"logouts": {}, "more": 1})) == []


@pytest.mark.parametrize("entry", [None, "logout", ["logout"], 1, True])
def test_an_entry_that_is_no_object(entry: object) -> None:
    exchange = an_exchange({"logouts": {"Cablevision": entry}})
    (finding,) = found(must_map_to_objects, exchange)
    assert (finding.requirement, finding.where) == ("logout-entry", "/logouts/Cablevision")
    for rule in RULES_ON_ENTRIES:
        assert depends_on(rule, exchange) == "logout-entry"


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/api/v2/REF30/logout/Cablevision", "Cablevision"),
        ("/api/v2/REF30/logout/%43ablevision", "Cablevision"),
        ("/api/v2/REF30/logout/Comcast%20SSO", "Comcast SSO"),
        ("/api/v2/REF30/logout/T%C3%A9l%C3%A9", "Télé"),
        ("/api/v2/REF30/logout/A%2FB%3F", "A/B?"),
        ("/api/v2/REF30/logout/A+B", "A+B"),
        ("/gateway/api/v2/REF30/logout/Dish", "Dish"),
    ],
)
def test_the_asked_mvpd_is_the_last_segment_percent_decoded(path: str, asked: str) -> None:
    exchange = an_exchange({"logouts": {asked: SAMPLES[2][1]}}, path=path)
    assert asked_mvpd(exchange) == asked
    assert found(must_have_asked_mvpd, exchange) == []


@pytest.mark.parametrize("keys", [[], ["Dish"], ["cablevision"], ["CABLEVISION"], ["%43ablevision"], ["Cablevision "]])
def test_the_asked_mvpd_is_a_key_under_exactly_that_name(keys: list[str]) -> None:
    exchange = an_exchange({"logouts": dict.fromkeys(keys, SAMPLES[2][1])})
    (finding,) = found(must_have_asked_mvpd, exchange)
    assert (finding.requirement, finding.where) == ("asked-mvpd-present", "/logouts")
    assert depends_on(must_name_action("unknown-mvpd", ActionName.INVALID), exchange) == "asked-mvpd-present"


def test_of_an_empty_map_there_is_nothing_to_judge() -> None:
    for rule in RULES_ON_ENTRIES:
        assert depends_on(rule, an_exchange({"logouts": {}})) == "asked-mvpd-present"


@pytest.mark.parametrize("member", [None, "", "cablevision", "${degradedMvpd}", 5, ["Cablevision"]])
def test_an_entry_names_another_mvpd_than_its_key(member: object) -> None:
    exchange = an_exchange({"logouts": {"Cablevision": SAMPLES[1][1] | {"mvpd": member}}})
    (finding,) = found(must_repeat_key_as_mvpd, exchange)
    assert (finding.requirement, finding.where) == ("key-equals-mvpd", "/logouts/Cablevision/mvpd")
    assert finding.expected == '"Cablevision"'


@pytest.mark.parametrize(
    ("rule", "member", "requirement"),
    [
        (must_repeat_key_as_mvpd, "mvpd", "key-equals-mvpd"),
        (must_name_known_action, "actionName", "action-name-known"),
        (must_name_known_type, "actionType", "action-type-known"),
    ],
)
def test_a_member_that_is_missing(rule: Any, member: str, requirement: str) -> None:  # noqa: ANN401  (a rule)
    entry = {name: value for name, value in SAMPLES[1][1].items() if name != member}
    (finding,) = found(rule, an_exchange({"logouts": {"Cablevision": entry}}))
    assert (finding.requirement, finding.seen) == (requirement, f'no member "{member}"')
    assert finding.where == f"/logouts/Cablevision/{member}"


@pytest.mark.parametrize("name", ["logout", "partner_logout", "complete", "invalid"])
def test_the_four_actions(name: str) -> None:
    assert broken(must_name_known_action, a_logout(actionName=name)) == []
    assert action_of(a_logout(actionName=name)) == name


@pytest.mark.parametrize("kind", ["interactive", "partner_interactive", "none"])
def test_the_three_types(kind: str) -> None:
    assert broken(must_name_known_type, a_logout(actionType=kind)) == []


ODD = [
    None,
    "",
    "Logout",
    "LOGOUT",
    "log out",
    "登出",
    "partner-logout",
    "None",
    1,
    True,
    ["logout"],
    {"logout": "none"},
]


@pytest.mark.parametrize("value", ODD)
def test_any_other_action_is_found_and_leaves_the_pair_unjudged(value: object) -> None:
    exchange = a_logout(actionName=value)
    assert broken(must_name_known_action, exchange) == ["action-name-known"]
    assert depends_on(must_pair_action_and_type, exchange) == "action-name-known"
    assert depends_on(must_name_action("action-for-degraded", ActionName.COMPLETE), exchange) == "action-name-known"
    assert action_of(exchange) is None


@pytest.mark.parametrize("value", ODD)
def test_any_other_type_is_found_and_leaves_the_pair_unjudged(value: object) -> None:
    exchange = a_logout(actionType=value)
    assert broken(must_name_known_type, exchange) == ["action-type-known"]
    assert depends_on(must_pair_action_and_type, exchange) == "action-type-known"


@pytest.mark.parametrize(
    ("name", "kind", "requirement"),
    [
        ("logout", "interactive", None),
        ("logout", "partner_interactive", "action-type-for-logout"),
        ("logout", "none", "action-type-for-logout"),
        ("partner_logout", "interactive", "action-type-for-partner-logout"),
        ("partner_logout", "partner_interactive", None),
        ("partner_logout", "none", "action-type-for-partner-logout"),
        ("complete", "interactive", "action-type-for-complete"),
        ("complete", "partner_interactive", "action-type-for-complete"),
        ("complete", "none", None),
        ("invalid", "interactive", "action-type-for-invalid"),
        ("invalid", "partner_interactive", "action-type-for-invalid"),
        ("invalid", "none", None),
    ],
)
def test_each_pair_of_name_and_type(name: str, kind: str, requirement: str | None) -> None:
    findings = found(must_pair_action_and_type, a_logout(actionName=name, actionType=kind))
    assert [finding.requirement for finding in findings] == ([requirement] if requirement else [])
    assert {finding.where for finding in findings} <= {"/logouts/Cablevision/actionType"}


@pytest.mark.parametrize("rule", [must_repeat_key_as_mvpd, must_name_known_action, must_name_known_type])
def test_every_entry_is_judged(rule: Any) -> None:  # noqa: ANN401  (a rule)
    wrong = {"mvpd": "x", "actionName": "x", "actionType": "x"}
    exchange = an_exchange({"logouts": {"Cablevision": SAMPLES[1][1], "Dish": wrong, "A/B~": wrong}})
    assert [finding.where.rpartition("/")[0] for finding in found(rule, exchange)] == [
        "/logouts/Dish",
        "/logouts/A~1B~0",
    ]


def test_the_action_is_the_one_of_the_asked_mvpd() -> None:
    exchange = a_success(SAMPLES[2][1], SAMPLES[1][1])
    assert found(must_name_action("action-for-no-logout-endpoint", ActionName.COMPLETE), exchange) == []
    (finding,) = found(must_name_action("action-for-logout-endpoint", ActionName.LOGOUT), exchange)
    assert finding.requirement == "action-for-logout-endpoint"
    assert (finding.expected, finding.seen) == ('"logout"', '"complete"')
    assert finding.where == "/logouts/Cablevision/actionName"


def test_one_of_several_actions_is_enough() -> None:
    rule = must_name_action("unknown-mvpd", ActionName.INVALID, ActionName.COMPLETE)
    assert found(rule, a_success(SAMPLES[2][1])) == []
    (finding,) = found(rule, a_logout())
    assert finding.expected == '"invalid" or "complete"'


def test_a_pointer_escapes_what_json_pointers_escape() -> None:
    assert pointer() == "/logouts"
    assert pointer("A/B~c", "url") == "/logouts/A~1B~0c/url"


def test_an_answer_that_is_no_json_has_no_action() -> None:
    with pytest.raises(Unjudged, match="body-is-json"):
        action_of(an_exchange(b"<html>"))
