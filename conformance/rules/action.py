"""Rules on the map of logouts: its shape, and which action goes with which type (`#success`)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from conformance.law.contract import TYPE_OF, ActionName, ActionType
from conformance.rules.body import document, excerpt
from conformance.rules.finding import Finding, Unjudged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.exchange import Exchange
    from conformance.rules.body import Json
    from conformance.rules.status import Rule

Entry = dict[str, "Json"]


def must_have_logouts(exchange: Exchange) -> Iterator[Finding]:
    """The body is an object with the member `logouts`, a map."""
    body = document(exchange)
    if not isinstance(body, dict):
        yield Finding("logouts-member", "an object", excerpt(body), "body")
    elif "logouts" not in body:
        yield Finding("logouts-member", 'the member "logouts"', f"the members {excerpt(list(body))}", "body")
    elif not isinstance(body["logouts"], dict):
        yield Finding("logouts-member", "a map of MVPDs", excerpt(body["logouts"]), "/logouts")


def must_map_to_objects(exchange: Exchange) -> Iterator[Finding]:
    """Every value of the map is an object."""
    for mvpd, entry in _logouts(exchange).items():
        if not isinstance(entry, dict):
            yield Finding("logout-entry", "an object", excerpt(entry), pointer(mvpd))


def must_have_asked_mvpd(exchange: Exchange) -> Iterator[Finding]:
    """The MVPD that the path names is a key of the map."""
    asked, logouts = asked_mvpd(exchange), _logouts(exchange)
    if asked is not None and asked not in logouts:
        yield Finding(
            "asked-mvpd-present", f"the key {excerpt(asked)}", f"the keys {excerpt(list(logouts))}", "/logouts"
        )


def must_repeat_key_as_mvpd(exchange: Exchange) -> Iterator[Finding]:
    """Every entry has the member `mvpd`, equal to its key (erratum 2)."""
    for key, entry in entries(exchange):
        if entry.get("mvpd") != key:
            yield _member("key-equals-mvpd", key, entry, "mvpd", excerpt(key))


def must_name_known_action(exchange: Exchange) -> Iterator[Finding]:
    """Every entry has the member `actionName`, one of four values."""
    for key, entry in entries(exchange):
        if _action_name(entry) is None:
            yield _member("action-name-known", key, entry, "actionName", _one_of(ActionName))


def must_name_known_type(exchange: Exchange) -> Iterator[Finding]:
    """Every entry has the member `actionType`, one of three values."""
    for key, entry in entries(exchange):
        if _action_type(entry) is None:
            yield _member("action-type-known", key, entry, "actionType", _one_of(ActionType))


def must_pair_action_and_type(exchange: Exchange) -> Iterator[Finding]:
    """Every `actionType` is the one that goes with its `actionName`."""
    for key, entry in entries(exchange):
        name, kind = _action_name(entry), _action_type(entry)
        if name is None or kind is None:
            raise Unjudged("action-name-known" if name is None else "action-type-known")
        if kind != TYPE_OF[name]:
            requirement = f"action-type-for-{name.replace('_', '-')}"
            yield _member(requirement, key, entry, "actionType", f"{excerpt(TYPE_OF[name])} with {excerpt(name)}")


def must_name_action(requirement: str, *allowed: ActionName) -> Rule:
    """Make the rule that the asked MVPD's action is one of these."""

    def rule(exchange: Exchange) -> Iterator[Finding]:
        key, entry = asked_entry(exchange)
        name = _action_name(entry)
        if name is None:
            raise Unjudged("action-name-known")
        if name not in allowed:
            yield _member(requirement, key, entry, "actionName", " or ".join(excerpt(item) for item in allowed))

    return rule


def asked_mvpd(exchange: Exchange) -> str | None:
    """Give the MVPD that a request names: the last segment of its path, percent-decoded.

    None where the segment is no UTF-8: nothing says which letters its octets stand for.
    """
    try:
        return unquote(urlsplit(exchange.request.url).path.rpartition("/")[2], errors="strict")
    except UnicodeDecodeError:
        return None


def asked_entry(exchange: Exchange) -> tuple[str, Entry]:
    """Give the key and the entry of the asked MVPD; raises Unjudged where there is none."""
    asked = asked_mvpd(exchange)
    for key, entry in entries(exchange):
        if key == asked:
            return key, entry
    raise Unjudged("asked-mvpd-present")


def action_of(exchange: Exchange) -> ActionName | None:
    """Give the asked MVPD's action; raises Unjudged where there is none that can be read."""
    return _action_name(asked_entry(exchange)[1])


def entries(exchange: Exchange) -> Iterator[tuple[str, Entry]]:
    """Give every key and entry of the map; raises Unjudged where it is no map, or has an entry that is no object."""
    logouts = _logouts(exchange)
    for key, entry in logouts.items():
        if not isinstance(entry, dict):
            raise Unjudged("logout-entry")
        yield key, entry
    if not logouts:
        raise Unjudged("asked-mvpd-present")


def pointer(*names: str) -> str:
    """Give the JSON pointer (RFC 6901) to a place below `logouts`."""
    return "/".join(["/logouts", *(name.replace("~", "~0").replace("/", "~1") for name in names)])


def _logouts(exchange: Exchange) -> dict[str, Json]:
    body = document(exchange)
    logouts = body.get("logouts") if isinstance(body, dict) else None
    if not isinstance(logouts, dict):
        raise Unjudged("logouts-member")
    return logouts


def _action_name(entry: Entry) -> ActionName | None:
    name = entry.get("actionName")
    return ActionName(name) if isinstance(name, str) and name in set(ActionName) else None


def _action_type(entry: Entry) -> ActionType | None:
    kind = entry.get("actionType")
    return ActionType(kind) if isinstance(kind, str) and kind in set(ActionType) else None


def _member(requirement: str, key: str, entry: Entry, member: str, expected: str) -> Finding:
    seen = excerpt(entry[member]) if member in entry else f"no member {excerpt(member)}"
    return Finding(requirement, expected, seen, pointer(key, member))


def _one_of(values: type[ActionName | ActionType]) -> str:
    return "one of " + ", ".join(excerpt(value) for value in values)
