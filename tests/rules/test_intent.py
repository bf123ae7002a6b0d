from __future__ import annotations

import base64

import pytest

from conformance.exchange import Exchange, Request, Response
from conformance.rules.course import Course
from conformance.rules.intent import must_ask_for, must_identify, must_open_as_given, must_send_token

ORIGIN = "http://127.0.0.1:8080"


def call(path: str, *headers: tuple[str, str]) -> Exchange:
    return Exchange(0, Request("GET", f"{ORIGIN}{path}?redirectUrl=https%3A%2F%2Fexample.com%2F", headers), None)


@pytest.mark.parametrize(
    ("path", "requirement"),
    [
        ("/tv/api/v2/REF30/logout/A%2FB%20C", None),
        ("/tv/api/v2/REF30/logout/%41%2fB%20C", None),
        ("/tv/api/v2/REF30/logout/A%252FB%2520C", "client-path-encoded"),
        ("/tv/api/v2/REF30/logout/A/B%20C", "client-path-encoded"),
        ("/tv/api/v2/REF30/logout/A%2FB+C", "client-path-encoded"),
        ("/tv/api/v2/REF30/logout/A%2FB C", None),
        ("/api/v2/REF30/logout/A%2FB%20C", "client-path"),
        ("/tv/api/v2/REF30/logout/a%2Fb%20c", "client-path"),
        ("/tv/api/v2/logout/REF30/A%2FB%20C", "client-path"),
        ("/tv/api/v2/REF40/logout/A%2FB%20C", "client-path"),
        ("/tv", "client-path"),
    ],
)
def test_the_path_names_what_was_to_be_logged_out(path: str, requirement: str | None) -> None:
    found = [finding.requirement for finding in must_ask_for("/tv", "REF30", "A/B C")(call(path))]
    assert found == ([requirement] if requirement else [])


@pytest.mark.parametrize(("sent", "is_given"), [("Bearer mine", True), ("bearer mine", True), ("Bearer s3cret", False)])
def test_the_access_token_is_one_that_was_given(sent: str, *, is_given: bool) -> None:
    found = list(must_send_token(lambda token: token == "mine")(call("/", ("Authorization", sent))))
    assert [finding.requirement for finding in found] == ([] if is_given else ["client-authorization"])
    assert "s3cret" not in str(found)


@pytest.mark.parametrize("form", ["fingerprint {}", "{}", "device {}"])
@pytest.mark.parametrize("encoded", [base64.b64encode(b"TV>>>???"), base64.urlsafe_b64encode(b"TV>>>???")])
def test_a_device_is_known_in_any_form(form: str, encoded: bytes) -> None:
    value = form.format(encoded.decode())
    assert not list(must_identify("TV>>>???")(call("/", ("AP-Device-Identifier", value))))


def test_another_device_is_none_of_its_forms() -> None:
    (found,) = must_identify("TV>>>???")(call("/", ("AP-Device-Identifier", "fingerprint YWJj")))
    assert found.requirement == "client-device-identifier"


@pytest.mark.parametrize(
    ("opened", "is_given"),
    [
        ("/out?to=http%3A%2F%2Fa%2F%3Fb%26c&d=%2B", True),
        ("/out?to=http%3a%2f%2Fa%2F%3Fb%26c&d=%2B", True),
        ("/%6Fut?to=http%3A%2F%2Fa%2F%3Fb%26c&d=%2B#end", True),
        ("/out?to=http%3A%2F%2Fa%2F%3Fb&c&d=%2B", False),
        ("/out?to=http%3A%2F%2Fa%2F%3Fb%26c&d=+", False),
    ],
)
def test_a_url_is_opened_as_it_was_given(opened: str, *, is_given: bool) -> None:
    given = '{"logouts": {"X": {"actionName": "logout", "url": "/out?to=http%3A%2F%2Fa%2F%3Fb%26c&d=%2B"}}}'
    answer = Response("1.1", 200, "OK", (("Content-Type", "application/json"),), given.encode())
    asked = Exchange(0, Request("GET", f"{ORIGIN}/api/v2/REF30/logout/X?redirectUrl=https://a/"), answer)
    visit = Exchange(1, Request("GET", f"{ORIGIN}{opened}"), Response("1.1", 200, "OK", ()))
    found = [finding.exchange for finding in must_open_as_given(Course((asked,), (visit,), alone=True))]
    assert found == ([] if is_given else [1])
