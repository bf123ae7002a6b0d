"""Kinds of value in a file that a person writes: each carries what is expected and what to write instead."""

import difflib
from collections.abc import Callable, Collection

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import PydanticCustomError


class Table(BaseModel):
    """A table in which nothing is converted and every key is known."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


def mistake(expected: str, advice: str, *, quoted: bool = True) -> PydanticCustomError:
    """Say what was expected and what to do; `quoted` is false where the wrong value may hold a secret."""
    return PydanticCustomError("expected", "expected {what}", {"what": expected, "advice": advice, "quoted": quoted})


def expected(what: str, example: str, *, quoted: bool = True) -> WrapValidator:
    """Say of whatever is refused what was expected, and an example of it."""

    def validate(value: object, inner: ValidatorFunctionWrapHandler) -> object:
        try:
            return inner(value)
        except ValidationError:
            raise mistake(what, f"write e.g. {example}", quoted=quoted) from None

    return WrapValidator(validate)


def that(holds: Callable[[str], bool]) -> AfterValidator:
    """Take the texts of which something holds."""

    def validate(value: str) -> str:
        if not holds(value):
            raise ValueError
        return value

    return AfterValidator(validate)


def meant(value: str, known: Collection[str], otherwise: str) -> str:
    """Advise somebody who wrote a name that there is not: the closest one that there is."""
    close = difflib.get_close_matches(value, known, 1)
    return f'did you mean "{close[0]}"?' if close else otherwise
