"""What the tests of every kind of state source share."""

from __future__ import annotations

import pytest

from conformance.states.source import Provisioned, ProvisioningError, StateSource, Triple, Unsupported, open_states
from conformance.target.model import Target

DEVICE = "fingerprint YmEyM2QxNDEtZDcxNS01NjFjLTk0ZjQtZTllNGM5NjZiMWVi"
ANY = Triple("REF30", None, DEVICE)
SECRET = "eyJ0b3Atc2VjcmV0"
SETUP = {
    "consumer": "logout-conformance",
    "state": "apple-sso",
    "action": "setup",
    "params": {"serviceProvider": "REF30", "mvpd": None, "deviceIdentifier": DEVICE},
}


def source(**settings: object) -> StateSource:
    return open_states(
        Target.model_validate(
            {
                "base_url": "http://127.0.0.1:1",
                "headers": {"Authorization": f"Bearer {SECRET}"},
                "variables": {"ACCESS_TOKEN": SECRET},
            }
            | settings
        )
    )


def refusal(states: StateSource, wanted: Triple = ANY) -> str:
    with pytest.raises(ProvisioningError) as caught:
        states.setup("apple-sso", wanted)
    return str(caught.value)


def lack(states: StateSource, state: str = "apple-sso", wanted: Triple = ANY) -> str:
    with pytest.raises(Unsupported) as caught:
        states.setup(state, wanted)
    return str(caught.value)


def outcome(states: StateSource, wanted: Triple = ANY) -> Provisioned | str:
    """Give the facts or the refusal's text; any other exception fails the test."""
    try:
        return states.setup("apple-sso", wanted)
    except (ProvisioningError, Unsupported) as error:
        return str(error)
