from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.gate import folder
from conformance.toml.mistakes import MistakesError
from tests.gate.known import an_entry

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def known(tmp_path: Path) -> Path:
    path = tmp_path / "known"
    path.mkdir()
    return path


def test_each_target_has_the_file_of_its_name_and_none_is_known_without(known: Path) -> None:
    (known / "acme.toml").write_text(an_entry(), encoding="utf-8")
    found = folder.load(known, ["acme", "beta"])
    assert {name: (baseline.source, len(baseline.known)) for name, baseline in found.items()} == {
        "acme": (str(known / "acme.toml"), 1),
        "beta": (str(known / "beta.toml"), 0),
    }


def test_all_mistakes_of_all_files_are_told(known: Path) -> None:
    (known / "acme.toml").write_text(an_entry('case = "nonsense"'), encoding="utf-8")
    (known / "beta.toml").write_text("[[known", encoding="utf-8")
    with pytest.raises(MistakesError) as caught:
        folder.load(known, ["acme", "beta"])
    first, second = str(caught.value).splitlines()
    assert first.startswith(f"{known / 'acme.toml'}:2: known[0].case: expected the id of a case")
    assert second.startswith(f"{known / 'beta.toml'}:1: is not valid TOML")


def test_a_file_is_refused_with_the_folder_that_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "known.toml").write_text(an_entry(), encoding="utf-8")
    with pytest.raises(MistakesError, match=r"known\.toml: expected a folder with a file for each .*known.acme\.toml"):
        folder.load(tmp_path / "known.toml", ["acme", "beta"])


def test_files_of_no_target_are_strays(known: Path) -> None:
    for name in ("acme.toml", "old.toml", "readme.md"):
        (known / name).touch()
    assert list(folder.strays(known, ["acme", "beta"])) == [known / "old.toml"]
