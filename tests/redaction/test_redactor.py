from __future__ import annotations

import base64
import html
import json
import string
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.redaction.redactor import MARGIN, Redactor
from conformance.redaction.secret import SHORTEST_PART
from tests.hostile.sniffer import leaked

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN: Final = "0paque.Secret_Token-0123456789~ABCDEFGHIJ"
OTHER: Final = "another-secret-of-somebody-else-987654"


def in_pieces(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


DISGUISES: Final[dict[str, Callable[[str], str]]] = {
    "plain": str,
    "upper case": str.upper,
    "lower case": str.lower,
    "swapped case": str.swapcase,
    "reversed": lambda text: text[::-1],
    "Base64": lambda text: base64.b64encode(text.encode()).decode(),
    "Base64 behind a letter": lambda text: base64.b64encode(f"<{text}".encode()).decode(),
    "Base64 behind two letters": lambda text: base64.b64encode(f"<<{text}>".encode()).decode(),
    "Base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "Base64 in lines": lambda text: base64.encodebytes(text.encode() * 3).decode(),
    "Base64 in groups": lambda text: " ".join(in_pieces(base64.b64encode(text.encode()).decode(), 20)),
    "Base64 in groups, far apart": lambda text: "  ".join(in_pieces(base64.b64encode(text.encode()).decode(), 12)),
    "Base64 in groups, each with a blank behind": lambda text: "".join(
        f"{group} " for group in in_pieces(base64.b64encode(text.encode()).decode(), 12)
    ),
    "hex": lambda text: text.encode().hex(),
    "hex in upper case": lambda text: text.encode().hex().upper(),
    "hex with colons": lambda text: text.encode().hex(":"),
    "percent": lambda text: "".join(f"%{octet:02X}" for octet in text.encode()),
    "percent where needed": lambda text: quote(text, safe=""),
    "JSON escapes": lambda text: "".join(f"\\u{ord(letter):04x}" for letter in text),
    "a JSON string": json.dumps,
    "HTML escapes": html.escape,
    "decimal entities": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "hexadecimal entities": lambda text: "".join(f"&#x{ord(letter):x};" for letter in text),
    "UTF-16": lambda text: text.encode("utf-16-le").decode("latin-1"),
    "UTF-16, the other way round": lambda text: text.encode("utf-16-be").decode("latin-1"),
}

# the letters of a bearer token (RFC 6750, 2.1)
secrets: Final = st.text(f"{string.ascii_letters}{string.digits}-._~+/=", min_size=20, max_size=80).filter(
    lambda text: len(set(text)) > 8  # letters that are all alike stand in anything
)
letters: Final = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60)
octets: Final = st.lists(st.integers(0x80, 0xFF), max_size=200).map(bytes)
around: Final = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=40)


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES)
def test_a_secret_is_replaced_in_every_disguise(disguise: Callable[[str], str]) -> None:
    redacted = Redactor({"ACCESS_TOKEN": TOKEN}).text(f"before: <{disguise(TOKEN)}> :yonder")
    assert list(leaked(redacted.encode("latin-1"), [TOKEN])) == []
    assert "ACCESS_TOKEN}}" in redacted
    assert redacted.startswith("before: <")
    assert redacted.endswith("> :yonder")


@pytest.mark.parametrize("outer", DISGUISES.values(), ids=DISGUISES)
@pytest.mark.parametrize("inner", DISGUISES.values(), ids=DISGUISES)
def test_a_secret_is_replaced_in_two_disguises(inner: Callable[[str], str], outer: Callable[[str], str]) -> None:
    redacted = Redactor({"ACCESS_TOKEN": TOKEN}).text(f"before: <{outer(inner(TOKEN))}> :yonder")
    assert list(leaked(redacted.encode("latin-1"), [TOKEN])) == []


@given(secrets, around, around, st.sampled_from(sorted(DISGUISES)), st.sampled_from(sorted(DISGUISES)))
def test_two_disguises_on_top_of_one_another_hide_nothing(
    secret: str, before: str, after: str, inner: str, outer: str
) -> None:
    text = before + DISGUISES[outer](DISGUISES[inner](secret)) + after
    redacted = Redactor({"SECRET": secret, "OTHER": OTHER}).text(text)
    assert list(leaked(redacted.encode("latin-1", "replace"), [secret])) == []


@given(st.text(max_size=400))
def test_a_text_without_a_secret_stays_as_it_is(text: str) -> None:
    assert Redactor({"ACCESS_TOKEN": TOKEN, "OTHER": OTHER}).text(text) == text


@given(letters, letters)
def test_what_is_redacted_already_stays_as_it_is(before: str, after: str) -> None:
    redactor = Redactor({"ACCESS_TOKEN": TOKEN})
    once = redactor.text(f"{before}{TOKEN}{after}")
    assert once == f"{before}{{{{ACCESS_TOKEN}}}}{after}"
    assert redactor.text(once) == once


@given(st.integers(0, len(TOKEN) - SHORTEST_PART), st.integers(SHORTEST_PART, len(TOKEN)))
def test_a_long_piece_of_a_secret_is_secret_too(begin: int, length: int) -> None:
    piece = TOKEN[begin : begin + length]
    marker = "{{ACCESS_TOKEN}}" if piece == TOKEN else "{{PART_OF_ACCESS_TOKEN}}"
    assert Redactor({"ACCESS_TOKEN": TOKEN}).text(f"<{piece}>") == f"<{marker}>"


def test_a_short_piece_is_none() -> None:
    assert Redactor({"ACCESS_TOKEN": TOKEN}).text(TOKEN[: SHORTEST_PART - 1]) == TOKEN[: SHORTEST_PART - 1]


@pytest.mark.parametrize("secret", ["abcd", "abc-123", "eight-88", "fifteen-letters"])
@pytest.mark.parametrize("text", ["{}", "see {}!", "{}{}", "a" * 5000 + " {} " + "b" * 5000])
def test_short_secrets_are_found_whole(secret: str, text: str) -> None:
    redacted = Redactor({"PIN": secret, "ACCESS_TOKEN": TOKEN}).text(text.replace("{}", secret))
    assert redacted == text.replace("{}", "{{PIN}}")


def test_values_of_three_letters_are_no_secrets() -> None:
    assert Redactor({"PIN": "123"}).text("1234") == "1234"


def test_a_secret_within_another_leaves_one_marker() -> None:
    redactor = Redactor({"SHORT": TOKEN[:20], "LONG": TOKEN})
    assert redactor.text(f"{TOKEN} {TOKEN[:20]}") == "{{LONG}} {{SHORT}}"


def test_many_secrets_with_a_common_beginning_are_told_apart() -> None:
    issued = {f"TOKEN_{number}": f"eyJhbGciOiJSUzI1NiJ9.{number:04d}-{number * 7919:032d}" for number in range(50)}
    redactor = Redactor(issued)
    assert redactor.text(" ".join(issued.values())) == " ".join(f"{{{{{name}}}}}" for name in issued)


def test_a_secret_may_come_to_light_later() -> None:
    redactor = Redactor({"ACCESS_TOKEN": TOKEN})
    assert redactor.text(OTHER) == OTHER
    known = redactor.known
    redactor.learn_headers({"AD-Service-Token": OTHER})
    assert redactor.known == known + 1
    assert redactor.text(OTHER) == "{{AD_SERVICE_TOKEN}}"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (f"Bearer {TOKEN}", "Bearer {{AUTHORIZATION}}"),
        (f"DPoP {TOKEN}", "DPoP {{AUTHORIZATION}}"),
        (TOKEN, "{{AUTHORIZATION}}"),
        (f"{TOKEN} and more words", "{{AUTHORIZATION}}"),
    ],
)
def test_of_a_credential_the_scheme_may_be_seen(value: str, shown: str) -> None:
    assert Redactor({"AUTHORIZATION": value}).text(value) == shown


def test_of_a_basic_credential_the_password_is_secret_too() -> None:
    redactor = Redactor({"AUTHORIZATION": f"Basic {base64.b64encode(b'user:pass-word-1').decode()}"})
    assert redactor.text("the password is pass-word-1") == "the password is {{AUTHORIZATION}}"


@given(st.integers(0, 2 * MARGIN))
def test_a_limit_cuts_no_secret_in_two(before: int) -> None:
    shown = Redactor({"ACCESS_TOKEN": TOKEN}).beginning("." * before + TOKEN + "." * 100, 50)
    assert len(shown) <= 50
    assert ("." * before + "{{ACCESS_TOKEN}}" + "." * 100).startswith(shown)


@given(octets, octets)
def test_a_body_keeps_every_other_byte(before: bytes, after: bytes) -> None:
    body = before + TOKEN.encode() + after
    redacted = Redactor({"ACCESS_TOKEN": TOKEN}).body(body, len(body))
    assert redacted == before + b"{{ACCESS_TOKEN}}" + after


def test_a_tree_keeps_its_names_and_what_is_the_kits_own() -> None:
    redactor = Redactor({"WORD": "passed", "ACCESS_TOKEN": TOKEN})
    tree = {"status": "passed", "message": f"{TOKEN} passed", TOKEN: [1, None, {"deep": [TOKEN]}]}
    assert redactor.tree(tree, frozenset({"status"})) == {
        "status": "passed",
        "message": "{{ACCESS_TOKEN}} {{WORD}}",
        TOKEN: [1, None, {"deep": ["{{ACCESS_TOKEN}}"]}],
    }


def test_holds_counts_whole_secrets_only() -> None:
    redactor = Redactor({"token": TOKEN})
    assert redactor.holds(f"url?token={quote(TOKEN)}")
    assert not redactor.holds(TOKEN[:-1])
    assert not redactor.holds("")


def test_piece_that_begins_within_equal_letters_is_found() -> None:
    secret = "a" * 19 + "b" + "c" * 12
    for begin in range(len(secret) - SHORTEST_PART + 1):
        piece = secret[begin : begin + SHORTEST_PART]
        assert Redactor({"TOKEN": secret}).text(f"aaa<{piece}>aaa") == "aaa<{{PART_OF_TOKEN}}>aaa"


REPEATING: Final = st.text("ab", min_size=SHORTEST_PART + 1, max_size=200)


@given(secret=REPEATING, before=st.text("abc", max_size=40), after=st.text("abc", max_size=40), data=st.data())
def test_piece_of_repetitive_secret_is_found(secret: str, before: str, after: str, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(secret) - SHORTEST_PART))
    piece = secret[begin : data.draw(st.integers(begin + SHORTEST_PART, len(secret)))]
    shown = Redactor({"TOKEN": secret}).text(f"{before}<{piece}>{after}")
    assert piece not in shown
    assert not any(piece[at : at + SHORTEST_PART] in shown for at in range(len(piece) - SHORTEST_PART + 1))


def test_repetitive_secret_is_found_whole_once() -> None:
    secret = "x" * 5000
    assert Redactor({"TOKEN": secret}).text(f"<{secret}><{secret}>") == "<{{TOKEN}}><{{TOKEN}}>"
