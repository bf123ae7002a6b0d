"""Shows what a run would send, and how much, without sending it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from conformance.certify import listed
from conformance.cli.estimate import Estimate
from conformance.redaction.redactor import Redactor
from conformance.sender.plain import plain_logout
from conformance.states.provisioning import Provisioned
from conformance.suite.cost import GENERATED, requests_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.evidence.visit import Viewer, Visit
    from conformance.run.run import Settings
    from conformance.sender.logout import Logout
    from conformance.target.model import Target

UNASKED: Final = "a-token-that-was-not-asked-for"
"""What stands in for the token of a command; it is shown as a token is."""


def lines(settings: Settings, keyword: str = "") -> Iterator[str]:
    """Give what would be sent, visit by visit, and the sum; nobody is asked for a token."""
    if settings.target.token:
        settings = replace(settings, target=settings.target.bearing(UNASKED))
    cases = listed(settings, keyword=keyword)
    for visit in dict.fromkeys(visit for case in cases for visit in case.visits):
        yield from sent_by(visit, settings)
    for case in cases:
        if case.id in GENERATED:
            yield f"{case.id}: at most {GENERATED[case.id](settings.examples)} generated requests"
    requests = sum(requests_of(cases, settings.examples).values())
    yield f"{len(cases)} cases, {Estimate(requests, settings)}; nothing was sent"


def sent_by(visit: Visit, settings: Settings) -> Iterator[str]:
    """Give what one visit sets up and sends: a line for each step, with what differs from a plain logout."""
    yield f"{visit.id}: set up {', '.join(viewer.state for viewer in visit.viewers)}, then"
    redactor = Redactor(settings.target.secrets)
    for step in visit.steps:
        plain = plain_logout(settings.target, _provisioned(settings.target, visit.viewers[step.viewer]))
        changed = step.change(plain)
        shown = [_target_of(changed), *_differences(plain, changed)]
        # redacted before it is cut: half a token is a token to whoever collects halves
        yield f"    {step.id}: {changed.method} " + "; ".join(_cut(redactor.text(part)) for part in shown)


def _provisioned(target: Target, viewer: Viewer) -> Provisioned:
    """Guess the names that the viewer's state will come with; a handler may give others."""
    facts = target.scenario(viewer.state)
    provider = target.other_service_provider if viewer.elsewhere else target.service_provider
    mvpd = viewer.mvpd or (facts.mvpd if facts else "MVPD")
    return Provisioned(provider or target.service_provider, mvpd, "fingerprint ...", {})


def _target_of(logout: Logout) -> str:
    parts = urlsplit(logout.url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _differences(plain: Logout, changed: Logout) -> list[str]:
    before, after = dict(plain.headers), dict(changed.headers)
    gone = [f"without {name}" for name in before if name not in after]
    return [*gone, *(f"{name}: {value}" for name, value in after.items() if before.get(name) != value)]


def _cut(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:100]}... ({len(text)} characters)"  # noqa: PLR2004  (a line's worth)
