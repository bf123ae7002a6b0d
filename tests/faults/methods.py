"""Methods that the endpoint does not have, and has all the same."""

from __future__ import annotations

from conformance.reference import LogoutError, LogoutRequest, ReferenceServer
from conformance.reference.errors import INTERNAL_SERVER_ERROR, METHOD_NOT_ALLOWED, NOT_FOUND, ErrorCode
from tests.faults.registry import fault

DELETED = ("refused-deletes-nothing",)


class Allows(ReferenceServer):
    methods: tuple[str, ...] = ()

    def check_method(self, asked: LogoutRequest) -> None:
        if asked.request.method not in self.methods:
            super().check_method(asked)


@fault("method-not-allowed")
class PostLogsOut(Allows):
    methods = ("POST",)


@fault("method-not-allowed")
class PutLogsOut(Allows):
    methods = ("PUT",)


@fault("method-not-allowed")
class PatchLogsOut(Allows):
    methods = ("PATCH",)


@fault("method-not-allowed")
class DeleteLogsOut(Allows):
    methods = ("DELETE",)


@fault("method-not-allowed")
class EveryMethodLogsOut(Allows):
    methods = ("POST", "PUT", "PATCH", "DELETE")


class RefusesMethod(ReferenceServer):
    methods: tuple[str, ...] = ("POST", "PUT", "PATCH", "DELETE")
    error = NOT_FOUND

    def check_method(self, asked: LogoutRequest) -> None:
        if asked.request.method in self.methods:
            raise LogoutError(self.error)
        super().check_method(asked)


@fault("listed-status")
class OtherMethodsAreNotFound(RefusesMethod):
    pass


@fault("listed-status")
class DeleteIsForbidden(RefusesMethod):
    methods = ("DELETE",)
    error = ErrorCode(403, "forbidden", "No.")


@fault("method-not-allowed")
class PostIsBadRequest(RefusesMethod):
    methods = ("POST",)
    error = ErrorCode(400, "invalid_method", "Use GET.")


@fault("no-server-error")
class PatchIsNotImplemented(RefusesMethod):
    methods = ("PATCH",)
    error = ErrorCode(501, "not_implemented", "Use GET.")


@fault("no-server-error")
class PutIsServerError(RefusesMethod):
    methods = ("PUT",)
    error = INTERNAL_SERVER_ERROR


@fault("allow-with-405")
class MethodNotAllowedWithoutAllow(RefusesMethod):
    error = METHOD_NOT_ALLOWED


@fault("allow-with-405")
class AllowWithoutGet(ReferenceServer):
    def check_method(self, asked: LogoutRequest) -> None:
        if asked.request.method != "GET":
            raise LogoutError(METHOD_NOT_ALLOWED, {"Allow": "POST, OPTIONS"})


@fault("allow-with-405")
class DeleteWithoutAllow(RefusesMethod):
    methods = ("DELETE",)
    error = METHOD_NOT_ALLOWED


@fault("refused-deletes-nothing")
class DeletesBeforeMethodIsChecked(ReferenceServer):
    def check_method(self, asked: LogoutRequest) -> None:
        if asked.request.method == "DELETE":
            self.store.delete_profile(self.key_of(asked))
        super().check_method(asked)
