"""What a logout deletes, and should have left alone, or should have deleted and did not."""

from __future__ import annotations

from dataclasses import replace

from werkzeug.wrappers import Response

from conformance.reference import Json, Key, LogoutError, LogoutRequest, Profile, ReferenceServer, State
from conformance.reference.errors import INVALID_REDIRECT_URL
from conformance.reference.request import is_url
from tests.faults.registry import fault

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
class KeepsRegularProfile(Keeps):
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


class DeletesMore(ReferenceServer):
    """Deletes every profile whose key has these parts in common with the one asked for."""

    same: tuple[str, ...] = ("service_provider", "mvpd")

    def __init__(self) -> None:
        super().__init__()
        self.keys: set[Key] = set()

    def key(self, service_provider: str, mvpd: str, device_identifier: str) -> Key:
        key = super().key(service_provider, mvpd, device_identifier)
        self.keys.add(key)
        return key

    def delete_profile(self, asked: LogoutRequest, profile: Profile) -> None:
        super().delete_profile(asked, profile)
        of = self.key_of(asked)
        for key in set() if profile.outlives_logout else set(self.keys):
            if all(getattr(key, part) == getattr(of, part) for part in self.same):
                self.store.delete_profile(key)


@fault("other-device-untouched")
class DeletesProfilesOfEveryDevice(DeletesMore):
    same = ("service_provider", "mvpd")


@fault("other-mvpd-untouched")
class DeletesProfilesAtEveryMvpd(DeletesMore):
    same = ("service_provider", "device_identifier")


@fault("other-service-provider-untouched")
class DeletesProfilesWithEveryProvider(DeletesMore):
    same = ("mvpd", "device_identifier")


@fault("other-device-untouched", also=("other-mvpd-untouched", "other-service-provider-untouched"))
class DeletesEverything(DeletesMore):
    same = ()


class FindsMore(ReferenceServer):
    """Finds any profile whose key has these parts in common, and deletes only the right one."""

    same: tuple[str, ...] = ("service_provider", "mvpd")

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[Key, State] = {}

    def set_up(self, names: Key, state: State) -> Response:
        self.held[names] = state
        return super().set_up(names, state)

    def tear_down(self, names: Key) -> Response:
        self.held.pop(names, None)
        return super().tear_down(names)

    def delete_profile(self, asked: LogoutRequest, profile: Profile) -> None:
        super().delete_profile(asked, profile)
        if not profile.outlives_logout:
            self.held.pop(self.key_of(asked), None)

    def find_profile(self, asked: LogoutRequest) -> Profile | None:
        of = self.key_of(asked)
        others = (
            state.profile
            for key, state in self.held.items()
            if all(getattr(key, part) == getattr(of, part) for part in self.same)
        )
        return super().find_profile(asked) or next(
            (profile for profile in others if profile and not profile.expired and profile.type == "regular"), None
        )


@fault("other-device-untouched", also=("logout-deletes-profile",))
class FindsProfileOfAnotherDevice(FindsMore):
    same = ("service_provider", "mvpd")


@fault("other-mvpd-untouched", also=("logout-deletes-profile",))
class FindsProfileAtAnotherMvpd(FindsMore):
    same = ("service_provider", "device_identifier")


@fault("other-service-provider-untouched", also=("logout-deletes-profile",))
class FindsProfileWithAnotherProvider(FindsMore):
    same = ("mvpd", "device_identifier")


@fault("other-device-untouched")
class DevicesAreTheSameInAnyCase(ReferenceServer):
    """A database that compares text without regard to case, which Base64 cannot stand."""

    def key(self, service_provider: str, mvpd: str, device_identifier: str) -> Key:
        return super().key(service_provider, mvpd, device_identifier.lower())


@fault("other-device-untouched")
class OneDeviceForAll(ReferenceServer):
    def key(self, service_provider: str, mvpd: str, device_identifier: str) -> Key:  # noqa: ARG002
        return super().key(service_provider, mvpd, "any")


@fault("other-service-provider-untouched")
class OneProviderForAll(ReferenceServer):
    def key(self, service_provider: str, mvpd: str, device_identifier: str) -> Key:  # noqa: ARG002
        return super().key("any", mvpd, device_identifier)


@fault("refused-deletes-nothing")
class DeletesBeforeInputsAreChecked(ReferenceServer):
    def validate(self, asked: LogoutRequest) -> None:
        try:
            super().validate(asked)
        except LogoutError:
            self.store.delete_profile(self.key_of(asked))
            raise


@fault("refused-deletes-nothing")
class DeletesWhereRedirectUrlIsMissing(ReferenceServer):
    def check_redirect_url(self, asked: LogoutRequest) -> None:
        if "redirectUrl" not in asked.request.args:
            self.store.delete_profile(self.key_of(asked))
        super().check_redirect_url(asked)


@fault("refused-deletes-nothing")
class DeletesWhereRedirectUrlIsNoUrl(ReferenceServer):
    """The url is built last, and fails when everything else has been done."""

    def check_redirect_url(self, asked: LogoutRequest) -> None:
        if asked.redirect_url and not is_url(asked.redirect_url):
            self.store.delete_profile(self.key_of(asked))
            raise LogoutError(INVALID_REDIRECT_URL)
        super().check_redirect_url(asked)


@fault("refused-deletes-nothing")
class DeletesForMissingToken(ReferenceServer):
    def authenticate(self, asked: LogoutRequest) -> None:
        if asked.access_token is None:
            self.store.delete_profile(self.key_of(asked))
        super().authenticate(asked)


@fault("refused-deletes-nothing")
class DeletesOnPost(ReferenceServer):
    def check_method(self, asked: LogoutRequest) -> None:
        if asked.request.method == "POST":
            self.store.delete_profile(self.key_of(asked))
        super().check_method(asked)


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


@fault("degraded-again")
class DegradationEndsWithSecondLogout(Ends):
    after = 2


@fault("temporary-again")
class TempPassEndsWithLogout(Ends):
    type = "temporary"


@fault("temporary-again")
class TempPassEndsWithSecondLogout(Ends):
    type = "temporary"
    after = 2


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
