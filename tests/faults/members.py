"""Entries whose members have another name, type or value."""

from __future__ import annotations

from conformance.reference import Json, LogoutRequest, ReferenceServer
from tests.faults.registry import fault


class Sets(ReferenceServer):
    """Sets one member of every entry to another value."""

    member = "actionName"

    def success_body(self, asked: LogoutRequest, entry: Json) -> Json:
        return {"logouts": {asked.mvpd: self.changed(entry)}}

    def changed(self, entry: Json) -> Json:
        return entry | {self.member: self.value(str(entry[self.member]))}

    def value(self, right: str) -> object:
        return right


class Renames(Sets):
    name = "action"

    def changed(self, entry: Json) -> Json:
        return {(self.name if name == self.member else name): value for name, value in entry.items()}


class Lacks(Sets):
    def changed(self, entry: Json) -> Json:
        return {name: value for name, value in entry.items() if name != self.member}


@fault("action-name-known")
class ActionNameMissing(Lacks):
    pass


@fault("action-name-known")
class ActionNameNull(Sets):
    def value(self, right: str) -> object:
        return None


@fault("action-name-known")
class ActionNameInUpperCase(Sets):
    def value(self, right: str) -> object:
        return right.upper()


@fault("action-name-known")
class ActionNameInList(Sets):
    def value(self, right: str) -> object:
        return [right]


@fault("action-name-known")
class PartnerLogoutHyphenated(Sets):
    def value(self, right: str) -> object:
        return right.replace("_", "-")


@fault("action-name-known")
class NoneForInvalid(Sets):
    def value(self, right: str) -> object:
        return "none" if right == "invalid" else right


class SetsType(Sets):
    member = "actionType"


@fault("action-type-known")
class ActionTypeMissing(Lacks):
    member = "actionType"


@fault("action-type-known")
class NoneIsNull(SetsType):
    """The type `none` written as the null of the language."""

    def value(self, right: str) -> object:
        return None if right == "none" else right


@fault("action-name-known", also=("action-type-known",))
class NameAndTypeChangedPlaces(Sets):
    def changed(self, entry: Json) -> Json:
        return entry | {"actionName": entry["actionType"], "actionType": entry["actionName"]}


@fault("key-equals-mvpd")
class MvpdMissing(Lacks):
    member = "mvpd"
