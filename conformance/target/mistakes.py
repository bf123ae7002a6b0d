"""What is wrong with a target file or a flag, in words that show no secret.

No value is quoted that may be secret: none that came from the environment, none of a header, of a URL or of a
key that nobody knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.target.model import Settings, StatesSource, StaticScenario, TargetFile, Tls, TokenSource
from conformance.toml.mistakes import Form, MistakesError

if TYPE_CHECKING:
    from pydantic import BaseModel

    from conformance.toml.lines import KeyPath


class TargetError(MistakesError):
    """A target cannot be used as it is described."""


def _table_at(path: KeyPath) -> type[BaseModel]:
    match path:
        case ("target",):
            return Settings
        case ("target", "tls"):
            return Tls
        case ("token",):
            return TokenSource
        case ("states",):
            return StatesSource
        case ("scenarios", _):
            return StaticScenario
    return TargetFile


def _moved(path: KeyPath) -> str:
    return "write it in the table [target]" if len(path) == 1 and path[0] in Settings.model_fields else ""


FORM: Final = Form(
    needed={
        "target": "write a table [target]",
        "base_url": 'write e.g. base_url = "https://api.example.com"',
        "mvpd": 'write e.g. mvpd = "Cablevision"',
        "command": 'write e.g. command = ["./token.sh"]',
    },
    table_at=_table_at,
    moved=_moved,
)
