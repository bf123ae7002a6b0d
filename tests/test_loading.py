from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from conformance import loading
from tests.commands import python

if TYPE_CHECKING:
    from pathlib import Path


def test_nothing_is_looked_through_while_a_command_loads_and_everything_new_is_afterwards() -> None:
    frozen = gc.get_freeze_count()
    try:
        with loading.for_good():
            assert not gc.isenabled()
        assert gc.isenabled()
        assert gc.get_freeze_count() > frozen
    finally:
        gc.unfreeze()


def test_at_the_end_of_the_process_nothing_is_looked_through_once_more(tmp_path: Path) -> None:
    script = """
import atexit, gc
from conformance import loading
atexit.register(lambda: print(len(gc.get_objects())))  # what is registered first is called last
with loading.for_good():
    import conformance.certify
"""
    ended = python(script, folder=tmp_path)
    assert (ended.code, ended.complaints) == (0, "")
    assert int(ended.output) < 100  # of some hundred thousand


def test_garbage_is_looked_for_after_a_load_that_failed() -> None:
    with pytest.raises(ImportError), loading.for_good():
        raise ImportError
    assert gc.isenabled()


def test_a_signal_waits_until_everything_is_loaded(tmp_path: Path) -> None:
    script = """
import signal
from conformance import interruption
from conformance import loading
interruption.heed()
try:
    with loading.for_good():
        signal.raise_signal(signal.SIGTERM)
        print("loaded")
    print("not interrupted")
except KeyboardInterrupt:
    interruption.over()
"""
    ended = python(script, folder=tmp_path)
    assert (ended.code, ended.output, ended.complaints) == (0, "loaded\n", "")


@pytest.mark.parametrize(
    "arguments",
    [("run",), ("list",), ("check", "app.har"), ("client", "--", "app"), ("verify", "acme.zip"), ("doctor",)],
    ids=lambda arguments: arguments[0],
)
def test_a_signal_while_a_command_loads_ends_it_in_words(arguments: tuple[str, ...], tmp_path: Path) -> None:
    script = """
import signal, sys
class Early:
    def find_spec(self, name, path=None, target=None):
        if name == "conformance.plugin":
            signal.raise_signal(signal.SIGTERM)
sys.meta_path.insert(0, Early())
from conformance.cli.main import main
main()
"""
    ended = python(script, *arguments, folder=tmp_path)
    assert (ended.code, ended.output) == (130, "")
    assert ended.complaints.strip() == "logout-conformance: interrupted, before there was anything to report"
    assert not list(tmp_path.iterdir())
