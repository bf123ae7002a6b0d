from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.law.catalogue import catalogue
from conformance.law.contract import ActionName
from conformance.rules import action, error, hardening, law, status, url
from conformance.rules.body import Oversized
from conformance.rules.finding import Unjudged
from tests.exchanges import SAMPLES, TOKEN, a_logout, a_success, an_error, an_exchange
from tests.json_values import JSON, SUCCESSES

if TYPE_CHECKING:
    from conformance.exchange import Exchange

ENTRY = SAMPLES[1][1]
TEXT = b'{"logouts": {"Cablevision": {"mvpd": "Cablevision", "actionName": "invalid", "actionType": "none"}}}'
ERROR = {"action": "retry", "status": 500, "code": "internal_server_error", "message": "x", "helpUrl": "https://a/b"}


def test_there_are_seven_samples() -> None:
    assert list(SAMPLES) == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("number", SAMPLES)
def test_the_answers_of_the_pages_own_samples_break_nothing(number: int) -> None:
    mvpd, entry = SAMPLES[number]
    assert law.findings(an_exchange({"logouts": {mvpd: entry}}, mvpd=mvpd)) == []


@pytest.mark.parametrize("code", [400, 401, 405, 500])
def test_an_error_may_have_no_body(code: int) -> None:
    assert law.findings(an_error(b"", status=code, content_type="application/json")) == []
    assert law.findings(an_error(ERROR | {"status": code}, status=code)) == []


@pytest.mark.parametrize(
    ("exchange", "requirement"),
    [
        (an_exchange({"logouts": {"Cablevision": ENTRY | {"mvpd": "Dish"}}}), "key-equals-mvpd"),
        (an_exchange({"logouts": {"Cablevision": ENTRY}}, content_type="text/html"), "content-type-of-success"),
        (an_exchange(b"<html>"), "body-is-json"),
        (an_exchange(b""), "body-is-json"),
        (an_exchange(TEXT.replace(b"}}}", b"}},}")), "body-is-json"),
        (an_exchange(TEXT.replace(b"{", b'{"a": 1, "a": 1, ', 1)), "json-names-unique"),
        (an_exchange({}), "logouts-member"),
        (an_exchange({"logouts": {"Cablevision": None}}), "logout-entry"),
        (an_exchange({"logouts": {}}), "asked-mvpd-present"),
        (an_exchange({"logouts": {"Dish": SAMPLES[2][1]}}), "asked-mvpd-present"),
        (a_logout(actionName="log out"), "action-name-known"),
        (a_logout(actionType="active"), "action-type-known"),
        (a_logout(actionType="none"), "action-type-for-logout"),
        (a_logout(url=""), "url-for-logout"),
        (a_success(SAMPLES[2][1] | {"url": None}), "no-url-for-complete"),
        (a_logout(url="https://a b/"), "url-is-reference"),
        (a_logout(url="javascript:alert(1)"), "url-opens-in-user-agent"),
        (a_logout(url=f"/?{TOKEN}"), "url-without-token"),
        (an_error(ERROR, status=500, content_type="text/html"), "content-type-of-error"),
        (an_error(b"", content_type=None), "content-type-of-error"),
        (an_error(b"Bad Request"), "error-body-is-json"),
        (an_error([]), "error-body-is-object"),
        (an_error({"code": 5}), "error-code-is-string"),
        (an_error({"status": 401}), "error-status-matches"),
        (an_error({"message": f"{TOKEN} is no good"}, status=401), "error-without-token"),
    ],
)
def test_one_fault_is_reported_once_and_under_its_own_name(exchange: Exchange, requirement: str) -> None:
    assert [finding.requirement for finding in law.findings(exchange)] == [requirement]


@pytest.mark.parametrize("code", [400, 404, 429, 503])
def test_every_other_status_is_judged_as_an_error(code: int) -> None:
    assert [
        finding.requirement for finding in law.findings(an_error(b"<html>", status=code, content_type="text/html"))
    ] == [
        "content-type-of-error",
        "error-body-is-json",
    ]


def test_what_was_found_before_a_rule_met_its_limits_is_kept() -> None:
    exchange = a_success(ENTRY | {"actionType": "none"}, ENTRY | {"actionName": "x"})
    assert [finding.requirement for finding in law.findings(exchange)] == [
        "action-name-known",
        "action-type-for-logout",
    ]


def test_a_body_that_was_not_read_whole_is_passed_over() -> None:
    exchange = an_exchange(b'{"logouts": {', content_type="text/html", truncated=True)
    assert [finding.requirement for finding in law.findings(exchange)] == ["content-type-of-success"]


HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["Content-Type", "content-type", "Allow", "X"]),
        st.sampled_from(["application/json;charset=utf-16", "application/json", "text/html"])
        | st.text(st.characters(max_codepoint=0xFF), max_size=20),
    ),
    max_size=3,
)
BODIES = (
    st.binary(max_size=200)
    | JSON.map(lambda value: json.dumps(value).encode())
    | SUCCESSES.map(lambda value: json.dumps(value).encode())
)
ON_ACTIONS = (
    action.must_name_action("unknown-mvpd", ActionName.INVALID),
    status.must_have_status("listed-status", 200, 400),
)
KNOWN = (*law.SUCCESS, *law.ERROR, *ON_ACTIONS, hardening.should_challenge, hardening.should_list_allowed_methods)


@given(body=BODIES, headers=HEADERS, code=st.integers(200, 599), truncated=st.booleans())
def test_any_bytes_as_a_body_are_findings_or_cannot_be_judged(
    body: bytes, headers: list[tuple[str, str]], code: int, *, truncated: bool
) -> None:
    exchange = an_exchange(body, status=code, content_type=None, headers=tuple(headers), truncated=truncated)
    for rule in KNOWN:
        try:
            findings = list(rule(exchange))
        except (Unjudged, Oversized):
            continue
        assert {finding.requirement for finding in findings} - set(catalogue_ids()) == set()
        assert all(finding.expected and finding.seen and finding.where for finding in findings)
    assert {finding.requirement for finding in law.findings(exchange)} <= set(catalogue_ids())


@given(SUCCESSES)
def test_a_success_that_breaks_nothing_has_the_form_of_the_page(body: dict[str, dict[str, object]]) -> None:
    exchange = an_exchange(body)
    if law.findings(exchange):
        return
    for key, entry in body["logouts"].items():
        assert isinstance(entry, dict)
        assert entry["mvpd"] == key
        assert (entry["actionName"], entry["actionType"]) in {
            ("logout", "interactive"),
            ("partner_logout", "partner_interactive"),
            ("complete", "none"),
            ("invalid", "none"),
        }
        assert ("url" in entry) or entry["actionName"] != "logout"
        assert ("url" not in entry) or entry["actionName"] in {"logout", "partner_logout"}
    assert "Cablevision" in body["logouts"]


def catalogue_ids() -> list[str]:
    return [row.id for row in catalogue().requirements]


def test_every_rule_of_the_law_is_applied_to_one_kind_of_answer() -> None:
    # a rule that is written and forgotten here judges scripted cases only
    modules = (action, error, hardening, url)
    written = {
        rule
        for module in modules
        for name, rule in vars(module).items()
        if name.startswith(("must_", "should_", "url_should_")) and getattr(rule, "__module__", "") == module.__name__
    }
    makers = {action.must_name_action, hardening.should_not_carry_token}
    only_for_one_status = {hardening.should_list_allowed_methods, hardening.should_challenge}
    assert written - set(law.SUCCESS) - set(law.ERROR) == makers | only_for_one_status
