from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import pytest

from conformance.exchange import Response
from conformance.record.recorder import Recorder
from conformance.redaction.redactor import Redactor
from conformance.sender import client as module
from conformance.sender.client import LEAST_WAIT_S, LONGEST_WAIT_S, MOST_FAILURES, MOST_TRIES, PATIENCE_S, Client, Spent
from conformance.sender.logout import Logout
from conformance.sender.pace import pace_of
from conformance.sender.wire import TransportError
from conformance.target.model import Target

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.sender.wire import Outgoing

PLAIN: Final = Logout(
    "http://target.test", "REF30", "Dish", (("redirectUrl", "https://example.com/"),), (("Authorization", "Bearer t"),)
)


@dataclass
class Clock:
    """A clock that goes on where somebody waits, and by a tenth of a second with each request."""

    now: float = 1000.0
    waits: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


@dataclass
class Line:
    """What the target says, one answer after the other, the last one for ever; a text is trouble."""

    clock: Clock
    answers: list[Response | str]
    sent: list[tuple[float, Outgoing]] = field(default_factory=list)
    timeouts: list[float] = field(default_factory=list)

    def fetch(self, outgoing: Outgoing, *, timeout_s: float, **_: object) -> Response:
        self.sent.append((self.clock.now, outgoing))
        self.timeouts.append(timeout_s)
        self.clock.now += ANSWER_S
        said = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(said, str):
            raise TransportError(said)
        return said

    @property
    def gaps(self) -> list[float]:
        times = [moment for moment, _ in self.sent]
        return [round(later - earlier, 3) for earlier, later in pairwise(times)]


ANSWER_S: Final = 0.1
"""How long an answer takes: what it asks to be waited counts from its arrival (RFC 9110, 10.2.3)."""


def said(status: int, **headers: str) -> Response:
    return Response("HTTP/1.1", status, "", tuple((name.replace("_", "-"), value) for name, value in headers.items()))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(module, "time", made)
    return made


@pytest.fixture
def line(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Line:
    made = Line(clock, [said(200)])
    monkeypatch.setattr("conformance.sender.wire.fetch", made.fetch)
    return made


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    made = Recorder(tmp_path / "exchanges.jsonl", Redactor({}))
    yield made
    made.close()


def client(recorder: Recorder, max_time_s: float = 900, **settings: object) -> Client:
    target = Target.model_validate({"base_url": "http://target.test"} | settings)
    return Client(target, recorder, pace_of(target), max_time_s=max_time_s)


def test_an_exchange_says_what_was_sent_for_what_and_is_written_down(
    line: Line, recorder: Recorder, tmp_path: Path
) -> None:
    sending = client(recorder)
    exchange = sending.send(PLAIN, visit="logout-endpoint", step="first")
    assert (exchange.index, exchange.visit, exchange.step) == (0, "logout-endpoint", "first")
    assert exchange.request.headers == line.sent[0][1].headers
    assert (
        exchange.request.url == "http://target.test/api/v2/REF30/logout/Dish?redirectUrl=https%3A%2F%2Fexample.com%2F"
    )
    assert round(exchange.elapsed_ms) == 100
    assert sending.send(PLAIN).index == 1
    lines = [json.loads(each) for each in (tmp_path / "exchanges.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [each["index"] for each in lines] == [0, 1]
    assert sending.request_count == 2


def test_without_a_pace_nothing_is_waited_for(line: Line, clock: Clock, recorder: Recorder) -> None:
    sending = client(recorder)
    for _ in range(20):
        sending.send(PLAIN)
    assert (len(line.sent), clock.waits) == (20, [])


def test_a_pace_is_kept(line: Line, recorder: Recorder) -> None:
    sending = client(recorder, requests_per_second=2.0)
    for _ in range(4):
        sending.send(PLAIN)
    assert line.gaps == [0.5, 0.5, 0.5]


def test_what_may_go_at_once_does(line: Line, clock: Clock, recorder: Recorder) -> None:
    sending = client(recorder, requests_per_second=2.0, burst=3)
    for _ in range(5):
        sending.send(PLAIN)
    assert line.gaps == [0.1, 0.1, 0.3, 0.5]
    assert sending.waited_s == pytest.approx(sum(clock.waits)) == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("retry_after", "wait"),
    [
        (None, LEAST_WAIT_S),
        ("0", LEAST_WAIT_S),
        ("3", 3),
        ("3600", LONGEST_WAIT_S),
        ("9" * 400, LEAST_WAIT_S),
        ("-5", LEAST_WAIT_S),
        ("nan", LEAST_WAIT_S),
        ("soon", LEAST_WAIT_S),
        ("Thu, 01 Jan 1970 00:00:00 GMT", LEAST_WAIT_S),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT_S),
        ("Fri, 31 Dec 99999 23:59:59 GMT", LEAST_WAIT_S),
    ],
)
def test_a_429_is_waited_out(retry_after: str | None, wait: float, line: Line, recorder: Recorder) -> None:
    line.answers = [said(429, **({"Retry_After": retry_after} if retry_after is not None else {})), said(200)]
    sending = client(recorder)
    exchange = sending.send(PLAIN)
    assert exchange.response == said(200)
    assert line.gaps == [wait + ANSWER_S]
    assert sending.request_count == 2


def test_a_date_to_retry_after_is_a_moment(line: Line, recorder: Recorder) -> None:
    line.answers = [said(429, Retry_After=format_datetime(datetime.now(UTC) + timedelta(seconds=20))), said(200)]
    client(recorder).send(PLAIN)
    assert 17 <= line.gaps[0] - ANSWER_S <= 20


def test_a_429_for_ever_is_given_as_it_is(line: Line, recorder: Recorder) -> None:
    line.answers = [said(429)]
    exchange = client(recorder).send(PLAIN)
    assert exchange.response == said(429)
    assert len(line.sent) == MOST_TRIES


def test_after_a_429_the_pace_comes_back_by_halves(line: Line, recorder: Recorder) -> None:
    line.answers = [said(429, Retry_After="2"), said(200)]
    sending = client(recorder)
    for _ in range(4):
        sending.send(PLAIN)
    assert line.gaps == [2 + ANSWER_S, 1, 0.5, 0.25]


def test_the_more_often_a_pace_proved_too_fast_the_more_slowly_it_comes_back(line: Line, recorder: Recorder) -> None:
    line.answers = [*([said(429)] * 3), said(200)]
    sending = client(recorder)
    for _ in range(3):
        sending.send(PLAIN)
    assert line.gaps == [1 + ANSWER_S, 1 + ANSWER_S, 1 + ANSWER_S, 0.841, 0.707]
    assert (sending.request_count, sending.throttled_count) == (6, 3)


@pytest.mark.parametrize(("asked", "throttled", "seconds"), [("1", 14, 150), ("3", 8, 165), ("60", 3, 330)])
def test_a_bucket_of_ten_that_fills_by_one_a_second_is_rarely_overdrawn(  # noqa: PLR0913, PLR0917  (each is given by name)
    asked: str,
    throttled: int,
    seconds: float,
    line: Line,
    clock: Clock,
    recorder: Recorder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The field's usual limit; the longer a 429 has to be waited out, the more carefully a second one is avoided."""
    bucket, filled_at = 10.0, clock.now

    def answer(*_: object, **__: object) -> Response:
        nonlocal bucket, filled_at
        bucket, filled_at = min(10.0, bucket + clock.now - filled_at), clock.now
        clock.now += 0.02
        if bucket < 1:
            return said(429, Retry_After=asked)
        bucket -= 1
        return said(200)

    monkeypatch.setattr("conformance.sender.wire.fetch", answer)
    sending = client(recorder)
    begun = clock.now
    for _ in range(150):
        assert sending.send(PLAIN).response == said(200)
    assert sending.throttled_count <= throttled
    assert clock.now - begun < seconds
    assert line.sent == []


def test_trouble_is_an_exchange_without_an_answer(line: Line, recorder: Recorder) -> None:
    line.answers = ["the connection was refused"]
    exchange = client(recorder).send(PLAIN)
    assert (exchange.response, exchange.trouble) == (None, "the connection was refused")


def test_a_target_that_never_answers_is_given_up(line: Line, recorder: Recorder) -> None:
    line.answers = ["the connection was refused"]
    sending = client(recorder)
    for _ in range(MOST_FAILURES):
        sending.send(PLAIN)
    with pytest.raises(Spent, match="given up after 3 failures in a row: the connection was refused"):
        sending.send(PLAIN)
    assert len(line.sent) == MOST_FAILURES


def test_a_target_that_only_throttles_is_given_up(line: Line, recorder: Recorder) -> None:
    line.answers = [said(200), said(429)]
    sending = client(recorder)
    for _ in range(1 + MOST_FAILURES):
        sending.send(PLAIN)
    with pytest.raises(Spent, match="given up after 3 failures in a row: 6 answers of 429 to one request"):
        sending.send(PLAIN)
    assert len(line.sent) == 1 + MOST_FAILURES * MOST_TRIES


def test_other_trouble_in_between_begins_the_count_anew(line: Line, recorder: Recorder) -> None:
    line.answers = [*(["the connection was reset"] * 2), "the answer is no HTTP"] * 4
    sending = client(recorder)
    for _ in range(12):
        sending.send(PLAIN)
    assert len(line.sent) == 12


@pytest.mark.parametrize("trouble", ["the connection was reset", said(503)])
def test_a_target_that_still_answers_what_it_answered_before_is_asked_on(
    trouble: Response | str, line: Line, recorder: Recorder
) -> None:
    line.answers = [said(200), trouble, said(401), trouble, said(401), said(200)]
    sending = client(recorder)
    for _ in range(4):
        sending.send(PLAIN)
    probes = [line.sent[at][1] for at in (2, 4)]
    assert not any("Authorization" in dict(probe.headers) for probe in probes)
    assert (len(line.sent), sending.waited_s) == (6, 0)


@pytest.mark.parametrize("trouble", ["the connection was refused", said(503)])
def test_a_target_that_starts_anew_is_waited_for(trouble: Response | str, line: Line, recorder: Recorder) -> None:
    line.answers = [said(200), *([trouble] * 5), said(401), said(200)]
    sending = client(recorder)
    assert sending.send(PLAIN).response == said(200)
    assert sending.send(PLAIN).response in {None, trouble}
    assert sending.waited_s == 0.5 + 1 + 2 + 4
    assert sending.send(PLAIN).response == said(200)


def test_a_target_that_answers_no_more_is_given_up_in_the_end(line: Line, clock: Clock, recorder: Recorder) -> None:
    line.answers = [said(200), "the connection was refused"]
    sending = client(recorder)
    sending.send(PLAIN)
    begun = clock.now
    sending.send(PLAIN)
    assert PATIENCE_S <= clock.now - begun <= PATIENCE_S + 2
    with pytest.raises(Spent, match="given up after 15 s in which it answered no more: the connection was refused"):
        sending.send(PLAIN)


def test_no_exchange_takes_longer_than_what_is_left_of_the_run(line: Line, clock: Clock, recorder: Recorder) -> None:
    sending = client(recorder, max_time_s=12, timeout_s=10.0)
    sending.send(PLAIN)
    clock.now += 8
    sending.send(PLAIN)
    assert [round(each, 1) for each in line.timeouts] == [10.0, 3.9]


def test_when_its_time_is_up_a_run_sends_nothing_more(line: Line, clock: Clock, recorder: Recorder) -> None:
    sending = client(recorder, max_time_s=5)
    sending.send(PLAIN)
    clock.now += 5
    with pytest.raises(Spent, match=r"the run's 5 s \(--max-time\) were used up"):
        sending.send(PLAIN)
    assert len(line.sent) == 1


def test_no_wait_outlasts_the_run(line: Line, clock: Clock, recorder: Recorder) -> None:
    line.answers = [said(429, Retry_After="60")]
    sending = client(recorder, max_time_s=5)
    with pytest.raises(Spent):
        sending.send(PLAIN)
    assert clock.now <= 1005.0
