"""The one function behind `serve --record`: the stand-in server for a client that a person operates."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

from conformance import interruption
from conformance.client.scenarios import CLIENT_SCENARIOS
from conformance.client.stand_in import StandIn, Tokens
from conformance.client.witness import TrueHandler, Witness
from conformance.reference import ACCESS_TOKEN, serve
from conformance.traffic.check import finished
from conformance.traffic.ledger import Ledger
from conformance.traffic.live import Live

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from conformance.exchange import Exchange
    from conformance.record.record import Record


def served(
    folder: Path, host: str, port: int, announce: Callable[[str, Tokens], object], formats: Sequence[str]
) -> Record:
    """Serve every scenario until Ctrl-C, each under an MVPD of its name, and give the record of what was sent.

    Raises:
        OSError: the address cannot be had, or the folder does not take what is written.

    """
    tokens = Tokens.made(access=ACCESS_TOKEN)
    ledger, live = Ledger(folder, tokens.by_name()), Live()

    def keep(exchange: Exchange) -> None:
        live.add(ledger.add(exchange))

    app = StandIn(CLIENT_SCENARIOS, tokens, is_lasting=True)
    witness = Witness(app, keep, most=sys.maxsize)

    def started(base_url: str) -> None:
        witness.origin = app.origin = base_url
        announce(base_url, tokens)

    try:
        with contextlib.suppress(KeyboardInterrupt):
            serve(witness, host, port, started, TrueHandler)
        interruption.closing()
        witness.close()
        return finished(
            ledger, live.ended(), name="a client", rerun=f"logout-conformance serve --record {folder}", formats=formats
        )
    except BaseException:
        ledger.close()
        raise
