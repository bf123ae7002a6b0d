"""An entry of a HAR file as an exchange, whatever tool wrote it and whatever it left out."""

from __future__ import annotations

import base64
import binascii
import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal, TypeAlias
from urllib.parse import quote

from conformance.exchange import Exchange, Request, Response, header_values
from conformance.record.stored import stamp
from conformance.rules.sent import AUTHORIZATION, DEVICE_IDENTIFIER, DEVICE_INFO

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.exchange import Headers

    Entry: TypeAlias = Mapping[str, object]

LONGEST_BODY: Final = 64 * 1024
"""How much of a body is kept, in bytes: more than any honest answer of this endpoint has."""
MOST_HEADERS: Final = 200
LONGEST_HEADER: Final = 16 * 1024
"""Of one header, or of a URL, in characters."""
ALL: Final = frozenset({AUTHORIZATION.lower(), DEVICE_IDENTIFIER.lower(), DEVICE_INFO.lower()})
"""What a recording without any headers of a request may have left out."""

_ALMOST: Final = 4  # bytes: a byte order mark that the recorder has taken away


def exchange_of(entry: Entry, *, is_cut: bool = False) -> Exchange:
    """Make an exchange of an entry; `is_cut` says that its long texts have lost their ends."""
    request, response = _dict(entry.get("request")), _dict(entry.get("response"))
    sent = _headers(request)
    answer = _response(response, is_cut=is_cut)
    return Exchange(
        index=0,
        request=Request(
            _text(request.get("method")).upper() or "GET", _url(request), sent, frozenset() if sent else ALL
        ),
        response=answer,
        trouble=None if answer else _trouble(entry, response),
        started_at=moment_of(_text(entry.get("startedDateTime"))),
        elapsed_ms=_duration(entry),
    )


def moment_of(text: str) -> str:
    """Give a moment with any zone in UTC (one without a zone is taken for UTC); empty where it is none."""
    try:
        moment = datetime.fromisoformat(text.strip())
        moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return ""
    return stamp(moment)


def _url(request: Entry) -> str:
    url = _text(request.get("url"))[:LONGEST_HEADER]
    if url.startswith("/") or not url:
        url = _from_headers(request, url)
    if "?" in url:
        return url
    # some tools have the query here alone, decoded: how it was encoded is not known then, and is not accused
    pairs = (f"{quote(name, safe='')}={quote(value, safe='%')}" for name, value in _pairs(request.get("queryString")))
    return f"{url}?{query}" if (query := "&".join(pairs)) else url


def _from_headers(request: Entry, path: str) -> str:
    """Put a URL together where a recorder left its beginning to the headers (RFC 9113, 8.3.1)."""
    pairs = _pairs(request.get("headers"))
    pseudo = {name: value for name, value in pairs if name.startswith(":")}
    host = pseudo.get(":authority") or "".join(header_values(tuple(pairs), "Host")[:1])
    return f"{pseudo.get(':scheme', 'https')}://{host}{path or pseudo.get(':path', '/')}"


def _response(response: Entry, *, is_cut: bool) -> Response | None:
    status = _number(response.get("status"))
    if not 100 <= status <= 999:  # noqa: PLR2004  (0 and -1 stand for no answer)
        return None
    headers = _headers(response)
    media_type = _text(_dict(response.get("content")).get("mimeType"))[:LONGEST_HEADER]
    if not headers and media_type:
        headers = (("Content-Type", media_type),)
    location = _text(response.get("redirectURL"))[:LONGEST_HEADER]
    if location and not header_values(headers, "Location"):
        headers = (*headers, ("Location", location))
    body, kept, is_truncated = _body(response, headers, is_cut=is_cut)
    version = _text(response.get("httpVersion"))[:20] or "unknown"
    return Response(
        version, int(status), _text(response.get("statusText"))[:200], headers, body, is_truncated, kept=kept
    )


def _body(
    response: Entry, headers: Headers, *, is_cut: bool
) -> tuple[bytes, Literal["bytes", "text", "nothing"], bool]:
    """Give what there is of a body, whether that is its bytes or its text, and whether there was more."""
    content = _dict(response.get("content"))
    text, size = content.get("text"), _number(content.get("size"))
    if not isinstance(text, str):
        is_empty = size == 0 and (
            _number(response.get("bodySize")) == 0 or "0" in header_values(headers, "Content-Length")
        )
        return b"", "bytes" if is_empty else "nothing", False
    if _text(content.get("encoding")).lower() != "base64":
        body = text.encode("utf-8", "surrogatepass")
        return body[:LONGEST_BODY], "text", _is_more(body, size, is_cut=is_cut)
    try:
        body = base64.b64decode(text[: len(text) // 4 * 4] if is_cut else text)
    except (binascii.Error, ValueError):
        return b"", "nothing", False
    return body[:LONGEST_BODY], "bytes", _is_more(body, size, is_cut=is_cut)


def _is_more(body: bytes, size: float, *, is_cut: bool) -> bool:
    is_beyond = len(body) > LONGEST_BODY or (is_cut and len(body) >= LONGEST_BODY)
    # sizes are of bytes: a text in UTF-16 has twice as many
    return is_beyond or (len(body) + _ALMOST < size and not 1.9 * len(body) < size < 4.1 * len(body) + _ALMOST)


def _trouble(entry: Entry, response: Entry) -> str:
    said = _text(response.get("_error")) or _text(entry.get("_error")) or _text(response.get("statusText"))
    return said[:200] or "no answer was recorded"


def _headers(message: Entry) -> Headers:
    found = ((name, value) for name, value in _pairs(message.get("headers")) if not name.startswith(":"))
    return tuple((name[:LONGEST_HEADER], value[:LONGEST_HEADER]) for name, value in found)[:MOST_HEADERS]


def _pairs(value: object) -> list[tuple[str, str]]:
    members = [_dict(each) for each in value[: 2 * MOST_HEADERS]] if isinstance(value, list) else []
    return [(_text(each.get("name")), _text(each.get("value"))) for each in members if _text(each.get("name"))]


def _duration(entry: Entry) -> float:
    return max(_number(entry.get("time")), 0.0)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    try:
        number = float(value)
    except OverflowError:
        return 0.0
    return number if math.isfinite(number) else 0.0


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _dict(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
