"""The wrong type beside the right action."""

from __future__ import annotations

from conformance.reference import Json, LogoutRequest, Profile, ReferenceServer
from tests.faults.registry import fault


class Mispairs(ReferenceServer):
    action = "logout"
    type = "none"

    def choose_action(self, asked: LogoutRequest, profile: Profile | None) -> Json:
        entry = super().choose_action(asked, profile)
        wrong = entry["actionName"] == self.action and self.mispairs(asked, profile)
        return entry | {"actionType": self.type} if wrong else entry

    def mispairs(self, asked: LogoutRequest, profile: Profile | None) -> bool:
        return True


@fault("action-type-for-logout")
class LogoutTypedNone(Mispairs):
    type = "none"


@fault("action-type-for-logout")
class LogoutTypedNoneForServiceTokens(Mispairs):
    def mispairs(self, asked: LogoutRequest, profile: Profile | None) -> bool:
        return bool(profile and profile.type == "serviceTokenSSO")


@fault("action-type-for-partner-logout")
class PartnerLogoutTypedInteractive(Mispairs):
    action = "partner_logout"
    type = "interactive"


@fault("action-type-for-complete")
class CompleteTypedInteractive(Mispairs):
    action = "complete"
    type = "interactive"


@fault("action-type-for-complete")
class CompleteTypedInteractiveWhileDegraded(Mispairs):
    action = "complete"
    type = "interactive"

    def mispairs(self, asked: LogoutRequest, profile: Profile | None) -> bool:
        return bool(profile and profile.type == "degraded")


@fault("action-type-for-complete")
class CompleteTypedPartnerInteractiveForPromotionalTempPass(Mispairs):
    action = "complete"
    type = "partner_interactive"

    def mispairs(self, asked: LogoutRequest, profile: Profile | None) -> bool:
        return "Promotional" in asked.mvpd


@fault("action-type-for-invalid")
class InvalidTypedInteractive(Mispairs):
    action = "invalid"
    type = "interactive"


@fault("action-type-for-invalid")
class InvalidTypedInteractiveForExpiredProfile(Mispairs):
    action = "invalid"
    type = "interactive"

    def mispairs(self, asked: LogoutRequest, profile: Profile | None) -> bool:
        held = self.state(asked).profile
        return bool(held and held.expired)


@fault("action-type-for-invalid")
class InvalidTypedInteractiveAfterLogout(Mispairs):
    """Only where a profile has been there and is no more."""

    action = "invalid"
    type = "interactive"

    def __init__(self) -> None:
        super().__init__()
        self.logged_out: set[str] = set()

    def delete_profile(self, asked: LogoutRequest, profile: Profile) -> None:
        super().delete_profile(asked, profile)
        self.logged_out.add(asked.device_identifier)

    def mispairs(self, asked: LogoutRequest, profile: Profile | None) -> bool:
        return profile is None and asked.device_identifier in self.logged_out
