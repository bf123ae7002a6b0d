"""State handlers that are a command or a Python callable, and cannot be trusted either."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Final

from tests.hostile.handlers import never_blames_the_target
from tests.hostile.registry import INCONCLUSIVE, NOT_CONFORMANT, add, nothing_more
from tests.hostile.stage import HANDED_OUT

if TYPE_CHECKING:
    from tests.hostile.stage import Stage

COMMANDS: Final = {
    "hangs": "sleep 60",
    "hangs-and-ignores-signals": "trap '' TERM INT HUP; sleep 60",
    "leaves-children-that-hold-its-pipes": 'sleep 60 & echo \'{"mvpd": "Cablevision"}\'',
    "fails": "echo broken >&2; exit 1",
    "kills-itself": "kill -9 $$",
    "writes-100-mib": 'yes \'{"mvpd": "Cablevision"\' | head -c 104857600',
    "writes-100-mib-of-complaints": "yes complaint | head -c 104857600 >&2; exit 1",
    "writes-its-environment": "env; env >&2; exit 1",
    "writes-control-characters": "printf '\\033[31mred\\033]0;owned\\007\\n' >&2; exit 1",
    "writes-no-json": "echo Cablevision",
    "writes-nul-bytes": "head -c 1000 /dev/zero",
    "reads-nothing-and-says-nothing": "exec <&-; exit 0",
    "is-not-there": "",
}
for name, script in COMMANDS.items():
    words = ["sh", "-c", script] if script else ["./is-not-there"]
    add(
        f"handler-command-{name}",
        "handler",
        INCONCLUSIVE,
        *((1,) if name.startswith("leaves") else ()),
        states=f"command = {json.dumps(words)}",
        examine=nothing_more if name.startswith("leaves") else never_blames_the_target,
    )

CALLABLES: Final = {
    "raises": "raise ValueError(SECRET + chr(27) + '[31m')",
    "exits": "raise SystemExit(0)",
    "interrupts": "raise KeyboardInterrupt",
    "skips": "import pytest; pytest.skip('owned')",
    "fails-a-test": "import pytest; pytest.fail('owned')",
    "recurses": "return handle(asked)",
    "hangs": "import time; time.sleep(60)",
    "returns-a-list": "return ['mvpd']",
    "returns-odd-types": "return {'mvpd': object(), 3: b'x', 'headers': {1: 2}}",
    "returns-a-dict-that-lies": "return type('D', (dict,), {'get': lambda *a: 1 / 0, 'keys': None})(mvpd='x')",
    "returns-itself": "d = {}; d['mvpd'] = d; return d",
    "prints": "print(SECRET, chr(27) + '[31m' * 1000); return 5",
    "warns": "import warnings; warnings.warn(SECRET); return 5",
    "logs": "import logging; logging.critical(SECRET); return 5",
    "raises-what-has-no-text": "class E(Exception):\n        def __str__(self): return 1 / 0\n    raise E",
    "raises-a-group": "raise ExceptionGroup(SECRET, [ValueError(SECRET)])",
    "takes-all-memory": "return {'mvpd': 'x' * 10**10}",
}


def _writes_a_module(body: str, stage: Stage) -> None:
    # what is handed out is secret from then on: the first call does so, those that follow talk of it
    facts = "{'mvpd': 'Cablevision', 'headers': {'X-Handed-Out': SECRET}}"
    first = f"    CALLS.append(asked)\n    if len(CALLS) == 1: return {facts}\n" if "SECRET" in body else ""
    text = f"SECRET = {HANDED_OUT!r}\nCALLS = []\n\ndef handle(asked):\n{first}    {body}\n"
    (stage.work / "states.py").write_text(text, encoding="utf-8")


for name, body_of_function in CALLABLES.items():
    add(
        f"handler-callable-{name}",
        "handler",
        *((INCONCLUSIVE, NOT_CONFORMANT) if "SECRET" in body_of_function else (INCONCLUSIVE,)),
        states='python = "states:handle"',
        environ={"PYTHONDONTWRITEBYTECODE": "1"},
        prepare=partial(_writes_a_module, body_of_function),
        lays_out=("target.toml", "states.py"),
        # a state that was said to be ready, and is not, looks like a fault of the target
        examine=nothing_more if "SECRET" in body_of_function else never_blames_the_target,
    )
