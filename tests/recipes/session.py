"""Does in a fresh folder what the Dockerfile does before its second stage, and asks the installed kit for a verdict."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from tests.recipes.image import build_context, commands


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        context, prefix = Path(name) / "context", Path(name) / "prefix"
        context.mkdir()
        build_context(context)
        for command in commands(prefix):
            print(f"+ {command}", flush=True)  # noqa: T201  (a session says what it does)
            subprocess.run(["sh", "-ec", command], cwd=context, check=True)
        for command in ("run", "doctor", "init"):
            subprocess.run([prefix / "bin" / "logout-conformance", command], cwd=name, check=True)


if __name__ == "__main__":
    main()
