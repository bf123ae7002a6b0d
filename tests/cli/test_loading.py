from __future__ import annotations

import gc

import pytest

from conformance.cli import loading


def test_nothing_is_looked_through_while_a_command_loads_and_everything_new_is_afterwards() -> None:
    frozen = gc.get_freeze_count()
    try:
        with loading.for_good():
            assert not gc.isenabled()
        assert gc.isenabled()
        assert gc.get_freeze_count() > frozen
    finally:
        gc.unfreeze()


def test_garbage_is_looked_for_after_a_load_that_failed() -> None:
    with pytest.raises(ImportError), loading.for_good():
        raise ImportError
    assert gc.isenabled()
