"""JSON, but not the map of logouts that the page has."""

from __future__ import annotations

import json
import unicodedata
from abc import abstractmethod
from urllib.parse import quote

from werkzeug.wrappers import Response

from conformance.reference import Json, LogoutRequest, ReferenceServer
from tests.faults.registry import fault


class Wraps(ReferenceServer):
    """Gives every success another shape."""

    def render_success(self, asked: LogoutRequest, entry: Json) -> Response:
        text = json.dumps(self.shape(asked.mvpd, entry), ensure_ascii=False)
        return Response(text, 200, content_type=self.content_type)

    @abstractmethod
    def shape(self, mvpd: str, entry: Json) -> object:
        raise NotImplementedError


@fault("logouts-member")
class EmptyObject(Wraps):
    def shape(self, mvpd: str, entry: Json) -> object:
        return {}


@fault("logouts-member")
class NullBody(Wraps):
    def shape(self, mvpd: str, entry: Json) -> object:
        return None


@fault("logouts-member")
class WithoutWrapper(Wraps):
    def shape(self, mvpd: str, entry: Json) -> object:
        return {mvpd: entry}


@fault("logouts-member")
class WrapperInAnotherCase(Wraps):
    def shape(self, mvpd: str, entry: Json) -> object:
        return {"Logouts": {mvpd: entry}}


@fault("logouts-member")
class LogoutsAreList(Wraps):
    def shape(self, mvpd: str, entry: Json) -> object:
        return {"logouts": [entry]}


@fault("logouts-member")
class EncodedTwice(Wraps):
    def shape(self, mvpd: str, entry: Json) -> object:
        return json.dumps({"logouts": {mvpd: entry}})


@fault("logouts-member")
class NullWithoutProfile(Wraps):
    def shape(self, mvpd: str, entry: Json) -> object:
        return {"logouts": None if entry["actionName"] == "invalid" else {mvpd: entry}}


@fault("logouts-member")
class InvalidIsAnError(Wraps):
    """No profile: an error of the page on enhanced error codes, with 200."""

    def shape(self, mvpd: str, entry: Json) -> object:
        if entry["actionName"] != "invalid":
            return {"logouts": {mvpd: entry}}
        return {"action": "none", "status": 200, "code": "authenticated_profile_missing", "message": "No profile."}


@fault("logout-entry")
class EntryIsList(Wraps):
    def shape(self, mvpd: str, entry: Json) -> object:
        return {"logouts": {mvpd: [entry]}}


@fault("logout-entry")
class EntryIsNullWithoutProfile(Wraps):
    def shape(self, mvpd: str, entry: Json) -> object:
        return {"logouts": {mvpd: None if entry["actionName"] == "invalid" else entry}}


@fault("asked-mvpd-present")
class NothingToDoIsEmptyMap(Wraps):
    def shape(self, mvpd: str, entry: Json) -> object:
        return {"logouts": {} if entry["actionName"] == "invalid" else {mvpd: entry}}


@fault("asked-mvpd-present", also=("key-equals-mvpd",))
class KeyInLowerCase(Wraps):
    def shape(self, mvpd: str, entry: Json) -> object:
        return {"logouts": {mvpd.lower(): entry}}


@fault("asked-mvpd-present")
class NamesStayEncoded(Wraps):
    """To be seen only where the MVPD's name needs percent-encoding."""

    def shape(self, mvpd: str, entry: Json) -> object:
        encoded = quote(mvpd, safe="")
        return {"logouts": {encoded: entry | {"mvpd": encoded}}}


@fault("asked-mvpd-present")
class NamesOfWronglyReadLetters(Wraps):
    """UTF-8 read as if it were Latin-1, as a careless WSGI program does."""

    def shape(self, mvpd: str, entry: Json) -> object:
        read = mvpd.encode().decode("latin-1")
        return {"logouts": {read: entry | {"mvpd": read}}}


@fault("asked-mvpd-present")
class NamesAreNormalised(Wraps):
    def shape(self, mvpd: str, entry: Json) -> object:
        read = unicodedata.normalize("NFC", mvpd)
        return {"logouts": {read: entry | {"mvpd": read}}}


@fault("asked-mvpd-present")
class NamesWithoutLettersBeyondTheBasicPlane(Wraps):
    def shape(self, mvpd: str, entry: Json) -> object:
        kept = "".join(letter for letter in mvpd if ord(letter) <= 0xFFFF)
        return {"logouts": {kept: entry | {"mvpd": kept}}}


@fault("key-equals-mvpd")
class MvpdIsPlaceholder(Wraps):
    """Sample 6 to the letter."""

    def shape(self, mvpd: str, entry: Json) -> object:
        return {"logouts": {mvpd: entry | ({"mvpd": "${degradedMvpd}"} if mvpd == "ATTOTT" else {})}}


@fault("url-for-logout")
class FurtherEntryWithoutUrl(Wraps):
    def shape(self, mvpd: str, entry: Json) -> object:
        other = {"actionName": "logout", "actionType": "interactive", "mvpd": "Another"}
        return {"logouts": {mvpd: entry, "Another": other}}


@fault("action-type-for-complete")
class FurtherEntryMispaired(Wraps):
    def shape(self, mvpd: str, entry: Json) -> object:
        other = {"actionName": "complete", "actionType": "interactive", "mvpd": "Another"}
        return {"logouts": {mvpd: entry, "Another": other}}
