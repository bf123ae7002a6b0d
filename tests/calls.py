"""Calls of a client as literals: a right one, what is changed about it, and how it was answered."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from conformance.exchange import Exchange, Request, Response
from tests.exchanges import SAMPLES, TOKEN

if TYPE_CHECKING:
    from collections.abc import Mapping

API: Final = "https://api.example.com"
PATH: Final = "/api/v2/REF30/logout/Cablevision"
BYE: Final = "https://app.example.com/bye?from=logout&step=2"
QUERY: Final = "redirectUrl=https%3A%2F%2Fapp.example.com%2Fbye%3Ffrom%3Dlogout%26step%3D2"
BEGUN: Final = datetime(2026, 11, 1, 12, tzinfo=UTC)
INFO: Final = {
    "primaryHardwareType": "SetTopBox",
    "model": "TV 5th Gen",
    "version": "11.0",
    "manufacturer": "Apple",
    "osName": "tvOS",
    "osVersion": "11.0",
}


def base64_of(value: object) -> str:
    """Give the Base64 of a text, or of a value as JSON."""
    text = value if isinstance(value, str) else json.dumps(value)
    return base64.b64encode(text.encode()).decode()


HEADERS: Final[dict[str, str | None]] = {
    "Authorization": f"Bearer {TOKEN}",
    "AP-Device-Identifier": f"fingerprint {base64_of('ba23d141-d715-561c-94f4-e9e4c966b1eb')}",
    "X-Device-Info": base64_of(INFO),
    "Accept": "application/json",
}


def a_request(url: str = "", *, method: str = "GET", **headers: str | None) -> Request:
    """Give a right call; a header of a name with `_` for `-` is replaced, or left out with None."""
    changed = HEADERS | {name.replace("_", "-"): value for name, value in headers.items()}
    sent = tuple((name, value) for name, value in changed.items() if value is not None)
    return Request(method, url or f"{API}{PATH}?{QUERY}", sent)


def answered(body: object = b"", status: int = 200, **headers: str) -> Response:
    """Give an answer; a body that is no bytes is JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Response("HTTP/1.1", status, "", (("Content-Type", "application/json"), *given), data)


def with_entry(sample: int = 1, **members: object) -> Response:
    """Give a success with the entry of a sample of the page, for Cablevision."""
    entry = SAMPLES[sample][1] | {"mvpd": "Cablevision"} | members
    return answered({"logouts": {"Cablevision": entry}})


def a_call(response: Response | None = None, *, url: str = "", method: str = "GET", **headers: str | None) -> Exchange:
    """Give the first call and its answer."""
    return an_exchange_of(a_request(url, method=method, **headers), response or with_entry())


def a_call_with(headers: Mapping[str, str | None], response: Response | None = None) -> Exchange:
    """Give the first call with these headers replaced, or left out."""
    changed = {**HEADERS, **headers}
    given = tuple((name, value) for name, value in changed.items() if value is not None)
    return an_exchange_of(replace(a_request(), headers=given), response or with_entry())


def then(call: Exchange, at_s: float | None, *, took_s: float = 0.1, index: int | None = None) -> Exchange:
    """Give the same so many seconds after the first call, behind it; without a moment where that is None."""
    moment = (BEGUN + timedelta(seconds=at_s)).isoformat() if at_s is not None else ""
    place = index if index is not None else call.index + round(1000 * (at_s or 0))
    return replace(call, index=place, started_at=moment, elapsed_ms=1000 * took_s)


def a_visit(url: str, at_s: float | None = 0.3, *, location: str = "", method: str = "GET", **headers: str) -> Exchange:
    """Give what a user agent asked for."""
    sent = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    response = answered(status=302, Location=location) if location else answered()
    return then(an_exchange_of(Request(method, url, sent), response), at_s)


def an_exchange_of(request: Request, response: Response | None, *, index: int = 0) -> Exchange:
    """Give an exchange at the first moment."""
    return Exchange(index, request, response, started_at=BEGUN.isoformat(), elapsed_ms=100)


def withheld(call: Exchange, *names: str) -> Exchange:
    """Give a call of which a recording may have left headers out."""
    return replace(call, request=replace(call.request, withheld=frozenset(names)))
