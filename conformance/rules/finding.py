"""What a rule says of an exchange, and why it may be unable to say anything."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One demand that an answer breaks: what was expected, what was seen, and where in the answer.

    `where` is a JSON pointer into the body, a header's name, `status` or `body`.
    """

    requirement: str
    expected: str
    seen: str
    where: str


class Unjudged(Exception):  # noqa: N818  (a state of knowledge, not an error)
    """A rule has nothing to judge, because what it builds on is broken: that is reported where it belongs."""

    def __init__(self, requirement: str) -> None:
        super().__init__(f"not judged: it depends on {requirement}, which is not met by this answer")
        self.requirement = requirement
