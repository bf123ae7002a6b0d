from __future__ import annotations

import os
from pathlib import Path

import pytest

from conformance.cli.targets import LONGEST_NAME, files_of, folder_names


@pytest.mark.parametrize(
    ("stems", "names"),
    [
        (["acme", "beta"], ["acme", "beta"]),
        (["acme", "Acme", "acme-2"], ["acme", "Acme-2", "acme-2-2"]),
        (["acme.staging", "a b/c", "-x-"], ["acme-staging", "c", "x"]),
        (["...", "-", "\u202e"], ["target", "target-2", "target-3"]),
        (["con", "NUL", "com1"], ["con-2", "NUL-2", "com1-2"]),
        (["e\u0301clair", "\u00e9clair"], ["\u00e9clair", "\u00e9clair-2"]),
        (["x" * 300], ["x" * LONGEST_NAME]),
        (["overview.html"], ["overview-html"]),
    ],
)
def test_a_name_is_safe_as_a_folder_and_nobody_elses(stems: list[str], names: list[str]) -> None:
    assert folder_names([Path(f"{stem}.toml") for stem in stems]) == names


def test_a_folder_stands_for_its_target_files_by_name(tmp_path: Path) -> None:
    for name in ("b.toml", "a.toml", ".c.toml", "notes.txt"):
        (tmp_path / name).touch()
    assert files_of([tmp_path]) == [tmp_path / "a.toml", tmp_path / "b.toml"]


def test_a_file_that_is_named_twice_is_one_target(tmp_path: Path) -> None:
    (tmp_path / "a.toml").touch()
    elsewhere = tmp_path / "sub" / os.pardir / "a.toml"
    (tmp_path / "sub").mkdir()
    assert files_of([tmp_path / "a.toml", tmp_path, elsewhere]) == [tmp_path / "a.toml"]


def test_what_is_not_there_is_left_for_its_reader_to_refuse(tmp_path: Path) -> None:
    assert files_of([tmp_path / "gone.toml", tmp_path]) == [tmp_path / "gone.toml", tmp_path]
