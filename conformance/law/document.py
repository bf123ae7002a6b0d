"""The files of the law: where they are, and what they hold."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, Final

import yaml

# libyaml where PyYAML has it: several times faster, and a run reads both files
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def spec_file(name: str) -> Path:
    """Find a file of the law: packaged within the kit, or in the checkout's spec/."""
    here = Path(__file__).parents[1]
    packaged = here / "spec" / name
    return packaged if packaged.exists() else here.parent / "spec" / name


def parsed(text: str) -> Any:  # noqa: ANN401  (any YAML)
    """Read YAML of the law."""
    return yaml.load(text, _LOADER)  # noqa: S506  (either loader is the safe one)


@functools.cache
def openapi() -> Any:  # noqa: ANN401  (any YAML)
    """Read openapi.yaml, once."""
    return parsed(spec_file("openapi.yaml").read_text(encoding="utf-8"))
