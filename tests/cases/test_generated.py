"""Under which demand the cases of generated requests report, and when they say nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from werkzeug.wrappers import Response

from conformance.reference import ReferenceServer
from tests.faults.catalogue import FAULTS
from tests.faults.certifying import certified, certified_fault, served

if TYPE_CHECKING:
    from conformance.reference import Json, LogoutRequest


class SaysNothing(ReferenceServer):
    def render_success(self, asked: LogoutRequest, entry: Json) -> Response:  # noqa: ARG002
        return Response(json.dumps({}), content_type=self.content_type)


@pytest.mark.parametrize(
    ("fault", "requirement"),
    [
        ("missing-device-identifier-accepted", "device-identifier-required"),
        # what the batch deleted is not there for the logout behind it: that is no inconsistency
        ("deletes-for-missing-token", "refused-deletes-nothing"),
    ],
)
def test_an_invalid_request_is_reported_for_what_it_lacks(fault: str, requirement: str) -> None:
    outcome = certified_fault(FAULTS[fault], "--case", "generated/invalid")
    assert outcome.broken == {requirement}


def test_where_no_action_can_be_read_nobody_is_known_to_have_no_profile() -> None:
    with served(SaysNothing()) as arguments:
        (case,) = certified(*arguments, "--case", "generated/unknown/mvpd").record.cases
    assert case.status == "skipped"
    assert "logouts-member" in case.message
