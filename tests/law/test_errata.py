from __future__ import annotations

from conformance.law.catalogue import catalogue
from conformance.law.errata import errata


def test_every_erratum_that_a_row_rests_on_is_there() -> None:
    assert {number for row in catalogue().requirements for number in row.errata} <= set(errata())
    assert list(errata()) == list(range(1, len(errata()) + 1))


def test_an_erratum_has_its_three_parts() -> None:
    erratum = errata()[7]
    assert erratum.title == "The body of an error is required, and may be missing"
    assert erratum.source.startswith("`#error`: the body is marked as required;")
    assert erratum.decision.startswith("An error may have an empty body.")
    assert erratum.consequence.endswith("measured by a linked page, so it is a SHOULD.")
    for each in errata().values():
        assert "\n" not in each.source + each.decision + each.consequence
        assert all((each.source, each.decision, each.consequence))
        assert "**" not in each.consequence
