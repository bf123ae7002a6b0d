"""The wrong action: a profile is answered as if it were another one, or none."""

from __future__ import annotations

from dataclasses import replace

from conformance.reference import Json, Key, LogoutRequest, Profile, ReferenceServer
from tests.faults.registry import fault

PAGE = "https://sp.auth.example.com/logout"
OF_NOBODY = ("action-for-expired-profile", "logout-deletes-profile")


class Confuses(ReferenceServer):
    """Takes profiles of one type for something else."""

    type = "regular"
    action = "invalid"

    def choose_action(self, asked: LogoutRequest, profile: Profile | None) -> Json:
        right = super().choose_action(asked, profile)
        if profile is None or not self.confuses(asked, profile):
            return right
        return self.entry(asked, self.action) | ({"url": PAGE} if self.action == "logout" else {})

    def confuses(self, asked: LogoutRequest, profile: Profile) -> bool:
        return profile.type == self.type


class ConfusesRegular(Confuses):
    has_endpoint = True

    def confuses(self, asked: LogoutRequest, profile: Profile) -> bool:
        return super().confuses(asked, profile) and bool(profile.logout_endpoint) == self.has_endpoint


@fault("action-for-logout-endpoint")
class CompletesAtMvpdWithLogoutPage(ConfusesRegular):
    action = "complete"


@fault("action-for-logout-endpoint")
class FindsNoRegularProfile(ConfusesRegular):
    action = "invalid"


@fault("action-for-no-logout-endpoint")
class FindsNoProfileAtMvpdWithoutLogoutPage(ConfusesRegular):
    has_endpoint = False
    action = "invalid"


@fault("action-for-no-logout-endpoint")
class LogsOutAtMvpdWithoutLogoutPage(ConfusesRegular):
    has_endpoint = False
    action = "logout"


@fault("action-for-apple-sso")
class CompletesAppleProfile(Confuses):
    type = "appleSSO"
    action = "complete"


@fault("action-for-apple-sso")
class LogsAppleProfileOutByItself(Confuses):
    type = "appleSSO"
    action = "logout"


@fault("action-for-service-token-sso")
class IgnoresServiceToken(Confuses):
    type = "serviceTokenSSO"


@fault("action-for-platform-identity-sso")
class IgnoresSubjectToken(Confuses):
    type = "platformSSO"


@fault("action-for-degraded")
class FindsNoProfileWhileDegraded(Confuses):
    type = "degraded"


class ConfusesTemporary(Confuses):
    type = "temporary"
    promotional = False

    def confuses(self, asked: LogoutRequest, profile: Profile) -> bool:
        return super().confuses(asked, profile) and ("Promotional" in asked.mvpd) == self.promotional


@fault("action-for-temporary")
class FindsNoBasicTempPass(ConfusesTemporary):
    action = "invalid"


@fault("action-for-temporary")
class FindsNoPromotionalTempPass(ConfusesTemporary):
    promotional = True


class WithoutProfile(ReferenceServer):
    """Does not say that there is no profile."""

    action = "complete"

    def choose_action(self, asked: LogoutRequest, profile: Profile | None) -> Json:
        if profile:
            return super().choose_action(asked, profile)
        return self.entry(asked, self.action) | ({"url": PAGE} if self.action == "logout" else {})


@fault("action-for-no-profile", also=OF_NOBODY)
class LogsOutWithoutProfile(WithoutProfile):
    action = "logout"


@fault("action-for-no-profile")
class CompletesForDeviceThatIsNew(WithoutProfile):
    """A device that was logged out before, or whose profile has expired, is told so."""

    def __init__(self) -> None:
        super().__init__()
        self.known: set[Key] = set()

    def find_profile(self, asked: LogoutRequest) -> Profile | None:
        if self.state(asked).profile:
            self.known.add(self.key_of(asked))
        return super().find_profile(asked)

    def choose_action(self, asked: LogoutRequest, profile: Profile | None) -> Json:
        if self.key_of(asked) in self.known and profile is None:
            return self.entry(asked, "invalid")
        return super().choose_action(asked, profile)


@fault("action-for-expired-profile")
class HonoursExpiredProfile(ReferenceServer):
    def find_profile(self, asked: LogoutRequest) -> Profile | None:
        profile = self.state(asked).profile
        return replace(profile, expired=False) if profile and profile.expired else super().find_profile(asked)


class KnowsEveryMvpd(ReferenceServer):
    """Answers MVPDs that it has never heard of."""

    action = "complete"

    def check_mvpd(self, asked: LogoutRequest) -> None:
        pass

    def choose_action(self, asked: LogoutRequest, profile: Profile | None) -> Json:
        if asked.mvpd in self.store.mvpds:
            return super().choose_action(asked, profile)
        return self.entry(asked, self.action) | ({"url": PAGE} if self.action == "logout" else {})


@fault("unknown-mvpd")
class LogsOutAtUnknownMvpd(KnowsEveryMvpd):
    action = "logout"


class KnowsEveryProvider(ReferenceServer):
    """Answers service providers that it has never heard of."""

    action = "complete"

    def check_service_provider(self, asked: LogoutRequest) -> None:
        pass

    def choose_action(self, asked: LogoutRequest, profile: Profile | None) -> Json:
        if asked.service_provider in self.service_providers:
            return super().choose_action(asked, profile)
        return self.entry(asked, self.action) | ({"url": PAGE} if self.action == "logout" else {})


@fault("unknown-service-provider")
class LogsOutForUnknownProvider(KnowsEveryProvider):
    action = "logout"
