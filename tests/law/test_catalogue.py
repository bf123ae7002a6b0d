from __future__ import annotations

import pytest
from pydantic import ValidationError

from conformance.law.catalogue import Catalogue, Level, Requirement, Subject, catalogue

ROW = {
    "id": "url-for-logout",
    "level": "MUST",
    "subject": "server",
    "section": "#success",
    "sentence": "An entry with logout has a url.",
    "checked": "It is looked at.",
    "errata": [5],
}


def test_a_row_of_the_law_is_found_by_its_id() -> None:
    row = catalogue()["method-not-allowed"]
    assert (row.id, row.level, row.subject) == ("method-not-allowed", Level.MUST, Subject.SERVER)
    assert (row.section, row.errata) == ("#response", (11,))
    assert row.sentence == "POST, PUT, PATCH and DELETE on the endpoint are answered 405."
    assert row.checked == "An otherwise valid request is sent with each of these methods, and the status is compared."
    assert row.unchecked is None


def test_a_client_row_says_why_it_is_not_checked() -> None:
    row = catalogue()["client-licence"]
    assert (row.subject, row.checked) == (Subject.CLIENT, None)
    assert row.unchecked


def test_the_law_is_read_once_and_in_its_own_order() -> None:
    assert catalogue() is catalogue()
    assert catalogue().requirements[0].id == "endpoint-path"
    assert catalogue().spec_version == "1.0"


def test_ids_that_nobody_knows() -> None:
    assert "endpoint-path" in catalogue()
    assert "no-such-requirement" not in catalogue()
    with pytest.raises(KeyError):
        catalogue()["no-such-requirement"]


@pytest.mark.parametrize(
    ("requirements", "strongest"),
    [
        (["throttled-429"], "MAY"),
        (["allow-with-405", "throttled-429"], "SHOULD"),
        (["throttled-429", "allow-with-405", "method-not-allowed"], "MUST"),
        (iter(["method-not-allowed", "allow-with-405"]), "MUST"),
    ],
)
def test_the_strongest_of_several_levels(requirements: list[str], strongest: str) -> None:
    assert catalogue().strongest(requirements) == strongest


@pytest.mark.parametrize(
    "change",
    [{"level": "must"}, {"subject": "both"}, {"checks": "x"}, {"sentence": None}, {"errata": ["x"]}],
)
def test_a_row_of_another_form_is_refused(change: dict[str, object]) -> None:
    assert Requirement.model_validate(ROW).errata == (5,)
    with pytest.raises(ValidationError):
        Requirement.model_validate(ROW | change)


def test_nothing_of_the_law_can_be_changed() -> None:
    with pytest.raises(ValidationError):
        catalogue()["endpoint-path"].level = Level.MAY  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Catalogue.model_validate({"spec_version": "1.0", "requirements": [ROW], "more": 1})
