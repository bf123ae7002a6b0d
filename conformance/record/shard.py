"""A shard: one share of the cases of a run that several machines make, and what its record keeps for the others."""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from conformance.record.stored import Count, Duration, Part, Text

MOST_SHARDS: Final = 1000
Number = Annotated[int, Field(ge=1, le=MOST_SHARDS)]


class Shard(Part):
    """One share of the cases; `logout-conformance merge` makes one record of all of them."""

    number: Number
    """Which share it is, from 1 to `of`."""
    of: Number
    cases: tuple[Text, ...] = ()
    """The ids of all cases that are shared out, in the order of the law."""
    noted: tuple[Text, ...] = ()
    """What was noted on the way; it stands in the record's `notes` too."""
    waited_s: Duration = 0.0
    """How long this shard waited, for the asked pace or after answers of 429."""
    throttled_count: Count = 0
    """How many of its requests were answered 429 and sent again."""
    spent: Text | None = None
    """Why it sent nothing more before its end; null where it sent all."""

    def __str__(self) -> str:
        return f"shard {self.number} of {self.of}"

    @model_validator(mode="after")
    def _is_one_of_them(self) -> Self:
        if self.number > self.of:
            raise ValueError(f"there is no shard {self.number} of {self.of}")
        return self
