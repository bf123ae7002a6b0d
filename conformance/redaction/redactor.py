"""Secrets never reach an output: every string passes here first, and a marker says which secret stood there.

A target may echo a token in any disguise. So a text is looked at as it stands and with its escapes undone (percent,
JSON, HTML, shell; the zero bytes of UTF-16), and every run of Base64 or hex in it is decoded and looked at in the same
way, over and over; a secret is looked for forwards and backwards, in either case, and so are long pieces of it.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Final

from conformance.redaction.disguise import Run, View, from_base64, may_be_text, runs, unescaped
from conformance.redaction.secret import BLOCK, SHORTEST_PART, Found, Secret, lower

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conformance.exchange import Headers

SHORTEST: Final = 4
"""Shorter values are no secrets: to blank every `1` would blank the evidence."""

DEEPEST: Final = 4
"""How many encodings on top of one another are undone."""

MARGIN: Final = 16 * 1024
"""Letters that are redacted beyond a limit, so that the cut goes through no secret, however it is written."""

CREDENTIALS: Final = frozenset({
    "authorization",
    "proxy-authorization",
    "cookie",
    "ad-service-token",
    "adobe-subject-token",
    "x-roku-reserved-roku-connect-token",
})  # fmt: skip
"""Headers of a request whose values are always secret, in lower case."""

_SCHEMES: Final = frozenset({"apikey", "basic", "bearer", "dpop", "jwt", "negotiate", "token"})
_REMEMBERED: Final = 2 * 1024 * 1024
"""Letters of texts that are remembered: the words of a record come again and again, and so do answers."""
_MANY: Final = 256  # beginnings of secrets: so many are looked up faster than they are looked for
_HARMLESS: Final = 4096  # runs, each up to _SHORT letters, that are remembered to hold nothing
_SHORT: Final = 256


class Redactor:
    """Replaces what is secret in any text by markers such as `{{ACCESS_TOKEN}}`, or `{{PART_OF_ACCESS_TOKEN}}`.

    It starts with the secrets it is given and learns more as they appear (a state handler's headers, say); `learnt` has
    them all by name, in that order, for another one to learn.
    """

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._secrets: dict[str, Secret] = {}
        self.learnt: list[tuple[str, str]] = []
        self._remembered: dict[str, str] = {}
        self._letters = 0
        self._harmless: set[tuple[Run, int]] = set()
        self._markers: set[str] = set()
        self._own = re.compile(r"(?!)")
        self._least = SHORTEST_PART
        self._by_beginning: dict[str, list[str]] = {}
        self._short: list[str] = []
        self.learn_all(secrets.items())

    @property
    def known(self) -> int:
        """How many secrets are known: where it rises, what was redacted before may hold one."""
        return len(self._secrets)

    def learn(self, name: str, value: str) -> None:
        """Treat a value as secret from now on; of a value like `Bearer xyz`, the credential."""
        self.learn_all([(name, value)])

    def learn_all(self, named: Iterable[tuple[str, str]]) -> None:
        """Learn values with their names at once: what is remembered of texts is forgotten each time."""
        fresh: dict[str, Secret] = {}
        for name, value in named:
            parts = [part for part in _parts(value) if part not in self._secrets and part not in fresh]
            fresh |= {part: Secret(name, part) for part in parts}
            self.learnt += [(name, value)] if parts else []
        if fresh:
            self._add(fresh)
            self._remembered.clear()
            self._letters = 0
            self._harmless.clear()

    def _add(self, fresh: Mapping[str, Secret]) -> None:
        self._secrets |= fresh
        self._least = min(self._least, *map(len, fresh))
        for value, secret in fresh.items():
            for beginning in dict.fromkeys(block[:BLOCK] for block in secret.blocks):
                if len(beginning) < BLOCK and beginning not in self._by_beginning:
                    self._short.append(beginning)
                self._by_beginning.setdefault(beginning, []).append(value)
        markers = {secret.marker for secret in fresh.values()} - self._markers
        if markers:
            self._markers |= markers
            self._own = re.compile("|".join(map(re.escape, self._markers)))

    def learn_headers(self, headers: Mapping[str, str]) -> None:
        """Treat every value of these headers as secret, under the header's name."""
        self.learn_all((name.upper().replace("-", "_"), value) for name, value in headers.items())

    def text(self, text: str) -> str:
        """Give the text with every secret replaced by its marker; what is redacted already stays as it is."""
        if text not in self._remembered:
            self._letters += len(text)
            if self._letters > _REMEMBERED:
                self._remembered.clear()
                self._letters = len(text)
            self._remembered[text] = self._redacted(text)
        return self._remembered[text]

    def beginning(self, text: str, limit: int) -> str:
        """Give the first `limit` letters of the redacted text, for the work that they alone are."""
        redacted = self.text(text[: limit + MARGIN])
        # behind the margin a secret may have been cut in two
        return redacted[:-MARGIN][:limit] if len(text) > limit + MARGIN else redacted[:limit]

    def body(self, body: bytes, limit: int) -> bytes:
        """Give the first `limit` bytes of a body, redacted; Latin-1 keeps each byte a letter of its own."""
        return self.beginning(body[: limit + MARGIN + 1].decode("latin-1"), limit).encode("latin-1")

    def headers(self, headers: Headers) -> Headers:
        """Give headers with every secret replaced."""
        return tuple((self.text(name), self.text(value)) for name, value in headers)

    def tree(self, value: object, own: frozenset[str] = frozenset()) -> object:
        """Give a JSON value with every string in it redacted.

        The names of members are the kit's, and so is what stands in the members that `own` names: a secret that is
        spelt like one of its words, `passed` say, must not change what the record says.
        """
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.tree(item, own) for item in value]
        if isinstance(value, dict):
            return {name: item if name in own else self.tree(item, own) for name, item in value.items()}
        return value

    def holds(self, text: str) -> bool:
        """Say whether a whole secret stands in the text, plain or in disguise; a piece of one does not count."""
        return any(found.whole for found in self._found(View(text), DEEPEST))

    def _redacted(self, text: str) -> str:
        own = [found.span() for found in self._own.finditer(text)]
        found = [
            each
            for each in self._found(View(text), DEEPEST)
            if not any(begin <= each.begin and each.end <= end for begin, end in own)
        ]
        pieces, done = [], 0
        for each in _joined(found):
            pieces += [text[done : each.begin], each.marker]
            done = each.end
        return "".join([*pieces, text[done:]])

    def _may_stand_in(self, lowered: str) -> list[Secret]:
        """Give the secrets of which a piece may stand in a text, the longest first; most texts hold none."""
        known = self._by_beginning
        if len(known) < _MANY:
            found = [beginning for beginning in known if beginning in lowered]
        else:
            pieces = (lowered[at : at + BLOCK] for at in range(len(lowered) - BLOCK + 1))
            found = [piece for piece in pieces if piece in known]
            found += [beginning for beginning in self._short if beginning in lowered]
        values = {value for beginning in found for value in known[beginning]}
        return [self._secrets[value] for value in sorted(values, key=lambda value: (-len(value), value))]

    def _found(self, view: View, depth: int) -> Iterator[Found]:
        """Find secrets in a view of a text, and in whatever it says once one more encoding is undone."""
        lowered = lower(view.text)
        for secret in self._may_stand_in(lowered):
            yield from (each.in_terms_of(view) for each in secret.found_in(lowered))
        if depth == 0 or not self._secrets:
            return
        plainer = unescaped(view)
        if plainer:
            yield from self._found(plainer, depth - 1)
        for begin, end, run in runs(view.text, self._least):
            best = self._within(run, depth - 1)
            if best:
                yield Found(begin, end, best.marker, best.whole).in_terms_of(view)

    def _within(self, run: Run, depth: int) -> Found | None:
        """Find a secret in what a run says, a whole one rather than a piece; the words of a record come again."""
        if (run, depth) in self._harmless:
            return None
        said = [meant.replace("\0", "") for meant in run.meanings()]
        # bytes that are no text have no encodings in them, and are most of what is decoded here
        texts = filter(may_be_text, said) if depth else ()
        found = chain(self._found(View("\0".join(said)), 0), *(self._found(View(text), depth) for text in texts))
        best = max(found, key=lambda each: each.whole, default=None)
        if best is None and len(run.letters) <= _SHORT:
            if len(self._harmless) >= _HARMLESS:
                self._harmless.clear()
            self._harmless.add((run, depth))
        return best


def _parts(value: str) -> Iterator[str]:
    """Give what is secret in a value: the credential after a scheme, the password of Basic, else the value itself."""
    value = value.strip()
    scheme, _, rest = value.partition(" ")
    credential = rest.strip()
    if scheme.lower() not in _SCHEMES or len(credential) < SHORTEST:
        credential = value
    parts = [credential]
    if scheme.lower() == "basic":
        pair = from_base64(credential)
        parts += [pair, pair.partition(":")[2]]
    yield from (part for part in dict.fromkeys(parts) if len(part) >= SHORTEST)


def _joined(found: list[Found]) -> Iterator[Found]:
    """Give the places in order, those that overlap as one, marked as the greatest of them."""
    group: list[Found] = []
    for each in sorted(found, key=lambda each: each.begin):
        if group and each.begin >= max(other.end for other in group):
            yield _greatest(group)
            group = []
        group.append(each)
    if group:
        yield _greatest(group)


def _greatest(group: list[Found]) -> Found:
    best = max(group, key=lambda each: (each.whole, each.end - each.begin))
    return Found(group[0].begin, max(each.end for each in group), best.marker, best.whole)
