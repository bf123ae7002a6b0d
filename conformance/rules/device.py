"""Rules on what a client says of the streaming device: its identifier, what it is, its address (`#request`)."""

from __future__ import annotations

import base64
import binascii
import json
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from conformance.rules.finding import Finding, Unjudged
from conformance.rules.sent import DEVICE_IDENTIFIER, DEVICE_INFO, given, is_placeholder, sent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.exchange import Exchange
    from conformance.rules.body import Json

REQUIRED_KEYS: Final = ("model", "version", "osName", "osVersion")
SYSTEMS: Final = frozenset(
    {"Android", "Chrome OS", "Linux", "Mac OS", "OS X", "OpenBSD", "Roku OS", "Windows", "iOS", "tvOS", "webOS"}
)
HARDWARE: Final = frozenset(
    {
        *("Camera", "DataCollectionTerminal", "Desktop", "EmbeddedNetworkModule", "eReader", "GamesConsole"),
        *("GeolocationTracker", "Glasses", "MediaPlayer", "MobilePhone", "PaymentTerminal", "PluginModem"),
        *("SetTopBox", "TV", "Tablet", "WirelessHotspot", "Wristwatch", "Unknown"),
    }
)
LISTED_VALUES: Final[Mapping[str, frozenset[str]]] = {"osName": SYSTEMS, "primaryHardwareType": HARDWARE}
"""What the linked page about X-Device-Info lists for these keys."""


def must_identify_device(exchange: Exchange) -> Iterator[Finding]:
    """A client sends an AP-Device-Identifier, not empty."""
    if not sent(exchange, DEVICE_IDENTIFIER).strip():
        yield _missing("client-device-identifier", exchange, DEVICE_IDENTIFIER)


def should_identify_by_fingerprint(exchange: Exchange) -> Iterator[Finding]:
    """The AP-Device-Identifier is the type fingerprint, a space, and the device's identifier in Base64."""
    value = given(exchange, DEVICE_IDENTIFIER, "client-device-identifier")
    kind, _, identifier = value.partition(" ")
    if kind != "fingerprint" or not _from_base64(identifier):
        yield Finding("client-device-identifier-format", "fingerprint <Base64>", value, DEVICE_IDENTIFIER)


def must_describe_device(exchange: Exchange) -> Iterator[Finding]:
    """A client sends X-Device-Info, a required header, which is not empty."""
    if not sent(exchange, DEVICE_INFO).strip():
        yield _missing("client-device-info", exchange, DEVICE_INFO)


def should_describe_in_base64_json(exchange: Exchange) -> Iterator[Finding]:
    """The X-Device-Info is the Base64 of a JSON object."""
    info = _device_info(exchange)
    if isinstance(info, str):
        yield Finding("client-device-info-format", "Base64 of a JSON object", info, DEVICE_INFO)


def should_have_required_keys(exchange: Exchange) -> Iterator[Finding]:
    """The object in X-Device-Info has the keys model, version, osName and osVersion."""
    info = _described(exchange)
    missing = [key for key in REQUIRED_KEYS if info.get(key) in (None, "")]
    if missing:
        expected = f"the keys {', '.join(REQUIRED_KEYS)}"
        yield Finding("client-device-info-keys", expected, f"no {', '.join(missing)}", DEVICE_INFO)


def should_use_listed_values(exchange: Exchange) -> Iterator[Finding]:
    """The values of osName and primaryHardwareType in X-Device-Info are among those that the linked page lists."""
    info = _described(exchange)
    for key, listed in LISTED_VALUES.items():
        if key in info and info[key] not in sorted(listed):
            expected = f"{key} one of {', '.join(sorted(listed))}"
            yield Finding("client-device-info-values", expected, json.dumps(info[key]), DEVICE_INFO)


def must_forward_address(exchange: Exchange) -> Iterator[Finding]:
    """An X-Forwarded-For, where a client sends one, begins with the IP address of the streaming device."""
    for value in exchange.request.values("X-Forwarded-For")[:1]:
        first = value.partition(",")[0].strip()
        if not is_placeholder(first) and not _is_address(first):
            yield Finding("client-forwarded-for-value", "an IP address first", value or "nothing", "X-Forwarded-For")


def _missing(requirement: str, exchange: Exchange, header: str) -> Finding:
    seen = f"an empty {header}" if exchange.request.values(header) else f"no {header}"
    return Finding(requirement, f"{header}, not empty", seen, header)


def _device_info(exchange: Exchange) -> dict[str, Json] | str:
    """Give what X-Device-Info says, or why it says nothing."""
    content = _from_base64(given(exchange, DEVICE_INFO, "client-device-info").strip())
    if content is None:
        return "no Base64"
    try:
        info = json.loads(content)
    except (ValueError, RecursionError):
        return f"Base64 of {content.decode(errors='replace')[:200]!r}, which is no JSON"
    return info if isinstance(info, dict) else f"Base64 of {json.dumps(info)[:200]}"


def _described(exchange: Exchange) -> dict[str, Json]:
    info = _device_info(exchange)
    if isinstance(info, str):
        raise Unjudged("client-device-info-format")
    return info


def _from_base64(text: str) -> bytes | None:
    """Decode Base64 with its padding (RFC 4648, 4); None for anything else, and for nothing."""
    try:
        return base64.b64decode(text, validate=True) or None
    except (binascii.Error, ValueError):
        return None


def _is_address(text: str) -> bool:
    bare = text.strip('"')
    host = bare[1:].partition("]")[0] if bare.startswith("[") else bare
    if host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        return bool(ip_address(host))
    except ValueError:
        return False
