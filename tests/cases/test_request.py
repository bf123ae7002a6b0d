"""With what the cases of #request compare an answer, and when they say nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference import LogoutError, ReferenceServer
from conformance.reference.errors import UNKNOWN_SERVICE_PROVIDER
from tests.faults.catalogue import FAULTS
from tests.faults.certifying import certified, certified_fault, served

if TYPE_CHECKING:
    from conformance.record.record import Case
    from conformance.reference import Json, LogoutRequest, Profile

ACCEPT_JSON = "request/accept-json"


class RefusesAll(ReferenceServer):
    def validate(self, asked: LogoutRequest) -> None:  # noqa: ARG002
        raise LogoutError(UNKNOWN_SERVICE_PROVIDER)


class KnowsEveryDevice(ReferenceServer):
    """Takes any text for a device, and none for one without a profile."""

    def check_device_identifier(self, asked: LogoutRequest) -> None:
        pass

    def choose_action(self, asked: LogoutRequest, profile: Profile | None) -> Json:
        return super().choose_action(asked, profile) if profile else self.entry(asked, "complete")


def case_of(fault: str, name: str) -> Case:
    (case,) = certified_fault(FAULTS[fault], "--case", name).record.cases
    return case


def test_another_form_is_compared_with_the_plain_request_in_the_same_state() -> None:
    case = case_of("finds-no-regular-profile", "request/legal/header-names-lower-case-service-token-sso")
    assert case.status == "passed"


def test_a_malformed_device_is_not_blamed_for_what_every_device_without_profile_gets() -> None:
    with served(KnowsEveryDevice()) as arguments:
        (case,) = certified(*arguments, "--case", "request/questionable/device-identifier-of-other-type").record.cases
    assert case.status == "skipped"
    assert "not answered invalid" in case.message


def test_what_is_accepted_without_accept_and_refused_with_it() -> None:
    case = case_of("accept-json-is-not-acceptable", ACCEPT_JSON)
    (finding,) = case.findings
    assert (case.status, finding.requirement) == ("failed", "accept-json")
    assert (finding.expected, finding.seen) == ("200, as without the header Accept", "406")


def test_accept_is_not_blamed_where_nothing_is_accepted() -> None:
    with served(RefusesAll()) as arguments:
        (case,) = certified(*arguments, "--case", ACCEPT_JSON).record.cases
    assert case.status == "skipped"
    assert "no valid request was accepted" in case.message
