"""Rules on what an answer says it is, and whether it is that: Content-Type, charset, JSON (RFC 9110, RFC 8259)."""

from __future__ import annotations

import codecs
import functools
import json
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from email.message import Message
from typing import TYPE_CHECKING, Final, NoReturn, TypeAlias

from conformance.rules.finding import Finding, Unjudged, Unseen
from conformance.rules.status import answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.exchange import Exchange, Response
    from conformance.rules.status import Rule

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

JSON_TYPE: Final = "application/json"
DEEPEST: Final = 400
"""No answer of this endpoint nests deeper than four levels; far deeper ones are attacks on the reader."""
MOST_DIGITS: Final = 1000
"""Longer integers are read as fractions are: their value says nothing here."""


MOST_REPEATED: Final = 10
"""How many names that stand twice are reported."""

LONGEST_EXCERPT: Final = 2000
"""How much of a JSON value is quoted, in characters."""

_BRACKET: Final = re.compile(r"[\[\]{}]")
_CHARSETS: Final = ("utf-8", "utf-16", "utf-32", "ascii", "iso8859", "cp", "koi8", "shift_jis", "euc", "gb", "big5")
"""Codecs of text. Python has others, which are slow on hostile bytes or no charsets at all."""


class Oversized(Unjudged):
    """The body is longer, or deeper, than the kit reads, so nothing can be said of it, good or bad."""

    def __init__(self, reason: str) -> None:
        super().__init__("body-is-json")
        self.args = (reason,)


def must_be_typed_json(requirement: str) -> Rule:
    """Make the rule that an answer is declared as application/json, whatever its parameters and its case."""

    def rule(exchange: Exchange) -> Iterator[Finding]:
        declared = answer(exchange).header("Content-Type")
        media_type = (declared or "").partition(";")[0].strip().lower()
        if media_type != JSON_TYPE:
            yield Finding(requirement, JSON_TYPE, declared or "no Content-Type", "Content-Type")

    return rule


def must_match_charset(exchange: Exchange) -> Iterator[Finding]:
    """A charset that is declared must not contradict the bytes (RFC 9110, 8.3); an unknown one says nothing."""
    response = answer(exchange)
    charset = _charset(response)
    text = _text(response)
    if charset is None or text is None:
        return
    if response.kept != "bytes" and not text.isascii():
        raise Unseen("the recording has the body's text, not its bytes")
    try:
        declared: str | None = response.body.decode(charset)
    except ValueError:
        declared = None
    if declared != text:
        yield Finding("body-matches-content-type", f"a body in {charset}", "a body in UTF-8", "Content-Type")


def must_be_json(exchange: Exchange) -> Iterator[Finding]:
    """The body is one JSON text in UTF-8, without a byte order mark (RFC 8259, 2 and 8.1)."""
    fault = _whole(exchange).fault
    if fault:
        yield Finding("body-is-json", "one JSON text in UTF-8", fault, "body")


def should_name_members_once(exchange: Exchange) -> Iterator[Finding]:
    """The names within an object should be unique (RFC 8259, 4): readers differ in which of two they keep."""
    for name in _parsed(exchange).repeated:
        yield Finding("json-names-unique", "every name once within its object", f"{name!r} twice or more", "body")


def document(exchange: Exchange) -> Json:
    """Give the body's JSON value; raises Unjudged where there is none."""
    return _parsed(exchange).value


def is_empty(exchange: Exchange) -> bool:
    """Say whether the answer has no body at all."""
    return not content(exchange) and not answer(exchange).undecodable


def content(exchange: Exchange) -> bytes:
    """Give an answer's body; raises Unseen where the recording has none of it."""
    response = answer(exchange)
    if response.kept == "nothing":
        raise Unseen("the recording does not have the body")
    return response.body


def excerpt(value: Json) -> str:
    """Give a JSON value as a reader would write it, or the beginning of it."""
    if isinstance(value, str):
        value = value[: LONGEST_EXCERPT * 2]
    elif isinstance(value, list):
        value = value[:LONGEST_EXCERPT]
    text = json.dumps(value, ensure_ascii=False)
    # of two spellings of a letter that look the same a reader must see which is which
    return (text if unicodedata.is_normalized("NFC", text) else json.dumps(value))[:LONGEST_EXCERPT]


@dataclass(frozen=True, slots=True)
class _Parsed:
    value: Json = None
    repeated: tuple[str, ...] = ()
    fault: str = ""
    is_too_deep: bool = False


def _parsed(exchange: Exchange) -> _Parsed:
    parsed = _whole(exchange)
    if parsed.fault:
        raise Unjudged("body-is-json")
    return parsed


def _whole(exchange: Exchange) -> _Parsed:
    """Read a body; raises Oversized where it goes beyond what the kit reads, Unseen where it was not recorded."""
    response, body = answer(exchange), content(exchange)
    if response.truncated:
        raise Oversized(f"the body is longer than {len(body)} bytes, more than the kit reads")
    parsed = _parse_bytes(body, response.undecodable)
    if parsed.is_too_deep:
        raise Oversized(f"the body nests deeper than {DEEPEST} levels, more than the kit reads")
    return parsed


@functools.lru_cache(maxsize=2)  # a case and its control; a hostile body of a megabyte takes forty when it is read
def _parse_bytes(body: bytes, undecodable: str) -> _Parsed:
    text = _decoded(body)
    if undecodable or not text:
        return _Parsed(fault=undecodable or ("bytes that are not UTF-8" if body else "an empty body"))
    if text.startswith("\ufeff"):
        return _Parsed(fault="a byte order mark before the text")
    return _loads(text)


def _loads(text: str) -> _Parsed:
    repeated: list[str] = []

    def pairs(members: list[tuple[str, Json]]) -> dict[str, Json]:
        found = dict(members)
        if len(found) < len(members) and len(repeated) < MOST_REPEATED:
            repeated.extend(name for name, times in Counter(name for name, _ in members).items() if times > 1)
        return found

    if _is_too_deep(text):
        return _Parsed(is_too_deep=True)
    try:
        value = json.loads(text, object_pairs_hook=pairs, parse_constant=_refuse_constant, parse_int=_number)
    except json.JSONDecodeError as error:
        return _Parsed(fault=f"not JSON: {error.msg.removesuffix(' at')} at character {error.pos}")
    except (ValueError, RecursionError) as error:
        return _Parsed(fault=f"JSON that no reader has to accept: {error}")
    return _Parsed(value, tuple(repeated[:MOST_REPEATED]))


def _text(response: Response) -> str | None:
    return _decoded(response.body)


def _decoded(body: bytes) -> str | None:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _number(digits: str) -> int | float:
    # Python's own int() refuses what JSON allows, and takes long over it
    return int(digits) if len(digits) <= MOST_DIGITS else float(digits)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def _is_too_deep(text: str) -> bool:
    # brackets within strings count too, which only a hostile body has in number
    depth = 0
    for bracket in _BRACKET.finditer(text):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > DEEPEST:
            return True
    return False


def _charset(response: Response) -> str | None:
    message = Message()
    message["Content-Type"] = (response.header("Content-Type") or "").replace("\r", " ").replace("\n", " ")
    try:
        codec = codecs.lookup(message.get_content_charset() or "").name
    except (LookupError, ValueError):
        return None
    return codec if codec.startswith(_CHARSETS) else None
