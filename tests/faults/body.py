"""A success whose body is no JSON, not the JSON that it should be, or not what Content-Type says."""

from __future__ import annotations

import gzip
import json
from abc import abstractmethod
from types import MappingProxyType
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from conformance.reference import Json, LogoutRequest, ReferenceServer
from tests.faults.registry import fault

if TYPE_CHECKING:
    from collections.abc import Mapping


class Rewrites(ReferenceServer):
    """Changes the text of every success."""

    def render_success(self, asked: LogoutRequest, entry: Json) -> Response:
        body = self.success_body(asked, entry)
        text = self.rewritten(json.dumps(body, ensure_ascii=False))
        return Response(text, 200, self.headers, content_type=self.content_type)

    headers: Mapping[str, str] = {}

    @abstractmethod
    def rewritten(self, text: str) -> str | bytes:
        raise NotImplementedError


@fault("body-is-json")
class EmptyBody(Rewrites):
    def rewritten(self, text: str) -> str:
        return ""


@fault("body-is-json")
class TrailingComma(Rewrites):
    """Sample 6 of the page to the letter."""

    def rewritten(self, text: str) -> str:
        return text.replace('"}}}', '",}}}')


@fault("body-is-json")
class CutShort(Rewrites):
    def rewritten(self, text: str) -> str:
        return text[:-2]


@fault("body-is-json")
class NotANumber(Rewrites):
    def rewritten(self, text: str) -> str:
        return text[:-1] + ', "took": NaN}'


@fault("body-is-json")
class ByteOrderMark(Rewrites):
    def rewritten(self, text: str) -> str:
        return f"\ufeff{text}"


@fault("body-is-json")
class Latin1(Rewrites):
    """To be seen only where an MVPD has letters beyond ASCII."""

    def rewritten(self, text: str) -> bytes:
        return text.encode("latin-1", "replace")


@fault("body-is-json")
class CompressedWithoutSayingSo(Rewrites):
    def rewritten(self, text: str) -> bytes:
        return gzip.compress(text.encode(), mtime=0)


@fault("body-is-json")
class NotCompressedAsItSays(Rewrites):
    headers = MappingProxyType({"Content-Encoding": "gzip"})

    def rewritten(self, text: str) -> str:
        return text


@fault("body-matches-content-type")
class CharsetLatin1Declared(ReferenceServer):
    """To be seen only where an MVPD has letters beyond ASCII."""

    content_type = "application/json; charset=iso-8859-1"


class Types(ReferenceServer):
    """Declares every success as something else."""

    type: str | None = None

    def render_success(self, asked: LogoutRequest, entry: Json) -> Response:
        answer = super().render_success(asked, entry)
        if self.type is None:
            answer.headers.pop("Content-Type")
        else:
            answer.headers["Content-Type"] = self.type
        return answer


@fault("content-type-of-success")
class SuccessWithoutContentType(Types):
    pass


@fault("content-type-of-success")
class SuccessIsHtml(Types):
    type = "text/html;charset=UTF-8"


@fault("content-type-of-success")
class DegradedIsPlainText(ReferenceServer):
    def render_success(self, asked: LogoutRequest, entry: Json) -> Response:
        answer = super().render_success(asked, entry)
        profile = self.state(asked).profile
        if profile and profile.type == "degraded":
            answer.headers["Content-Type"] = "text/plain"
        return answer


@fault("json-names-unique")
class MemberTwice(Rewrites):
    def rewritten(self, text: str) -> str:
        return text.replace('"actionType"', '"actionName": "none", "actionType"').replace(
            '"actionName": "none", "actionType"', '"actionType": "none", "actionType"'
        )
