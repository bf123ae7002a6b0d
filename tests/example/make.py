"""Makes the example reports: the reference server's, and that of a server with mistakes."""

from __future__ import annotations

import contextlib
import itertools
import uuid
from typing import TYPE_CHECKING, Final
from unittest.mock import patch

from conformance.certify import Settings, certify, reference_target
from conformance.reference import ACCESS_TOKEN, running
from conformance.report import render
from conformance.target.model import StatesSource, Target
from tests.example.faulty import AcmeHandler, AcmeServer
from tests.example.steady import make_steady

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

FILES: Final = ("results.json", "exchanges.jsonl", "report.html")


@contextlib.contextmanager
def faulty_target() -> Iterator[Target]:
    """Start the server with mistakes and describe it."""
    with running(AcmeServer(), handler=AcmeHandler) as base_url:
        yield Target(
            name="Acme logout service",
            version="1.4.2",
            base_url=base_url,
            other_service_provider="REF40",
            headers={"Authorization": f"Bearer {ACCESS_TOKEN}"},
            states=StatesSource(handler=f"{base_url}/_state"),
            variables={"ACCESS_TOKEN": ACCESS_TOKEN},
        )


def reference(folder: Path) -> None:
    """Leave the reference server's report in a folder."""
    _make(folder, reference_target(), "logout-conformance run")


def faulty(folder: Path) -> None:
    """Leave the report of the server with mistakes in a folder."""
    _make(folder, faulty_target(), "logout-conformance run --target acme.toml")


EXAMPLES: Final = {"reference": reference, "faulty": faulty}


def _make(folder: Path, target: AbstractContextManager[Target], rerun: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    # devices whose identifiers have odd forms could not be numbered afterwards
    numbered = (uuid.UUID(int=number, version=4) for number in itertools.count(1))
    with target as started, patch("uuid.uuid4", lambda: next(numbered)):
        certify(Settings(started, report_dir=folder, formats=("html",), rerun=rerun))
    make_steady(folder)
    render(folder, ("html",))
    for left in folder.iterdir():
        if left.name not in FILES:
            left.unlink()
