"""The one function behind `proxy`: traffic is passed on until somebody stops it, and a record says what it was."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance import interruption
from conformance.proxy.relay import TIMEOUT_S, Relay, Upstream
from conformance.rules.course import PORTS
from conformance.traffic.check import finished
from conformance.traffic.ledger import Ledger
from conformance.traffic.live import Live

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from conformance.exchange import Exchange
    from conformance.record.record import Record


@dataclass(frozen=True, slots=True)
class ProxySettings:
    """Where the proxy listens, what it passes traffic on to, and where the reports go."""

    upstream: Upstream
    report_dir: Path
    host: str = "127.0.0.1"
    port: int = 0
    keep_host: bool = False
    timeout_s: float = TIMEOUT_S
    formats: tuple[str, ...] = ("html", "junit")

    @property
    def rerun(self) -> str:
        """The command line that does it again."""
        return f"logout-conformance proxy --upstream {self.upstream.origin}"


def upstream_of(url: str) -> Upstream:
    """Read the URL of an upstream: scheme and host, and nothing behind them, since a path passes as it is.

    Raises:
        ValueError: it is none; the text says why.

    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    scheme = parts.scheme.lower()
    if scheme not in PORTS or not parts.hostname:
        raise ValueError(f"{url!r} is no http or https URL")
    if parts.path not in {"", "/"} or parts.query or parts.fragment or parts.username is not None:
        origin = f"{scheme}://{parts.hostname}" + (f":{port}" if port else "")
        raise ValueError(f"{url!r} has more than scheme, host and port; paths pass as they are, so give {origin}")
    return Upstream(scheme, parts.hostname, port or PORTS[scheme], parts.netloc)


def proxied(settings: ProxySettings, announce: Callable[[str], object]) -> Record:
    """Pass traffic on until Ctrl-C, leave record and reports in the report folder, and give the record.

    Raises:
        OSError: the address cannot be had, or the report folder does not take what is written.

    """
    ledger, live = Ledger(settings.report_dir), Live(is_there=settings.keep_host)
    try:
        with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
            asyncio.run(_until_told(_relay(settings, ledger, live).serve(settings.host, settings.port, announce)))
        interruption.heed()  # the loop has given its own handlers back, and took these away with them
        interruption.closing()
        return finished(
            ledger,
            live.ended(),
            name=f"traffic to {settings.upstream.origin}",
            rerun=settings.rerun,
            formats=settings.formats,
        )
    except BaseException:
        ledger.close()
        raise


async def _until_told(serving: Coroutine[None, None, None]) -> None:
    """Go on until Ctrl-C or SIGTERM, heeded between two steps and in none: no exchange may look broken by it."""
    task = asyncio.ensure_future(serving)
    with contextlib.suppress(NotImplementedError):  # Windows, where KeyboardInterrupt has to do
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    await task


def _relay(settings: ProxySettings, ledger: Ledger, live: Live) -> Relay:
    def keep(exchange: Exchange) -> None:
        live.add(ledger.add(exchange))

    return Relay(settings.upstream, keep, keep_host=settings.keep_host, timeout_s=settings.timeout_s)
