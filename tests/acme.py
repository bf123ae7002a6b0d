"""A whole target file, and how the tests load it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.target.file import load

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.target.model import Target

SECRET = "eyJ0b3Atc2VjcmV0"
ENVIRON = {"ACCESS_TOKEN": SECRET, "SERVICE_TOKEN": "service-" + SECRET, "EMPTY": "", "PLAIN": "a"}

WHOLE = """\
[target]
name = "Acme logout service"
version = "1.4.2"
base_url = "https://api.example.com/"
service_provider = "REF30"
other_service_provider = "REF40"
redirect_url = "https://example.com/bye"
requests_per_second = 1.0
burst = 10
timeout_s = 10.0

[target.headers]
Authorization = "Bearer ${ACCESS_TOKEN}"

[target.tls]
verify = true

[states]
handler = "http://127.0.0.1:9000/_state"

[scenarios.logout-endpoint]
mvpd = "Cablevision"
service_provider = "REF30"
device_identifier = "fingerprint YmEy..."
headers = { "AD-Service-Token" = "${SERVICE_TOKEN}" }
uses = 1
"""


def loaded(text: str, path: Path) -> Target:
    path.write_text(text, encoding="utf-8")
    return load(path, ENVIRON)
