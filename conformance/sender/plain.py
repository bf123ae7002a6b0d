"""The plain request, from which every other differs in one point: what the page's own samples send."""

from __future__ import annotations

import base64
import json
import uuid
from typing import TYPE_CHECKING, Final

from conformance import __version__
from conformance.sender.logout import Logout
from conformance.target.model import merged

if TYPE_CHECKING:
    from conformance.states.provisioning import Provisioned
    from conformance.target.model import Target

DEVICE_INFO: Final = {
    "primaryHardwareType": "SetTopBox",
    "model": "TV 5th Gen",
    "version": "1.0",
    "manufacturer": "Apple",
    "osName": "tvOS",
    "osVendor": "Apple",
    "osVersion": "11.0",
}
"""The sample's own payload, with the comma and the `version` that it lacks (erratum 3)."""


def plain_logout(target: Target, viewer: Provisioned) -> Logout:
    """Make the plain logout of a viewer: what the page's own samples send."""
    usual = {
        "AP-Device-Identifier": viewer.device_identifier,
        "X-Device-Info": encoded_device_info(DEVICE_INFO),
        "Accept": "application/json",
        "User-Agent": f"logout-conformance/{__version__}",
    }
    headers = merged(merged(usual, dict(target.headers)), dict(viewer.headers))
    return Logout(
        target.base_url,
        viewer.service_provider,
        viewer.mvpd,
        (("redirectUrl", target.redirect_url),),
        tuple(headers.items()),
    )


def encoded_device_info(info: object) -> str:
    """Give a value as X-Device-Info carries it: Base64 of JSON."""
    return base64.b64encode(json.dumps(info).encode()).decode("ascii")


def fresh_device() -> str:
    """Give a device identifier that no run has used before."""
    return device_identifier(str(uuid.uuid4()).encode())


def device_identifier(data: bytes) -> str:
    """Give an AP-Device-Identifier for these bytes."""
    return f"fingerprint {base64.b64encode(data).decode('ascii')}"


def with_other_ending(device: str) -> str:
    """Give another device, whose Base64 begins in the same way: a server may keep the beginning alone."""
    return device[:-8] + base64.b64encode(uuid.uuid4().hex[:6].encode()).decode("ascii")


def in_other_case(device: str) -> str:
    """Give another device, whose Base64 differs in the case of its letters alone."""
    kind, blank, encoded = device.partition(" ")
    return f"{kind}{blank}{encoded.swapcase()}"
