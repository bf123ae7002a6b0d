"""The workers of pytest-xdist as the kit needs them: which cases go to one, and how all are stopped at once."""

from __future__ import annotations

import contextlib
import queue
import shlex
import sys
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Protocol

    import pytest
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

    class Node(Protocol):
        """What xdist's controller knows of a worker."""

        workerinput: dict[str, object]
        workeroutput: dict[str, object]

    class Spec(Protocol):
        """What execnet knows of a process that it is to start."""

        popen: bool
        python: str | None


LAST_WORDS_S: Final = 1.0
"""How long workers that are stopped are listened to: they tear their states down, and say how their cases ended."""
BURIED_S: Final = 0.2
"""How long a worker that has been killed is waited for."""


def kept_from_folder(specs: Iterable[Spec]) -> None:
    """Start workers so that they import nothing from the current folder, where anybody may have put a `json.py`."""
    for spec in specs:
        if spec.popen:
            spec.python = f"{shlex.quote(sys.executable)} -P"


def scheduled_by(
    scope: Callable[[str], str], config: pytest.Config, log: Producer, *, only_once: bool
) -> LoadScopeScheduling:
    """Have the cases of one scope go to one worker; with `only_once`, never to a second one where that one dies."""
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415  (there only with the extra `parallel`)

    class ByScope(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
        def _split_scope(self, nodeid: str) -> str:
            return scope(nodeid)

        def _assign_work_unit(self, node: Node) -> None:
            # one that has just died takes no work; it comes back into the queue once its death is known
            with contextlib.suppress(OSError):
                super()._assign_work_unit(node)

        def remove_node(self, node: Node) -> str | None:
            died_in: str | None = super().remove_node(node)
            if died_in and only_once:
                self.workqueue.clear()
            return died_in

        def _reschedule(self, node: Node) -> None:
            # what a dead worker had finished comes back into the queue; nobody would ever report it done again
            for name in [name for name, cases in self.workqueue.items() if all(cases.values())]:
                del self.workqueue[name]
            # a worker that stands in for a dead one may not be ready yet; it is asked again once it is
            if node in self.registered_collections:
                super()._reschedule(node)

    return ByScope(config, log)


def stop(config: pytest.Config, hear: Callable[[str, dict[str, object]], None], is_silent: Callable[[], bool]) -> None:
    """End every worker now: each is asked to stop, heard until `is_silent`, for a moment at most, and killed."""
    xdist = config.pluginmanager.getplugin("dsession")
    manager = getattr(xdist, "nodemanager", None)
    if xdist is None or manager is None:
        return
    processes = [gateway._io.popen for gateway in manager.group]  # noqa: SLF001  (execnet has no other word for it)
    for process in processes:
        process.terminate()
    until = time.monotonic() + LAST_WORDS_S
    with contextlib.suppress(queue.Empty):
        while not is_silent():
            hear(*xdist.queue.get(timeout=max(until - time.monotonic(), 0)))
    for process in processes:
        process.kill()
    manager.group.terminate(BURIED_S)
