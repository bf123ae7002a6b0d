"""HAR files as the tools write them: from exchanges, in the style of each."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from conformance.exchange import Exchange, Response

Har = dict[str, object]
Entry = dict[str, object]

CHROME: Final = ("WebInspector", "537.36")
FIREFOX: Final = ("Firefox", "144.0")
CHARLES: Final = ("Charles Proxy", "5.0.2")
MITMPROXY: Final = ("mitmproxy", "12.2.0")
NO_ANSWER: Final = {
    "status": 0,
    "headers": [],
    "content": {"size": 0, "mimeType": "x-unknown"},
    "_error": "net::ERR_FAILED",
}


def entry_of(exchange: Exchange) -> Entry:
    """Give an exchange as HAR 1.2 has it, with what every tool writes."""
    request, answer = exchange.request, exchange.response
    return {
        "startedDateTime": exchange.started_at,
        "time": exchange.elapsed_ms,
        "request": {
            "method": request.method,
            "url": request.url,
            "httpVersion": "HTTP/1.1",
            "headers": _pairs(request.headers),
            "queryString": _pairs(parse_qsl(request.url.partition("?")[2], keep_blank_values=True)),
            "cookies": [],
            "headersSize": -1,
            "bodySize": 0,
        },
        "response": _answer(answer)
        if answer
        else {"status": 0, "headers": [], "content": {}, "_error": "net::ERR_FAILED"},
        "cache": {},
        "timings": {"send": 0, "wait": exchange.elapsed_ms, "receive": 0},
    }


def har_of(entries: Iterable[Entry], creator: tuple[str, str] = CHARLES, version: str = "1.2") -> Har:
    """Give an archive of entries."""
    name, of_tool = creator
    return {"log": {"version": version, "creator": {"name": name, "version": of_tool}, "entries": list(entries)}}


def chrome(exchanges: Iterable[Exchange], *, sanitized: bool = True) -> Har:
    """Give what Chrome exports, over HTTP/2; by default it leaves credentials out."""
    entries = []
    for exchange in exchanges:
        entry = entry_of(exchange)
        request = _part(entry, "request")
        headers = [{"name": each["name"].lower(), "value": each["value"]} for each in _headers(request)]
        kept = [each for each in headers if not (sanitized and each["name"] in {"authorization", "cookie"})]
        parts = urlsplit(exchange.request.url)
        pseudo = {":authority": parts.netloc, ":method": exchange.request.method, ":scheme": parts.scheme}
        request |= {"httpVersion": "http/2.0", "headers": [*_pairs(pseudo.items()), *kept]}
        entry |= {
            "_initiator": {"type": "script", "stack": {"callFrames": []}},
            "_resourceType": "fetch",
            "_priority": "High",
        }
        entry |= {"pageref": "page_1", "serverIPAddress": "192.0.2.1", "connection": "443"}
        entries.append(entry)
    return har_of(entries, CHROME)


def firefox(exchanges: Iterable[Exchange]) -> Har:
    """Give what Firefox exports: moments with a zone, bodies in Base64 where they are no text to it."""
    entries = []
    for exchange in exchanges:
        entry = entry_of(exchange)
        entry["startedDateTime"] = exchange.started_at.replace("12:00", "14:00").replace("+00:00", "+02:00")
        content = _part(_part(entry, "response"), "content")
        if isinstance(content.get("text"), str):
            text = base64.b64encode(str(content["text"]).encode()).decode()
            content |= {"text": text, "encoding": "base64"}
        entries.append(entry | {"_securityState": "secure", "pageref": "page_1"})
    return har_of(entries, FIREFOX)


def charles(exchanges: Iterable[Exchange]) -> Har:
    """Give what Charles exports: HAR 1.1, the latest request first."""
    return har_of([entry_of(exchange) for exchange in exchanges][::-1], CHARLES, "1.1")


def mitmproxy(exchanges: Iterable[Exchange]) -> Har:
    """Give what mitmproxy exports: moments to the microsecond, and the members that the format may leave out."""
    entries = [entry_of(exchange) for exchange in exchanges]
    return har_of([{name: value for name, value in entry.items() if name != "cache"} for entry in entries], MITMPROXY)


def written(har: object, path: Path) -> Path:
    """Write an archive to a file, and give its path."""
    path.write_text(json.dumps(har), encoding="utf-8")
    return path


def _answer(answer: Response) -> Entry:
    text = answer.body.decode("utf-8", "replace")
    location = answer.header("Location") or ""
    return {
        "status": answer.status,
        "statusText": answer.reason,
        "httpVersion": answer.http_version,
        "headers": _pairs(answer.headers),
        "cookies": [],
        "content": {"size": len(answer.body), "mimeType": answer.header("Content-Type") or "", "text": text},
        "redirectURL": location,
        "headersSize": -1,
        "bodySize": len(answer.body),
    }


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _part(entry: Entry, name: str) -> Entry:
    part = entry[name]
    assert isinstance(part, dict)
    return part


def _headers(request: Entry) -> list[dict[str, str]]:
    headers = request["headers"]
    assert isinstance(headers, list)
    return headers
