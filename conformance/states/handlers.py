"""The three kinds of state handler: an HTTP endpoint, a command, a Python callable. All are asked the same."""

from __future__ import annotations

import importlib
import json
import os
import queue
import sys
import threading
import time
import traceback
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from conformance.redaction.redactor import Redactor
from conformance.sender import wire
from conformance.states import command
from conformance.states.provisioning import (
    LARGEST_ANSWER,
    Provisioned,
    ProvisioningError,
    Triple,
    Unsupported,
    members_of,
    provisioned,
    question,
)
from conformance.states.remark import ending, last_line, remark

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.exchange import Response
    from conformance.target.model import StaticScenario, Target

Members: TypeAlias = dict[str, object]

UNSUPPORTED_STATUSES: Final = (422, 501)
UNSUPPORTED_EXIT_CODES: Final = (22, 422 % 256, 501 % 256)
"""A command says with 22 that a state is not supported; 422 and 501 come out of a process cut to eight bits."""


class Handler(ABC):
    """Asks a handler and checks what it answers."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._redactor = Redactor(target.secrets)

    def setup(self, state: str, wanted: Triple) -> Provisioned:
        """Make the state hold: see `StateSource`."""
        facts = self._target.scenario(state)
        asked = _asked(wanted, facts)
        answer = self._answer(question(state, "setup", asked))
        members = members_of(answer) if isinstance(answer, bytes) else answer
        return provisioned(members, asked, facts.headers if facts else {})

    def teardown(self, state: str, wanted: Triple) -> str | None:
        """Undo it: see `StateSource`."""
        try:
            self._answer(question(state, "teardown", _asked(wanted, self._target.scenario(state))))
        except (Unsupported, ProvisioningError) as error:
            return str(error)
        return None

    @abstractmethod
    def _answer(self, asked: Members) -> bytes | Members:
        """Give the answer, as JSON or as what JSON would say; raises Unsupported, ProvisioningError."""


class HttpHandler(Handler):
    """Sends the question to an endpoint; redirects are not followed, and no header of the target is sent."""

    def __init__(self, target: Target, url: str) -> None:
        super().__init__(target)
        self._url = url

    def _answer(self, asked: Members) -> bytes:
        response = self._response(json.dumps(asked).encode())
        match response.status:
            case 200 if response.truncated:
                raise ProvisioningError("the state handler's answer is larger than 1 MiB")
            case 200 if response.undecodable:
                raise ProvisioningError("the state handler's answer is not what its Content-Encoding says")
            case 200:
                return response.body
            case 204:
                return b""
            case status if status in UNSUPPORTED_STATUSES:
                raise Unsupported(f"the state handler does not support this state (it answered {status})")
            case status:
                redirects = ", and redirects are not followed" if 300 <= status <= 399 else ""  # noqa: PLR2004  (3xx)
                raise ProvisioningError(f"the state handler answered {status}{redirects}")

    def _response(self, body: bytes) -> Response:
        outgoing = wire.Outgoing(
            "POST",
            self._url,
            (
                ("Content-Type", "application/json"),
                ("Content-Length", str(len(body))),
                ("Accept", "application/json"),
            ),
            body,
        )
        try:
            return wire.fetch(
                outgoing,
                timeout_s=self._target.timeout_s,
                limits=wire.Limits(body=LARGEST_ANSWER),
                # the client certificate is the target's alone
                tls=self._target.tls.model_copy(update={"client_cert": None, "client_key": None}),
                trust_env=self._target.trust_env,
            )
        except wire.TransportError as error:
            raise ProvisioningError(f"the state handler gave no answer: {error}") from None


class CommandHandler(Handler):
    """Runs a command: the question on stdin, the answer on stdout, 0 as exit code.

    It runs in the target file's folder, where a relative program is looked for too, and without the variables that
    hold the target's credentials.
    """

    def __init__(self, target: Target, words: Sequence[str]) -> None:
        super().__init__(target)
        self._words = words

    def _answer(self, asked: Members) -> bytes:
        try:
            finished = command.run(
                self._words,
                json.dumps(asked).encode(),
                folder=self._target.folder,
                environ=self._environ(),
                timeout_s=self._target.timeout_s,
                largest=LARGEST_ANSWER,
            )
        except command.CommandError as error:
            raise ProvisioningError(f"the state command {self._words[0]} {error}") from None
        if finished.code == 0:
            return finished.output
        said = last_line(finished.complaints, self._redactor)
        if finished.code in UNSUPPORTED_EXIT_CODES:
            raise Unsupported(f"the state command does not support this state (exit code {finished.code}){said}")
        raise ProvisioningError(f"the state command {ending(finished.code)}{said}")

    def _environ(self) -> dict[str, str]:
        target = self._target
        headers = [
            *target.headers.values(),
            *(value for s in target.scenarios.values() for value in s.headers.values()),
        ]
        withheld = {secret for secret in target.secrets.values() if any(secret in value for value in headers)}
        return {name: value for name, value in os.environ.items() if value not in withheld}


class PythonHandler(Handler):
    """Calls a Python callable, in a thread so that it can be given up; calls never overlap.

    `NotImplementedError` says that a state is not supported, any other exception is a provisioning error. The callable
    runs in the kit's own process, in its environment.
    """

    def __init__(self, target: Target, path: str) -> None:
        super().__init__(target)
        self._path = path
        self._free = threading.Lock()

    def _answer(self, asked: Members) -> Members:
        deadline = time.monotonic() + self._target.timeout_s
        if not self._free.acquire(timeout=self._target.timeout_s):
            limit = f"{self._target.timeout_s:g} s"
            raise ProvisioningError(f"the state callable gave no answer within {limit}, and has not come back since")
        outcome: queue.SimpleQueue[Members | Exception] = queue.SimpleQueue()
        threading.Thread(target=self._work, args=(asked, outcome), daemon=True, name="state-handler").start()
        try:
            answer = outcome.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise ProvisioningError(f"the state callable gave no answer within {self._target.timeout_s:g} s") from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _work(self, asked: Members, outcome: queue.SimpleQueue[Members | Exception]) -> None:
        try:
            outcome.put(self._called(asked))
        finally:
            self._free.release()

    def _called(self, asked: Members) -> Members | Exception:
        try:
            answer = self._callable()(asked)
            if answer is not None and not isinstance(answer, dict):
                return ProvisioningError(f"the state callable returned no dict but a {type(answer).__name__}")
            return dict(answer or {})
        except NotImplementedError as error:
            said = remark(_text_of(error), self._redactor)
            return Unsupported(f"the state callable does not support this state{': ' if said else ''}{said}")
        except BaseException as error:  # noqa: BLE001  (foreign code: SystemExit and pytest's outcomes too)
            said = remark(_text_of(error), self._redactor)
            raised = f"{type(error).__name__}{': ' if said else ''}{said}"
            return ProvisioningError(f"the state callable raised {raised}{_place_of(error, self._target.folder)}")

    def _callable(self) -> Callable[[Members], object]:
        module, _, path = self._path.partition(":")
        folder = str(self._target.folder.absolute())
        if folder not in sys.path:
            sys.path.insert(0, folder)
        found: object = importlib.import_module(module)
        for name in path.split("."):
            found = getattr(found, name)
        return cast("Callable[[Members], object]", found)


def _asked(wanted: Triple, facts: StaticScenario | None) -> Triple:
    """Ask for the MVPD that the target's owner chose for this scenario, where the case does not need a certain one."""
    mvpd = wanted.mvpd or (facts.mvpd if facts else None)
    return Triple(wanted.service_provider, mvpd, wanted.device_identifier)


def _place_of(error: BaseException, folder: Path) -> str:
    """Say where in the files of the target's owner it was raised; nothing where it was raised elsewhere."""
    frames = [(Path(frame.filename), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    own = [
        (path.name, line)
        for path, line in frames
        if path.is_relative_to(folder.absolute()) and not path.is_relative_to(Path(__file__).parents[1])
    ]
    return f" ({own[-1][0]}, line {own[-1][1]})" if own else ""


def _text_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001  (foreign code again)
        return ""
