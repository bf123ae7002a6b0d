"""Other ways to write the same JSON, and JSON that says more than was asked for."""

from __future__ import annotations

import json
import uuid

from werkzeug.wrappers import Response

from conformance.reference import Json, LogoutError, LogoutRequest, ReferenceServer
from tests.unusual.registry import unusual


class Writes(ReferenceServer):
    def render_success(self, asked: LogoutRequest, entry: Json) -> Response:
        text = self.written(self.success_body(asked, entry))
        return Response(text, 200, content_type=self.content_type)

    def written(self, body: Json) -> str:
        raise NotImplementedError


@unusual()
class PrettyPrinted(Writes):
    def written(self, body: Json) -> str:
        return json.dumps(body, indent="\t") + "\n"


@unusual()
class EveryLetterEscaped(Writes):
    def written(self, body: Json) -> str:
        text = json.dumps(body).replace("/", "\\/")
        return text.replace('"logouts"', '"\\u006cogouts"').replace('"none"', '"\\u006eon\\u0065"')


@unusual()
class ContentTypeWithoutCharset(ReferenceServer):
    content_type = "application/json"


@unusual()
class ContentTypeInUpperCase(ReferenceServer):
    content_type = "APPLICATION/JSON;CHARSET=UTF-8"


@unusual()
class ContentTypeWithQuotedCharset(ReferenceServer):
    content_type = 'application/json ; charset="utf-8"'


@unusual()
class ContentTypeWithUnknownCharset(ReferenceServer):
    content_type = "application/json; charset=binary"


@unusual()
class ContentTypeEndsWithSemicolon(ReferenceServer):
    content_type = "application/json;"


class Adds(ReferenceServer):
    """Adds members to the entry and to the body."""

    def success_body(self, asked: LogoutRequest, entry: Json) -> Json:
        return {"logouts": {asked.mvpd: entry | self.to_entry()} | self.entries()} | self.to_body()

    def to_entry(self) -> Json:
        return {}

    def entries(self) -> dict[str, Json]:
        return {}

    def to_body(self) -> Json:
        return {}


@unusual()
class FurtherMembers(Adds):
    def to_entry(self) -> Json:
        return {"displayName": "Télé ☎", "expires": None, "notBefore": 1.5e9, "flags": [True, {"url": None}]}

    def to_body(self) -> Json:
        return {"meta": {"logouts": [], "trace": str(uuid.uuid4())}, "url": "not of an entry", "status": 200}


@unusual()
class FurtherMembersDeepDown(Adds):
    def to_body(self) -> Json:
        nested: object = 1
        for _ in range(40):
            nested = {"in": [nested]}
        return {"meta": nested}


@unusual()
class FurtherEntryWithUrl(Adds):
    def entries(self) -> dict[str, Json]:
        url = "https://another.example.com/logout"
        return {"Another": {"actionName": "logout", "actionType": "interactive", "mvpd": "Another", "url": url}}


@unusual()
class FurtherEntriesOfEveryKind(Adds):
    def entries(self) -> dict[str, Json]:
        partner: Json = {"actionName": "partner_logout", "actionType": "partner_interactive", "mvpd": "Apple"}
        nobody: Json = {"actionName": "invalid", "actionType": "none", "mvpd": "Nobody"}
        done: Json = {"actionName": "complete", "actionType": "none", "mvpd": "a/b~c"}
        return {"Apple": partner, "Nobody": nobody, "a/b~c": done}


class Describes(ReferenceServer):
    def error_body(self, error: LogoutError) -> Json:
        return self.described(super().error_body(error))

    def described(self, body: Json) -> Json:
        raise NotImplementedError


@unusual()
class ErrorsInAnotherVocabulary(Describes):
    def described(self, body: Json) -> Json:
        return {"errors": [{"title": body["message"], "source": {"parameter": "mvpd"}}], "traceId": str(uuid.uuid4())}


@unusual()
class ErrorsSayMore(Describes):
    def described(self, body: Json) -> Json:
        details = {"parameter": "redirectUrl", "at": "org.example.Logout", "trace": "see the log of node 7"}
        return body | {"details": details, "message": "Ungültig: 無效 at 12:30", "helpUrl": "http://example.com/e?c=1"}


@unusual()
class EmptyErrors(ReferenceServer):
    def render(self, status: int, body: Json, headers: object = None) -> Response:
        answer = super().render(status, body, headers)  # type: ignore[arg-type]
        if status >= 400 and "code" in body:
            answer.set_data("")
        return answer
