from __future__ import annotations

import pytest

from conformance.report.difference import difference
from tests.report.samples import a_finding


def differing(expected: str, seen: str) -> tuple[list[str], list[str]]:
    parts = difference(a_finding().model_copy(update={"expected": expected, "seen": seen}))
    assert "".join(text for text, _ in parts[0]) == expected
    assert "".join(text for text, _ in parts[1]) == seen
    left, right = ([text for text, differs in side if differs] for side in parts)
    return left, right


@pytest.mark.parametrize(
    ("expected", "seen", "marked"),
    [
        ("application/json", "application/xml", (["json"], ["xml"])),
        ("401 with a challenge", "401", ([], ["401"])),
        ("401", "403", ([], ["403"])),
        ("one value of a list", "one value of no list at all", (["a"], ["no", " at all"])),
        ("the same", "the same", ([], [])),
        ("", "anything", ([], ["anything"])),
        ("something", "", ([], [""])),
        ("登出 of A", "登出 of B", (["A"], ["B"])),
    ],
)
def test_what_differs_is_told_apart(expected: str, seen: str, marked: tuple[list[str], list[str]]) -> None:
    assert differing(expected, seen) == marked


def test_long_texts_differ_as_a_whole() -> None:
    assert differing("a " * 600, "a " * 599 + "b") == ([], ["a " * 599 + "b"])
