"""A pytest plugin that runs the cases in another order: `CASE_ORDER` is a number, or `reversed`."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

PLUGIN: Sequence[str] = ("-p", "tests.shuffled")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = os.environ["CASE_ORDER"]
    if order == "reversed":
        items.reverse()
    else:
        random.Random(int(order)).shuffle(items)
