"""What a logout should have deleted and did not, and what changes although nobody asked for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference import Json, Key, LogoutError, LogoutRequest, Profile, ReferenceServer
from conformance.reference.errors import INVALID_REDIRECT_URL
from tests.faults.registry import fault

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

PAGE = "https://sp.auth.example.com/logout"


class Keeps(ReferenceServer):
    type = "regular"

    def delete_profile(self, asked: LogoutRequest, profile: Profile) -> None:
        if profile.type != self.type:
            super().delete_profile(asked, profile)


@fault("logout-deletes-profile")
class KeepsEveryProfile(ReferenceServer):
    def delete_profile(self, asked: LogoutRequest, profile: Profile) -> None:
        pass


@fault("logout-deletes-profile")
class KeepsProfileWithoutLogoutPage(ReferenceServer):
    def delete_profile(self, asked: LogoutRequest, profile: Profile) -> None:
        if profile.logout_endpoint:
            super().delete_profile(asked, profile)


@fault("logout-deletes-profile")
class KeepsAppleProfile(Keeps):
    """The partner's logout is taken for the whole."""

    type = "appleSSO"


@fault("logout-deletes-profile")
class KeepsServiceTokenProfile(Keeps):
    type = "serviceTokenSSO"


@fault("logout-deletes-profile")
class KeepsPlatformIdentityProfile(Keeps):
    type = "platformSSO"


@fault("logout-deletes-profile")
class CompletesSecondLogout(ReferenceServer):
    """Deleted before, so it is complete now."""

    def __init__(self) -> None:
        super().__init__()
        self.logged_out: set[Key] = set()

    def delete_profile(self, asked: LogoutRequest, profile: Profile) -> None:
        super().delete_profile(asked, profile)
        self.logged_out.add(self.key_of(asked))

    def choose_action(self, asked: LogoutRequest, profile: Profile | None) -> Json:
        if profile is None and self.key_of(asked) in self.logged_out:
            return self.entry(asked, "complete")
        return super().choose_action(asked, profile)


@fault("logout-deletes-profile")
class ProfileComesBack(ReferenceServer):
    """The second logout finds none, the third one does again."""

    def __init__(self) -> None:
        super().__init__()
        self.deleted: dict[Key, Profile] = {}

    def delete_profile(self, asked: LogoutRequest, profile: Profile) -> None:
        self.deleted[self.key_of(asked)] = profile
        super().delete_profile(asked, profile)

    def choose_action(self, asked: LogoutRequest, profile: Profile | None) -> Json:
        entry = super().choose_action(asked, profile)
        if profile is None and self.key_of(asked) in self.deleted:
            self.store.hold(self.key_of(asked), replace(self.state(asked), profile=self.deleted[self.key_of(asked)]))
        return entry


@fault("logout-deletes-profile")
class LogoutIsKeptInCookie(ReferenceServer):
    """That a device is logged out is known by a cookie alone, which no device has to keep."""

    def delete_profile(self, asked: LogoutRequest, profile: Profile) -> None:
        if "logged_out" in asked.request.cookies:
            super().delete_profile(asked, profile)

    def render_success(self, asked: LogoutRequest, entry: Json) -> Response:
        answer = super().render_success(asked, entry)
        answer.set_cookie("logged_out", "1")
        return answer


@fault("no-profile-again")
class LogoutMakesProfile(ReferenceServer):
    """A device that was never seen before is remembered as one that has a profile."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def choose_action(self, asked: LogoutRequest, profile: Profile | None) -> Json:
        entry = super().choose_action(asked, profile)
        if profile is None and asked.device_identifier not in self.seen:
            self.store.hold(self.key_of(asked), replace(self.state(asked), profile=Profile("regular", PAGE)))
        self.seen.add(asked.device_identifier)
        return entry


class Ends(ReferenceServer):
    """Lets a lasting access end with so many logouts."""

    type = "degraded"
    after = 1

    def __init__(self) -> None:
        super().__init__()
        self.count: dict[Key, int] = {}

    def find_profile(self, asked: LogoutRequest) -> Profile | None:
        profile = super().find_profile(asked)
        if profile is None or profile.type != self.type:
            return profile
        self.count[self.key_of(asked)] = self.count.get(self.key_of(asked), 0) + 1
        return profile if self.count[self.key_of(asked)] <= self.after else None


@fault("degraded-again")
class DegradationEndsWithLogout(Ends):
    pass


@fault("temporary-again")
class TempPassEndsWithLogout(Ends):
    type = "temporary"


@fault("service-token-optional")
class ServiceTokenHidesRegularProfile(ReferenceServer):
    def find_profile(self, asked: LogoutRequest) -> Profile | None:
        profile = super().find_profile(asked)
        hidden = profile and profile.type == "regular" and "AD-Service-Token" in asked.request.headers
        return None if hidden else profile


@fault("status-of-success")
class FirstLogoutOfProfileIsRefused(ReferenceServer):
    """Only the first call after a set-up is wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[Key] = set()

    def choose_action(self, asked: LogoutRequest, profile: Profile | None) -> Json:
        key = self.key_of(asked)
        if profile and profile.type == "appleSSO" and key not in self.seen:
            self.seen.add(key)
            raise LogoutError(INVALID_REDIRECT_URL)
        return super().choose_action(asked, profile)


@fault("action-for-logout-endpoint")
class FirstLogoutFindsNothing(ReferenceServer):
    """Only the first call after a set-up is wrong: the profile is found by the second."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[Key] = set()

    def find_profile(self, asked: LogoutRequest) -> Profile | None:
        profile, key = super().find_profile(asked), self.key_of(asked)
        if key in self.seen:
            return profile
        self.seen.add(key)
        return None if profile and profile.type == "regular" and profile.logout_endpoint else profile
