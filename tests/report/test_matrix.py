from __future__ import annotations

from conformance.report.matrix import Cell, matrix_of
from tests.report.samples import ALLOW, JSON_TYPE, a_case, a_record


def test_a_cell_has_the_gravest_status_and_how_many_cases_there_are() -> None:
    matrix = matrix_of(a_record(a_case("passed", "a"), a_case("failed", "b")))
    assert matrix.sections == {"source page #success": [(JSON_TYPE, [Cell("failed", "b", 2)])]}


def test_columns_are_the_scenarios_that_cases_are_of() -> None:
    matrix = matrix_of(a_record(a_case(scenario=None), a_case(case_id="b"), a_case(case_id="c", scenario="unknown")))
    assert matrix.columns == ["logout-endpoint", "unknown", None]


def test_other_sources_come_last_and_rows_without_a_case_are_left_out() -> None:
    cases = [a_case(case_id="b", requirements=[ALLOW.id]), a_case()]
    assert list(matrix_of(a_record(*cases)).sections) == ["source page #success", "other sources"]
    assert list(matrix_of(a_record(cases[1])).sections) == ["source page #success"]
