"""Every fault: importing a module of this folder enters its servers."""

from __future__ import annotations

from typing import Final

from conformance.law.catalogue import Subject, catalogue
from tests.faults import (
    action,
    auth,
    body,
    deletions,
    devices,
    errors,
    headers,
    inputs,
    members,
    methods,
    pairing,
    paths,
    redirects,
    state,
    status,
    url,
    wavering,
    wrapper,
)
from tests.faults.registry import FAULTS, Fault

__all__ = ["CHECKED", "FAULTS", "NEVER_ALONE", "Fault"]

MODULES: Final = (
    action,
    auth,
    body,
    deletions,
    devices,
    errors,
    headers,
    inputs,
    members,
    methods,
    pairing,
    paths,
    redirects,
    state,
    status,
    url,
    wavering,
    wrapper,
)

CHECKED: Final = tuple(
    row.id for row in catalogue().requirements if row.subject is Subject.SERVER and row.checked is not None
)
"""The demands on a server that the kit checks: each needs a fault that it alone catches."""

NEVER_ALONE: Final = {
    "endpoint-path": (
        "Every request of the kit goes to this path. A server that does not answer there answers with some error, and "
        "that status is what is seen: `listed-status` or `status-of-success` is reported, by cases that name this "
        "requirement too. Where it answers nowhere, every valid request is refused, and the run is inconclusive."
    ),
}
"""The demands that no server can break without another one, and why."""
