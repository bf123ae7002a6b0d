"""A pytest plugin that presses Ctrl-C before the cases are known."""

from __future__ import annotations


def pytest_collection_modifyitems() -> None:
    raise KeyboardInterrupt
