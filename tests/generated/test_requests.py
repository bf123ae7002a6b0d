from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest
import schemathesis

from conformance.certify import Settings, certify
from conformance.evidence.outcome import Troubled, Untested
from conformance.exchange import Exchange, Request, Response
from conformance.generated import requests as generated
from conformance.generated import search as searching
from conformance.generated.requests import Generated
from conformance.generated.search import Search, Tried
from conformance.record.record import read_exchanges
from conformance.reference import LogoutError, LogoutRequest, ReferenceServer, running
from conformance.reference.errors import INTERNAL_SERVER_ERROR
from conformance.rules.finding import Finding
from conformance.sender.logout import Logout
from tests.servers import target_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from werkzeug.wrappers import Response as Answer

    from conformance.record.record import ExchangeLine, Record

TELL: Final = """
import json, sys
sys.path[:0] = sys.argv[2:]
if sys.argv[2:]:
    import full_of_constants
from conformance.exchange import Exchange, Request, Response
from conformance.generated.search import Search, Tried

for kind in ("valid", "invalid"):
    def send(request):
        print(json.dumps([kind, request.service_provider, request.mvpd, request.raw_query, request.headers]))
        return Tried(Exchange(0, Request("GET", "http://127.0.0.1/"), Response("", 200, "", ())), ())
    Search(send, skip=lambda request: False).run(kind, examples=20, seed_=int(sys.argv[1]))
"""
DEVICE: Final = ("AP-Device-Identifier", "fingerprint eA==")
TOKEN: Final = ("Authorization", "Bearer *")
QUERY: Final = "redirectUrl=https%3A%2F%2Fexample.com"
PLAIN: Final = Generated("REF30", "Dish", QUERY, (TOKEN, DEVICE))


# --- The same seed, the same requests ---


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """What processes of their own generate: with seed 0, with seed 0 in other surroundings, with seed 1."""
    folder = tmp_path_factory.mktemp("surroundings")
    constants = [f"constant number {number}" for number in range(500)]
    (folder / "full_of_constants.py").write_text(
        f"TEXTS = {constants}\nNUMBERS = {list(range(500))}\n", encoding="utf-8"
    )
    started = {
        name: subprocess.Popen(
            [sys.executable, "-c", TELL, *arguments],
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
        )
        for name, arguments, hash_seed in (
            ("0", ["0"], "1"),
            ("0 elsewhere", ["0", str(folder)], "2"),
            ("1", ["1"], "1"),
        )
    }
    outputs = {name: process.communicate(timeout=60)[0] for name, process in started.items()}
    assert {process.returncode for process in started.values()} == {0}
    return {name: [json.loads(line) for line in output.splitlines()] for name, output in outputs.items()}


def test_the_same_seed_makes_the_same_requests_whatever_surrounds_it(told: dict[str, list[Any]]) -> None:
    assert {request[0] for request in told["0"]} == {"valid", "invalid"}
    assert told["0"] == told["0 elsewhere"]


def test_another_seed_makes_other_requests(told: dict[str, list[Any]]) -> None:
    for kind in ("valid", "invalid"):
        zero, one = ([request for request in told[seed] if request[0] == kind] for seed in ("0", "1"))
        assert zero != one


def requests_of(kind: str, examples: int = 60, seed: int = 3) -> list[Generated]:
    seen: list[Generated] = []

    def send(request: Generated) -> Tried:
        seen.append(request)
        return tried(request)

    assert Search(send, skip=lambda _: False).run(kind, examples=examples, seed_=seed) is None
    return seen


# --- What is generated: whether schemathesis still does what the kit builds on ---


@pytest.fixture(scope="module")
def valid() -> list[Generated]:
    return requests_of("valid")


@pytest.fixture(scope="module")
def invalid() -> list[Generated]:
    return requests_of("invalid")


def test_schemathesis_is_the_release_whose_inner_workings_are_known() -> None:
    assert schemathesis.__version__ == "4.32.5"


def test_valid_requests_need_no_refusal_and_differ(valid: list[Generated]) -> None:
    assert len(valid) > 20
    assert [request for request in valid if request.refusals()] == []
    assert len({request.raw_query for request in valid}) > 5
    assert all(request.header("authorization") == "Bearer *" for request in valid)
    kinds = {"x-forwarded-for", "accept", "user-agent", "x-device-info"}
    sent = {name.lower() for request in valid for name, _ in request.headers}
    assert kinds <= sent, "optional headers are there"
    assert all({name.lower() for name, _ in request.headers} != kinds for request in valid)


def test_valid_device_headers_have_the_documented_form(valid: list[Generated]) -> None:
    for request in valid:
        kind, _, identifier = str(request.header("AP-Device-Identifier")).partition(" ")
        assert kind == "fingerprint"
        assert base64.b64decode(identifier, validate=True)
        info = request.header("X-Device-Info")
        if info is not None:
            assert {"model", "version", "osName", "osVersion"} <= set(json.loads(base64.b64decode(info)))


def test_invalid_requests_lack_what_is_required(invalid: list[Generated]) -> None:
    assert len(invalid) > 20
    refusals = {request.refusals() for request in invalid}
    assert frozenset({400}) in refusals
    assert frozenset({400, 401}) in refusals


def test_nothing_is_generated_that_could_not_be_sent_or_only_a_server_can_issue(
    valid: list[Generated], invalid: list[Generated]
) -> None:
    never = {"host", "connection", "content-length", "transfer-encoding", "ad-service-token", "adobe-subject-token"}
    for request in (*valid, *invalid):
        assert not never & {name.lower() for name, _ in request.headers}
        for _, value in request.headers:
            value.encode("latin-1")
            assert "\r" not in value
            assert "\n" not in value
        assert request.raw_query.isascii()


# --- What must be refused ---


@pytest.mark.parametrize(
    ("request_", "statuses"),
    [
        (PLAIN, set()),
        (Generated("REF30", "Dish", QUERY, (DEVICE, ("authorization", "bearer xyz"))), set()),
        (Generated("REF30", "Dish", f"redirectUrl=&{QUERY}", (TOKEN, DEVICE)), set()),
        (Generated("REF30", "Dish", "", (TOKEN, DEVICE)), {400}),
        (Generated("REF30", "Dish", "redirectUrl=", (TOKEN, DEVICE)), {400}),
        (Generated("REF30", "Dish", "redirecturl=https%3A%2F%2Fexample.com", (TOKEN, DEVICE)), {400}),
        (Generated("REF30", "Dish", QUERY, (TOKEN,)), {400}),
        (Generated("REF30", "Dish", QUERY, (TOKEN, ("ap-device-identifier", ""))), {400}),
        (Generated("REF30", "Dish", QUERY, (DEVICE,)), {400, 401}),
        (Generated("REF30", "Dish", QUERY, (DEVICE, ("Authorization", ""))), {400, 401}),
        (Generated("REF30", "Dish", QUERY, (DEVICE, ("Authorization", "Bearer "))), {400, 401}),
        (Generated("REF30", "Dish", QUERY, (DEVICE, ("Authorization", "Basic eA=="))), {400, 401}),
        (Generated("REF30", "Dish", "", (DEVICE,)), {400, 401}),
    ],
)
def test_with_which_statuses_a_request_must_be_refused(request_: Generated, statuses: set[int]) -> None:
    assert request_.refusals() == statuses


@pytest.mark.parametrize(
    ("name", "made_up"), [("Cablevision", False), ("TempPass_5mins", False), ("zzz", True), ("", False)]
)
def test_names_of_the_page_are_not_made_up(name: str, *, made_up: bool) -> None:
    assert Generated("REF30", name, QUERY, ()).has_made_up_mvpd is made_up
    assert not Generated("REF30", name, QUERY, ()).has_made_up_provider
    assert Generated("zzz", name, QUERY, ()).has_made_up_provider


# --- What is sent ---

LOGOUT: Final = Logout(
    "http://127.0.0.1:1",
    "REF40",
    "Spectrum",
    (("redirectUrl", "https://example.com/"),),
    (("Authorization", "Bearer real"), ("AP-Device-Identifier", "fingerprint b3du"), ("Accept", "application/json")),
)


def test_a_request_is_sent_with_the_targets_own_names_and_token() -> None:
    sent = PLAIN.change(own_device=True)(LOGOUT)
    assert sent.url == f"http://127.0.0.1:1/api/v2/REF40/logout/Spectrum?{QUERY}"
    assert sent.headers == (("Authorization", "Bearer real"), ("AP-Device-Identifier", "fingerprint b3du"))


def test_who_must_not_be_logged_out_is_not_the_viewer() -> None:
    sent = PLAIN.change(own_device=False)(LOGOUT)
    assert sent.header("AP-Device-Identifier") == "fingerprint eA=="
    assert sent.header("Authorization") == "Bearer real"


@pytest.mark.parametrize("authorization", [None, "", "Bearer ", "Basic eA=="])
def test_what_is_missing_or_wrong_is_sent_so(authorization: str | None) -> None:
    headers = (("Authorization", authorization),) if authorization is not None else ()
    sent = Generated("REF30", "Dish", "", headers).change(own_device=True)(LOGOUT)
    assert sent.headers == headers
    assert sent.url.endswith("/logout/Spectrum")


# --- The search for a failure ---


def tried(request: Generated, *requirements: str) -> Tried:
    exchange = Exchange(0, Request("GET", request.raw_query, request.headers), Response("", 200, "", ()))
    return Tried(exchange, tuple(Finding(requirement, "a", "b", "status") for requirement in requirements))


class Sender:
    """Fails on the requests that are chosen, and counts."""

    def __init__(self, fails: Callable[[Generated], tuple[str, ...]]) -> None:
        self.sent: list[Generated] = []
        self.failures: list[int] = []
        self._fails = fails

    def __call__(self, request: Generated) -> Tried:
        self.sent.append(request)
        broken = self._fails(request)
        if broken:
            self.failures.append(len(self.sent))
        return tried(request, *broken)


def never(_: Generated) -> bool:
    return False


def has(name: str) -> Callable[[Generated], tuple[str, ...]]:
    return lambda request: ("no-server-error",) if request.header(name) is not None else ()


def test_a_failure_is_shrunk_to_the_smallest_request_that_shows_it() -> None:
    sender = Sender(has("X-Forwarded-For"))
    smallest = Search(sender, skip=never).run("valid", examples=50, seed_=0)
    assert smallest is not None
    assert [finding.requirement for finding in smallest.findings] == ["no-server-error"]
    names = {name.lower() for name, _ in smallest.exchange.request.headers}
    assert names - {"authorization", "ap-device-identifier", "x-device-info"} == {"x-forwarded-for"}


@pytest.mark.parametrize("seed", range(3))
def test_at_most_fifty_more_requests_are_sent_to_shrink(seed: int) -> None:
    sender = Sender(lambda request: ("no-server-error",) if len(request.raw_query) > 20 else ())
    assert Search(sender, skip=never).run("valid", examples=30, seed_=seed)
    assert len(sender.sent) - sender.failures[0] <= 50
    assert len(set(sender.sent)) == len(sender.sent), "no request is sent twice"


def test_the_smallest_failure_fails_in_the_same_way() -> None:
    # once the first failure is known, every smaller request fails too, in another way
    def fails(request: Generated) -> tuple[str, ...]:
        if request.header("X-Forwarded-For"):
            return ("listed-status", "content-type-of-error")
        return ("no-server-error",) if sender.failures else ()

    sender = Sender(fails)
    smallest = Search(sender, skip=never).run("valid", examples=50, seed_=0)
    assert smallest is not None
    assert [finding.requirement for finding in smallest.findings] == ["listed-status", "content-type-of-error"]


def test_where_nothing_fails_as_many_are_sent_as_were_asked_for_at_most() -> None:
    sender = Sender(lambda _: ())
    search = Search(sender, skip=never)
    assert search.run("invalid", examples=7, seed_=0) is None
    assert 1 <= len(sender.sent) <= 7
    assert len(search.tried) == len(sender.sent)


def test_nothing_is_sent_where_nothing_was_asked_for() -> None:
    sender = Sender(lambda _: ())
    with pytest.raises(Untested, match="--examples"):
        Search(sender, skip=never).run("valid", examples=0, seed_=0)
    assert sender.sent == []


def test_what_is_skipped_is_not_sent() -> None:
    sender = Sender(lambda _: ("no-server-error",))
    assert Search(sender, skip=lambda _: True).run("valid", examples=20, seed_=0) is None
    assert sender.sent == []


@pytest.mark.parametrize("reason", [Untested("the run's 900 s were used up"), Troubled("no answer")])
def test_a_search_that_cannot_go_on_sends_nothing_more(reason: Exception) -> None:
    sent: list[Generated] = []

    def send(request: Generated) -> Tried:
        sent.append(request)
        if len(sent) == 3:
            raise reason
        return tried(request)

    search = Search(send, skip=never)
    with pytest.raises(type(reason), match=str(reason)):
        search.run("valid", examples=20, seed_=0)
    assert (len(sent), len(search.tried)) == (3, 2)


# --- In a run ---


class BreaksOnForwardedFor(ReferenceServer):
    """Ends in an error of its own for every X-Forwarded-For."""

    def log_out(self, asked: LogoutRequest) -> Answer:
        if "X-Forwarded-For" in asked.request.headers:
            raise LogoutError(INTERNAL_SERVER_ERROR)
        return super().log_out(asked)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("broken")


@pytest.fixture(scope="module")
def broken(folder: Path) -> Iterator[Callable[[], Record]]:
    with running(BreaksOnForwardedFor()) as url:
        yield lambda: certify(
            Settings(
                target_at(url), report_dir=folder, cases=("generated/valid",), seed=5, rerun="logout-conformance run"
            )
        )


@pytest.fixture(scope="module")
def record(broken: Callable[[], Record]) -> Record:
    return broken()


@pytest.fixture
def shown(record: Record, folder: Path) -> ExchangeLine:
    (case,) = record.cases
    lines = {line.index: line for line in read_exchanges(folder)}
    return lines[case.exchanges[0]]


def test_a_failure_is_reported_with_its_smallest_request_first(record: Record, shown: ExchangeLine) -> None:
    (case,) = record.cases
    assert (case.status, case.findings[0].requirement) == ("failed", "no-server-error")
    assert case.findings[0].exchange == case.exchanges[0] == shown.index
    headers = {name.lower(): value for name, value in shown.request.headers}
    assert set(headers) - {"host", "connection", "accept-encoding", "authorization", "ap-device-identifier"} == {
        *("x-device-info", "x-forwarded-for"),
    }


def test_a_failure_costs_at_most_fifty_requests_more(record: Record) -> None:
    control = 3
    assert record.request_count <= control + 10 + 50 + 1


def test_a_failure_is_shown_as_curl_and_as_the_line_that_runs_it_again(
    record: Record, shown: ExchangeLine, folder: Path
) -> None:
    (case,) = record.cases
    assert case.rerun == "logout-conformance run --case generated/valid --seed 5"
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert case.rerun in page
    assert "curl" in page
    assert "X-Forwarded-For: " in page
    assert shown.response is not None
    assert shown.response.status == 500


def test_the_same_seed_finds_the_same_again(record: Record, broken: Callable[[], Record]) -> None:
    again = broken()
    assert [(case.id, case.status, case.message) for case in again.cases] == [
        (case.id, case.status, case.message) for case in record.cases
    ]
    assert again.request_count == record.request_count


def test_a_run_leaves_nothing_beside_its_reports(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "conformance", "run", "--case", "generated/*", "--report-dir", "reports"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 3, ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["reports"]


def test_the_path_is_the_one_of_the_law() -> None:
    assert generated.PATH == "/api/v2/{serviceProvider}/logout/{mvpd}"
    assert searching.MOST_TO_SHRINK == 50
