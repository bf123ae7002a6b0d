"""`nox -s examples` makes reports/example/ and the README's pictures; `-- --check` compares the reports.

They are compared byte for byte, since `steady` fixes what differs in each run. Pictures are not: the fonts of a machine
are in them.
"""

from __future__ import annotations

import filecmp
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.example.make import EXAMPLES, FILES

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT: Final = Path(__file__).parents[2]
KEPT: Final = PROJECT / "reports" / "example"
PICTURES: Final = PROJECT / "docs"


def main() -> int:
    """Make the examples, or compare them with those that are kept."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        for name, make in EXAMPLES.items():
            make(made / name)
        if "--check" in sys.argv[1:]:
            return _compared(made)
        _keep(made)
    return 0


def _compared(made: Path) -> int:
    stale = list(_stale(made))
    for path in stale:
        print(f"{path} is not what the kit makes now; run `nox -s examples` and look at the difference")  # noqa: T201
    return bool(stale)


def _stale(made: Path) -> Iterator[Path]:
    for name in EXAMPLES:
        _, differing, missing = filecmp.cmpfiles(made / name, KEPT / name, FILES, shallow=False)
        yield from (KEPT / name / file for file in (*differing, *missing))


def _keep(made: Path) -> None:
    from tests.example.pictures import take  # noqa: PLC0415  (comparing needs no browser)

    shutil.copytree(made, KEPT, dirs_exist_ok=True)
    for path in (*KEPT.rglob("*.*"), *take(EXAMPLES, KEPT, PICTURES)):
        print(f"{path.relative_to(PROJECT)}: {path.stat().st_size} bytes")  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
