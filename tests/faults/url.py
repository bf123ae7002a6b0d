"""The url that is not there, not to be there, not to be opened, or not the MVPD's any more."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import quote

from conformance.reference import Json, LogoutRequest, Profile, ReferenceServer
from tests.faults.registry import fault

PAGE = "https://sp.auth.example.com/logout"


class Spoils(ReferenceServer):
    """Changes the entries that have one of these actions."""

    actions: tuple[str, ...] = ("logout",)

    def choose_action(self, asked: LogoutRequest, profile: Profile | None) -> Json:
        entry = super().choose_action(asked, profile)
        return self.spoiled(entry) if entry["actionName"] in self.actions else entry

    def spoiled(self, entry: Json) -> Json:
        return entry | {"url": self.url}

    url: object = PAGE


@fault("url-for-logout")
class LogoutWithoutUrl(Spoils):
    def spoiled(self, entry: Json) -> Json:
        return {name: value for name, value in entry.items() if name != "url"}


@fault("url-for-logout")
class LogoutUrlNull(Spoils):
    url = None


@fault("url-for-logout")
class LogoutUrlEmpty(Spoils):
    url = ""


@fault("url-for-logout")
class ServiceTokenLogoutWithoutUrl(ReferenceServer):
    def choose_action(self, asked: LogoutRequest, profile: Profile | None) -> Json:
        if profile and profile.type == "serviceTokenSSO":
            return self.entry(asked, "logout")
        return super().choose_action(asked, profile)


@fault("no-url-for-complete")
class CompleteWithUrl(Spoils):
    actions = ("complete",)


@fault("no-url-for-complete")
class TempPassWithUrl(ReferenceServer):
    def choose_action(self, asked: LogoutRequest, profile: Profile | None) -> Json:
        entry = super().choose_action(asked, profile)
        return entry | ({"url": PAGE} if profile and profile.type == "temporary" else {})


@fault("no-url-for-invalid")
class InvalidWithUrl(Spoils):
    actions = ("invalid",)


@fault("no-url-for-complete", also=("no-url-for-invalid",))
class EveryAbsentUrlIsNull(Spoils):
    """A serializer that writes every field of its class."""

    actions = ("complete", "invalid")
    url = None


@fault("url-is-reference")
class UrlWithBlank(Spoils):
    url = f"{PAGE}?name=A B"


@fault("url-is-reference")
class UrlWithOtherLetters(Spoils):
    url = f"{PAGE}?name=Télé"


@fault("url-is-reference")
class UrlOfBrokenEscapes(Spoils):
    url = f"{PAGE}?discount=50%&x=%zz"


@fault("url-is-reference")
class PartnerLogoutWithBrokenUrl(Spoils):
    actions = ("partner_logout",)
    url = "settings > accounts > TV provider"


@fault("url-opens-in-user-agent")
class UrlRunsScript(Spoils):
    url = "javascript:logout()"


@fault("url-opens-in-user-agent")
class UrlOfAnApp(Spoils):
    url = "acme-tv://logout"


@fault("url-opens-in-user-agent")
class UrlWithoutHost(Spoils):
    url = "https:///logout"


@fault("url-opens-in-user-agent")
class PartnerLogoutOpensSettings(Spoils):
    actions = ("partner_logout",)
    url = "app-settings:accounts"


class Echoes(ReferenceServer):
    """Puts the redirect target into url in a way of its own."""

    def build_url(self, asked: LogoutRequest, endpoint: str) -> str:
        return f"{endpoint}?mso_id={quote(asked.mvpd, safe='')}&redirect_url={self.echo(asked.redirect_url)}"

    def echo(self, target: str) -> str:
        raise NotImplementedError


@fault("url-keeps-redirect-target", also=("url-is-reference",))
class RedirectTargetBringsParameters(Echoes):
    def echo(self, target: str) -> str:
        return quote(target, safe=":/?#[]@!$&'()*+,;=%")


@fault("url-keeps-redirect-target", also=("url-is-reference",))
class RedirectTargetBringsFragment(Echoes):
    def echo(self, target: str) -> str:
        return quote(target, safe=":/?#[]%").replace("&", "%26")


@fault("url-keeps-redirect-target")
class RedirectTargetIsCutAtItsQuery(Echoes):
    """The query string was decoded before it was taken apart."""

    def echo(self, target: str) -> str:
        return quote(target.partition("&")[0], safe="")


class CarriesToken(ReferenceServer):
    def build_url(self, asked: LogoutRequest, endpoint: str) -> str:
        return f"{super().build_url(asked, endpoint)}&token={self.carried(asked.access_token or '')}"

    def carried(self, token: str) -> str:
        return token


@fault("url-without-token")
class UrlCarriesToken(CarriesToken):
    pass


@fault("url-without-token")
class UrlCarriesTokenInBase64(CarriesToken):
    def carried(self, token: str) -> str:
        return quote(b64encode(token.encode()).decode(), safe="")


@fault("url-without-token")
class SingleSignOnUrlCarriesToken(CarriesToken):
    def build_url(self, asked: LogoutRequest, endpoint: str) -> str:
        build = CarriesToken if endpoint.startswith("/") else ReferenceServer
        return build.build_url(self, asked, endpoint)
