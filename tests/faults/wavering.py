"""Answers that change between two equal requests."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from conformance.reference import Json, LogoutError, LogoutRequest, Profile, ReferenceServer
from conformance.reference.errors import INTERNAL_SERVER_ERROR
from tests.faults.registry import fault

if TYPE_CHECKING:
    from werkzeug.wrappers import Request, Response

ANYTHING = (
    "action-for-logout-endpoint",
    "action-for-no-logout-endpoint",
    "action-for-service-token-sso",
    "action-for-platform-identity-sso",
    "action-for-apple-sso",
    "action-for-degraded",
    "action-for-temporary",
    "other-device-untouched",
    "other-mvpd-untouched",
    "other-service-provider-untouched",
    "refused-deletes-nothing",
    "content-type-of-success",
    "no-server-error",
    "logout-deletes-profile",
    "degraded-again",
    "temporary-again",
)


class Wavers(ReferenceServer):
    """Every so many answers to logouts are wrong."""

    every = 2

    def __init__(self) -> None:
        super().__init__()
        self.calls = itertools.count(1)

    def dispatch(self, request: Request) -> Response:
        is_logout = "/logout/" in request.path
        wrong = is_logout and next(self.calls) % self.every == 0
        answer = super().dispatch(request)
        return self.wrong(answer) if wrong else answer

    def wrong(self, answer: Response) -> Response:
        raise LogoutError(INTERNAL_SERVER_ERROR)


@fault("no-server-error", also=("consistent-answers",))
class EverySecondAnswerFails(Wavers):
    pass


@fault("no-server-error", also=("consistent-answers",))
class FiftiethAnswerFails(Wavers):
    every = 50


@fault("content-type-of-success", also=("consistent-answers", "content-type-of-error"))
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


@fault("consistent-answers")
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
