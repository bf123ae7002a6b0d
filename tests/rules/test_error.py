from __future__ import annotations

from typing import Any, Final

import pytest

from conformance.rules.error import (
    must_be_json_if_there,
    should_be_object,
    should_have_code,
    should_have_message,
    should_link_help,
    should_name_known_action,
    should_repeat_status,
)
from tests.exchanges import an_error, depends_on, found

WHOLE: Final[dict[str, object]] = {
    "action": "none",
    "status": 400,
    "code": "invalid_parameter_redirect_url",
    "message": "The redirectUrl is missing.",
    "helpUrl": "https://experienceleague.adobe.com/docs/pass/errors.html",
    "trace": "4e1b2c2e-8f4b-4f0e-a9c3-0d3d3f4f6a11",
}
ON_MEMBERS: Final = (
    should_name_known_action,
    should_have_code,
    should_repeat_status,
    should_have_message,
    should_link_help,
)
RULES: Final = (must_be_json_if_there, should_be_object, *ON_MEMBERS)


@pytest.mark.parametrize("body", [b"", {}, WHOLE, WHOLE | {"details": "unknown members are welcome"}])
def test_a_body_may_be_missing_and_so_may_each_member(body: object) -> None:
    assert [found(rule, an_error(body)) for rule in RULES] == [[]] * len(RULES)


@pytest.mark.parametrize("body", [b"<html>", b" ", b"\xff", b"Bad Request", b"{}x", b"\xef\xbb\xbf{}"])
def test_a_body_that_is_there_is_json(body: bytes) -> None:
    (finding,) = found(must_be_json_if_there, an_error(body))
    assert (finding.requirement, finding.where) == ("error-body-is-json", "body")
    for rule in (should_be_object, *ON_MEMBERS):
        assert depends_on(rule, an_error(body)) == "error-body-is-json"


@pytest.mark.parametrize("body", [[], None, "invalid_integration", 400, [WHOLE]])
def test_a_body_that_is_there_is_an_object(body: object) -> None:
    (finding,) = found(should_be_object, an_error(body))
    assert (finding.requirement, finding.where) == ("error-body-is-object", "body")
    for rule in ON_MEMBERS:
        assert depends_on(rule, an_error(body)) == "error-body-is-object"


@pytest.mark.parametrize(
    "action", ["none", "configuration", "application-registration", "authentication", "authorization", "retry"]
)
def test_the_six_actions(action: str) -> None:
    assert found(should_name_known_action, an_error(WHOLE | {"action": action})) == []


@pytest.mark.parametrize(
    ("rule", "member", "values", "requirement"),
    [
        (
            should_name_known_action,
            "action",
            ["", "None", "logout", "re-try", None, 1, ["retry"]],
            "error-action-known",
        ),
        (should_have_code, "code", ["", None, 400, ["a"], {}], "error-code-is-string"),
        (should_repeat_status, "status", [401, "400", 400.5, None, True, [400]], "error-status-matches"),
        (should_have_message, "message", [None, 5, ["a"], {"en": "a"}], "error-message-is-string"),
        (should_link_help, "helpUrl", ["", "/help", "help.html", "//a.example/x", None, 5], "error-help-url"),
    ],
)
def test_a_member_that_is_there_is_what_the_linked_page_says(
    rule: Any,  # noqa: ANN401  (a rule)
    member: str,
    values: list[object],
    requirement: str,
) -> None:
    for value in values:
        (finding,) = found(rule, an_error(WHOLE | {member: value}))
        assert (finding.requirement, finding.where) == (requirement, f"/{member}")


@pytest.mark.parametrize("code", ["invalid_integration", "a_code_that_nobody_knows", "E17"])
def test_an_unknown_code_is_welcome(code: str) -> None:
    assert found(should_have_code, an_error(WHOLE | {"code": code})) == []


@pytest.mark.parametrize("status", [400, 401, 405, 500])
def test_the_status_is_the_one_of_the_answer(status: int) -> None:
    assert found(should_repeat_status, an_error(WHOLE | {"status": status}, status=status)) == []


def test_no_status_is_true() -> None:
    # in Python True is 1
    assert found(should_repeat_status, an_error({"status": True}, status=1)) != []


def test_an_integer_may_be_written_as_a_fraction() -> None:
    assert found(should_repeat_status, an_error(b'{"status": 400.0}')) == []


def test_a_host_that_cannot_be_read() -> None:
    assert found(should_link_help, an_error(WHOLE | {"helpUrl": "https://[/"})) != []
