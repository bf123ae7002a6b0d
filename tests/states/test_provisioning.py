from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conformance.sender.logout import Logout
from conformance.states.provisioning import members_of, provisioned
from conformance.states.source import Provisioned, ProvisioningError, StateSource, Triple
from tests.asking import ANY, DEVICE, refusal, source

if TYPE_CHECKING:
    from pathlib import Path

BAD_ANSWERS = [
    (b"{", "is not JSON"),
    (b"<html>", "is not JSON"),
    (b"\xff\xfe", "is not JSON"),
    (b'{"mvpd": "A", "x": NaN}', "is not JSON"),
    (b'{"mvpd": ' + b"9" * 5000 + b"}", "is not JSON"),
    (b"[" * 200_000, "is not JSON"),
    (b'{"a":' * 200_000, "is not JSON"),
    (b"null", "no object"),
    (b"[]", "no object"),
    (b'"ready"', "no object"),
    (b"{}", "named no mvpd"),
    (b'{"mvpd": null}', "named no mvpd"),
    (b'{"mvpd": ""}', '"mvpd" is no name'),
    (b'{"mvpd": 1}', '"mvpd" is no name'),
    (b'{"mvpd": ["A"]}', '"mvpd" is no name'),
    (b'{"mvpd": "a\\r\\nb"}', '"mvpd" is no name'),
    (b'{"mvpd": "a\\u0000"}', '"mvpd" is no name'),
    (b'{"mvpd": "\\ud800"}', '"mvpd" is no name'),
    (b'{"mvpd": ".."}', '"mvpd" is no name'),
    (b'{"mvpd": "."}', "not . or .."),
    (b'{"serviceProvider": ".."}', '"serviceProvider" is no name'),
    (b'{"mvpd": "' + b"A" * 1_000_000 + b'"}', '"mvpd" is no name'),
    (b'{"mvpd": "' + b"a" * 2049 + b'"}', '"mvpd" is no name'),
    (b'{"mvpd": "A", "serviceProvider": ""}', '"serviceProvider" is no name'),
    (b'{"mvpd": "A", "serviceProvider": false}', '"serviceProvider" is no name'),
    (b'{"mvpd": "A", "headers": "X: y"}', '"headers" is no object'),
    (b'{"mvpd": "A", "headers": [["X", "y"]]}', '"headers" is no object'),
    (b'{"mvpd": "A", "headers": {"": "y"}}', "name that no header may have"),
    (b'{"mvpd": "A", "headers": {"X Y": "y"}}', "name that no header may have"),
    (b'{"mvpd": "A", "headers": {"X\\r\\nY": "y"}}', "name that no header may have"),
    (b'{"mvpd": "A", "headers": {"Content-Length": "100"}}', "name that no header may have"),
    (b'{"mvpd": "A", "headers": {"Transfer-Encoding": "chunked"}}', "name that no header may have"),
    (b'{"mvpd": "A", "headers": {"X": 1}}', "header X has a value that no header may have"),
    (b'{"mvpd": "A", "headers": {"X": null}}', "header X has a value that no header may have"),
    (b'{"mvpd": "A", "headers": {"X": "a\\r\\nY: b"}}', "header X has a value that no header may have"),
    (b'{"mvpd": "A", "headers": {"X": "\\u20ac"}}', "header X has a value that no header may have"),
    (b'{"mvpd": "A", "headers": {"X": "a", "x": "b"}}', "one name twice"),
    (b'{"mvpd": "A", "headers": {"X": "' + b"a" * 65_536 + b'"}}', "larger than 64 KiB"),
    (b'{"mvpd": "A", "headers": {' + b",".join(b'"X%d": "y"' % n for n in range(101)) + b"}}", "101, more than 100"),
]


def answering(answer: bytes, tmp_path: Path, **settings: object) -> StateSource:
    (tmp_path / "answer").write_bytes(answer)
    return source(states={"command": ["cat", "answer"]}, folder=tmp_path, **settings)


def test_every_member_says_what_the_request_must_use(tmp_path: Path) -> None:
    answer = b'{"serviceProvider": "REF31", "mvpd": "A/B", "headers": {"AD-Service-Token": "t"}}'
    assert answering(answer, tmp_path).setup("apple-sso", ANY) == Provisioned(
        "REF31", "A/B", DEVICE, {"AD-Service-Token": "t"}
    )


@pytest.mark.parametrize("name", ["A/B", "../x", "A\\B", "..%2f", "...", "A;b?c#d"])
def test_a_name_stays_one_segment_of_the_path(name: str, tmp_path: Path) -> None:
    ready = answering(json.dumps({"serviceProvider": name, "mvpd": name}).encode(), tmp_path).setup("apple-sso", ANY)
    path = Logout("http://target.test", ready.service_provider, ready.mvpd, (), ()).path
    assert [unquote(part) for part in path.split("/")] == ["", "api", "v2", name, "logout", name]


@pytest.mark.parametrize(
    "answer", [b"", b" \r\n", b"{}", b'{"mvpd": null, "serviceProvider": null}', b"\xef\xbb\xbf{}"]
)
def test_no_member_changes_nothing(answer: bytes, tmp_path: Path) -> None:
    wanted = Triple("REF30", "Odd name", DEVICE)
    assert answering(answer, tmp_path).setup("apple-sso", wanted) == Provisioned("REF30", "Odd name", DEVICE, {})


def test_what_the_contract_does_not_name_is_passed_over(tmp_path: Path) -> None:
    answer = b'{"mvpd": "A", "mvpd": "B", "deviceIdentifier": "x", "base_url": "http://elsewhere", "more": [1e999]}'
    assert answering(answer, tmp_path).setup("apple-sso", ANY) == Provisioned("REF30", "B", DEVICE, {})


@pytest.mark.parametrize(("answer", "said"), BAD_ANSWERS)
def test_an_answer_that_cannot_be_used(answer: bytes, said: str, tmp_path: Path) -> None:
    assert said in refusal(answering(answer, tmp_path))


def test_nothing_of_a_bad_answer_is_quoted(tmp_path: Path) -> None:
    for answer in (
        b"s3cret",
        b'{"mvpd": "s3cret\\n"}',
        b'{"mvpd": "A", "headers": {"X": "s3cret\\n"}}',
        b'{"mvpd": "A", "headers": {"s3cret\\n": ""}}',
    ):
        assert "s3cret" not in refusal(answering(answer, tmp_path))


def test_an_mvpd_of_the_targets_owner_is_asked_for(tmp_path: Path) -> None:
    states = answering(b"", tmp_path, mvpds={"apple-sso": "Theirs"})
    assert states.setup("apple-sso", ANY).mvpd == "Theirs"


def test_headers_of_a_described_scenario_come_first(tmp_path: Path) -> None:
    facts = {"mvpd": "A", "headers": {"X-Token": "described", "X-A": "1"}}
    states = answering(b'{"headers": {"x-token": "fresh"}}', tmp_path, scenarios={"apple-sso": facts})
    assert states.setup("apple-sso", ANY).headers == {"X-A": "1", "x-token": "fresh"}


def usable_or_refused(answer: bytes) -> Provisioned | None:
    """Give the facts, None where they were refused in printable words; any other exception fails the test."""
    try:
        return provisioned(members_of(answer), ANY, {})
    except ProvisioningError as error:
        assert str(error).isprintable()  # noqa: PT017  (both ends are right here)
    return None


@given(
    st.one_of(
        st.binary(),
        st.binary().map(lambda value: b'{"mvpd": "' + value + b'"}'),
        st.binary().map(lambda value: b'{"mvpd": "A", "headers": {"X": "' + value + b'"}}'),
    )
)
@example(b'{"mvpd": "A", "headers": {"X": "\\ud800"}}')
@example(b'{"mvpd": "A", "headers": {"X": "\\u0000"}}')
def test_any_bytes_are_facts_or_a_provisioning_error(answer: bytes) -> None:
    facts = usable_or_refused(answer)
    if facts:
        assert not {"\r", "\n", "\0"} & set(facts.mvpd + facts.service_provider + "".join(facts.headers.values()))
        "".join(facts.headers.values()).encode("latin-1")


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["mvpd", "serviceProvider", "headers", "X", "\n"]), inner, max_size=4)
        ),
    )
)
def test_any_json_is_facts_or_a_provisioning_error(answer: object) -> None:
    facts = usable_or_refused(json.dumps(answer).encode())
    if facts:
        assert facts.mvpd
        assert all(
            value.encode("latin-1").strip(b" \t\r\n") == value.encode("latin-1") for value in facts.headers.values()
        )


def test_headers_that_a_handler_hands_out_are_in_no_repr() -> None:
    assert "s3cret" not in repr(Provisioned("REF30", "A", DEVICE, {"X": "s3cret"}))
