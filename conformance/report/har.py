"""The exchanges as exchanges.har (HTTP Archive 1.2), which the network panel of every browser opens."""

from __future__ import annotations

import base64
import binascii
import json
import re
from datetime import UTC, datetime
from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, quote

from conformance.record.stored import stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conformance.record.record import ExchangeLine, ReceivedResponse, Record, SentRequest

UNKNOWN: Final = -1
"""HAR's word for a size or a time that nobody knows: redaction changes the size of headers."""
NO_TYPE: Final = "x-unknown"
NO_ADDRESS: Final = "about:invalid"
_URL = re.compile(r"(https?)://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_HOST = re.compile(r"([^:@\[\]]*|\[[^\]]*\])(:\d*)?")
_ANY_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^/?#].*", re.DOTALL)
_HALF_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")
_RESERVED: Final = "!$&'()*+,;=:@/?%"


def render(record: Record, exchanges: Iterable[ExchangeLine]) -> Iterator[str]:
    """Give exchanges.har piece by piece, an entry for each exchange; all of it is ASCII, so nothing in it acts."""
    head = {
        "version": "1.2",
        "creator": {"name": "logout-conformance", "version": record.kit_version},
        "pages": [],  # not needed by the format, but by some that read it
        "comment": f"{record.verdict}; secrets were replaced by markers such as {{{{ACCESS_TOKEN}}}}",
    }
    yield f'{{"log": {json.dumps(head)[:-1]}, "entries": ['
    separator = "\n"
    for exchange in exchanges:
        yield separator + json.dumps(entry(exchange, record.started_at), allow_nan=False)
        separator = ",\n"
    yield "\n]}}\n"


def entry(exchange: ExchangeLine, otherwise: str) -> Mapping[str, object]:
    """Give an exchange as HAR has it; `otherwise` is its moment where the exchange has none."""
    trouble = {"_error": exchange.trouble or "no answer was recorded"} if exchange.response is None else {}
    return {
        "startedDateTime": _moment(exchange.started_at) or otherwise,
        "time": exchange.elapsed_ms,
        "request": _request(exchange.request),
        "response": _response(exchange.response) if exchange.response else _NO_RESPONSE,
        "cache": {},
        "timings": {"blocked": UNKNOWN, "dns": UNKNOWN, "connect": UNKNOWN, "ssl": UNKNOWN}
        | {"send": 0, "wait": exchange.elapsed_ms, "receive": 0},
        "comment": f"exchange {exchange.index}: {exchange.visit}, {exchange.step}",
        **trouble,
    }


def _request(request: SentRequest) -> Mapping[str, object]:
    url = as_uri(request.url)
    return {
        "method": request.method,
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(request.headers),
        "queryString": _query(request.url),
        "headersSize": UNKNOWN,
        "bodySize": 0,
        **({"comment": f"the URL as it was sent: {request.url}"} if url != request.url else {}),
    }


def _response(response: ReceivedResponse) -> Mapping[str, object]:
    encoded = any(name.lower() == "content-encoding" for name, _ in response.headers)
    return {
        "status": response.status,
        "statusText": response.reason,
        "httpVersion": response.http_version,
        "cookies": [],
        "headers": _headers(response.headers),
        "content": _content(response),
        "redirectURL": _header(response, "location"),
        "headersSize": UNKNOWN,
        # what is known of an encoded body is its size after decoding
        "bodySize": UNKNOWN if encoded else response.body_bytes,
    }


_NO_RESPONSE: Final[Mapping[str, object]] = {
    "status": 0,
    "statusText": "",
    "httpVersion": "",
    "cookies": [],
    "headers": [],
    "content": {"size": 0, "mimeType": NO_TYPE},
    "redirectURL": "",
    "headersSize": UNKNOWN,
    "bodySize": UNKNOWN,
}


def _content(response: ReceivedResponse) -> Mapping[str, object]:
    return {
        "size": response.body_bytes,
        "mimeType": _header(response, "content-type") or NO_TYPE,
        "text": response.body,
        **({"encoding": "base64"} if _is_base64(response) else {}),
        **({"comment": "the beginning of the body; the rest was not kept"} if response.body_truncated else {}),
    }


def _is_base64(response: ReceivedResponse) -> bool:
    try:
        return response.body_encoding == "base64" and base64.b64decode(response.body, validate=True) is not None
    except (binascii.Error, ValueError):
        return False


def _headers(headers: Iterable[tuple[str, str]]) -> list[Mapping[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]


def _header(response: ReceivedResponse, wanted: str) -> str:
    return next((value for name, value in response.headers if name.lower() == wanted), "")


def _query(url: str) -> list[Mapping[str, str]]:
    query = url.partition("#")[0].partition("?")[2]
    pairs = parse_qsl(query, keep_blank_values=True, errors="backslashreplace")
    return [{"name": name, "value": value} for name, value in pairs]


def _moment(text: str) -> str | None:
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return stamp(moment)


def as_uri(url: str) -> str:
    """Give a URL as the URI (RFC 3986) that comes closest; a tool may refuse the whole archive for one that is none."""
    found = _URL.fullmatch(url)
    if found:
        # a fragment that is escaped would become a part of the host
        slash = "/" if found[3].startswith("#") else ""
        return f"{found[1]}://{_authority(found[2])}{slash}{_escaped(found[3])}"
    return _escaped(url) if _ANY_URI.fullmatch(url) else NO_ADDRESS


def _authority(text: str) -> str:
    found = _HOST.fullmatch(text)
    host, port = (found[1], found[2] or "") if found else (text, "")
    if host.startswith("[") and _is_address(host[1:-1]):
        return host + port
    return _HALF_ESCAPE.sub("%25", quote(host, safe="!$&'()*+,;=%")) + port


def _is_address(text: str) -> bool:
    try:
        return bool(IPv6Address(text)) and "%" not in text
    except ValueError:
        return False


def _escaped(text: str) -> str:
    return _HALF_ESCAPE.sub("%25", quote(text, safe=_RESERVED))
