"""Kinds of value in a target file: each carries what is expected of it and what to write instead of a wrong one."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from conformance.target import legal

LONGEST_TIMEOUT_S: Final = 86_400.0
"""A day: longer deadlines overflow the timers of some systems."""


def mistake(expected: str, advice: str, *, quoted: bool = True) -> PydanticCustomError:
    """Say what was expected and what to do; `quoted` is false where the wrong value may hold a secret."""
    return PydanticCustomError("expected", "expected {what}", {"what": expected, "advice": advice, "quoted": quoted})


def _expected(what: str, example: str, *, quoted: bool = True) -> WrapValidator:
    def validate(value: object, inner: ValidatorFunctionWrapHandler) -> object:
        try:
            return inner(value)
        except ValidationError:
            raise mistake(what, f"write e.g. {example}", quoted=quoted) from None

    return WrapValidator(validate)


def _that(holds: Callable[[str], bool]) -> AfterValidator:
    def validate(value: str) -> str:
        if not holds(value):
            raise ValueError
        return value

    return AfterValidator(validate)


def _without_trailing_slash(url: str) -> str:
    if "?" in url:
        raise ValueError
    return url.rstrip("/")


def _file(value: object, info: ValidationInfo) -> Path:
    if not isinstance(value, str | Path):
        raise ValueError  # noqa: TRY004  (pydantic reports a ValueError and lets a TypeError through)
    # relative to the target file, not to wherever the command was typed
    path = Path((info.context or {}).get("folder", "")) / value
    try:
        found = path.is_file()
    except OSError:  # a name that is too long, say
        found = False
    if not found:
        raise ValueError
    return path


def _named_once(headers: dict[str, str]) -> dict[str, str]:
    if len({name.lower() for name in headers}) < len(headers):
        raise mistake("each header once", "header names that differ only in case are one header", quoted=False)
    return headers


Text = Annotated[str, _that(legal.is_text), _expected("text without control characters", '"Acme"')]
Name = Annotated[str, _that(legal.is_name), _expected("a name without control characters", '"REF30"')]
Switch = Annotated[bool, _expected("true or false", "true")]
PositiveNumber = Annotated[float, Field(gt=0, allow_inf_nan=False), _expected("a positive number", "1.0")]
Burst = Annotated[int, Field(ge=1), _expected("a whole number from 1", "10")]
Timeout = Annotated[
    float,
    Field(gt=0, le=LONGEST_TIMEOUT_S),
    _expected("a positive number of seconds, at most a day", "10.0"),
]
BaseUrl = Annotated[
    str,
    _that(legal.is_http_url),
    AfterValidator(_without_trailing_slash),
    _expected("an http(s) URL without user name, query and fragment", '"https://api.example.com"', quoted=False),
]
HandlerUrl = Annotated[
    str,
    _that(legal.is_http_url),
    _expected("an http(s) URL without user name and fragment", '"http://127.0.0.1:9000/_state"', quoted=False),
]
RedirectUrl = Annotated[
    str,
    _that(legal.is_absolute_url),
    _expected("an absolute URL", '"https://example.com/bye"', quoted=False),
]
HeaderName = Annotated[
    str,
    _that(legal.is_header_name),
    _expected("a header's name, and none that frames the message", '"AD-Service-Token"', quoted=False),
]
HeaderValue = Annotated[
    str,
    _that(legal.is_header_value),
    _expected(
        "one line of Latin-1 text without control characters and outer blanks", '"Bearer ${ACCESS_TOKEN}"', quoted=False
    ),
]
Headers = Annotated[dict[HeaderName, HeaderValue], AfterValidator(_named_once)]
DeviceIdentifier = Annotated[
    str,
    Field(min_length=1),
    _that(legal.is_header_value),
    _expected("a header value", '"fingerprint YmEyM2QxNDEtZDcxNS01"', quoted=False),
]
ExistingFile = Annotated[Path, BeforeValidator(_file), _expected("a file that exists", '"ca.pem"')]
Uses = Annotated[
    Annotated[int, Field(ge=1)] | Literal["unlimited"],
    _expected('a whole number from 1, or "unlimited"', "1"),
]
Command = Annotated[
    list[Annotated[str, _that(lambda value: "\0" not in value)]],
    Field(min_length=1),
    _expected("a list: the program and its arguments", '["./state.sh", "--quiet"]', quoted=False),
]
PythonCallable = Annotated[
    str,
    Field(pattern=r"^[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*$"),
    _expected("a module and a callable", '"my_states:handle"'),
]
