"""Clients whose request is wrong."""

from __future__ import annotations

import base64
import json
import socket
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, urlsplit

from tests.client.registry import fault
from tests.client.right import INFO, Answer, Client, in_base64

if TYPE_CHECKING:
    from collections.abc import Mapping


# --- Path and method ---


@fault("client-path")
class AsksAsSampleSeven(Client):
    def path(self) -> str:
        return f"/api/v2/logout/{self.told['service_provider']}/{self.mvpd()}"


@fault("client-path", scenario="relative-url")
class ForgetsThePathOfTheBaseUrl(Client):
    def url(self) -> str:
        parts = urlsplit(self.told["base_url"])
        return f"{parts.scheme}://{parts.netloc}{self.path()}?{self.query()}"


@fault("client-path")
class AsksForAnotherServiceProvider(Client):
    def path(self) -> str:
        return f"/api/v2/REF40/logout/{self.mvpd()}"


@fault("client-path")
class WritesTheMvpdInLowerCase(Client):
    def mvpd(self) -> str:
        return super().mvpd().lower()


@fault("client-path-encoded", scenario="no-logout-endpoint")
class EncodesTheMvpdTwice(Client):
    def mvpd(self) -> str:
        return quote(super().mvpd(), safe="")


@fault("client-path-encoded", scenario="no-logout-endpoint")
class LeavesASlashInTheMvpd(Client):
    def mvpd(self) -> str:
        return quote(self.told["mvpd"], safe="/")


@fault("client-path-encoded", scenario="relative-url")
class EncodesTheMvpdAsAForm(Client):
    def mvpd(self) -> str:
        return quote_plus(self.told["mvpd"])


@fault("client-path-encoded", scenario="relative-url")
class LeavesABlankInTheMvpd(Client):
    def mvpd(self) -> str:
        return super().mvpd().replace("%20", " ")

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        if " " not in url:
            return super().send(method, url, headers, body)
        parts = urlsplit(url)
        with closing(socket.create_connection((str(parts.hostname), parts.port or 80), 20)) as line:
            lines = [
                f"{method} {url.partition(parts.netloc)[2]} HTTP/1.1",
                f"Host: {parts.netloc}",
                "Connection: close",
            ]
            lines += [f"{name}: {value}" for name, value in headers.items()]
            line.sendall("\r\n".join([*lines, "", ""]).encode())
            answer = line.makefile("rb").read()
        return Answer(int(answer.split()[1]), {}, b"")


@fault("client-method-get")
class PostsItsLogout(Client):
    def method(self) -> str:
        return "POST"


# --- redirectUrl ---


@fault("client-redirect-url")
class SendsNoRedirectUrl(Client):
    def query(self) -> str:
        return ""


@fault("client-redirect-url")
class SendsAnEmptyRedirectUrl(Client):
    def query(self) -> str:
        return "redirectUrl="


@fault("client-redirect-url")
class SendsTwoRedirectUrls(Client):
    def query(self) -> str:
        return f"{super().query()}&{super().query()}"


@fault("client-redirect-url")
class SpellsTheParameterInItsOwnWay(Client):
    def query(self) -> str:
        return super().query().replace("redirectUrl", "redirect_url")


@fault("client-redirect-url-is-a-url", "client-redirect-url-encoded")
class SendsTheRedirectUrlWithoutItsHost(Client):
    def query(self) -> str:
        return f"redirectUrl={quote(urlsplit(self.told['redirect_url']).path, safe='')}"


@fault("client-redirect-url-encoded")
class LeavesTheRedirectUrlAsItIs(Client):
    def query(self) -> str:
        return f"redirectUrl={self.told['redirect_url'].replace(' ', '%20')}"


@fault("client-redirect-url-encoded")
class EncodesTheRedirectUrlTwice(Client):
    def query(self) -> str:
        return f"redirectUrl={quote(quote(self.told['redirect_url'], safe=''), safe='')}"


@fault("client-redirect-url-encoded")
class CutsTheQueryOffTheRedirectUrl(Client):
    def query(self) -> str:
        return super().query().partition("%3F")[0]


# --- Tokens ---


@fault("client-authorization")
class SendsNoToken(Client):
    def authorization(self) -> dict[str, str]:
        return {}


@fault("client-authorization")
class SendsItsTokenWithoutAScheme(Client):
    def authorization(self) -> dict[str, str]:
        return {"Authorization": self.token}


@fault("client-authorization")
class SendsAnotherToken(Client):
    def authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token[::-1]}"}

    def tries_again(self, answer: Answer) -> bool:
        return False


@fault("client-token-only-in-header")
class SendsItsTokenInTheQueryToo(Client):
    def query(self) -> str:
        return f"{super().query()}&access_token={self.token}"


@fault("client-service-token", scenario="service-token-sso")
class ForgetsTheServiceToken(Client):
    def sign_on(self) -> dict[str, str]:
        return {}


@fault("client-subject-token", scenario="platform-identity-sso")
class ForgetsTheSubjectToken(Client):
    def sign_on(self) -> dict[str, str]:
        return {}


@fault("client-subject-token", scenario="platform-identity-sso")
class SendsTheSubjectTokenAsServiceToken(Client):
    def sign_on(self) -> dict[str, str]:
        return {"AD-Service-Token": self.told["subject_token"]}


@fault("client-service-token", "client-sso-token-format", scenario="service-token-sso")
class EncodesTheServiceToken(Client):
    def sign_on(self) -> dict[str, str]:
        return {"AD-Service-Token": in_base64(self.told["service_token"])}


# --- The device ---


@fault("client-device-identifier")
class NamesNoDevice(Client):
    def device(self) -> dict[str, str]:
        return {}


@fault("client-device-identifier")
class NamesAnotherDevice(Client):
    def device(self) -> dict[str, str]:
        return {"AP-Device-Identifier": f"fingerprint {in_base64('another')}"}


@fault("client-device-identifier-format", scenario="platform-identity-sso")
class NamesTheDeviceInUrlBase64(Client):
    def device(self) -> dict[str, str]:
        encoded = base64.urlsafe_b64encode(self.told["device_id"].encode()).decode()
        return {"AP-Device-Identifier": f"fingerprint {encoded}"}


@fault("client-device-identifier-format", scenario="apple-sso")
class PercentEncodesTheDevice(Client):
    def device(self) -> dict[str, str]:
        return {"AP-Device-Identifier": f"fingerprint {quote(in_base64(self.told['device_id']), safe='')}"}


@fault("client-device-identifier-format")
class NamesTheDeviceWithoutAType(Client):
    def device(self) -> dict[str, str]:
        return {"AP-Device-Identifier": in_base64(self.told["device_id"])}


@fault("client-device-info")
class DescribesNoDevice(Client):
    def info(self) -> dict[str, str]:
        return {}


@fault("client-device-info-format")
class DescribesTheDeviceInPlainJson(Client):
    def info(self) -> dict[str, str]:
        return {"X-Device-Info": json.dumps(INFO)}


@fault("client-device-info-keys")
class LeavesTheVersionOut(Client):
    def info(self) -> dict[str, str]:
        return {"X-Device-Info": in_base64(json.dumps({name: INFO[name] for name in INFO if name != "version"}))}


@fault("client-device-info-values")
class NamesASystemThatIsNotListed(Client):
    def info(self) -> dict[str, str]:
        return {"X-Device-Info": in_base64(json.dumps(INFO | {"osName": "TvOS"}))}


@fault("client-forwarded-for-value")
class ForwardsNoAddress(Client):
    def accept(self) -> dict[str, str]:
        return super().accept() | {"X-Forwarded-For": "unknown"}


@fault("client-accept-json")
class AcceptsAnything(Client):
    def accept(self) -> dict[str, str]:
        return {"Accept": "*/*"}
