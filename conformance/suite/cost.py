"""What cases cost: the requests that they send at most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.suite.items import Listed

GENERATED: Final = {
    "generated/valid": lambda examples: examples,
    "generated/invalid": lambda examples: examples,
    "generated/unknown/mvpd": lambda examples: examples // 4,
    "generated/unknown/service-provider": lambda examples: examples // 4,
}
"""How many requests a generated case sends at most, by --examples."""


def requests_of(cases: Iterable[Listed], examples: int) -> dict[str, int]:
    """Give how many requests each visit of these cases sends, and each of them that generates its own."""
    sent: dict[str, int] = {}
    for case in cases:
        sent |= {visit.id: visit.cost for visit in case.visits}
        if case.id in GENERATED:
            sent[case.id] = GENERATED[case.id](examples)
    return sent
