"""Ctrl-C and SIGTERM: the first ends a run, and those that follow cannot spoil its end."""

from __future__ import annotations

import contextlib
import signal
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

GRACE_S: Final = 0.7
"""How long what a signal broke off may still tidy up (a teardown, say) before that is broken off too."""
DEAF_S: Final = 10.0
"""How long signals are passed over while a run ends; one that hangs there can be interrupted after that."""


class _Interruption:
    """What this process knows of signals; they arrive in its main thread, between any two instructions."""

    def __init__(self) -> None:
        self.deaf_until = 0.0
        self.is_held = self.is_pending = self.is_timed = self.is_passed_over = False

    def arrived(self, *_: object) -> None:
        if time.monotonic() < self.deaf_until:
            self.is_passed_over = True
            return
        self.deaf_until = time.monotonic() + DEAF_S
        if hasattr(signal, "setitimer"):
            self.is_timed = True
            signal.signal(signal.SIGALRM, self.broken_off)
            signal.setitimer(signal.ITIMER_REAL, GRACE_S)
        self.broken_off()

    def broken_off(self, *_: object) -> None:
        self.is_pending = self.is_held
        if not self.is_held:
            raise KeyboardInterrupt

    def closing(self) -> None:
        self.deaf_until = time.monotonic() + DEAF_S
        if self.is_timed and hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)

    def reopened(self) -> None:
        self.deaf_until = 0.0
        if self.is_passed_over:
            raise KeyboardInterrupt


_STATE: Final = _Interruption()


def heed() -> None:
    """Have Ctrl-C and SIGTERM raise KeyboardInterrupt in this process, once."""
    with contextlib.suppress(ValueError):  # only a main thread can say so
        # SIGINT too: a shell that starts a command in the background has it ignored
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _STATE.arrived)


def closing() -> None:
    """Say that the run is at its end: what is written now shall not be broken off."""
    _STATE.closing()


def reopened() -> None:
    """Say that another run begins; raises KeyboardInterrupt where a signal came while the last one was at its end."""
    _STATE.reopened()


def over() -> None:
    """Pass further signals over: the interpreter takes its own handlers away before its process has ended."""
    _STATE.closing()
    with contextlib.suppress(ValueError):  # only a main thread can say so
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)


@contextlib.contextmanager
def whole() -> Iterator[None]:
    """Have a signal that arrives here raise KeyboardInterrupt only behind what is done here."""
    _STATE.is_held, _STATE.is_pending = True, False
    try:
        yield
    finally:
        _STATE.is_held = False
    if _STATE.is_pending:
        raise KeyboardInterrupt
