"""Which cases a run is asked for: those that are named, and of these its shard's."""

from __future__ import annotations

import difflib
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from conformance.suite.items import case_id, is_case, listed, rank_of, scenario_of
from conformance.suite.shares import share_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from conformance.record.shard import Shard
    from conformance.run.run import Settings


def unknown(settings: Settings, cases: Sequence[str]) -> str:
    """Say which case is asked for that does not exist, and what may be meant; empty where each does."""
    for wanted in settings.cases:
        if not any(fnmatchcase(case, wanted) for case in cases):
            close = difflib.get_close_matches(wanted, cases, 1)
            hint = f"did you mean {close[0]!r}?" if close else "`logout-conformance list` shows all of them"
            return f"there is no case {wanted!r}; {hint}"
    return ""


def is_selected(settings: Settings, item: pytest.Item) -> bool:
    """Say whether a case is among those that are named."""
    name, scenario = case_id(item), scenario_of(item)
    by_case = not settings.cases or any(fnmatchcase(name, wanted) for wanted in settings.cases)
    return by_case and (not settings.scenarios or scenario in settings.scenarios)


def shared_out(settings: Settings, items: list[pytest.Item]) -> Shard | None:
    """Leave the cases of the run's shard alone among the items, and give the shard; None where there is none.

    What is no case stays. Where no case was selected at all, there is nothing to share out either.
    """
    cases = [listed(item) for item in items if is_case(item)]
    if settings.shard is None or not cases:
        return None
    own = share_of(settings.shard, cases, settings.target, settings.examples)
    items[:] = [item for item in items if not is_case(item) or case_id(item) in own]
    whole = sorted((case.id for case in cases), key=rank_of)
    return settings.shard.model_copy(update={"cases": tuple(whole)})
