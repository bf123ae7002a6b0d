"""Starting and stopping the server, its arguments, and the steps as places to differ."""

import logging
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from werkzeug.wrappers import Request, Response

from conformance.reference import Json, LogoutRequest, Profile, ReferenceServer, running, serve
from tests.reference.service import Device, refused


class Shutdown(Exception):  # noqa: N818 - no error: it stands for Ctrl-C in a thread that gets none
    pass


def test_stopped_server_answers_no_more() -> None:
    with running(ReferenceServer()) as base_url:
        assert Device(base_url).log_out().status_code == 200
    where = urlsplit(base_url)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((str(where.hostname), where.port or 80), timeout=10)


def test_port_can_be_chosen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with running(ReferenceServer(), port=port) as base_url:
        assert base_url == f"http://127.0.0.1:{port}"
        assert Device(base_url).log_out().status_code == 200


def test_port_that_is_taken_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"), running(ReferenceServer(), port=port):
            pass
        with pytest.raises(OSError, match="in use"):
            serve(ReferenceServer(), port=port)


def test_serve_announces_where_it_listens() -> None:
    told: list[str] = []

    def announce(base_url: str) -> None:
        told.append(base_url)
        connect = socket.create_connection(("127.0.0.1", urlsplit(base_url).port or 80), timeout=10)
        connect.close()
        raise Shutdown

    with pytest.raises(Shutdown):
        serve(ReferenceServer(prefix="/gateway"), announce=announce)
    assert told[0].startswith("http://127.0.0.1:")
    assert told[0].endswith("/gateway")


def test_server_is_quiet(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    with running(ReferenceServer()) as base_url:
        device = Device(base_url)
        device.set_up("logout-endpoint").log_out()
        device.raw(b"garbage\r\n\r\n")
    assert capfd.readouterr() == ("", "")
    assert not [record for record in caplog.records if record.name.startswith(("werkzeug", "conformance"))]


def test_access_token_can_be_chosen() -> None:
    with running(ReferenceServer(access_token="my token/+=")) as base_url:
        device = Device(base_url)
        assert device.log_out(headers={"Authorization": "Bearer my token/+="}).status_code == 200
        refused(device.log_out(), 401, "invalid_access_token_client_application")


@pytest.mark.parametrize("prefix", ["/gateway", "/gate%20way/v1/"])
def test_path_prefix(prefix: str) -> None:
    with running(ReferenceServer(prefix=prefix)) as base_url:
        assert urlsplit(base_url).path == prefix.rstrip("/")
        device = Device(base_url).set_up("service-token-sso")
        assert device.entry()["url"].startswith(prefix.rstrip("/") + "/adobe-services/logout?")
        outside = Device(base_url.removesuffix(prefix.rstrip("/")))
        refused(outside.log_out(), 404, "not_found")


def test_servers_share_nothing() -> None:
    with running(ReferenceServer()) as one, running(ReferenceServer()) as other:
        device = Device(one).set_up("logout-endpoint")
        assert Device(other, device.identifier).action() == "invalid"
        assert device.action() == "logout"


class KeepsProfile(ReferenceServer):
    def delete_profile(self, asked: LogoutRequest, profile: Profile) -> None:
        pass


class AddsMember(ReferenceServer):
    def entry(self, asked: LogoutRequest, action: str) -> Json:
        return super().entry(asked, action) | {"extra": True}


class LooksAtLock(ReferenceServer):
    free = True

    def choose_action(self, asked: LogoutRequest, profile: Profile | None) -> Json:
        with ThreadPoolExecutor(1) as another:
            self.free = another.submit(self.store.lock.acquire, blocking=False).result()
        return super().choose_action(asked, profile)


def test_nobody_else_touches_the_profiles_between_finding_and_deleting() -> None:
    app = LooksAtLock()
    with running(app) as base_url:
        Device(base_url).log_out()
    assert not app.free


class Breaks(ReferenceServer):
    def choose_action(self, asked: LogoutRequest, profile: Profile | None) -> Json:
        return {"profile": (asked.mvpd, profile.type if profile else 1 / 0)}


class Throttles(ReferenceServer):
    def respond(self, request: Request) -> Response:
        return Response("slow down", 429) if request.path != "/_state" else super().respond(request)


def test_a_step_is_overridden_in_a_few_lines() -> None:
    with running(KeepsProfile()) as base_url:
        device = Device(base_url).set_up("logout-endpoint")
        assert [device.action(), device.action()] == ["logout", "logout"]
    with running(AddsMember()) as base_url:
        assert "extra" in Device(base_url).entry()
    with running(Throttles()) as base_url:
        assert Device(base_url).set_up("logout-endpoint").log_out().status_code == 429


def test_a_fault_of_the_server_is_logged_and_answered_500(caplog: pytest.LogCaptureFixture) -> None:
    with running(Breaks()) as base_url, caplog.at_level(logging.ERROR):
        answer = Device(base_url).log_out()
    refused(answer, 500, "internal_server_error")
    assert "Traceback" not in answer.text
    assert [record.exc_info is not None for record in caplog.records] == [True]


def test_no_thread_is_left() -> None:
    before = set(threading.enumerate())
    with running(ReferenceServer()) as base_url:
        assert Device(base_url).action() == "invalid"
        assert set(threading.enumerate()) - before
    assert not [thread for thread in set(threading.enumerate()) - before if thread.name == "reference-server"]
