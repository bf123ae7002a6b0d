"""Answers that change between two equal requests."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from conformance.reference import Json, LogoutError, LogoutRequest, Profile, ReferenceServer
from conformance.reference.errors import INTERNAL_SERVER_ERROR
from conformance.reference.states import STATES
from tests.faults.registry import fault

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

ANYTHING = (
    "accept-json-with-charset",
    "action-for-apple-sso",
    "action-for-degraded",
    "action-for-logout-endpoint",
    "action-for-no-logout-endpoint",
    "action-for-platform-identity-sso",
    "action-for-service-token-sso",
    "action-for-temporary",
    "bearer-any-case",
    "content-type-of-success",
    "degraded-again",
    "device-info-optional-in-effect",
    "header-names-any-case",
    "logout-deletes-profile",
    "no-server-error",
    "optional-headers-absent",
    "other-device-untouched",
    "other-mvpd-untouched",
    "other-service-provider-untouched",
    "percent-decoding",
    "redirect-url-encoding",
    "refused-deletes-nothing",
    "service-token-optional",
    "status-of-success",
    "temporary-again",
    "unknown-query-ignored",
    "x-forwarded-for-optional",
)
"""What may break with an answer that changes: whatever it was that was asked for."""


class Wavers(ReferenceServer):
    """Every so many successes come out wrong."""

    every = 2

    def __init__(self) -> None:
        super().__init__()
        self.calls = itertools.count(1)

    def render_success(self, asked: LogoutRequest, entry: Json) -> Response:
        answer = super().render_success(asked, entry)
        return answer if next(self.calls) % self.every else self.wrong(answer)

    def wrong(self, answer: Response) -> Response:
        raise LogoutError(INTERNAL_SERVER_ERROR)


@fault("no-server-error", also=("consistent-answers",))
class EverySecondAnswerFails(Wavers):
    pass


@fault("consistent-answers", also=("no-server-error",))
class FiftiethAnswerFails(Wavers):
    every = 50


@fault("consistent-answers", also=("content-type-of-success",))
class EveryFifthAnswerIsHtml(Wavers):
    every = 5

    def wrong(self, answer: Response) -> Response:
        answer.headers["Content-Type"] = "text/html"
        return answer


class Forgets(ReferenceServer):
    """Every so many profiles are not found."""

    every = 2

    def __init__(self) -> None:
        super().__init__()
        self.calls = itertools.count(1)

    def find_profile(self, asked: LogoutRequest) -> Profile | None:
        profile = super().find_profile(asked)
        return profile if profile is None or next(self.calls) % self.every else None


@fault("consistent-answers", also=ANYTHING)
class EverySecondProfileIsNotFound(Forgets):
    pass


@fault("consistent-answers", also=ANYTHING)
class EveryThirteenthProfileIsNotFound(Forgets):
    every = 13


@fault("consistent-answers", also=ANYTHING)
class FirstAnswerIsWrong(ReferenceServer):
    """A cold start."""

    def __init__(self) -> None:
        super().__init__()
        self.warm = False

    def choose_action(self, asked: LogoutRequest, profile: Profile | None) -> Json:
        cold, self.warm = not self.warm, True
        return self.entry(asked, "complete") if cold else super().choose_action(asked, profile)


@fault("consistent-answers", also=ANYTHING)
class LogoutAlternatesWithComplete(ReferenceServer):
    """One of two nodes behind a balancer has another list of MVPDs."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = itertools.count()

    def choose_action(self, asked: LogoutRequest, profile: Profile | None) -> Json:
        entry = super().choose_action(asked, profile)
        if profile and profile.type == "regular" and entry["actionName"] == "logout" and next(self.calls) % 2:
            return self.entry(asked, "complete")
        return entry


@fault("consistent-answers")
class LastTokenIsNotCleared(ReferenceServer):
    """What a request leaves in a pooled object confuses the next: a service token that no profile needed."""

    def __init__(self) -> None:
        super().__init__()
        self.left_over = False

    def choose_action(self, asked: LogoutRequest, profile: Profile | None) -> Json:
        left_over, self.left_over = self.left_over, self.leaves_token(asked, profile)
        return self.entry(asked, "complete") if left_over else super().choose_action(asked, profile)

    def leaves_token(self, asked: LogoutRequest, profile: Profile | None) -> bool:
        token = asked.request.headers.get("AD-Service-Token")
        issued = STATES["service-token-sso"].headers["AD-Service-Token"]
        return bool(token == issued and profile and profile.type == "regular")
