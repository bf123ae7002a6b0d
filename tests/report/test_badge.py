from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

from conformance.report import badge
from tests.report.samples import a_case, a_hostile_record, a_record

if TYPE_CHECKING:
    from conformance.record.record import Record

SVG = "{http://www.w3.org/2000/svg}"
VERDICTS = [
    ("conformant", "conformant"),
    ("not-conformant", "not conformant, 1 failed"),
    ("inconclusive", "inconclusive"),
]


def drawn(record: Record) -> ET.Element:
    return ET.fromstring("".join(badge.render_svg(record, [])))


@pytest.mark.parametrize(("verdict", "message"), VERDICTS)
def test_the_json_is_what_badge_services_read(verdict: str, message: str) -> None:
    content = json.loads("".join(badge.render_json(a_record(a_case("failed"), verdict=verdict), [])))
    assert content.pop("color").startswith("#")
    assert content == {
        "schemaVersion": 1,
        "label": "logout conformance",
        "message": message,
        "labelColor": "#3a424c",
    }


@pytest.mark.parametrize(("verdict", "message"), VERDICTS)
def test_the_picture_says_the_same_to_those_who_do_not_see_it(verdict: str, message: str) -> None:
    picture = drawn(a_record(a_case("failed"), verdict=verdict))
    title = picture.find(f"{SVG}title")
    assert title is not None
    assert title.text == f"logout conformance: {message}"
    assert (picture.get("role"), picture.get("aria-labelledby")) == ("img", title.get("id"))
    assert [text.text for text in picture.iter(f"{SVG}text")] == ["logout conformance", message]


def test_the_words_fit_into_their_halves() -> None:
    picture = drawn(a_record(a_case()))
    (_, left, right), words = list(picture.iter(f"{SVG}rect")), list(picture.iter(f"{SVG}text"))
    assert int(left.get("width", "0")) + int(right.get("width", "0")) == int(picture.get("width", "0"))
    for half, word in zip((left, right), words, strict=True):
        assert int(word.get("textLength", "0")) < int(half.get("width", "0"))


def test_each_verdict_has_its_colour_and_white_is_read_on_each() -> None:
    assert len(set(badge.COLOURS.values())) == 3
    for colour in badge.COLOURS.values():
        channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        assert 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 4.5, "WCAG 2.2, 1.4.3"


def test_nothing_foreign_is_drawn() -> None:
    hostile, plain = a_hostile_record(), a_record(a_case("failed"))
    assert ET.tostring(drawn(hostile)) == ET.tostring(drawn(plain))
    assert {element.tag.removeprefix(SVG) for element in drawn(hostile).iter()} == {
        *("svg", "title", "clipPath", "rect", "g", "text"),
    }
