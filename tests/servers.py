"""Targets for tests that certify a variant of the reference server."""

from __future__ import annotations

from conformance.reference import ACCESS_TOKEN
from conformance.target.model import Target


def target_at(url: str, **settings: object) -> Target:
    """Describe a server that has all that the reference server has."""
    described: dict[str, object] = {
        "base_url": url,
        "other_service_provider": "REF40",
        "headers": {"Authorization": f"Bearer {ACCESS_TOKEN}"},
        "states": {"handler": f"{url}/_state"},
        "variables": {"ACCESS_TOKEN": ACCESS_TOKEN},
    }
    return Target.model_validate(described | settings)
