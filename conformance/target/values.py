"""Kinds of value in a target file: each carries what is expected of it and what to write instead of a wrong one."""

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from conformance.target import legal
from conformance.toml.values import expected, mistake, that

LONGEST_TIMEOUT_S: Final = 86_400.0
"""A day: longer deadlines overflow the timers of some systems."""


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


Text = Annotated[str, that(legal.is_text), expected("text without control characters", '"Acme"')]
Name = Annotated[str, that(legal.is_name), expected("a name without control characters", '"REF30"')]
Switch = Annotated[bool, expected("true or false", "true")]
PositiveNumber = Annotated[float, Field(gt=0, allow_inf_nan=False), expected("a positive number", "1.0")]
Burst = Annotated[int, Field(ge=1), expected("a whole number from 1", "10")]
Timeout = Annotated[
    float,
    Field(gt=0, le=LONGEST_TIMEOUT_S),
    expected("a positive number of seconds, at most a day", "10.0"),
]
BaseUrl = Annotated[
    str,
    that(legal.is_http_url),
    AfterValidator(_without_trailing_slash),
    expected("an http(s) URL without user name, query and fragment", '"https://api.example.com"', quoted=False),
]
HandlerUrl = Annotated[
    str,
    that(legal.is_http_url),
    expected("an http(s) URL without user name and fragment", '"http://127.0.0.1:9000/_state"', quoted=False),
]
RedirectUrl = Annotated[
    str,
    that(legal.is_absolute_url),
    expected("an absolute URL", '"https://example.com/bye"', quoted=False),
]
HeaderName = Annotated[
    str,
    that(legal.is_header_name),
    expected("a header's name, and none that frames the message", '"AD-Service-Token"', quoted=False),
]
HeaderValue = Annotated[
    str,
    that(legal.is_header_value),
    expected(
        "one line of Latin-1 text without control characters and outer blanks", '"Bearer ${ACCESS_TOKEN}"', quoted=False
    ),
]
Headers = Annotated[dict[HeaderName, HeaderValue], AfterValidator(_named_once)]
DeviceIdentifier = Annotated[
    str,
    Field(min_length=1),
    that(legal.is_header_value),
    expected("a header value", '"fingerprint YmEyM2QxNDEtZDcxNS01"', quoted=False),
]
ExistingFile = Annotated[Path, BeforeValidator(_file), expected("a file that exists", '"ca.pem"')]
Uses = Annotated[
    Annotated[int, Field(ge=1)] | Literal["unlimited"],
    expected('a whole number from 1, or "unlimited"', "1"),
]
Command = Annotated[
    list[Annotated[str, that(lambda value: "\0" not in value)]],
    Field(min_length=1),
    expected("a list: the program and its arguments", '["./state.sh", "--quiet"]', quoted=False),
]
PythonCallable = Annotated[
    str,
    Field(pattern=r"^[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*$"),
    expected("a module and a callable", '"my_states:handle"'),
]
