"""Ways to point at the MVPD's logout page."""

from __future__ import annotations

import itertools
from urllib.parse import quote

from conformance.reference import Json, LogoutRequest, Profile, ReferenceServer
from tests.unusual.registry import unusual

PAGE = "https://sp.auth.example.com/logout"


class Points(ReferenceServer):
    def build_url(self, asked: LogoutRequest, endpoint: str) -> str:
        return self.page(quote(asked.mvpd, safe=""), quote(asked.redirect_url, safe=""))

    def page(self, mvpd: str, target: str) -> str:
        raise NotImplementedError


@unusual()
class UrlWithoutRedirectTarget(Points):
    def page(self, mvpd: str, target: str) -> str:
        return f"{PAGE}?mso_id={mvpd}"


@unusual()
class UrlBelowHost(Points):
    def page(self, mvpd: str, target: str) -> str:
        return f"/logout/{mvpd}?back={target}"


@unusual()
class UrlOfSameScheme(Points):
    def page(self, mvpd: str, target: str) -> str:
        return f"//sp.auth.example.com/logout?mso_id={mvpd}&back={target}"


@unusual()
class UrlInUpperCase(Points):
    def page(self, mvpd: str, target: str) -> str:
        return f"HTTPS://SP.AUTH.EXAMPLE.COM/logout?mso_id={mvpd}&back={target}"


@unusual()
class UrlOfAddress(Points):
    def page(self, mvpd: str, target: str) -> str:
        return f"http://[2001:db8::7]:8443/logout?mso_id={mvpd}&back={target}"


@unusual()
class UrlWithFragment(Points):
    """A page that finds its way by fragment; the redirect target stands in there too."""

    def page(self, mvpd: str, target: str) -> str:
        return f"{PAGE}#/leave/{mvpd}?back={target}"


@unusual()
class UrlOfAnotherHostEachTime(ReferenceServer):
    def __init__(self) -> None:
        super().__init__()
        self.numbers = itertools.count()

    def build_url(self, asked: LogoutRequest, endpoint: str) -> str:
        return f"https://node-{next(self.numbers)}.example.com/logout?mso_id={quote(asked.mvpd, safe='')}"


@unusual()
class UrlIsSigned(Points):
    """A SAML request, deflated and signed, takes thousands of letters."""

    def page(self, mvpd: str, target: str) -> str:
        return f"{PAGE}?SAMLRequest={'aB3%2B' * 1500}&RelayState={target}&mso_id={mvpd}&Signature={'f' * 512}"


@unusual()
class UrlWithEchoOfPlainHttp(Points):
    """Sample 1 of the page: https was asked for, http comes back."""

    def page(self, mvpd: str, target: str) -> str:
        return f"{PAGE}?mso_id={mvpd}&redirect_url={target.replace('https', 'http', 1)}"


class PartnerPage(ReferenceServer):
    url = "https://support.example.com/sign-out"

    def choose_action(self, asked: LogoutRequest, profile: Profile | None) -> Json:
        entry = super().choose_action(asked, profile)
        return entry | ({"url": self.url} if entry["actionName"] == "partner_logout" else {})


@unusual()
class PartnerLogoutWithUrl(PartnerPage):
    pass
