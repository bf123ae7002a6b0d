"""A target on loopback that answers as a test tells it to, with its state handler, and remembers what it was asked."""

from __future__ import annotations

import contextlib
import json
import socket
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from werkzeug.wrappers import Request, Response

from conformance.evidence.access import Access
from conformance.evidence.evidence import Evidence
from conformance.record.recorder import Recorder
from conformance.redaction.redactor import Redactor
from conformance.reference import running
from conformance.sender.client import Client
from conformance.sender.pace import pace_of
from conformance.states.source import open_states
from conformance.target.model import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conformance.states.token import TokenCommand

TOKEN: Final = "loopback-access-token"


@dataclass(frozen=True)
class Asked:
    """A request that arrived at the endpoint."""

    method: str
    provider: str
    mvpd: str
    query: str
    headers: dict[str, str]

    @property
    def device(self) -> str:
        return self.headers.get("Ap-Device-Identifier", "")

    @property
    def triple(self) -> tuple[str, str, str]:
        return self.provider, self.mvpd, self.device


Answer = Response | None
"""None closes the connection without an answer."""


def success(asked: Asked, action: str = "invalid", kind: str = "none") -> Response:
    entry = {"actionName": action, "actionType": kind, "mvpd": asked.mvpd}
    return answer(200, {"logouts": {asked.mvpd: entry}})


def answer(status: int, body: object = None, **headers: str) -> Response:
    return Response(json.dumps(body if body is not None else {}), status, headers, content_type="application/json")


@dataclass
class Loopback:
    """The service; `answers` is asked for each request to the endpoint, `states` for each to the state handler."""

    answers: Callable[[Asked], Answer] = success
    states: Callable[[dict[str, Any]], Response] = lambda question: answer(200, {"mvpd": "Cablevision"})  # noqa: ARG005
    asked: list[Asked] = field(default_factory=list)
    questions: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    url: str = ""

    def __call__(self, environ: Any, start_response: Any) -> Any:  # noqa: ANN401  (WSGI)
        request = Request(environ)
        given = self._handle(request)
        if given is None:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            given = Response()
        return given(environ, start_response)

    def _handle(self, request: Request) -> Answer:
        path = [unquote(part) for part in request.environ["REQUEST_URI"].partition("?")[0].split("/")]
        if path == ["", "_state"]:
            question = request.get_json()
            self.questions.append((question["action"], question["state"], question["params"]))
            return self.states(question)
        asked = Asked(request.method, path[3], path[5], request.query_string.decode(), dict(request.headers))
        self.asked.append(asked)
        return self.answers(asked)

    @property
    def setups(self) -> list[str]:
        return [state for action, state, _ in self.questions if action == "setup"]

    @property
    def teardowns(self) -> list[str]:
        return [state for action, state, _ in self.questions if action == "teardown"]

    def times(self) -> Counter[tuple[str, str, str]]:
        """Say how often each triple was asked."""
        return Counter(asked.triple for asked in self.asked)

    def in_turn(self, *answers: Callable[[Asked], Answer]) -> None:
        """Answer so one after the other, and then as the last one says."""
        waiting = list(answers)

        def next_one(asked: Asked) -> Answer:
            return (waiting.pop(0) if len(waiting) > 1 else waiting[0])(asked)

        self.answers = next_one

    def target(self, *, handler: bool = True, **settings: object) -> Target:
        described: dict[str, object] = {
            "base_url": self.url,
            "headers": {"Authorization": f"Bearer {TOKEN}"},
            "variables": {"ACCESS_TOKEN": TOKEN},
            "timeout_s": 5.0,
        }
        states = {"states": {"handler": f"{self.url}/_state"}} if handler else {}
        return Target.model_validate(described | states | settings)


@contextlib.contextmanager
def serving(service: Loopback) -> Iterator[Loopback]:
    with running(service) as service.url:
        yield service


@contextlib.contextmanager
def evidence_of(
    target: Target, folder: Path, max_time_s: float = 60.0, tokens: TokenCommand | None = None
) -> Iterator[Evidence]:
    """Open the evidence of a run, outside of any run."""
    redactor = Redactor(target.secrets)
    recorder = Recorder(folder / "exchanges.jsonl", redactor)
    with contextlib.closing(recorder):
        client = Client(target, recorder, pace_of(target), max_time_s=max_time_s)
        yield Evidence(Access(target, tokens), client, open_states(target), redactor)
