"""Secrets never reach an output: every string passes here first, and a marker says which secret stood there.

A target may echo a token in any of the usual disguises. A secret is looked for forwards and backwards, in either case,
as Base64 and hex of its bytes, and letter by letter: each letter plain, percent-encoded, or as a JSON, HTML or hex
escape, with or without the zero bytes of UTF-16.
"""

from __future__ import annotations

import base64
import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.exchange import Headers

SHORTEST = 4
"""Shorter values are no secrets: to blank every `1` would blank the evidence."""

SHORTEST_PART = 16
"""A dotted token's parts (a JWT's payload, say) are secrets of their own from this length on."""

CREDENTIALS = frozenset({
    "authorization",
    "proxy-authorization",
    "cookie",
    "ad-service-token",
    "adobe-subject-token",
    "x-roku-reserved-roku-connect-token",
})  # fmt: skip
"""Headers of a request whose values are always secret, in lower case."""


ESCAPES = re.compile(r"[%\\&\x00]")


class Redactor:
    """Replaces what is secret in any text by markers such as `{{ACCESS_TOKEN}}`.

    It starts with the secrets it is given and learns more as they appear (a state handler's headers, say).
    """

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._secrets: dict[str, _Secret] = {}
        for name, value in secrets.items():
            self.learn(name, value)

    def learn(self, name: str, value: str) -> None:
        """Treat a value, and the credential in a value like `Bearer xyz`, as secret from now on."""
        fresh = {part: _Secret(name, part) for part in _parts(value) if part not in self._secrets}
        if fresh:
            # longest first, so that a token leaves one marker and not its parts'
            self._secrets = dict(sorted((self._secrets | fresh).items(), key=lambda item: -len(item[0])))

    def learn_headers(self, headers: Mapping[str, str]) -> None:
        """Treat every value of these headers as secret, under the header's name."""
        for name, value in headers.items():
            self.learn(name.upper().replace("-", "_"), value)

    def text(self, text: str) -> str:
        """Give the text with every secret replaced by its marker."""
        for secret in self._secrets.values():
            text = secret.hidden_in(text)
        return text

    def body(self, body: bytes) -> bytes:
        """Give a body with every secret replaced; Latin-1 keeps each byte a letter of its own."""
        return self.text(body.decode("latin-1")).encode("latin-1")

    def headers(self, headers: Headers) -> Headers:
        """Give headers with every secret replaced."""
        return tuple((self.text(name), self.text(value)) for name, value in headers)

    def tree(self, value: object) -> object:
        """Give a JSON value with every string in it redacted, names of members too."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.tree(item) for item in value]
        if isinstance(value, dict):
            return {self.text(name): self.tree(item) for name, item in value.items()}
        return value


class _Secret:
    """One secret and the patterns that find it."""

    def __init__(self, name: str, value: str) -> None:
        self._marker = "{{" + re.sub(r"\W", "_", name) + "}}"
        self._value = value
        self._whole = re.compile("|".join(_disguises(value)), re.IGNORECASE)

    def hidden_in(self, text: str) -> str:
        text = self._whole.sub(self._marker, text)
        return self._by_letter.sub(self._marker, text) if ESCAPES.search(text) else text

    @functools.cached_property
    def _by_letter(self) -> re.Pattern[str]:
        # slow to compile for a long token, and rarely needed
        return re.compile(f"{_letters(self._value)}|{_letters(self._value[::-1])}", re.IGNORECASE)


def _parts(value: str) -> Iterator[str]:
    """Give the value and what is secret by itself within it: the credential after a scheme, the parts of a JWT."""
    value = value.strip()
    scheme, blank, credential = value.partition(" ")
    whole = credential.strip() if blank and re.fullmatch(r"[A-Za-z][\w-]*", scheme) else value
    yield from (part for part in dict.fromkeys((value, whole)) if len(part) >= SHORTEST)
    yield from (part for part in whole.split(".") if part != whole and len(part) >= SHORTEST_PART)


def _disguises(secret: str) -> Iterator[str]:
    yield re.escape(secret)
    yield re.escape(secret[::-1])
    yield re.escape(secret.encode("utf-8", "surrogatepass").decode("latin-1"))
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        data = secret.encode(encoding, "surrogatepass")
        yield from _base64(data)
        yield r"[\s:_-]?".join(f"{byte:02x}" for byte in data)


def _base64(data: bytes) -> Iterator[str]:
    """Give the letters that are the same wherever in a longer text the bytes stand (three alignments)."""
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + data).decode("ascii").rstrip("=")
        # the first letters mix in what stands before, the last one what follows
        stable = encoded[(0, 2, 3)[shift] : len(encoded) - (1 if (len(data) + shift) % 3 else 0)]
        if len(stable) >= SHORTEST:
            yield re.escape(stable).replace(r"\+", "[+-]").replace("/", "[/_]")


def _letters(secret: str) -> str:
    return r"\x00*".join(_letter(letter) for letter in secret)


def _letter(letter: str) -> str:
    code, data = ord(letter), letter.encode("utf-8", "surrogatepass")
    octets = "".join(f"%(?:25)*{byte:02x}" for byte in data)
    escapes = rf"\\+u00{code:02x}|\\+x{code:02x}" if code < 0x100 else rf"\\+u{code:04x}"  # noqa: PLR2004  (one byte)
    raw = "" if code < 0x80 else "|" + re.escape(data.decode("latin-1"))  # noqa: PLR2004  (ASCII)
    backslashed = rf"\\+{re.escape(letter)}|" if letter in "/\"'\\" else ""
    entities = rf"&(?:amp;)*#(?:0*{code}|x0*{code:x});?"
    return f"(?:{backslashed}{re.escape(letter)}|{octets}|{escapes}|{entities}{raw})"
