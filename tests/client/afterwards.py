"""Clients that go on in a wrong way after the answer, or end so."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from tests.client.registry import fault
from tests.client.right import Answer, Client

if TYPE_CHECKING:
    from collections.abc import Mapping


# --- Pages ---


@fault("client-opens-url")
class NeverOpensAPage(Client):
    def act(self, entry: Mapping[str, str]) -> None:
        pass


@fault("client-opens-url", scenario="extra-members")
class OpensPagesTwice(Client):
    def act(self, entry: Mapping[str, str]) -> None:
        super().act(entry)
        super().act(entry)


@fault("client-opens-url", scenario="two-entries")
class FollowsOneEntryOnly(Client):
    def follow(self, answer: Answer) -> None:
        self.act(answer.content["logouts"][self.told["mvpd"]])


@fault("client-opens-url", scenario="relative-url")
class PastesTheUrlBehindTheBaseUrl(Client):
    def resolved(self, url: str) -> str:
        return self.told["base_url"] + url


@fault("client-opens-url")
class DecodesTheUrl(Client):
    def resolved(self, url: str) -> str:
        return unquote(url).replace(" ", "%20")


@fault("client-opens-url")
class OpensPagesWithHead(Client):
    def open(self, url: str) -> None:
        self.send("HEAD", url, {})


@fault("client-does-nothing-more", scenario="no-logout-endpoint")
class GoesHomeWhereAllIsComplete(Client):
    def act(self, entry: Mapping[str, str]) -> None:
        if entry["actionName"] == "complete":
            self.open(self.told["redirect_url"].replace(" ", "%20"))


@fault("client-does-nothing-more", scenario="no-profile")
class OpensALogoutPageOfItsOwn(Client):
    def act(self, entry: Mapping[str, str]) -> None:
        self.open(f"{self.told['base_url']}/_mvpd/logout?mso_id={entry['mvpd']}")


@fault("client-does-nothing-more", scenario="apple-sso")
class OpensAPageForThePartner(Client):
    def act(self, entry: Mapping[str, str]) -> None:
        self.open(self.told["redirect_url"].replace(" ", "%20"))


@fault("client-reaches-redirect-url")
class StopsAtTheFirstPage(Client):
    def follows(self, answer: Answer) -> bool:
        return False


@fault("client-token-not-elsewhere")
class SendsItsTokenToPages(Client):
    def page_headers(self) -> dict[str, str]:
        return self.authorization()


@fault("client-token-not-elsewhere")
class SendsItsTokenAsACookie(Client):
    def page_headers(self) -> dict[str, str]:
        return {"Cookie": f"session={self.token}"}


@fault("client-device-headers-not-elsewhere")
class DescribesItsDeviceToPages(Client):
    def page_headers(self) -> dict[str, str]:
        return self.info()


# --- More calls ---


@fault("client-logs-out-once")
class AsksForTheHeadFirst(Client):
    def log_out(self) -> Answer:
        self.send("HEAD", self.url(), self.headers())
        return super().log_out()


@fault("client-logs-out-once")
class DeletesAfterwards(Client):
    def follow(self, answer: Answer) -> None:
        super().follow(answer)
        self.send("DELETE", self.url(), self.headers())


@fault("client-logs-out-once", scenario="degraded")
class MakesSure(Client):
    def follow(self, answer: Answer) -> None:
        self.call()
        super().follow(answer)


@fault("client-few-calls", scenario="server-failure")
class NeverGivesUp(Client):
    def log_out(self) -> Answer:
        answers = [self.call() for _ in range(5)]
        return answers[-1]


@fault("client-corrects-bad-request", scenario="inactive-integration")
class SendsABadRequestAgain(Client):
    def tries_again(self, answer: Answer) -> bool:
        return answer.status == 400


@fault("client-new-token-after-401", "client-exit-code", scenario="token-refused-once")
class KeepsItsToken(Client):
    def fresh_token(self) -> str:
        return self.token


@fault("client-new-token-after-401", scenario="token-refused-once")
class ReturnsToItsFirstToken(Client):
    def follow(self, answer: Answer) -> None:
        super().follow(answer)

    def log_out(self) -> Answer:
        answer, first = self.call(), self.token
        self.call()
        self.token = self.fresh_token()
        assert self.token != first
        return self.call() if answer.status == 401 else answer


@fault("client-waits-after-429", scenario="throttled-once")
class DoesNotWait(Client):
    def wait(self, answer: Answer) -> None:
        pass


@fault("client-waits-after-429", scenario="throttled-retry-after")
class DoesNotReadRetryAfter(Client):
    def wait(self, answer: Answer) -> None:
        super().wait(Answer(answer.status, {}, b""))


@fault("client-retries-when-told", scenario="server-error-once")
class GivesUpAtOnce(Client):
    def tries_again(self, answer: Answer) -> bool:
        return False


# --- The end ---


@fault("client-exit-code", scenario="server-failure")
class SaysThatAllIsWell(Client):
    def run(self) -> int:
        super().run()
        return 0


@fault("client-exit-code")
class SaysThatItFailed(Client):
    def run(self) -> int:
        super().run()
        return 1


@fault("client-exit-code", scenario="throttled-once")
class GivesUpWhenThrottled(Client):
    def tries_again(self, answer: Answer) -> bool:
        return False


@fault("client-exit-code", scenario="no-profile")
class FailsBeforeItBegins(Client):
    def run(self) -> int:
        return 1


@fault("client-path", scenario="no-profile")
class DoesNothingAndSaysThatAllIsWell(Client):
    def run(self) -> int:
        return 0
