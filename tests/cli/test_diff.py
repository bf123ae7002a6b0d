"""`logout-conformance diff`, as it is run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.commands import in_process, logout_conformance
from tests.report.samples import a_case, a_record, an_exchange, stored

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """A folder of two runs, the second worse than the first."""
    for name, status in (("old", "passed"), ("new", "failed")):
        (tmp_path / name).mkdir()
        stored(tmp_path / name, a_record(a_case(status)), [an_exchange()])  # type: ignore[arg-type]
    return tmp_path


@pytest.mark.parametrize(
    ("one", "other", "code", "said"),
    [("old", "new", 1, "1 new failure,"), ("new", "old", 0, "1 fixed,"), ("new", "new", 0, "1 still failing.")],
)
def test_it_ends_with_1_on_a_new_failure_alone(one: str, other: str, code: int, said: str, runs: Path) -> None:
    ended = logout_conformance("diff", one, other, folder=runs)
    assert (ended.code, ended.complaints) == (code, "")
    assert said in ended.output


def test_it_writes_a_file_where_that_is_asked_for(runs: Path) -> None:
    ended = logout_conformance("diff", "old", "new", "--format", "html", "--out", "out/diff.html", folder=runs)
    assert (ended.code, ended.output) == (1, "out/diff.html\n")
    assert (runs / "out" / "diff.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    markdown = logout_conformance("diff", "old", "new", "--format", "markdown", folder=runs)
    assert markdown.output.startswith("## Not conformant, before: Conformant.")


@pytest.mark.parametrize(
    "arguments", [("old", "nothing"), ("nothing", "new"), ("old",), ("old", "new", "--format", "x")]
)
def test_what_cannot_be_compared_is_a_usage_error(arguments: tuple[str, ...], runs: Path) -> None:
    ended = in_process("diff", *arguments, folder=runs)
    assert (ended.code, ended.output) == (2, "")
    assert "Traceback" not in ended.complaints


def test_a_folder_without_its_evidence_is_one_too(runs: Path) -> None:
    (runs / "old" / "exchanges.jsonl").unlink()
    ended = logout_conformance("diff", "old", "new", "--out", "diff.txt", folder=runs)
    assert ended.code == 2
    assert "exchanges.jsonl: not found" in ended.complaints
    assert not (runs / "diff.txt").exists()
