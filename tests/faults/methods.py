"""Methods that the endpoint does not have, and has all the same."""

from __future__ import annotations

from conformance.reference import LogoutError, LogoutRequest, ReferenceServer
from conformance.reference.errors import METHOD_NOT_ALLOWED, NOT_FOUND
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


@fault("allow-with-405")
class MethodNotAllowedWithoutAllow(RefusesMethod):
    error = METHOD_NOT_ALLOWED


@fault("allow-with-405")
class AllowWithoutGet(ReferenceServer):
    def check_method(self, asked: LogoutRequest) -> None:
        if asked.request.method != "GET":
            raise LogoutError(METHOD_NOT_ALLOWED, {"Allow": "POST, OPTIONS"})


@fault("refused-deletes-nothing")
class DeletesBeforeMethodIsChecked(ReferenceServer):
    def check_method(self, asked: LogoutRequest) -> None:
        if asked.request.method == "DELETE":
            self.store.delete_profile(self.key_of(asked))
        super().check_method(asked)
