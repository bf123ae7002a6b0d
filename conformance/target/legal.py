"""What may be written into a request: the characters of names, header fields and URLs, whoever hands them in.

The target file and the answers of a state handler are held to the same rules, so that neither can break a request
apart (RFC 9112, 11.1) or send it elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import urlsplit

FRAMING: Final = frozenset(
    {
        "connection",
        "content-length",
        "expect",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers that say where a message ends; only the sender of the message can know that (RFC 9112, 6)."""

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
_URI: Final = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")  # RFC 3986, 2
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.")  # RFC 3986, 3.1


def is_text(value: str) -> bool:
    """Tell whether a value is written text: no control character, no lone surrogate."""
    return not any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in value)


def is_name(value: str) -> bool:
    """Tell whether a value can be a service provider or an MVPD: text that survives as one path segment.

    `.` and `..` do not: every URI library removes them, encoded or not (RFC 3986, 5.2.4).
    """
    return is_text(value) and value not in {"", ".", ".."}


def is_header_name(value: str) -> bool:
    """Tell whether a value is a header's name (RFC 9110, 5.1), and of none that frames the message."""
    return bool(_TOKEN.fullmatch(value)) and value.lower() not in FRAMING


def is_header_value(value: str) -> bool:
    """Tell whether a value can stand in a header (RFC 9110, 5.5): Latin-1, no control but tab, no outer blanks."""
    return (
        value == value.strip(" \t")
        and all(letter == "\t" or unicodedata.category(letter) != "Cc" for letter in value)
        and all(ord(letter) <= 0xFF for letter in value)  # noqa: PLR2004  (the last letter of Latin-1)
    )


def is_http_url(value: str) -> bool:
    """Tell whether a value is an http or https URL with a host, without user name or fragment (RFC 9110, 4.2)."""
    if not _URI.fullmatch(value) or "#" in value:
        return False
    try:
        parts = urlsplit(value)
        _ = parts.port  # raises where it is no number up to 65535
    except ValueError:
        return False
    return parts.scheme.lower() in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc


def is_absolute_url(value: str) -> bool:
    """Tell whether a value has a scheme and no blank: a redirect target may be an app's own `myapp://bye`."""
    return is_text(value) and not any(letter.isspace() for letter in value) and bool(_SCHEME.match(value))
