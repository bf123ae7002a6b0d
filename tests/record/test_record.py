from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import jsonschema_rs
import pytest

from conformance.record import record as records
from conformance.record.record import ExchangeLine, ReceivedResponse, Record
from conformance.record.stored import RecordError, write_whole
from tests.report.samples import a_case, a_hostile_record, a_record, an_exchange, stored

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def published_schema() -> dict[str, object]:
    path = records.__file__.replace("record/record.py", "results.schema.json")
    with open(path, encoding="utf-8") as file:  # noqa: PTH123  (the module knows its folder as text)
        return cast("dict[str, object]", json.load(file))


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    record = a_record(a_case("failed"), a_case("passed", "b"))
    assert records.write(record, tmp_path) == tmp_path / "results.json"
    assert records.read(tmp_path) == record


def test_the_members_of_the_file_are_those_of_the_contract(tmp_path: Path) -> None:
    content = json.loads(records.write(a_record(a_case()), tmp_path).read_text(encoding="utf-8"))
    assert set(content) == {
        *(
            "schema_version",
            "subject",
            "verdict",
            "reasons",
            "partial",
            "shard",
            "interrupted",
            "kit_version",
            "spec_version",
        ),
        *("started_at", "finished_at", "seed", "examples", "request_count", "target", "summary", "scenarios"),
        *("causes", "kit_faults", "notes", "requirements", "cases", "requirements_version", "gate"),
    }
    assert set(content["cases"][0]) == {
        *("id", "title", "status", "level", "requirements", "scenario", "message", "exchanges", "findings", "rerun"),
        *("cause", "scored"),
    }
    assert content["schema_version"] == 1


@pytest.mark.parametrize("record", [a_record(a_case("failed"), a_case()), a_record(), a_hostile_record()])
def test_a_written_record_fits_the_published_schema(record: Record, tmp_path: Path) -> None:
    content = json.loads(records.write(record, tmp_path).read_bytes())
    jsonschema_rs.validate(published_schema(), content)


@pytest.mark.parametrize(
    ("member", "value"),
    [("verdict", "green"), ("seed", "0"), ("request_count", -1), ("schema_version", 2), ("cases", [{"id": "a"}])],
)
def test_the_published_schema_refuses_what_is_no_record(member: str, value: object, tmp_path: Path) -> None:
    content = json.loads(records.write(a_record(a_case()), tmp_path).read_bytes())
    assert not jsonschema_rs.is_valid(published_schema(), {**content, member: value})


def test_a_lone_surrogate_is_written_as_a_visible_escape(tmp_path: Path) -> None:
    path = records.write(a_record(notes=["a\ud800b"]), tmp_path)
    assert json.loads(path.read_bytes().decode("utf-8", "strict"))["notes"] == [r"a\ud800b"]


def test_the_escape_of_a_lone_surrogate_is_read(tmp_path: Path) -> None:
    records.write(a_record(notes=["here"]), tmp_path)
    path = tmp_path / "results.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"here"', r'"\ud800"'), encoding="utf-8")
    assert records.read(tmp_path).notes == (r"\ud800",)


def test_members_of_a_later_kit_are_passed_over(tmp_path: Path) -> None:
    content = json.loads(records.write(a_record(), tmp_path).read_bytes())
    (tmp_path / "results.json").write_text(json.dumps({**content, "weather": "fine"}), encoding="utf-8")
    assert records.read(tmp_path) == a_record()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is no valid JSON"),
        (b'{"schema_version": 1, "verdi', "is no valid JSON"),
        (b"\xff\xfe\x00", "is no valid JSON"),
        (b"[" * 200_000, "nested too deeply"),
        (b"[]", "the whole of it: Input should be a valid dictionary"),
        (b'{"schema_version": 1}', "verdict: Field required"),
        (b'{"schema_version": 2}', "schema_version is 2, and this kit reads up to 1; upgrade logout-conformance"),
    ],
)
def test_a_broken_record_is_named_with_what_to_do(content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "results.json").write_bytes(content)
    with pytest.raises(RecordError) as caught:
        records.read(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / 'results.json'}: ")
    assert message in str(caught.value)


def test_an_impossible_moment_is_no_record(tmp_path: Path) -> None:
    content = json.loads(records.write(a_record(), tmp_path).read_bytes())
    (tmp_path / "results.json").write_text(json.dumps({**content, "started_at": "2026-13-01T00:00:00Z"}))
    with pytest.raises(RecordError, match="started_at"):
        records.read(tmp_path)


@pytest.mark.parametrize("name", ["results.json", "exchanges.jsonl"])
def test_a_missing_file_is_named_with_what_to_do(name: str, tmp_path: Path) -> None:
    stored(tmp_path, a_record())
    (tmp_path / name).unlink()
    with pytest.raises(RecordError, match=rf"{name}: not found; give the folder that `logout-conformance run`"):
        list(records.read_exchanges(tmp_path)) if name == "exchanges.jsonl" else records.read(tmp_path)


def test_a_folder_in_the_place_of_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "results.json").mkdir()
    with pytest.raises(RecordError, match=r"results\.json: cannot be read"):
        records.read(tmp_path)


def test_exchanges_are_read_in_order(tmp_path: Path) -> None:
    exchanges = [an_exchange(0), an_exchange(1, response=None, trouble="refused")]
    assert list(records.read_exchanges(stored(tmp_path, a_record(), exchanges))) == exchanges


@pytest.mark.parametrize("cut", [1, 20, 200])
def test_a_last_line_cut_off_by_a_killed_run_ends_the_exchanges(cut: int, tmp_path: Path) -> None:
    path = stored(tmp_path, a_record(), [an_exchange(0), an_exchange(1)]) / "exchanges.jsonl"
    path.write_bytes(path.read_bytes()[:-cut])
    assert list(records.read_exchanges(tmp_path)) == [an_exchange(0)]


def test_exchanges_are_read_one_by_one_and_a_broken_line_is_named(tmp_path: Path) -> None:
    path = stored(tmp_path, a_record(), [an_exchange(0)]) / "exchanges.jsonl"
    path.write_bytes(path.read_bytes() + b"garbage\n")
    exchanges = records.read_exchanges(tmp_path)
    assert next(exchanges) == an_exchange(0)
    with pytest.raises(RecordError, match=r"exchanges\.jsonl, line 2: is no valid JSON"):
        next(exchanges)


def test_an_exchange_with_an_endless_number_is_refused(tmp_path: Path) -> None:
    path = stored(tmp_path, a_record(), [an_exchange(0)]) / "exchanges.jsonl"
    path.write_bytes(path.read_bytes().replace(b"250.0", b"NaN"))
    with pytest.raises(RecordError, match=r"line 1: .*elapsed_ms"):
        list(records.read_exchanges(tmp_path))


@pytest.mark.parametrize(
    ("body", "encoding", "content"),
    [("é", "utf-8", b"\xc3\xa9"), ("/w==", "base64", b"\xff"), ("no base64", "base64", b"no base64")],
)
def test_the_content_of_a_body_is_decoded(body: str, encoding: str, content: bytes) -> None:
    response = ReceivedResponse.model_validate(
        {"http_version": "HTTP/1.1", "status": 200, "body": body, "body_encoding": encoding}
    )
    assert response.content() == content


def test_a_line_as_the_contract_has_it_is_read() -> None:
    line = ExchangeLine.model_validate_json("""
        {"index": 3, "visit": "v", "step": "first", "started_at": "2026-11-24T01:00:00.000Z", "elapsed_ms": 12.3,
         "waited_s": 0.0, "request": {"method": "GET", "url": "http://x/", "headers": [["A", "b"], ["A", "c"]]},
         "response": {"http_version": "HTTP/1.1", "status": 200, "reason": "OK", "headers": [], "body": "{}",
                      "body_encoding": "utf-8", "body_bytes": 2, "body_truncated": false}, "trouble": null}""")
    assert line.request.headers == (("A", "b"), ("A", "c"))
    assert line.response is not None
    assert line.response.body_bytes == 2


def test_a_file_that_cannot_be_finished_leaves_what_was_there(tmp_path: Path) -> None:
    def pieces() -> Iterator[str]:
        yield "half"
        raise KeyboardInterrupt

    path = write_whole(tmp_path / "file.txt", ["whole"])
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, pieces())
    assert path.read_text(encoding="utf-8") == "whole"
    assert [entry.name for entry in path.parent.iterdir()] == ["file.txt"]
