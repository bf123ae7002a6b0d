"""Names that are not decoded, or decoded in a wrong way."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from conformance.reference import LogoutError, LogoutRequest, ReferenceServer
from conformance.reference.errors import (
    INVALID_REDIRECT_URL,
    ErrorCode,
)
from tests.faults.registry import fault

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

UNKNOWN_PARAMETER = ErrorCode(400, "invalid_parameter", "There is no such parameter.")
LONGEST = 2048


class Paths(ReferenceServer):
    """Reads the path in its own way."""

    def path_segments(self, request: Request) -> list[str]:
        segments = urlsplit(request.environ["REQUEST_URI"]).path.split("/")[1:]
        return [*map(unquote, segments[:-1]), self.name(segments[-1])]

    def name(self, segment: str) -> str:
        raise NotImplementedError


@fault("percent-decoding")
class PathNotDecoded(Paths):
    def name(self, segment: str) -> str:
        return segment


@fault("percent-decoding")
class PathDecodedTwice(Paths):
    def name(self, segment: str) -> str:
        return unquote(unquote(segment))


@fault("percent-decoding")
class PlusInPathIsBlank(Paths):
    def name(self, segment: str) -> str:
        return unquote(segment.replace("+", " ").replace("%2B", " "))


@fault("percent-decoding")
class PathDecodedAsLatin1(Paths):
    def name(self, segment: str) -> str:
        return unquote(segment, encoding="latin-1")


@fault("percent-decoding")
class QueryNamesNotDecoded(ReferenceServer):
    def check_redirect_url(self, asked: LogoutRequest) -> None:
        super().check_redirect_url(asked)
        if "redirectUrl=" not in asked.request.environ["REQUEST_URI"]:
            raise LogoutError(INVALID_REDIRECT_URL)
