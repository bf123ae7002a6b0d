from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Final

import pytest

from conformance import loading
from tests.commands import python

if TYPE_CHECKING:
    from pathlib import Path


FOR_GOOD: Final = """
import gc
from conformance import loading
with loading.for_good():
    print(gc.isenabled())
    import conformance.certify
frozen = gc.get_freeze_count()
print(gc.isenabled(), frozen > 100_000)
with loading.for_good():
    import conformance.certify
print(gc.get_freeze_count() == frozen)
"""


def test_what_is_loaded_for_good_is_not_looked_through_and_everything_new_is(tmp_path: Path) -> None:
    ended = python(FOR_GOOD, folder=tmp_path)
    assert (ended.code, ended.output, ended.complaints) == (0, "False\nTrue True\nTrue\n", "")


@pytest.mark.parametrize("is_enabled", [True, False])
def test_who_looks_for_no_garbage_keeps_to_that(is_enabled: bool) -> None:  # noqa: FBT001  (pytest gives it by name)
    frozen = gc.get_freeze_count()
    if not is_enabled:
        gc.disable()
    try:
        with loading.at_once():
            assert not gc.isenabled()
        assert gc.isenabled() is is_enabled
    finally:
        gc.enable()
    assert gc.get_freeze_count() == frozen


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
