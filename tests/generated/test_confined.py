from __future__ import annotations

import os
from typing import TYPE_CHECKING
from unittest.mock import patch

from hypothesis import configuration
from hypothesis.internal import charmap

from conformance.generated.confined import confined, letters_by_category

if TYPE_CHECKING:
    import pytest


def test_the_letters_of_each_category_are_those_that_hypothesis_finds_and_in_its_order() -> None:
    """The order of the categories decides which letter is drawn."""
    configuration.set_hypothesis_home_dir(os.devnull)  # so that it looks for itself
    try:
        with patch.object(charmap, "_charmap", None):
            found = charmap.charmap()
    finally:
        configuration.set_hypothesis_home_dir(None)
    assert list(letters_by_category().items()) == list(found.items())


def test_hypothesis_draws_from_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charmap, "_charmap", None)
    with confined():
        assert charmap.charmap() is letters_by_category()
    assert charmap.charmap() is not letters_by_category()
