from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.certify import exit_code
from conformance.record import record as records
from conformance.record.stored import RecordError
from conformance.report import FORMATS
from conformance.traffic.check import check
from tests.calls import BYE, a_call, a_visit, answered, then, with_entry
from tests.clients.requests import OPENED, followed
from tests.clients.sequences import opened
from tests.exchanges import LOGOUT_PAGE, TOKEN
from tests.json_values import JSON
from tests.traffic.hars import charles, chrome, entry_of, har_of, mitmproxy, written

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from conformance.exchange import Exchange
    from conformance.record.record import Record

RIGHT = followed(a_call())


@pytest.fixture
def checked(tmp_path: Path) -> Callable[..., Record]:
    """Judges archives, each in a file of its own, and gives the record."""

    def check_them(*hars: object) -> Record:
        files = [written(har, tmp_path / f"{number}.har") for number, har in enumerate(hars)]
        return check(files, report_dir=tmp_path / "reports", formats=())

    return check_them


def status_of(record: Record, name: str) -> str:
    (case,) = [case for case in record.cases if case.requirements == (name,)]
    return case.status


def test_right_traffic_is_conformant_and_leaves_a_record(checked: Callable[..., Record], tmp_path: Path) -> None:
    record = checked(mitmproxy(RIGHT))
    assert (record.verdict, record.subject, record.request_count) == ("conformant", "client", 3)
    assert record.target.base_url == "https://api.example.com"
    assert record.target.service_provider == "REF30"
    assert record.target.name == str(tmp_path / "0.har")
    assert records.read(tmp_path / "reports") == record
    assert [line.request.url for line in records.read_exchanges(tmp_path / "reports")][1:] == [LOGOUT_PAGE, BYE]
    known = {text.id for text in record.requirements}
    assert {"client-opens-url", "body-is-json"} <= known
    assert {name for case in record.cases for name in case.requirements} <= known


def test_findings_point_to_the_exchange_that_shows_them(checked: Callable[..., Record]) -> None:
    record = checked(mitmproxy([a_call(answered(status=500)), then(a_call(Accept="*/*"), 2), *opened(2.5)]))
    (case,) = [case for case in record.cases if case.status == "failed"]
    assert (case.id, case.exchanges) == ("client/request/accept-json", (1,))
    assert case.findings[0].exchange == 1
    assert record.reasons == ("cases failed: 1 of the client",)


def test_a_fault_of_the_server_alone_is_not_the_clients(checked: Callable[..., Record]) -> None:
    record = checked(mitmproxy([a_call(answered(b"<")), OPENED[2]]))
    assert (record.verdict, record.subject) == ("not-conformant", "server")
    assert record.reasons == ("cases failed: 1 of the server",)


@pytest.mark.parametrize(
    ("exchanges", "reason"),
    [
        ([], "no call of the endpoint is among the 0 requests that were recorded"),
        ([OPENED[2]], "no call of the endpoint is among the 1 requests that were recorded"),
        ([a_call()], "not shown: what the client did after an answer"),
        ([a_call(Authorization="{{AUTHORIZATION}}"), *OPENED], "not shown: client-authorization"),
    ],
)
def test_what_is_not_shown_cannot_be_certified(
    checked: Callable[..., Record], exchanges: Sequence[Exchange], reason: str
) -> None:
    record = checked(mitmproxy(exchanges))
    assert (record.verdict, record.reasons) == ("inconclusive", (reason,))


def test_a_chrome_that_left_credentials_out_says_nothing_of_them(checked: Callable[..., Record]) -> None:
    record = checked(chrome(RIGHT))
    assert record.verdict == "inconclusive"
    assert status_of(record, "client-authorization") == "skipped"
    assert any("export a HAR with sensitive data" in note for note in record.notes)
    assert checked(chrome(RIGHT, sanitized=False)).verdict == "conformant"


def test_a_chrome_that_shows_other_credentials_has_left_none_out(checked: Callable[..., Record]) -> None:
    other = a_visit("https://app.example.com/", Cookie="session=a-session-of-the-app")
    record = checked(chrome([a_call(Authorization=None), *OPENED, other], sanitized=False))
    assert status_of(record, "client-authorization") == "failed"


def test_the_evidence_of_the_kit_is_read_again_to_the_same_verdict(
    checked: Callable[..., Record], tmp_path: Path
) -> None:
    first = checked(chrome(RIGHT))
    again = check([tmp_path / "reports"], report_dir=tmp_path / "again", formats=())
    assert [(case.id, case.status) for case in again.cases] == [(case.id, case.status) for case in first.cases]
    assert again.verdict == first.verdict


def test_the_kits_own_archive_is_read_too(tmp_path: Path) -> None:
    file = written(mitmproxy(RIGHT), tmp_path / "app.har")
    check([file], report_dir=tmp_path / "first", formats=("har",))
    record = check([tmp_path / "first" / "exchanges.har"], report_dir=tmp_path / "second", formats=())
    assert {case.status for case in record.cases} == {"passed", "skipped"}
    assert record.verdict == "conformant"


def test_the_app_and_its_browser_may_be_recorded_apart(checked: Callable[..., Record]) -> None:
    assert checked(mitmproxy([a_call()]), chrome(OPENED)).verdict == "conformant"


def test_a_recording_of_one_server_shows_not_what_was_opened_elsewhere(checked: Callable[..., Record]) -> None:
    exchanges = [a_call(), a_visit("https://api.example.com/home", 9)]
    record = checked(mitmproxy(exchanges))
    assert (record.verdict, status_of(record, "client-opens-url")) == ("inconclusive", "skipped")
    # a browser sees wherever its pages go
    assert status_of(checked(chrome(exchanges)), "client-opens-url") == "failed"


def test_of_several_logouts_the_one_that_came_to_it_says_why_it_is_not_judged(checked: Callable[..., Record]) -> None:
    other = then(a_call(with_entry(2), AP_Device_Identifier="fingerprint b3RoZXI="), 20)
    record = checked(mitmproxy([*RIGHT, other]))
    (case,) = [case for case in record.cases if case.requirements == ("client-does-nothing-more",)]
    assert (case.status, case.message.partition(":")[2][:35]) == ("skipped", " the recording ends soon after the ")


def test_a_recording_of_another_day_does_not_show_what_was_done_next(checked: Callable[..., Record]) -> None:
    record = checked(mitmproxy([a_call()]), mitmproxy([a_visit("https://app.example.com/", 90_000)]))
    assert status_of(record, "client-opens-url") == "skipped"


@pytest.mark.parametrize(("part", "kept"), [(0.1, 0), (0.7, 2), (0.999, 3)])
def test_of_a_file_that_breaks_off_the_beginning_is_judged_and_the_end_named(
    tmp_path: Path, part: float, kept: int
) -> None:
    file = written(mitmproxy(RIGHT), tmp_path / "app.har")
    whole = file.read_bytes()
    file.write_bytes(whole[: int(part * len(whole))])
    record = check([file], report_dir=tmp_path / "reports", formats=())
    assert record.verdict == "inconclusive"
    assert f"{file} could not be read as a whole" in record.reasons
    assert any(note.startswith(f"{file}: line 1, byte ") for note in record.notes)
    assert record.request_count == kept


def test_evidence_that_breaks_off_is_judged_as_far_as_it_goes(checked: Callable[..., Record], tmp_path: Path) -> None:
    checked(mitmproxy(RIGHT))
    file = tmp_path / "reports" / "exchanges.jsonl"
    whole = file.read_bytes()
    for data, fault in (
        (whole[:-20], "line 3: the line has no end"),
        (whole + b"{}\n", "line 4: is no record of logout-conformance: index: Field required"),
        (whole + b"nonsense\n", "line 4: is no valid JSON"),
    ):
        (tmp_path / "cut.jsonl").write_bytes(data)
        record = check([tmp_path / "cut.jsonl"], report_dir=tmp_path / "again", formats=())
        assert record.verdict == "inconclusive"
        assert any(fault in note for note in record.notes)
        assert record.request_count >= 2


def test_an_entry_that_cannot_be_read_is_passed_over_and_named(tmp_path: Path) -> None:
    file = written(mitmproxy(RIGHT), tmp_path / "app.har")
    text = file.read_text(encoding="utf-8").replace('"entries": [', '"entries": [{"request": oops}, 7, ')
    file.write_text(text, encoding="utf-8")
    oops, seven = text.index('{"request": oops'), text.index("7, ")
    record = check([file], report_dir=tmp_path / "reports", formats=())
    assert record.request_count == 3
    assert [note.partition(": ")[2] for note in record.notes[1:]] == [
        f"line 1, byte {oops}: no JSON (Expecting value); it was passed over",
        f"line 1, byte {seven}: an entry that is no object",
    ]


def test_all_that_is_wrong_with_the_files_is_said_together(tmp_path: Path) -> None:
    (tmp_path / "text.har").write_text("oops", encoding="utf-8")
    (tmp_path / "list.har").write_text("[]", encoding="utf-8")
    (tmp_path / "other.har").write_text('{"logs": {}}', encoding="utf-8")
    (tmp_path / "empty.har").touch()
    (tmp_path / "folder").mkdir()
    names = ["text.har", "list.har", "other.har", "empty.har", "missing.har", "folder"]
    with pytest.raises(RecordError) as caught:
        check([tmp_path / name for name in names], report_dir=tmp_path / "reports", formats=())
    for name in names:
        assert f"{tmp_path / name}" in str(caught.value)
    assert not (tmp_path / "reports").exists()


def test_what_is_to_be_read_is_never_overwritten(checked: Callable[..., Record], tmp_path: Path) -> None:
    checked(mitmproxy(RIGHT))
    folder = tmp_path / "reports"
    before = (folder / "exchanges.jsonl").read_bytes()
    for path in (folder, folder / "exchanges.jsonl"):
        with pytest.raises(RecordError, match="--report-dir"):
            check([path], report_dir=folder, formats=())
    assert (folder / "exchanges.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    ("accept", "info", "strict", "code"),
    [("*/*", "e30=", False, 1), ("application/json", "e30=", False, 0), ("application/json", "e30=", True, 1)],
)
def test_exit_codes_are_those_of_a_run(
    checked: Callable[..., Record], accept: str, info: str, *, strict: bool, code: int
) -> None:
    record = checked(mitmproxy(followed(a_call(Accept=accept, X_Device_Info=info))))
    assert exit_code(record, strict=strict) == code


def test_a_storm_of_calls_is_judged_as_far_as_the_kit_keeps_them(
    checked: Callable[..., Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.traffic.traffic.MOST_CALLS", 5)
    record = checked(mitmproxy([then(a_call(answered(status=500)), number) for number in range(9)]))
    assert status_of(record, "client-few-calls") == "failed"
    assert "4 calls beyond the first 5 were not judged" in record.reasons


COOKIE = "a-session-cookie-of-the-app"
SERVICE, SUBJECT, OTHER = "the-service-token.of-this.app", "opaque-subject-token", "second-access-token-0815"
SECRETS = (TOKEN, COOKIE, SERVICE, SUBJECT, OTHER, "basic-pass")


def test_no_secret_of_a_recording_comes_into_any_output(checked: Callable[..., Record], tmp_path: Path) -> None:
    tokens = {"AD_Service_Token": SERVICE, "Adobe_Subject_Token": SUBJECT, "Cookie": f"lang=en; s={COOKIE}"}
    calls = [
        a_call(answered(status=401), Authorization=f"Bearer {OTHER}", **tokens),
        then(a_call(url=f"https://api.example.com/api/v2/REF30/logout/X?redirectUrl={TOKEN}&access_token={TOKEN}"), 1),
        then(a_call(answered({"logouts": {"Cablevision": {"actionName": TOKEN}}}), Authorization=TOKEN), 2),
        then(a_call(answered(status=500, Set_Cookie=f"s={COOKIE}; Path=/"), Authorization="Basic YTpiYXNpYy1wYXNz"), 3),
        then(a_visit(LOGOUT_PAGE, Authorization=f"Bearer {TOKEN}", location=f"{BYE}&t={TOKEN}"), 4),
    ]
    file = written(charles([then(a_call(), -1), *calls]), tmp_path / "app.har")
    check([file], report_dir=tmp_path / "all", formats=tuple(FORMATS))
    for path in (tmp_path / "all").iterdir():
        text = path.read_text(encoding="utf-8")
        assert [secret for secret in SECRETS if secret in text] == [], path
    kept = (tmp_path / "all" / "exchanges.jsonl").read_text(encoding="utf-8")
    # a reader sees which tokens differ
    assert "{{AUTHORIZATION}}" in kept
    assert "{{AUTHORIZATION_2}}" in kept
    assert checked(mitmproxy(RIGHT)).verdict == "conformant"


def nested(levels: int) -> str:
    return '{"a":' * levels + "1" + "}" * levels


@pytest.mark.parametrize(
    "entry",
    [
        nested(50_000),
        "NaN",
        '"\\ud800"',
        "null",
        "[]",
        '{"request": {"url": "\\ud800", "headers": {"a": 1}}, "response": 7}',
        '{"request": {"url": 1e999, "method": {}}, "startedDateTime": {}}',
        '{"request": {"url": "http://[::1/api/v2/a/logout/b?redirectUrl=%ff"}, "time": -5}',
        '{"request": {"url": "https://a.example/api/v2/\\u0000/logout/\\ud800\\u202e"}, "response": {"status": 200}}',
    ],
)
def test_hostile_entries_are_read_or_named(tmp_path: Path, entry: str) -> None:
    file = tmp_path / "app.har"
    rest = json.dumps([entry_of(each) for each in RIGHT])[1:]
    file.write_text(f'{{"log": {{"entries": [{entry}, {rest}}}}}', encoding="utf-8")
    record = check([file], report_dir=tmp_path / "reports", formats=tuple(FORMATS) if "202e" in entry else ())
    assert record.request_count >= 3


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(data=st.data())
def test_no_archive_breaks_the_command(tmp_path: Path, data: st.DataObject) -> None:
    har = har_of([entry_of(each) for each in RIGHT])
    text = json.dumps(har)
    change = data.draw(st.sampled_from(["cut", "replace", "insert"]))
    at = data.draw(st.integers(0, len(text)))
    piece = data.draw(st.text(max_size=3) | JSON.map(json.dumps))
    rest = {"cut": "", "replace": text[at + len(piece) :], "insert": text[at:]}[change]
    (tmp_path / "app.har").write_text(text[:at] + piece + rest, encoding="utf-8")
    with suppress(RecordError):
        record = check([tmp_path / "app.har"], report_dir=tmp_path / "reports", formats=())
        assert record.summary.error == 0
