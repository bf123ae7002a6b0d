"""Freezes the cases of the kit as the set of its version of the law: `nox -s freeze`."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from conformance.certify import every_case
from conformance.law.catalogue import catalogue
from conformance.law.document import spec_file
from conformance.law.frozen import LATER

if TYPE_CHECKING:
    from collections.abc import Iterable

DIGESTS: Final = Path(__file__).with_name("released.sha256")


def freeze(version: str, cases: Iterable[str], folder: Path, digests: Path) -> Path:
    """Write the set of a version and its digest; no case is later any more.

    Raises:
        FileExistsError: the version has a set already, which never changes.

    """
    path = folder / f"{version}.txt"
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{case}\n" for case in cases)
    (folder / f"{LATER}.txt").write_text("", encoding="utf-8")
    with digests.open("a", encoding="utf-8", newline="\n") as file:
        file.write(f"{digest_of(path)}  {path.name}\n")
    return path


def digest_of(path: Path) -> str:
    """Give the SHA-256 of a set, whatever ends its lines in this checkout."""
    return hashlib.sha256(path.read_text(encoding="utf-8").encode()).hexdigest()


def main() -> None:
    """Freeze, or say why not."""
    version = catalogue().spec_version
    try:
        sys.stdout.write(f"{freeze(version, [case.id for case in every_case()], spec_file('cases'), DIGESTS)}\n")
    except FileExistsError as error:
        sys.exit(f"{error.filename} is there, and a released set never changes: raise spec_version first")


if __name__ == "__main__":
    main()
