"""The wrong status for a success, a missing profile, a failure; and failures where there is none."""

from __future__ import annotations

from werkzeug.wrappers import Request, Response

from conformance.reference import Json, LogoutError, LogoutRequest, Profile, ReferenceServer
from conformance.reference.errors import (
    INTERNAL_SERVER_ERROR,
    INVALID_INTEGRATION,
    NOT_FOUND,
    UNKNOWN_MVPD,
    ErrorCode,
)
from tests.faults.registry import fault

NO_PROFILE = ErrorCode(400, "authenticated_profile_missing", "There is no profile.")


class Succeeds(ReferenceServer):
    """Answers successes of some actions with another status."""

    actions: tuple[str, ...] = ("logout", "partner_logout", "complete", "invalid")
    status = 200

    def render_success(self, asked: LogoutRequest, entry: Json) -> Response:
        answer = super().render_success(asked, entry)
        if entry["actionName"] in self.actions:
            answer.status_code = self.status
        return answer


@fault("listed-status")
class NoContentForComplete(ReferenceServer):
    def render_success(self, asked: LogoutRequest, entry: Json) -> Response:
        return Response(status=204) if entry["actionName"] == "complete" else super().render_success(asked, entry)


@fault("listed-status")
class RedirectsToLogoutPage(ReferenceServer):
    def render_success(self, asked: LogoutRequest, entry: Json) -> Response:
        answer = super().render_success(asked, entry)
        if entry["actionName"] == "logout":
            answer.status_code = 302
            answer.headers["Location"] = str(entry["url"])
        return answer


@fault("listed-status")
class NotFoundWithoutProfile(Succeeds):
    actions = ("invalid",)
    status = 404


class RefusesProfile(ReferenceServer):
    error = NO_PROFILE

    def choose_action(self, asked: LogoutRequest, profile: Profile | None) -> Json:
        if self.refuses(asked, profile):
            raise LogoutError(self.error)
        return super().choose_action(asked, profile)

    def refuses(self, asked: LogoutRequest, profile: Profile | None) -> bool:
        raise NotImplementedError


@fault("status-of-success", also=("logout-deletes-profile",))
class BadRequestWithoutProfile(RefusesProfile):
    def refuses(self, asked: LogoutRequest, profile: Profile | None) -> bool:
        return profile is None


@fault("status-of-success")
class BadRequestForExpiredProfile(RefusesProfile):
    def refuses(self, asked: LogoutRequest, profile: Profile | None) -> bool:
        held = self.state(asked).profile
        return bool(held and held.expired)


@fault("status-of-success")
class BadRequestWhileDegraded(RefusesProfile):
    def refuses(self, asked: LogoutRequest, profile: Profile | None) -> bool:
        return bool(profile and profile.type == "degraded")


@fault("status-of-success")
class BadRequestForTempPass(RefusesProfile):
    def refuses(self, asked: LogoutRequest, profile: Profile | None) -> bool:
        return bool(profile and profile.type == "temporary")


@fault("no-server-error")
class FailsWithoutProfile(RefusesProfile):
    error = INTERNAL_SERVER_ERROR

    def refuses(self, asked: LogoutRequest, profile: Profile | None) -> bool:
        return profile is None


class AnswersFailure(ReferenceServer):
    """Answers a failure of its own in its own way."""

    error: ErrorCode | None = None

    def check_state(self, asked: LogoutRequest) -> None:
        if not self.state(asked).failing:
            super().check_state(asked)
        elif self.error:
            raise LogoutError(self.error)


@fault("server-failure-is-500")
class FailureIsSuccess(AnswersFailure):
    pass


class AnswersInactive(ReferenceServer):
    """Answers a disabled integration in its own way."""

    error: ErrorCode | None = None

    def check_state(self, asked: LogoutRequest) -> None:
        try:
            super().check_state(asked)
        except LogoutError as error:
            if error.error is not INVALID_INTEGRATION:
                raise
            if self.error:
                raise LogoutError(self.error) from None


@fault("inactive-integration-is-400")
class InactiveIntegrationStillWorks(AnswersInactive):
    pass


class Recodes(ReferenceServer):
    """Answers one kind of error with another status."""

    error = UNKNOWN_MVPD
    status = 404

    def render_error(self, request: Request, error: LogoutError) -> Response:
        if error.error is not self.error:
            return super().render_error(request, error)
        code = ErrorCode(self.status, error.error.code, error.error.message, error.error.action)
        return super().render_error(request, LogoutError(code, error.headers))


@fault("listed-status")
class UnknownMvpdIsNotFound(Recodes):
    pass


@fault("listed-status")
class MvpdsOfLettersOnly(ReferenceServer):
    """A route that was written with a pattern."""

    def dispatch(self, request: Request) -> Response:
        *_, mvpd = self.path_segments(request)
        if mvpd != "_state" and not mvpd.isalpha():
            raise LogoutError(NOT_FOUND)
        return super().dispatch(request)


@fault("listed-status")
class DegradedRedirectsToSlash(ReferenceServer):
    def dispatch(self, request: Request) -> Response:
        segments = self.path_segments(request)
        if segments[-1] == "ATTOTT":
            return Response(status=308, headers={"Location": f"{request.path}/"}, content_type=self.content_type)
        return super().dispatch(request)


@fault("listed-status")
class TempPassAtThePathOfTheSample(ReferenceServer):
    """Sample 7 has `logout` before the service provider; there, and only there, are the temporary MVPDs served."""

    def dispatch(self, request: Request) -> Response:
        if "TempPass" in request.path:
            raise LogoutError(NOT_FOUND)
        return super().dispatch(request)
