"""Clients that are right in an unusual way: each is left alone in every scenario that it can change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, quote_plus

import pytest

from tests.client.meeting import met
from tests.client.right import Answer, Client

if TYPE_CHECKING:
    from collections.abc import Mapping


class GetsATokenFirst(Client):
    def log_out(self) -> Answer:
        self.token = self.fresh_token()
        return super().log_out()


class EncodesTheRedirectUrlAsAForm(Client):
    def query(self) -> str:
        return f"redirectUrl={quote_plus(self.told['redirect_url'])}"


class LeavesWhatAQueryMayHave(Client):
    def query(self) -> str:
        return f"redirectUrl={quote(self.told['redirect_url'], safe=':/')}"


class WritesEscapesInLowerCase(Client):
    def url(self) -> str:
        return re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), super().url())


class EncodesMoreThanItNeeds(Client):
    def mvpd(self) -> str:
        return "".join(f"%{octet:02X}" for octet in self.told["mvpd"].encode())


class OpensUrlsWithOtherEscapes(Client):
    def resolved(self, url: str) -> str:
        return super().resolved(url).replace("%3A", "%3a").replace("mso_id", "%6Dso_id") + "#top"


class SendsNoAccept(Client):
    def accept(self) -> dict[str, str]:
        return {}


class AcceptsJsonInUtf8(Client):
    def accept(self) -> dict[str, str]:
        return {"Accept": "application/json;charset=utf-8", "X-Forwarded-For": "203.0.113.7, 10.0.0.1"}


class WritesHeadersInLowerCase(Client):
    def headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in super().headers().items()} | {
            "authorization": f"bearer {self.token}"
        }


class SendsMoreParameters(Client):
    def query(self) -> str:
        return f"appVersion=5.1&{super().query()}&lang=de"


class AsksWhetherItMayCall(Client):
    def log_out(self) -> Answer:
        self.send("OPTIONS", self.url(), {"Origin": "https://app.example.com", "Access-Control-Request-Method": "GET"})
        return super().log_out()


class LooksAfterItsOtherResources(Client):
    def follow(self, answer: Answer) -> None:
        self.send("GET", f"{self.told['base_url']}/api/v2/REF30/profiles", self.headers())
        super().follow(answer)


class OpensPagesInABrowser(Client):
    def open(self, url: str) -> None:
        super().open(url)
        self.send("GET", f"{self.told['base_url']}/favicon.ico", self.page_headers())

    def page_headers(self) -> dict[str, str]:
        return {"Accept": "text/html,*/*;q=0.8", "Cookie": "seen=1", "User-Agent": "Mozilla/5.0"}


class TriesAsOftenAsItMay(Client):
    def tries_again(self, answer: Answer) -> bool:
        return super().tries_again(answer) or answer.status == 500


class OpensTheLastEntryFirst(Client):
    def follow(self, answer: Answer) -> None:
        entries: list[Mapping[str, str]] = list(answer.content["logouts"].values())
        for entry in reversed(entries):
            self.act(entry)


CLIENTS: Final = [client for client in Client.__subclasses__() if client.__module__ == __name__]
SCENARIOS: Final = (
    *("logout-endpoint", "no-logout-endpoint", "platform-identity-sso", "relative-url", "two-entries"),
    *("expired-access-token", "server-failure", "token-refused-once"),
)


@pytest.mark.parametrize("client", CLIENTS)
def test_is_left_alone(client: type[Client]) -> None:
    accused = {name: broken for name in SCENARIOS if (broken := met(client, name).broken)}
    assert accused == {}
