"""The stage of one behaviour: target, state handler, canary, secrets, and the folders that the command may write to."""

from __future__ import annotations

import base64
import contextlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from werkzeug.test import EnvironBuilder, run_wsgi_app

from conformance.reference import ReferenceServer
from tests.hostile.line import Answer, Asked, Line, listening, request_on

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from werkzeug.wrappers import Response

    from conformance.reference import Key, State
    from tests.hostile.line import Script
    from tests.hostile.registry import Behaviour

TOKEN: Final = (
    "eyJhbGciOiJSUzI1NiIsImtpZCI6InExIn0.eyJzdWIiOiJ6Y3M5eHZhbWc3LXdqcWhsMDQiLCJleHAiOjE5OTk5OTk5OTl9."
    "Zk3-vQ8mX_Lw2Rt7HsPbN5yGd0JcUe4iAoVf9Kx1TnBqEzMg6DhWlYrSuCjOaIpF"
)
"""The access token of the runs, in the form of a JWS; it opens nothing."""
TENANT: Final = "q7/Zk+w&x<\"y'=t2~v9>\\e"
"""A secret of the target file with every character that encodings treat differently."""
HANDED_OUT: Final = "handed-out-7Gq2xLw9Zk4"
"""The value of a header that the state handler hands out."""
NETRC_PASSWORD: Final = "netrc-5Vb8nQ1rYt6"
"""What ~/.netrc holds for every host; no run may send it."""
COOKIE: Final = "cookie-3Jd6wPz0Xs8"
"""What a hostile target sets as a cookie; no run may send it back."""

ISSUED: Final = {
    "AD-Service-Token": "eyJ0eXAiOiJzdmMifQ.c2VydmljZS1Lc3Y5cXhMdzRaazdUbjI.qV7hN2wXc9LkRz4TbYpGm3Sd8JfQa5Ue",
    "Adobe-Subject-Token": "eyJ0eXAiOiJzdWIifQ.c3ViamVjdC1Qbjh3ckR0M1ZiNkdtMUY.Hs6kYt1ZoCx9BvWq4MgLr7JdNp2UfEa8",
    "Authorization": "Bearer eyJ0eXAiOiJvbGQifQ.ZXhwaXJlZC1YYzV6R3EyTWo4SHc3THQ.uB4yKf7TnVx1QsZg9RmCw3LpJh6DoEi5",
}
"""What the state handler issues for the states that need it; none of it reads like anything else in a report."""

SECRETS: Final = {
    "access token": TOKEN,
    "tenant": TENANT,
    "header handed out": HANDED_OUT,
    "netrc password": NETRC_PASSWORD,
    **{f"issued {name}": value.removeprefix("Bearer ") for name, value in ISSUED.items()},
}
"""Everything that must never be written, by a name for the message."""


class Server(ReferenceServer):
    """The reference server with tokens of its own."""

    def __init__(self) -> None:
        super().__init__(access_token=TOKEN)

    def set_up(self, names: Key, state: State) -> Response:
        return super().set_up(names, replace(state, headers={name: ISSUED[name] for name in state.headers}))


@dataclass
class Stage:
    """Where a behaviour is played, and what the servers on it saw that no server may see."""

    folder: Path
    base_url: str = ""
    handler_url: str = ""
    canary: str = ""
    requests: int = 0
    questions: int = 0
    complaints: list[str] = field(default_factory=list)
    app: Server = field(default_factory=Server)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def work(self) -> Path:
        return self.folder / "work"

    @property
    def report_dir(self) -> Path:
        return self.work / "report"

    def good(self, asked: Asked) -> Answer:
        """Answer as the reference server does."""
        environ = EnvironBuilder(
            method=asked.method, path="/", headers=list(asked.headers), data=asked.body
        ).get_environ()
        environ["REQUEST_URI"], environ["QUERY_STRING"] = asked.target, asked.target.partition("?")[2]
        body, status, headers = run_wsgi_app(self.app, environ, buffered=True)
        code, _, reason = status.partition(" ")
        kept = tuple((name, value) for name, value in headers if name.lower() != "content-length")
        return Answer(int(code), kept, b"".join(body), reason)


def answers_well(line: Line, asked: Asked) -> None:
    """Be a conforming target."""
    line.send(asked.good().raw())


def handles_well(line: Line, asked: Asked) -> None:
    """Be a state handler that hands a secret header out with every state."""
    line.send(provisioned(asked).raw())


def provisioned(asked: Asked, **headers: str) -> Answer:
    """Give a state handler's good answer, with more headers to hand out."""
    answer = asked.good()
    if answer.status != 200 or not answer.body:
        return answer
    facts = json.loads(answer.body)
    facts["headers"] = {**facts["headers"], "X-Handed-Out": HANDED_OUT, **headers}
    return replace(answer, body=json.dumps(facts).encode())


@contextlib.contextmanager
def staged(behaviour: Behaviour, folder: Path) -> Iterator[Stage]:
    """Start the servers of a behaviour and lay its files out."""
    stage = Stage(folder)
    for each in (stage.home, stage.work):
        each.mkdir(parents=True)
    if behaviour.before:
        behaviour.before()
    context = behaviour.certificate() if behaviour.certificate else None
    with (
        contextlib.ExitStack() as stack,
        listening(lambda line: _as_target(behaviour.target, line, stage), tls=context) as target,
        listening(lambda line: _as_handler(behaviour.handler, line, stage)) as handler,
        listening(lambda line: _as_canary(line, stage)) as canary,
    ):
        stage.base_url = f"http{'s' if context else ''}://127.0.0.1:{target.port}"
        if behaviour.elsewhere:
            stage.base_url = behaviour.elsewhere(stage, stack)
        stage.handler_url = f"http://127.0.0.1:{handler.port}/_state"
        stage.canary = f"http://127.0.0.1:{canary.port}"
        (stage.home / ".netrc").write_text(f"default login somebody password {NETRC_PASSWORD}\n", encoding="utf-8")
        (stage.home / ".netrc").chmod(0o600)
        (stage.work / "target.toml").write_text(_target_file(behaviour, stage), encoding="utf-8")
        if behaviour.prepare:
            behaviour.prepare(stage)
        yield stage


def environment(behaviour: Behaviour, stage: Stage, path: str) -> dict[str, str]:
    """Give the command's environment: proxies that must not be used, and the secrets that the target file reads."""
    proxies = dict.fromkeys(
        (*("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), *("http_proxy", "https_proxy", "all_proxy")), stage.canary
    )
    own = {"PATH": path, "HOME": str(stage.home), "LANG": "C.UTF-8", "ACCESS_TOKEN": TOKEN, "TENANT": TENANT}
    terminal = {"TERM": "xterm-256color", "COLUMNS": "200"} if behaviour.terminal else {}
    return proxies | own | terminal | dict(behaviour.environ)


def _target_file(behaviour: Behaviour, stage: Stage) -> str:
    lines = (
        "[target]",
        f'base_url = "{stage.base_url}"',
        'other_service_provider = "REF40"',
        behaviour.identity,
        "[target.headers]",
        'Authorization = "Bearer ${ACCESS_TOKEN}"',
        'X-Tenant = "${TENANT}"',
        *behaviour.headers,
        behaviour.settings,
        "[states]",
        behaviour.states or f'handler = "{stage.handler_url}"',
    )
    return "\n".join(lines) + "\n"


def _as_target(script: Script, line: Line, stage: Stage) -> None:
    asked = request_on(line, stage)
    stage.requests += 1
    _note_what_no_server_may_see(asked, stage, "the target")
    _play(script, line, asked)


def _as_handler(script: Script, line: Line, stage: Stage) -> None:
    asked = request_on(line, stage)
    stage.questions += 1
    _note_what_no_server_may_see(asked, stage, "the state handler")
    for name in ("access token", "tenant", "header handed out"):
        if SECRETS[name] in f"{asked}":
            stage.complaints.append(f"the state handler was sent the {name}")
    _play(script, line, asked)


def _play(script: Script, line: Line, asked: Asked) -> None:
    try:
        script(line, asked)
    except OSError:
        raise  # the kit has hung up, or the run is over
    except Exception as error:  # noqa: BLE001  (a script with a mistake shows nothing about the kit)
        asked.stage.complaints.append(f"the script itself failed: {error!r}")


def _as_canary(line: Line, stage: Stage) -> None:
    stage.complaints.append(f"the canary was called: {request_on(line, stage).target}")


def _note_what_no_server_may_see(asked: Asked, stage: Stage, who: str) -> None:
    netrc = base64.b64encode(f"somebody:{NETRC_PASSWORD}".encode()).decode()
    if netrc in asked.header("Authorization"):
        stage.complaints.append(f"{who} was sent the password of ~/.netrc")
    if asked.header("Cookie"):
        stage.complaints.append(f"{who} was sent a cookie")
