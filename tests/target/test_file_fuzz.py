from __future__ import annotations

import string
import tempfile
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from conformance.target.file import TargetError, load
from tests.acme import ENVIRON, SECRET, WHOLE


def load_or_refuse(text: str) -> str:
    """Give the message, empty where the file is a good one; anything but a TargetError fails the test."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "acme.toml")
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            load(path, ENVIRON)
        except TargetError as error:
            return str(error)
    return ""


@given(st.text())
def test_any_text_is_a_target_file_or_a_target_error(text: str) -> None:
    assert load_or_refuse(text)


EDITS = st.lists(
    st.tuples(
        st.integers(0, len(WHOLE)),
        st.integers(0, 12),
        st.one_of(
            st.text(st.sampled_from(string.printable), max_size=3),
            st.sampled_from(["${ACCESS_TOKEN}", "${", "[", "]", '"""', "'''", "{", "\n[target]\n", "\x00", "\u2028"]),
        ),
    ),
    min_size=1,
    max_size=4,
)


@given(EDITS)
@example([(0, 0, "${ACCESS_TOKEN} = 1\n")])
def test_a_damaged_file_never_shows_a_secret(edits: list[tuple[int, int, str]]) -> None:
    text = WHOLE
    for start, length, put in edits:
        text = text[:start] + put + text[start + length :]
    assert SECRET not in load_or_refuse(text)


KEYS = st.sampled_from(
    ["base_url", "name", "timeout_s", "headers", "tls", "states", "scenarios", "target", "mvpd", "uses", "command", "x"]
)
LEAVES = st.sampled_from(
    ["'${ACCESS_TOKEN}'", "'http://h'", "1", "-0.0", "inf", "true", "''", "'${NONE}'", "07:32:00", "'unlimited'"]
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(KEYS, inner, max_size=3).map(
            lambda items: "{" + ", ".join(f"{key} = {value}" for key, value in items.items()) + "}"
        ),
    ),
    max_leaves=6,
)


@given(st.dictionaries(KEYS, VALUES, max_size=5), st.dictionaries(KEYS, VALUES, max_size=5))
def test_any_tables_are_a_target_or_a_target_error(target: dict[str, str], rest: dict[str, str]) -> None:
    tables = {"target": target} | {key: {"apple-sso": value} for key, value in rest.items() if key != "target"}
    text = "\n".join(
        f"[{table}]\n" + "\n".join(f"{key} = {value}" for key, value in values.items())
        for table, values in tables.items()
    )
    said = load_or_refuse(text)
    assert SECRET not in said
    assert "not valid TOML" not in said
