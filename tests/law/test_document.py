from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from conformance.law import document as module
from conformance.law.document import openapi, parsed, spec_file

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_law_is_the_checkouts_own() -> None:
    assert spec_file("requirements.yaml").is_file()
    assert spec_file("openapi.yaml").is_file()
    assert spec_file("requirements.yaml").parent.name == "spec"


def test_an_installed_kit_reads_the_law_that_is_packaged_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "conformance"
    for folder in (package, tmp_path):
        (folder / "spec").mkdir(parents=True)
        (folder / "spec" / "requirements.yaml").touch()
    (tmp_path / "spec" / "openapi.yaml").touch()
    monkeypatch.setattr(module, "__file__", str(package / "law" / "document.py"))
    assert spec_file("requirements.yaml") == package / "spec" / "requirements.yaml"
    assert spec_file("openapi.yaml") == tmp_path / "spec" / "openapi.yaml"


def test_the_law_reads_the_same_with_and_without_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [spec_file(name).read_text(encoding="utf-8") for name in ("requirements.yaml", "openapi.yaml")]
    fast = [parsed(text) for text in texts]
    monkeypatch.setattr(module, "_LOADER", yaml.SafeLoader)
    assert [parsed(text) for text in texts] == fast
    assert fast[1] == openapi()
