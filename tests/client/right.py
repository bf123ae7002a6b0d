"""A client that does everything right, step by step; one that is wrong overrides a step."""

from __future__ import annotations

import base64
import json
import time
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode, urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

INFO: Final = {"model": "TV", "version": "5", "osName": "tvOS", "osVersion": "17.4", "primaryHardwareType": "TV"}
MOST_CALLS: Final = 3


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content(self) -> dict[str, Any]:
        try:
            found = json.loads(self.body)
        except ValueError:
            found = None
        return found if isinstance(found, dict) else {}


class Client:
    """Logs out once, as the variables of its environment say; `run` gives its exit code."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.told = {name.removeprefix("LOGOUT_").lower(): value for name, value in environ.items()}
        self.token = self.told["access_token"]

    def run(self) -> int:
        answer = self.log_out()
        if answer.status != 200:
            return 1
        self.follow(answer)
        return 0

    # --- The calls ---

    def log_out(self) -> Answer:
        answer = self.call()
        for _ in range(MOST_CALLS - 1):
            if not self.tries_again(answer):
                break
            answer = self.call()
        return answer

    def tries_again(self, answer: Answer) -> bool:
        if answer.status == 401:
            self.token = self.fresh_token()
        elif answer.status == 429:
            self.wait(answer)
        return answer.status in {401, 429} or answer.content.get("action") == "retry"

    def wait(self, answer: Answer) -> None:
        time.sleep(max(1.0, float(answer.headers.get("Retry-After", 0))))

    def fresh_token(self) -> str:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self.send("POST", self.told["token_url"], form, b"grant_type=client_credentials")
        return str(answer.content["access_token"])

    def call(self) -> Answer:
        return self.send(self.method(), self.url(), self.headers())

    def method(self) -> str:
        return "GET"

    def url(self) -> str:
        return f"{self.told['base_url']}{self.path()}?{self.query()}"

    def path(self) -> str:
        return f"/api/v2/{quote(self.told['service_provider'], safe='')}/logout/{self.mvpd()}"

    def mvpd(self) -> str:
        return quote(self.told["mvpd"], safe="")

    def query(self) -> str:
        return urlencode({"redirectUrl": self.told["redirect_url"]}, quote_via=quote, safe="")

    def headers(self) -> dict[str, str]:
        return self.authorization() | self.device() | self.info() | self.sign_on() | self.accept()

    def authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def device(self) -> dict[str, str]:
        return {"AP-Device-Identifier": f"fingerprint {in_base64(self.told['device_id'])}"}

    def info(self) -> dict[str, str]:
        return {"X-Device-Info": in_base64(json.dumps(INFO))}

    def sign_on(self) -> dict[str, str]:
        names = {"service_token": "AD-Service-Token", "subject_token": "Adobe-Subject-Token"}
        return {header: self.told[name] for name, header in names.items() if name in self.told}

    def accept(self) -> dict[str, str]:
        return {"Accept": "application/json"}

    # --- What is done next ---

    def follow(self, answer: Answer) -> None:
        for entry in answer.content["logouts"].values():
            self.act(entry)

    def act(self, entry: Mapping[str, str]) -> None:
        if entry["actionName"] == "logout":
            self.open(self.resolved(entry["url"]))

    def resolved(self, url: str) -> str:
        return urljoin(self.url(), url)

    def open(self, url: str) -> None:
        answer = self.send("GET", url, self.page_headers())
        while self.follows(answer):
            url = urljoin(url, answer.headers["Location"])
            answer = self.send("GET", url, self.page_headers())

    def follows(self, answer: Answer) -> bool:
        return "Location" in answer.headers

    def page_headers(self) -> dict[str, str]:
        return {}

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        parts = urlsplit(url)
        with closing(HTTPConnection(parts.netloc, timeout=20)) as connection:
            connection.request(method, url.partition(parts.netloc)[2], body, dict(headers))
            response = connection.getresponse()
            return Answer(response.status, dict(response.headers), response.read())


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
