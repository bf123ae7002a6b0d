"""`nox -s rechecks`: certify every faulty and every unusual server, and confirm each claim from its own evidence.

Names behind it do so for those alone: `nox -s rechecks -- empty-body on-ipv6`.
"""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.bundle.making import bundle
from conformance.bundle.verification import verify
from tests.commands import in_process
from tests.faults.catalogue import FAULTS
from tests.faults.certifying import served
from tests.unusual.catalogue import UNUSUAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.bundle.verification import Verification


def main(names: Sequence[str]) -> int:
    """Run the session; give its exit code."""
    wrong = 0
    for name in names or [*UNUSUAL, *FAULTS]:
        found = _verified(name)
        wrong += bool(found.exit_code)
        cases = f"{found.comparison.agreeing if found.comparison else 0} of {len(found.record.cases)}"
        print(f"{name:60} {found.record.verdict:14} {cases} cases judged again", flush=True)  # noqa: T201
        for what in (*found.differences, *found.doubts):
            print(f"  {what}", flush=True)  # noqa: T201
    print(f"{wrong} were not confirmed")  # noqa: T201
    return 1 if wrong else 0


@contextlib.contextmanager
def _arguments(name: str) -> Iterator[Sequence[str]]:
    fault = FAULTS.get(name)
    with served(fault.server(), fault.handler) if fault else UNUSUAL[name].running() as arguments:
        yield arguments


def _verified(name: str) -> Verification:
    with tempfile.TemporaryDirectory() as folder, _arguments(name) as arguments:
        with contextlib.redirect_stdout(io.StringIO()):
            in_process("run", *arguments, "--format", "badge", folder=Path(folder))
        made = Path(folder) / "made.zip"
        made.write_bytes(bundle(Path(folder) / "reports", ("badge",)))
        return verify(made, None, max_age=timedelta(days=1), now=datetime.now(UTC))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
