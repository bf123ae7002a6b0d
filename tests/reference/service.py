"""A reference server on loopback, seen from outside: over HTTP, and over a bare socket for what no client sends."""

import itertools
import json
import socket
from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

import requests

from conformance.reference import ACCESS_TOKEN

DEVICES = itertools.count()
REDIRECT_URL = "https://example.com/bye"
DEVICE_INFO = b64encode(b'{"model": "TV", "version": "5", "osName": "tvOS", "osVersion": "11.0"}').decode()
ERROR_MEMBERS = {"action", "status", "code", "message", "helpUrl", "trace"}


def fresh_device() -> str:
    return "fingerprint " + b64encode(f"device {next(DEVICES)}".encode()).decode()


def session() -> requests.Session:
    found = requests.Session()
    found.trust_env = False
    return found


@dataclass
class Device:
    """One device that logs out, with a state of its own."""

    base_url: str
    identifier: str = field(default_factory=fresh_device)
    service_provider: str = "REF30"
    mvpd: str = "Cablevision"
    headers: dict[str, str] = field(default_factory=dict)

    def change(self, body: object) -> requests.Response:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        with session() as http:
            return http.post(f"{self.base_url}/_state", data, headers={"Content-Type": "application/json"}, timeout=10)

    def ask(self, state: str, action: str = "setup", **names: str) -> requests.Response:
        """Ask the state handler; `names` are serviceProvider and mvpd, where the choice is not left to it."""
        wanted = {"serviceProvider": None, "mvpd": None, "deviceIdentifier": self.identifier} | names
        return self.change({"consumer": "logout-conformance", "state": state, "action": action, "params": wanted})

    def set_up(self, state: str, **names: str) -> "Device":
        answer = self.ask(state, "setup", **names)
        assert answer.status_code == 200, answer.text
        facts = answer.json()
        self.service_provider, self.mvpd, self.headers = facts["serviceProvider"], facts["mvpd"], facts["headers"]
        return self

    def path(self) -> str:
        return f"/api/v2/{quote(self.service_provider, safe='')}/logout/{quote(self.mvpd, safe='')}"

    def log_out(
        self,
        headers: dict[str, str | None] | None = None,
        query: dict[str, str] | str | None = None,
        method: str = "GET",
        path: str | None = None,
    ) -> requests.Response:
        """Send a valid request, but for what is said; a header that is None is left out."""
        usual = {
            "Authorization": f"Bearer {ACCESS_TOKEN}",
            "AP-Device-Identifier": self.identifier,
            "X-Device-Info": DEVICE_INFO,
            "Accept": "application/json",
        }
        sent = {name: value for name, value in (usual | self.headers | (headers or {})).items() if value is not None}
        asked = {"redirectUrl": REDIRECT_URL} if query is None else query
        with session() as http:
            url = self.base_url + (path or self.path())
            return http.request(method, url, params=asked, headers=sent, allow_redirects=False, timeout=10)

    def entry(self, headers: dict[str, str | None] | None = None) -> dict[str, str]:
        """Log out, and give the entry of the MVPD; it is the only one."""
        answer = self.log_out(headers)
        assert answer.status_code == 200, answer.text
        assert list(answer.json()) == ["logouts"]
        assert list(answer.json()["logouts"]) == [self.mvpd]
        entry = answer.json()["logouts"][self.mvpd]
        assert isinstance(entry, dict)
        return entry

    def action(self, headers: dict[str, str | None] | None = None) -> str:
        return self.entry(headers)["actionName"]

    def raw(self, request: bytes) -> bytes:
        """Send bytes, and give all that comes back."""
        where = urlsplit(self.base_url)
        with socket.create_connection((str(where.hostname), where.port or 80), timeout=10) as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b""))


def refused(answer: requests.Response, status: int, code: str) -> None:
    """Check an enhanced error: the linked page "enhanced error codes"."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/json;charset=UTF-8")
    body = answer.json()
    assert set(body) == ERROR_MEMBERS
    assert (body["status"], body["code"]) == (status, code)
    actions = {"none", "configuration", "application-registration", "authentication", "authorization", "retry"}
    assert body["action"] in actions
    assert urlsplit(body["helpUrl"]).scheme == "https"
    assert body["message"]
    assert body["trace"]
    assert ACCESS_TOKEN not in answer.text
