from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.exchange import Exchange, Request, Response
from conformance.record.record import ExchangeLine, read_exchanges
from conformance.record.recorder import KEPT_BODY, KEPT_TEXT, Recorder
from conformance.record.stored import RecordError
from conformance.redaction.redactor import Redactor

if TYPE_CHECKING:
    from pathlib import Path

TOKEN: Final = "0paque.Secret_Token-0123456789~ABCDEFGHIJ"
REQUEST: Final = Request("GET", f"http://target.test/?token={TOKEN}", (("Authorization", f"Bearer {TOKEN}"),))


def answered(body: bytes = b"", **more: Any) -> Exchange:  # noqa: ANN401  (any member of a response)
    members: dict[str, Any] = {"http_version": "HTTP/1.1", "status": 200, "reason": "OK", "headers": ()} | more
    return Exchange(0, REQUEST, Response(body=body, **members))


def written(folder: Path, *exchanges: Exchange, redactor: Redactor | None = None) -> list[dict[str, Any]]:
    recorder = Recorder(folder / "exchanges.jsonl", redactor or Redactor({"ACCESS_TOKEN": TOKEN}))
    for exchange in exchanges:
        recorder.add(exchange)
    recorder.close()
    lines = (folder / "exchanges.jsonl").read_bytes().decode("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_secrets_are_replaced_wherever_they_stand(tmp_path: Path) -> None:
    (line,) = written(tmp_path, answered(f'{{"echo": "{TOKEN}"}}'.encode(), reason=TOKEN, headers=((TOKEN, TOKEN),)))
    assert line["request"]["url"] == "http://target.test/?token={{ACCESS_TOKEN}}"
    assert line["request"]["headers"] == [["Authorization", "Bearer {{ACCESS_TOKEN}}"]]
    assert line["response"]["reason"] == "{{ACCESS_TOKEN}}"
    assert line["response"]["headers"] == [["{{ACCESS_TOKEN}}", "{{ACCESS_TOKEN}}"]]
    assert line["response"]["body"] == '{"echo": "{{ACCESS_TOKEN}}"}'


def test_trouble_is_written_down_where_there_is_no_answer(tmp_path: Path) -> None:
    (line,) = written(tmp_path, Exchange(0, REQUEST, None, "the connection was refused"))
    assert (line["response"], line["trouble"]) == (None, "the connection was refused")


@pytest.mark.parametrize("size", [KEPT_BODY - 1, KEPT_BODY, KEPT_BODY + 1, 4 * KEPT_BODY])
def test_of_a_body_its_beginning_is_kept_and_its_size(size: int, tmp_path: Path) -> None:
    (line,) = written(tmp_path, answered(b"a" * size))
    assert line["response"]["body"] == "a" * min(size, KEPT_BODY)
    assert line["response"]["body_bytes"] == size
    assert line["response"]["body_truncated"] == (size > KEPT_BODY)


def test_of_a_header_its_beginning_is_kept(tmp_path: Path) -> None:
    (line,) = written(tmp_path, answered(headers=(("X-Long", "a" * 100_000),)))
    assert line["response"]["headers"] == [["X-Long", "a" * KEPT_TEXT]]


def test_a_body_that_is_no_text_is_kept_as_base64(tmp_path: Path) -> None:
    written(tmp_path, answered(b"\xff\x00\xfe"))
    (line,) = read_exchanges(tmp_path)
    assert line.response is not None
    assert (line.response.body_encoding, line.response.content()) == ("base64", b"\xff\x00\xfe")


def test_a_secret_that_came_to_light_later_is_replaced_in_what_was_written_before(tmp_path: Path) -> None:
    redactor = Redactor({})
    recorder = Recorder(tmp_path / "exchanges.jsonl", redactor)
    recorder.add(answered(TOKEN.encode()))
    redactor.learn("SERVICE_TOKEN", TOKEN)
    recorder.close()
    text = (tmp_path / "exchanges.jsonl").read_text(encoding="utf-8")
    assert TOKEN not in text
    assert json.loads(text)["response"]["body"] == "{{SERVICE_TOKEN}}"


def test_every_exchange_is_on_the_disk_at_once(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "exchanges.jsonl", Redactor({}))
    for number in range(3):
        recorder.add(answered())
        assert len((tmp_path / "exchanges.jsonl").read_bytes().splitlines()) == number + 1
    recorder.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.text(max_size=50), st.text(max_size=50))
def test_whatever_arrives_is_one_line_of_strict_utf8(tmp_path: Path, body: bytes, reason: str, value: str) -> None:
    lines = written(tmp_path, answered(body, reason=reason, headers=(("X-Odd", value),)))
    assert len(lines) == 1
    line = ExchangeLine.model_validate(lines[0])
    assert line.response is not None
    assert line.response.content() == body


def test_lone_surrogates_are_written_as_escapes(tmp_path: Path) -> None:
    (line,) = written(tmp_path, answered(reason="\ud800"))
    assert line["response"]["reason"] == "\\ud800"


def test_a_damaged_line_is_refused_in_words_when_a_secret_comes_to_light_late(tmp_path: Path) -> None:
    redactor = Redactor({})
    recorder = Recorder(tmp_path / "exchanges.jsonl", redactor)
    recorder.add(answered(TOKEN.encode()))
    with (tmp_path / "exchanges.jsonl").open("a", encoding="utf-8") as lines:
        lines.write("{ no JSON\n")
    redactor.learn("SERVICE_TOKEN", TOKEN)
    with pytest.raises(RecordError, match=r"exchanges\.jsonl, line 2: is no valid JSON"):
        recorder.close()


def test_lines_that_were_written_before_and_behind_a_secret_are_all_without_it(tmp_path: Path) -> None:
    redactor = Redactor({})
    recorder = Recorder(tmp_path / "exchanges.jsonl", redactor)
    recorder.add(answered(TOKEN.encode()))
    redactor.learn("SERVICE_TOKEN", TOKEN)
    recorder.add(answered(TOKEN.encode()))
    recorder.close()
    assert (tmp_path / "exchanges.jsonl").read_text(encoding="utf-8").count("{{SERVICE_TOKEN}}") == 2 * 3
    assert TOKEN not in (tmp_path / "exchanges.jsonl").read_text(encoding="utf-8")
