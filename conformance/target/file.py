"""From a target file and the flags of the command line to a target, or to all that is wrong with them at once."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from conformance.target.mistakes import FORM, TargetError
from conformance.target.model import Target, TargetFile, merged
from conformance.toml.lines import LinesOfKeys
from conformance.toml.mistakes import Mistake, MistakesError, dotted, key_of
from conformance.toml.text import tables_in, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic_core import ErrorDetails

    from conformance.toml.lines import KeyPath

__all__ = ["Mistake", "TargetError", "load", "with_flags"]

_VARIABLE: Final = re.compile(r"\$(?:(?P<escaped>\$\{)|\{(?P<name>[A-Za-z_]\w*)\}|(?P<broken>\{))", re.ASCII)
_FLAGS: Final[Mapping[str | int, str]] = {
    "base_url": "URL",
    "service_provider": "--service-provider",
    "other_service_provider": "--other-service-provider",
    "redirect_url": "--redirect-url",
    "timeout_s": "--timeout",
    "requests_per_second": "--rate",
    "burst": "--burst",
    "headers": "--header",
    "token": "--header",
    "states": "--state-handler",
    "mvpds": "--mvpd",
}
_NAMING: Final = {"--header", "--mvpd"}
"""Flags that may be given more than once: a mistake says for which name."""


def load(path: Path | str, environ: Mapping[str, str] = os.environ) -> Target:
    """Read a target file (TOML 1.0); `${NAME}` in any string value is read from `environ`, `$${` stands for `${`.

    Raises:
        TargetError: with every mistake of the file, each with its key and line, none with a secret.

    """
    try:
        return _load(Path(path), environ)
    except RecursionError:
        raise TargetError([Mistake("", None, "is nested too deeply")], str(path)) from None
    except MistakesError as error:
        raise TargetError(error.mistakes, error.source) from None


def with_flags(  # noqa: PLR0913  (one for each flag of the command line)
    target: Target | None = None,
    *,
    url: str | None = None,
    service_provider: str | None = None,
    other_service_provider: str | None = None,
    redirect_url: str | None = None,
    headers: Sequence[str] = (),
    state_handler: str | None = None,
    mvpds: Sequence[str] = (),
    timeout_s: float | None = None,
    requests_per_second: float | None = None,
    burst: int | None = None,
) -> Target:
    """Give the target with what the command line says in place of what the file says.

    `headers` are `Name: value`, `mvpds` are `SCENARIO=NAME`, as typed; flags read no variables, the shell does.

    Raises:
        TargetError: with every wrong flag; `key` of a mistake is the flag's name.

    """
    mistakes: list[Mistake] = []
    more_headers = _pairs("--header", headers, ":", "'Name: value'", mistakes)
    more_mvpds = _pairs("--mvpd", mvpds, "=", "SCENARIO=NAME", mistakes)
    flags: dict[str, object] = {
        "base_url": url,
        "service_provider": service_provider,
        "other_service_provider": other_service_provider,
        "redirect_url": redirect_url,
        "timeout_s": timeout_s,
        "requests_per_second": requests_per_second,
        "burst": burst,
        "states": None if state_handler is None else {"handler": state_handler},
    }
    settings: dict[str, object] = dict(target) if target else {}
    settings |= {name: value for name, value in flags.items() if value is not None}
    settings["headers"] = merged(target.headers if target else {}, more_headers)
    settings["mvpds"] = (target.mvpds if target else {}) | more_mvpds
    try:
        described = Target.model_validate(settings)
    except ValidationError as error:
        raise TargetError([*mistakes, *map(_of_flag, error.errors(include_url=False))]) from None
    if mistakes:
        raise TargetError(mistakes)
    return described


def _load(path: Path, environ: Mapping[str, str]) -> Target:
    text, folder = text_of(path, "target file"), path.absolute().parent
    variables = _Variables(environ)
    tables = variables.expanded(tables_in(text, str(path)))
    lines = LinesOfKeys(text)
    mistakes = [Mistake(dotted(key), lines.of(key), problem, advice) for key, problem, advice in variables.problems]
    try:
        found = TargetFile.model_validate(tables, context={"folder": folder})
    except ValidationError as error:
        # what a missing variable would have held is not known, so it is not wrong in a second way
        mistakes += FORM.mistakes_in(error, lines, variables.places, {key for key, _, _ in variables.problems})
        raise TargetError(mistakes, str(path)) from None
    if mistakes:
        raise TargetError(mistakes, str(path))
    rest = {
        "token": found.token,
        "states": found.states,
        "scenarios": found.scenarios,
        "variables": variables.read,
        "folder": folder,
    }
    return Target.model_validate(dict(found.target) | rest)


class _Variables:
    """Puts the values of variables into strings, and remembers which and where."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.read: dict[str, str] = {}
        self.places: set[KeyPath] = set()
        self.problems: list[tuple[KeyPath, str, str]] = []

    def expanded(self, value: object, at: KeyPath = ()) -> object:
        """Give a TOML value with every variable in it replaced; what a variable holds is not looked at again."""
        match value:
            case dict():
                return {key: self.expanded(inner, (*at, key)) for key, inner in value.items()}
            case list():
                return [self.expanded(inner, at) for inner in value]
            case str():
                return _VARIABLE.sub(lambda found: self._replacement(found, at), value)
        return value

    def _replacement(self, found: re.Match[str], at: KeyPath) -> str:
        if found["escaped"]:
            return "${"
        if found["broken"]:
            self.problems.append((at, "a ${ without the name of a variable and a }", "write $${ for ${ itself"))
            return ""
        return self._value(found["name"], at)

    def _value(self, name: str, at: KeyPath) -> str:
        value = self._environ.get(name, "")
        if value:
            self.read[name] = value
            self.places.add(at)
        else:
            state = "empty" if name in self._environ else "not set"
            self.problems.append((at, f"the environment variable {name} is {state}", f"export {name}=..."))
        return value


def _pairs(flag: str, typed: Sequence[str], sign: str, form: str, mistakes: list[Mistake]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in typed:
        name, found, value = text.partition(sign)
        if found and name.strip():
            pairs = merged(pairs, {name.strip(): value.strip()})
        else:
            # what was typed may be a token without its header's name: it is not repeated
            mistakes.append(Mistake(flag, None, f"expected {form}"))
    return pairs


def _of_flag(found: ErrorDetails) -> Mistake:
    field, *rest = key_of(found)
    if found["type"] == "missing":
        return Mistake("URL", None, "missing", "give the server's base URL or a target file")
    flag, name = str(_FLAGS.get(field, field)), dotted((field, *rest)).partition(".")[2]
    problem, advice = FORM.in_words(found)
    return Mistake(f"{flag} {name}".rstrip() if flag in _NAMING else flag, None, problem, advice)
