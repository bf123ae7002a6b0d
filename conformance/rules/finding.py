"""What a rule says of an exchange, and why it may be unable to say anything."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One demand that is broken: what was expected, what was seen, and where.

    Of an answer `where` is a JSON pointer into the body, a header's name, `status` or `body`; of a request a header's
    name, `method`, `path` or `redirectUrl`; of what a client did next, `next`. `exchange` is the index of the exchange
    that shows it, where a rule looked at several.
    """

    requirement: str
    expected: str
    seen: str
    where: str
    exchange: int | None = None


class Unjudged(Exception):  # noqa: N818  (a state of knowledge, not an error)
    """A rule has nothing to judge, because what it builds on is broken: that is reported where it belongs."""

    def __init__(self, requirement: str) -> None:
        super().__init__(f"not judged: it depends on {requirement}, which is not met by this answer")
        self.requirement = requirement


class Unseen(Unjudged):
    """What was recorded does not show what a rule has to know; the text says what is missing."""

    def __init__(self, missing: str) -> None:
        super().__init__("")
        self.args = (f"not judged: {missing}",)


class Inapplicable(Unseen):
    """What was recorded did not come to what a rule is about: it says less than that something was not seen."""
