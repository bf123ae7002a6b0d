"""What a logout, or the refusal of one, deletes although it should have left it alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference import Key, LogoutError, LogoutRequest, Profile, ReferenceServer, State
from conformance.reference.errors import INVALID_REDIRECT_URL
from conformance.reference.request import is_url
from tests.faults.registry import fault

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

PAGE = "https://sp.auth.example.com/logout"


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


@fault("logout-deletes-profile")
class FindsProfileAtAnotherMvpd(FindsMore):
    same = ("service_provider", "device_identifier")


@fault("logout-deletes-profile")
class FindsProfileWithAnotherProvider(FindsMore):
    same = ("mvpd", "device_identifier")


@fault("other-device-untouched")
class DevicesAreTheSameByTheirBeginning(ReferenceServer):
    """A column that is too short, and a database that says nothing of it."""

    def key(self, service_provider: str, mvpd: str, device_identifier: str) -> Key:
        return super().key(service_provider, mvpd, device_identifier[:48])


@fault("other-device-untouched")
class DevicesAreTheSameInAnyCase(ReferenceServer):
    """A database that compares text without regard to case, which Base64 cannot stand."""

    def key(self, service_provider: str, mvpd: str, device_identifier: str) -> Key:
        return super().key(service_provider, mvpd, device_identifier.lower())


@fault("refused-deletes-nothing")
class DeletesBeforeInputsAreChecked(ReferenceServer):
    def validate(self, asked: LogoutRequest) -> None:
        try:
            super().validate(asked)
        except LogoutError:
            self.store.delete_profile(self.key_of(asked))
            raise


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
