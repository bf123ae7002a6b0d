"""Refusals that say what they are in a wrong way, or say too much."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from conformance.reference import Json, LogoutError, ReferenceServer
from tests.faults.registry import fault

if TYPE_CHECKING:
    from collections.abc import Container

    from werkzeug.wrappers import Request, Response

PYTHON_TRACE = "Traceback (most recent call last):\n  File \"/srv/app.py\", line 7, in log_out\nKeyError: 'redirectUrl'"
JAVA_TRACE = "java.lang.NullPointerException\n\tat com.example.Logout.handle(Logout.java:42)"
NODE_TRACE = "TypeError: x is undefined\n    at logout (/srv/app/logout.js:12:7)"
NET_TRACE = "System.Exception: no\n   at Example.Logout.Handle(String mvpd) in C:\\src\\Logout.cs:line 42"
PHP_TRACE = "PHP Fatal error: Uncaught Exception: no in /srv/logout.php:7\nStack trace:\n#0 /srv/index.php(3): logout()"
GO_TRACE = "panic: no\n\ngoroutine 1 [running]:\nmain.main()\n\t/srv/main.go:7 +0x39"
RUBY_TRACE = "app/logout.rb:7:in `call': no (RuntimeError)"


class Answers(ReferenceServer):
    """Changes the answers of errors with one of these statuses."""

    statuses: Container[int] = (400, 401, 405, 500)

    def render_error(self, request: Request, error: LogoutError) -> Response:
        answer = super().render_error(request, error)
        in_scope = "/logout/" in request.path and error.error.status in self.statuses
        return self.changed(answer, request) if in_scope else answer

    def changed(self, answer: Response, request: Request) -> Response:
        raise NotImplementedError


class TypesErrors(Answers):
    type: str | None = "text/html"

    def changed(self, answer: Response, request: Request) -> Response:
        if self.type is None:
            answer.headers.pop("Content-Type")
        else:
            answer.headers["Content-Type"] = self.type
        return answer


@fault("content-type-of-error")
class UnauthorizedIsPlainText(TypesErrors):
    statuses = (401,)
    type = "text/plain"


@fault("content-type-of-error")
class MethodNotAllowedIsHtml(TypesErrors):
    statuses = (405,)


@fault("content-type-of-error")
class BadRequestIsPlainText(TypesErrors):
    statuses = (400,)
    type = "text/plain"


@fault("content-type-of-error")
class FailureIsHtml(TypesErrors):
    statuses = (500,)


@fault("content-type-of-error")
class EmptyErrorsWithoutContentType(Answers):
    def changed(self, answer: Response, request: Request) -> Response:
        answer.set_data("")
        answer.headers.pop("Content-Type")
        return answer


@fault("content-type-of-error")
class InvalidRedirectUrlIsHtml(Answers):
    """One of the checks is another library's, with a page of its own."""

    statuses = (400,)

    def changed(self, answer: Response, request: Request) -> Response:
        if " " in request.args.get("redirectUrl", ""):
            answer.headers["Content-Type"] = "text/html"
        return answer


class WritesErrors(Answers):
    """Gives errors another body."""

    def changed(self, answer: Response, request: Request) -> Response:
        answer.set_data(self.text(answer, request))
        return answer

    def text(self, answer: Response, request: Request) -> str | bytes:
        raise NotImplementedError


@fault("error-body-is-json")
class ErrorsOfText(WritesErrors):
    def text(self, answer: Response, request: Request) -> str:
        return "Bad Request"


@fault("error-body-is-json")
class ErrorsInLatin1(WritesErrors):
    def text(self, answer: Response, request: Request) -> bytes:
        return '{"message": "ungültig"}'.encode("latin-1")


@fault("error-body-is-object")
class ErrorsInList(WritesErrors):
    def text(self, answer: Response, request: Request) -> str:
        return f"[{answer.get_data(as_text=True)}]"


@fault("body-matches-content-type")
class ErrorsCalledUtf16(TypesErrors):
    type = "application/json; charset=utf-16"


class Describes(ReferenceServer):
    """Sets one member of the error bodies."""

    member = "action"
    value: object = None

    def error_body(self, error: LogoutError) -> Json:
        return super().error_body(error) | {self.member: self.value}


@fault("error-action-known")
class ErrorActionUnknown(Describes):
    value = "reauthenticate"


class DescribesCode(Describes):
    member = "code"


@fault("error-code-is-string")
class ErrorCodeIsNumber(DescribesCode):
    value = 4001


class DescribesStatus(Describes):
    member = "status"


@fault("error-status-matches")
class ErrorStatusIsAlwaysBadRequest(DescribesStatus):
    value = 400


@fault("error-message-is-string")
class ErrorMessageIsObject(Describes):
    member = "message"
    value = {"en": "Something is wrong."}  # noqa: RUF012  (never changed)


class DescribesHelp(Describes):
    member = "helpUrl"


@fault("error-help-url")
class HelpUrlRelative(DescribesHelp):
    value = "/help/errors"


class Tells(Answers):
    """Adds a text to the message of errors."""

    def changed(self, answer: Response, request: Request) -> Response:
        body = json.loads(answer.get_data())
        answer.set_data(json.dumps(body | {"message": self.told(request)}, ensure_ascii=False))
        return answer

    said = ""

    def told(self, request: Request) -> str:
        return self.said


@fault("error-without-token")
class ErrorsEchoToken(Tells):
    def told(self, request: Request) -> str:
        return f"The token {request.headers.get('Authorization')} is not valid here."


@fault("error-without-stack-trace")
class ErrorsShowPython(Tells):
    said = PYTHON_TRACE


@fault("error-without-stack-trace")
class FailureShowsJava(Tells):
    statuses = (500,)
    said = JAVA_TRACE


@fault("json-names-unique")
class ErrorMemberTwice(WritesErrors):
    def text(self, answer: Response, request: Request) -> str:
        return '{"code": "invalid", ' + answer.get_data(as_text=True)[1:]
