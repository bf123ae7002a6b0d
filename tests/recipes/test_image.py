from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.recipes.image import PROJECT, build_context, copied, instructions, is_sent

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_copied_is_there_and_not_ignored() -> None:
    assert len(copied()) == 5
    for source, _ in copied():
        assert (PROJECT / source).exists()
        assert is_sent(source)


@pytest.mark.parametrize(
    "path", [".git/config", "tests/conftest.py", "reports/example", "docs/ci.md", "conformance/law/__pycache__/x.pyc"]
)
def test_nothing_else_is_sent_to_the_builder(path: str) -> None:
    assert not is_sent(path)


def test_the_builder_has_all_that_the_wheel_is_made_of(tmp_path: Path) -> None:
    build_context(tmp_path)
    project = tomllib.loads((tmp_path / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = [
        project["project"]["readme"],
        *project["project"]["license-files"],
        project["tool"]["hatch"]["version"]["path"],
        *wheel["packages"],
        *wheel["force-include"],
    ]
    assert [name for name in needed if not (tmp_path / name).exists()] == []
    assert not list(tmp_path.rglob("__pycache__"))


def test_the_base_is_pinned_and_nobody_is_root() -> None:
    bases = [rest for name, rest in instructions() if name == "FROM"]
    assert all(re.match(r"python:\d+\.\d+\.\d+-slim-\w+( AS \w+)?$", base) for base in bases)
    assert len({base.partition(" ")[0] for base in bases}) == 1
    behind = [name for name, _ in instructions()]
    assert dict(instructions())["USER"] == "1000:1000"
    assert behind.index("USER") < behind.index("ENTRYPOINT")


def test_the_path_in_the_image_is_where_the_kit_was_installed() -> None:
    copies = [rest for name, rest in instructions() if name == "COPY" and rest.startswith("--from=build ")]
    assert copies == ["--from=build /opt/logout-conformance /opt/logout-conformance"]
    assert 'PATH="/opt/logout-conformance/bin:$PATH"' in dict(instructions())["ENV"]
