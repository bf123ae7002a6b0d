from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.sender import wire
from conformance.states.source import Provisioned, StateSource, Triple
from conformance.target.model import Tls
from tests.asking import ANY, DEVICE, SECRET, SETUP, lack, outcome, refusal, source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conformance.exchange import Response


@dataclass
class Endpoint:
    """A state handler on loopback: answers as it is told to, and remembers what it was asked."""

    url: str
    answer: Callable[[BaseHTTPRequestHandler], None] = lambda _: None
    asked: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def says(self, status: int, body: bytes = b"", **headers: str) -> None:
        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                request.send_header(name.replace("_", "-"), value)
            request.end_headers()
            request.wfile.write(body)

        self.answer = answer

    def sends(self, raw: bytes) -> None:
        def answer(request: BaseHTTPRequestHandler) -> None:
            request.wfile.write(raw)

        self.answer = answer

    def hangs(self) -> None:
        def answer(_: BaseHTTPRequestHandler) -> None:
            self.released.wait()

        self.answer = answer


class QuietServer(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Say nothing: the kit hangs up on answers that are too long."""


@pytest.fixture(scope="module")
def loopback() -> Iterator[Endpoint]:
    endpoint = Endpoint("")

    class Request(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            endpoint.asked.append((self.path, dict(self.headers), json.loads(body)))
            endpoint.answer(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with QuietServer(("127.0.0.1", 0), Request) as server:
        endpoint.url = f"http://127.0.0.1:{server.server_port}/_state"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield endpoint
        endpoint.released.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def endpoint(loopback: Endpoint) -> Endpoint:
    loopback.asked.clear()
    loopback.says(204)
    return loopback


def http(endpoint: Endpoint, **settings: object) -> StateSource:
    return source(states={"handler": endpoint.url}, **settings)


def test_it_is_asked_as_the_contract_says(endpoint: Endpoint) -> None:
    endpoint.says(200, b'{"mvpd": "A"}')
    states = http(endpoint)
    assert states.setup("apple-sso", ANY) == Provisioned("REF30", "A", DEVICE, {})
    assert states.teardown("apple-sso", Triple("REF30", "A", DEVICE)) is None
    assert [asked for _, _, asked in endpoint.asked] == [
        SETUP,
        SETUP
        | {
            "action": "teardown",
            "params": {"serviceProvider": "REF30", "mvpd": "A", "deviceIdentifier": DEVICE},
        },
    ]
    path, headers, _ = endpoint.asked[0]
    assert path == "/_state"
    assert headers["Content-Type"] == "application/json"


def test_it_never_gets_the_token(endpoint: Endpoint) -> None:
    http(endpoint, headers={"Authorization": f"Bearer {SECRET}", "X-Own": "own"}).teardown("apple-sso", ANY)
    assert SECRET not in str(endpoint.asked)
    assert not {"Authorization", "X-Own", "Cookie"} & set(endpoint.asked[0][1])


def test_it_never_gets_the_client_certificate(
    endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[object] = []
    fetch = wire.fetch

    def watched(
        outgoing: wire.Outgoing, *, timeout_s: float, limits: wire.Limits, tls: Tls, trust_env: bool
    ) -> Response:
        given.append((tls, trust_env))
        return fetch(outgoing, timeout_s=timeout_s, limits=limits, tls=tls, trust_env=trust_env)

    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr(wire, "fetch", watched)
    pem = tmp_path / "all.pem"
    pem.touch()
    tls = Tls(ca_bundle=pem, client_cert=pem, client_key=pem, verify=False)
    http(endpoint, tls=tls, trust_env=True).teardown("apple-sso", ANY)
    assert given == [(Tls(ca_bundle=pem, verify=False), True)]


def test_204_changes_nothing(endpoint: Endpoint) -> None:
    assert http(endpoint).setup("no-profile", Triple("REF30", "B", DEVICE)) == Provisioned("REF30", "B", DEVICE, {})


@pytest.mark.parametrize("status", [422, 501])
def test_a_state_that_is_not_supported(status: int, endpoint: Endpoint) -> None:
    endpoint.says(status, b"s3cret")
    assert lack(http(endpoint)) == f"the state handler does not support this state (it answered {status})"


@pytest.mark.parametrize("status", [201, 202, 205, 206, 400, 401, 404, 429, 500, 502, 503])
def test_any_other_answer_is_an_error(status: int, endpoint: Endpoint) -> None:
    endpoint.says(status, b'{"mvpd": "s3cret"}')
    assert refusal(http(endpoint)) == f"the state handler answered {status}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int, endpoint: Endpoint) -> None:
    endpoint.says(status, Location=endpoint.url)
    assert refusal(http(endpoint)) == f"the state handler answered {status}, and redirects are not followed"
    assert len(endpoint.asked) == 1


def test_an_answer_of_a_mebibyte_is_read_and_no_more(endpoint: Endpoint) -> None:
    endpoint.says(200, b'{"mvpd": "A"}' + b" " * (1024 * 1024 - 13))
    assert http(endpoint).setup("apple-sso", ANY).mvpd == "A"
    endpoint.says(200, b'{"mvpd": "A"}' + b" " * (1024 * 1024 - 12))
    assert refusal(http(endpoint)) == "the state handler's answer is larger than 1 MiB"


def test_an_endless_answer(endpoint: Endpoint) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        while True:  # until the kit hangs up
            request.wfile.write(b" " * 65_536)

    endpoint.answer = answer
    assert refusal(http(endpoint)) == "the state handler's answer is larger than 1 MiB"


def test_content_that_is_not_what_its_encoding_says(endpoint: Endpoint) -> None:
    endpoint.says(200, b"{}", Content_Encoding="gzip")
    assert refusal(http(endpoint)) == "the state handler's answer is not what its Content-Encoding says"


def test_no_answer_in_time(endpoint: Endpoint) -> None:
    endpoint.hangs()
    assert "no complete answer within 0.2 s" in refusal(http(endpoint, timeout_s=0.2))


@pytest.mark.parametrize(
    "answer",
    [b"", b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", b"HTTP/1.1 2\xff0\r\n\r\n"],
)
def test_what_is_no_http(answer: bytes, endpoint: Endpoint) -> None:
    endpoint.sends(answer)
    assert refusal(http(endpoint)).startswith("the state handler gave no answer: ")


def test_a_teardown_that_fails_is_told_and_not_raised(endpoint: Endpoint) -> None:
    states = http(endpoint)
    endpoint.says(200, b"whatever")
    assert states.teardown("apple-sso", ANY) is None
    endpoint.says(500)
    assert states.teardown("apple-sso", ANY) == "the state handler answered 500"
    endpoint.says(501)
    assert "not support" in (states.teardown("apple-sso", ANY) or "")
    nobody = source(states={"handler": "http://127.0.0.1:1/"})
    assert "gave no answer" in (nobody.teardown("apple-sso", ANY) or "")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(st.binary(), st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.0 "]))
def test_any_bytes_on_the_wire(endpoint: Endpoint, tail: bytes, head: bytes) -> None:
    endpoint.sends(head + tail)
    met = outcome(http(endpoint))
    assert isinstance(met, Provisioned) or met.isprintable()


def test_a_handler_goes_before_described_scenarios(endpoint: Endpoint) -> None:
    endpoint.says(422)
    lack(http(endpoint, scenarios={"apple-sso": {"mvpd": "A"}}))
    assert endpoint.asked[0][2]["params"]["mvpd"] == "A"
