"""JSON values for Hypothesis, with the names of the law in them more often than chance would have it."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

NAMES: Final = (
    "logouts",
    "Cablevision",
    "actionName",
    "actionType",
    "mvpd",
    "url",
    "code",
    "status",
    "action",
    "helpUrl",
)
VALUES: Final = (
    "logout",
    "partner_logout",
    "complete",
    "invalid",
    "interactive",
    "partner_interactive",
    "none",
    "Cablevision",
)

_letters = st.characters(codec="utf-8")
_names = st.sampled_from(NAMES) | st.text(_letters, max_size=4)
_leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(VALUES)
    | st.text(_letters, max_size=8)
)

JSON: Final = st.recursive(
    _leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=5), max_leaves=12
)

ENTRIES: Final = st.dictionaries(st.sampled_from(NAMES), _leaves, max_size=5)
"""What stands where the entry of an MVPD should be, in the right form more often than not."""

SUCCESSES: Final = st.fixed_dictionaries({"logouts": st.dictionaries(_names, ENTRIES | _leaves, max_size=3)})
