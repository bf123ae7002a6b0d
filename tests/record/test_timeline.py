from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.record.history import line_of, names_of
from conformance.record.timeline import by_target, episode, flaky, requirements
from tests.report.samples import ALLOW, JSON_TYPE, a_case, a_record

if TYPE_CHECKING:
    from conformance.record.record import Record, Status
    from conformance.record.timeline import Run

STATUSES: dict[str, Status] = {"p": "passed", "f": "failed", "w": "warned", "s": "skipped", "e": "error"}


def a_run(day: int, letter: str, case: str = "a", version: str = "1.0", **changes: object) -> Record:
    cases = [a_case(STATUSES[letter], case, findings=[])] if letter != "-" else []
    moment = f"2026-11-{day:02}T01:00:00Z"
    target = {"name": "Acme", "version": version, "base_url": "http://a", "service_provider": "REF30"}
    return a_record(*cases, **{"target": target, "started_at": moment, **changes})


def runs_of(*records: Record) -> list[Run]:
    history = [(line_of(record, called="acme", exit_code=0), names_of(record)) for record in records]
    return by_target(history)["acme"]


def strip(letters: str, **changes: object) -> list[Run]:
    """Give runs of one case, a letter and a day each."""
    return runs_of(*(a_run(day, letter, **changes) for day, letter in enumerate(letters, start=1)))  # type: ignore[arg-type]


def episode_of(runs: list[Run]) -> tuple[str, int, int | None, int | None] | None:
    """Give status, since, before and mended of the latest time, by the numbers of the runs."""
    found = episode(JSON_TYPE.id, runs)
    if found is None:
        return None
    before, mended = (run.number if run else None for run in (found.before, found.mended))
    return found.status, found.since.number, before, mended


@pytest.mark.parametrize(
    ("letters", "told"),
    [
        ("", None),
        ("pppp", None),
        ("seps", None),
        ("ppff", ("failed", 3, 2, None)),
        ("ff", ("failed", 1, None, None)),
        ("pfsef", ("failed", 2, 1, None)),
        ("pfse", ("failed", 2, 1, None)),
        ("pspf-", ("failed", 4, 3, None)),
        ("pffpp", ("failed", 2, 1, 4)),
        ("pfpfp", ("failed", 4, 3, 5)),
        ("pfw", ("warned", 2, 1, None)),
    ],
)
def test_since_when_something_is_broken_and_when_it_was_mended(
    letters: str, told: tuple[str, int, int | None, int | None] | None
) -> None:
    assert episode_of(strip(letters) if letters else []) == told


def test_a_part_of_the_cases_mends_nothing_but_what_the_same_part_found() -> None:
    whole = a_run(1, "f")
    part = a_run(2, "p", "another", partial=True)
    assert episode_of(runs_of(whole, part)) == ("failed", 1, None, None)
    assert episode_of(runs_of(whole, a_run(2, "p", "another", interrupted=True))) == ("failed", 1, None, None)
    assert episode_of(strip("fp", partial=True)) == ("failed", 1, None, 2)
    assert episode_of(runs_of(part, a_run(3, "f"))) == ("failed", 2, 1, None)


def test_another_kit_is_named_where_something_broke_with_it() -> None:
    found = episode(JSON_TYPE.id, runs_of(a_run(1, "p"), a_run(2, "f", kit_version="0.2.0")))
    assert found is not None
    assert found.other_kit == "0.1.0"
    same = episode(JSON_TYPE.id, strip("pf"))
    assert same is not None
    assert same.other_kit == ""


def flaky_of(runs: list[Run]) -> list[tuple[str, int, list[str]]]:
    return [(one.case, one.changes, list(one.versions)) for one in flaky(runs)]


@pytest.mark.parametrize(
    ("letters", "changes"),
    [("pppp", 0), ("ffff", 0), ("pf", 1), ("pwp", 2), ("psef", 1), ("fw", 0), ("pe", 0), ("ps-s", 0)],
)
def test_a_case_is_flaky_that_changes_while_the_version_does_not(letters: str, changes: int) -> None:
    assert flaky_of(strip(letters)) == ([("a", changes, ["1.0"])] if changes else [])


def test_a_change_with_the_version_the_kit_or_the_specification_is_none() -> None:
    assert flaky_of(runs_of(a_run(1, "p"), a_run(2, "f", version="1.1"))) == []
    assert flaky_of(runs_of(a_run(1, "p"), a_run(2, "f", kit_version="0.2.0"))) == []
    assert flaky_of(runs_of(a_run(1, "p"), a_run(2, "f", spec_version="1.1"))) == []
    there_and_back = runs_of(a_run(1, "p"), a_run(2, "p", version="1.1"), a_run(3, "f"))
    assert flaky_of(there_and_back) == [("a", 1, ["1.0"])]


def test_generated_requests_of_another_seed_are_others() -> None:
    name = "generated/valid"
    assert flaky_of(runs_of(a_run(1, "p", name, seed=1), a_run(2, "f", name, seed=2))) == []
    assert flaky_of(runs_of(a_run(1, "p", seed=1), a_run(2, "f", seed=2))) == [("a", 1, ["1.0"])]


@pytest.mark.parametrize(("letters", "changes"), [("pf", 0), ("pfp", 0), ("pfpf", 3)])
def test_without_a_version_there_and_back_is_a_release_that_mends(letters: str, changes: int) -> None:
    assert flaky_of(strip(letters, version="")) == ([("a", changes, [])] if changes else [])


def test_runs_are_sorted_by_target_and_numbered() -> None:
    lines = [(line_of(a_run(1, "p"), called=name, exit_code=0), names_of(a_run(1, "p"))) for name in "bab"]
    found = by_target(lines)
    assert {name: [run.number for run in runs] for name, runs in found.items()} == {"a": [1], "b": [1, 2]}
    assert list(found) == ["a", "b"]


def test_requirements_are_those_that_some_run_judged() -> None:
    assert requirements(strip("-p")) == {JSON_TYPE.id: "MUST"}
    assert requirements(strip("-")) == {}
    assert ALLOW.id in requirements(runs_of(a_record(a_case(requirements=[ALLOW.id]))))
