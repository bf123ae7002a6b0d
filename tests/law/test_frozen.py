"""The frozen sets: an upgrade of the kit turns nobody's gate red by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.certify import every_case
from conformance.law.catalogue import catalogue
from conformance.law.document import spec_file
from conformance.law.frozen import LATER, cases_of, known_cases, versions
from tests.law.freeze import DIGESTS, digest_of, freeze

if TYPE_CHECKING:
    from pathlib import Path


def test_a_released_set_never_changes() -> None:
    written = [f"{digest_of(spec_file(f'cases/{version}.txt'))}  {version}.txt" for version in versions()]
    assert written == DIGESTS.read_text(encoding="utf-8").splitlines()


def test_the_kits_own_version_is_the_newest_that_has_a_set() -> None:
    assert versions()[-1] == catalogue().spec_version


def test_every_case_of_the_kit_scores_or_is_listed_as_later() -> None:
    assert {case.id for case in every_case()} == set(known_cases()), "list a new case in spec/cases/later.txt"
    assert set(cases_of(LATER)) & set(cases_of(catalogue().spec_version)) == set()


def test_versions_are_in_the_order_of_their_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("1.10", "2.0", "1.9", LATER):
        (tmp_path / f"{name}.txt").touch()
    monkeypatch.setattr("conformance.law.frozen.spec_file", lambda _: tmp_path)
    assert versions() == ("1.9", "1.10", "2.0")


def test_freezing_writes_the_set_and_its_digest_once(tmp_path: Path) -> None:
    (tmp_path / "later.txt").write_text("b/new\n", encoding="utf-8")
    digests = tmp_path / "digests"
    path = freeze("1.1", ["a/old", "b/new"], tmp_path, digests)
    assert path.read_text(encoding="utf-8") == "a/old\nb/new\n"
    assert (tmp_path / "later.txt").read_text(encoding="utf-8") == ""
    assert digests.read_text(encoding="utf-8") == f"{digest_of(path)}  1.1.txt\n"
    with pytest.raises(FileExistsError):
        freeze("1.1", [], tmp_path, digests)
    assert path.read_text(encoding="utf-8") == "a/old\nb/new\n"
