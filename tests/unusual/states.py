"""State handlers that answer as the target contract allows, and targets that have none."""

from __future__ import annotations

import contextlib
import json
import shlex
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from werkzeug.wrappers import Request, Response

from conformance.law.contract import SCENARIOS
from conformance.reference import Key, LogoutError, LogoutRequest, ReferenceServer, State, running
from conformance.reference.errors import UNSUPPORTED_STATE
from conformance.reference.states import STATES, Profile
from tests.faults.certifying import usual_arguments
from tests.unusual.registry import started, unusual
from tests.unusual.serving import listening, scenario_table, target_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tests.unusual.registry import Arguments

MANDATORY: Final = ("logout-endpoint", "no-logout-endpoint", "no-profile")
OPTIONAL: Final = tuple(name for name in SCENARIOS if name not in MANDATORY)
REFUSALS: Final = tuple(name for name, scenario in SCENARIOS.items() if scenario.action is None)


class Supports(ReferenceServer):
    """A state handler that knows some of the states only."""

    states: Iterable[str] = MANDATORY
    status = 422

    def change_state(self, request: Request) -> Response:
        if request.get_json()["state"] not in self.states:
            return Response("I don't know that", self.status, content_type="text/plain")
        return super().change_state(request)


@unusual(untested=OPTIONAL)
class MandatoryStatesOnly(Supports):
    pass


@unusual(untested=OPTIONAL)
class OtherStatesNotImplemented(Supports):
    status = 501


@unusual(untested=REFUSALS)
class NoStatesOfRefusal(Supports):
    states = tuple(name for name in SCENARIOS if name not in REFUSALS)


@unusual()
class OwnMvpdsOnly(ReferenceServer):
    """A handler with a fixed list of MVPDs."""

    def change_state(self, request: Request) -> Response:
        wanted = request.get_json()["params"]["mvpd"]
        if wanted is not None and wanted not in {state.mvpd for state in STATES.values()}:
            raise LogoutError(UNSUPPORTED_STATE)
        return super().change_state(request)


@unusual()
class FreshMvpdForEachSetUp(ReferenceServer):
    """Names an MVPD of its own with every set-up."""

    def set_up(self, names: Key, state: State) -> Response:
        self.numbers = getattr(self, "numbers", 0) + 1
        if names.mvpd == state.mvpd:
            names = names._replace(mvpd=f"{state.mvpd}-{self.numbers}")
        return super().set_up(names, state)


@unusual()
class OwnDevicesForEachSetUp(ReferenceServer):
    """Test accounts with devices of their own, handed out as a header."""

    def set_up(self, names: Key, state: State) -> Response:
        self.numbers = getattr(self, "numbers", 0) + 1
        own = f"fingerprint {self.numbers:08d}"
        super().set_up(names._replace(device_identifier=own), state)
        headers = {**state.headers, "ap-device-identifier": own}
        facts = {"serviceProvider": names.service_provider, "mvpd": names.mvpd, "headers": headers}
        return Response(json.dumps(facts), content_type="application/json")


@unusual()
class HandlerSaysMore(ReferenceServer):
    def set_up(self, names: Key, state: State) -> Response:
        answer = super().set_up(names, state)
        facts = json.loads(answer.get_data()) | {"state": "ready", "took": 0.3, "profile": {"type": "regular"}}
        return Response(json.dumps(facts), 200, content_type="text/plain")


@unusual()
class HandlerForgetsTeardown(ReferenceServer):
    """A teardown that fails is noted, and never judged."""

    def tear_down(self, names: Key) -> Response:
        super().tear_down(names)
        return Response("no such table", 500, content_type="text/plain")


class Silent(ReferenceServer):
    """Says nothing but that it is ready: the MVPDs are in the command line."""

    status = 204

    def set_up(self, names: Key, state: State) -> Response:
        super().set_up(names, state)
        return Response(status=self.status)


class SaysEmpty(Silent):
    status = 200


def with_mvpds(server: ReferenceServer) -> Iterator[Arguments]:
    # what the handler cannot say, single sign-on needs: so these states have no headers here
    named = [f"{name}={state.mvpd}" for name, state in STATES.items()]
    with running(server) as base_url:
        yield (*usual_arguments(base_url), *(word for name in named for word in ("--mvpd", name)))


class SilentWithoutHeaders(Silent):
    def change_state(self, request: Request) -> Response:
        if STATES[request.get_json()["state"]].headers:
            raise LogoutError(UNSUPPORTED_STATE)
        return super().change_state(request)


class EmptyWithoutHeaders(SilentWithoutHeaders):
    status = 200


WITH_HEADERS: Final = ("service-token-sso", "platform-identity-sso", "expired-access-token")


@started(untested=WITH_HEADERS)
@contextlib.contextmanager
def handler_without_content() -> Iterator[Arguments]:
    yield from with_mvpds(SilentWithoutHeaders())


@started(untested=WITH_HEADERS)
@contextlib.contextmanager
def handler_with_empty_body() -> Iterator[Arguments]:
    yield from with_mvpds(EmptyWithoutHeaders())


@started()
@contextlib.contextmanager
def handler_of_its_own() -> Iterator[Arguments]:
    """Another process on another port, which reaches into the server."""
    server = ReferenceServer()
    with running(server) as base_url, listening(server) as port:
        arguments = usual_arguments(base_url)
        yield tuple(word.replace(f"{base_url}/_state", f"http://127.0.0.1:{port}/_state") for word in arguments)


class OtherProvider(ReferenceServer):
    """The handler has its accounts with another provider than the one that was asked for."""

    service_providers = ("REF30", "REF40", "TEST-ACCOUNTS")

    def set_up(self, names: Key, state: State) -> Response:
        renamed = {"REF30": "TEST-ACCOUNTS"}.get(names.service_provider, names.service_provider)
        return super().set_up(names._replace(service_provider=renamed), state)


@started()
@contextlib.contextmanager
def handler_names_another_provider() -> Iterator[Arguments]:
    with running(OtherProvider()) as base_url:
        yield usual_arguments(base_url)


ASK: Final = """
import json, sys, urllib.request
data = sys.stdin.buffer.read()
request = urllib.request.Request({url!r}, data, {{"Content-Type": "application/json"}})
opener = urllib.request.build_opener(urllib.request.ProxyHandler({{}}))
sys.stdout.buffer.write(opener.open(request, timeout=5).read())
"""

CALL: Final = """
import http.client, json

def handle(question):
    connection = http.client.HTTPConnection({host!r}, timeout=5)
    connection.request("POST", "/_state", json.dumps(question), {{"Content-Type": "application/json"}})
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    if answer.status == 422:
        raise NotImplementedError("not here")
    return json.loads(data) if data else None
"""


@started(untested=OPTIONAL)
@contextlib.contextmanager
def handler_is_command() -> Iterator[Arguments]:
    """A process for every question, so with few states."""
    with tempfile.TemporaryDirectory() as name, running(Supports()) as base_url:
        folder = Path(name)
        (folder / "ask.py").write_text(ASK.format(url=f"{base_url}/_state"), encoding="utf-8")
        script = f"#!/bin/sh\n{shlex.quote(sys.executable)} -I -S ask.py 2>/dev/null || exit 22\n"
        (folder / "state.sh").write_text(script, encoding="utf-8")
        (folder / "state.sh").chmod(0o755)
        tables = '[states]\ncommand = ["./state.sh", "--quiet"]\n'
        yield ("--target", str(target_file(folder, base_url, tables=tables)))


@started()
@contextlib.contextmanager
def handler_is_python() -> Iterator[Arguments]:
    with tempfile.TemporaryDirectory() as name, running(ReferenceServer()) as base_url:
        folder = Path(name)
        module = f"states_at_{base_url.rpartition(':')[2]}"
        (folder / f"{module}.py").write_text(CALL.format(host=base_url.removeprefix("http://")), encoding="utf-8")
        tables = f'[states]\npython = "{module}:handle"\n'
        yield ("--target", str(target_file(folder, base_url, tables=tables)))


class Prepared(ReferenceServer):
    """In every state already, each for a device of its own; `renewed` are those that no logout uses up."""

    renewed: Iterable[str] = ()

    def __init__(self) -> None:
        super().__init__()
        self.facts: dict[str, Mapping[str, object]] = {}
        for number, (name, state) in enumerate(STATES.items()):
            device = f"fingerprint {number:08d}"
            self.store.hold(self.key("REF30", state.mvpd, device), state)
            uses: object = "unlimited" if name in self.renewed else 1
            self.facts[name] = {
                "mvpd": state.mvpd,
                "device_identifier": device,
                "headers": dict(state.headers),
                "uses": uses,
            }

    def change_state(self, request: Request) -> Response:
        raise LogoutError(UNSUPPORTED_STATE)

    def delete_profile(self, asked: LogoutRequest, profile: Profile) -> None:
        state = self.state(asked)
        if not any(STATES[name] is state for name in self.renewed):
            super().delete_profile(asked, profile)


class Renewed(Prepared):
    """A test environment whose profiles come back by themselves."""

    renewed = tuple(STATES)


def prepared(server: Prepared, states: Iterable[str]) -> Iterator[Arguments]:
    tables = "".join(scenario_table(name, server.facts[name]) for name in states)
    with tempfile.TemporaryDirectory() as folder, running(server) as base_url:
        yield ("--target", str(target_file(Path(folder), base_url, tables=tables)))


@started()
@contextlib.contextmanager
def static_states() -> Iterator[Arguments]:
    yield from prepared(Prepared(), STATES)


@started(untested=OPTIONAL)
@contextlib.contextmanager
def static_mandatory_states() -> Iterator[Arguments]:
    yield from prepared(Prepared(), MANDATORY)


@started()
@contextlib.contextmanager
def static_states_that_last() -> Iterator[Arguments]:
    yield from prepared(Renewed(), STATES)
