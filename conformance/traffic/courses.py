"""Which calls are of one logout: recordings do not say so, and a viewer may sign out more than once."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from conformance.law.contract import ActionName
from conformance.rules.course import Course
from conformance.rules.sent import DEVICE_IDENTIFIER
from conformance.rules.status import OK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.exchange import Exchange
    from conformance.traffic.traffic import Traffic

ANOTHER_AFTER_S: Final = 10.0
"""Who signs out so long after a good answer, in seconds, has signed in again or changed their mind: that is another."""


def courses_of(traffic: Traffic) -> list[Course]:
    """Divide calls into logouts: by URL and device, and anew once a logout is done.

    It is done after a good answer, once time or a sign-in has passed, or its pages were opened and there is a profile
    again.
    """
    groups: list[list[Exchange]] = []
    for call in traffic.calls:
        own = next((group for group in reversed(groups) if _is_of(call, group)), None)
        if own is None or _is_another(own[-1], call, traffic):
            groups.append([call])
        else:
            own.append(call)
    return _each_its_own(_each_its_visits([_course(group, groups, traffic) for group in groups]))


def _each_its_visits(courses: Sequence[Course]) -> list[Course]:
    """Divide the visits to a url that several logouts were given: one for each in turn, the rest for the last one."""
    asked = [(each, number) for number, course in enumerate(courses) for each in course.openings if each.is_asked]
    asked.sort(key=lambda pair: pair[0].call.index)
    rest = {visit.index: number for opening, number in asked for visit in opening.visits}
    first: dict[int, int] = {}
    for opening, number in asked:
        free = [visit.index for visit in opening.visits if visit.index not in first]
        first |= dict.fromkeys(free[:1], number)
    owner = rest | first
    return [
        replace(course, others=tuple(each for each in course.others if owner.get(each.index, number) == number))
        for number, course in enumerate(courses)
    ]


def _each_its_own(courses: Sequence[Course]) -> list[Course]:
    """Take from a logout that had nothing to open what may belong to another that had, which ends at the same place."""
    asking = [course for course in courses if any(opening.is_asked for opening in course.openings)]
    claimed = {visit.index for course in asking for visit in course.visits()}
    return [
        course
        if course in asking
        else replace(course, others=tuple(other for other in course.others if other.index not in claimed))
        for course in courses
    ]


def _course(group: Sequence[Exchange], groups: Sequence[Sequence[Exchange]], traffic: Traffic) -> Course:
    later = [other[0].index for other in groups if other[0].index > group[0].index and _is_of(other[0], group)]
    end = min(later, default=math.inf)
    others = tuple(other for other in traffic.others if group[0].index < other.index < end)
    return Course(tuple(group), others, traffic.seen_until(group[-1]), places=traffic.places)


def _is_of(call: Exchange, group: Sequence[Exchange]) -> bool:
    devices = {value for each in (call, group[-1]) for value in each.request.values(DEVICE_IDENTIFIER)[:1]}
    return _resource(call) == _resource(group[-1]) and len(devices) <= 1


def _resource(call: Exchange) -> str:
    return unquote(call.request.url.partition("?")[0])


def _is_another(last: Exchange, call: Exchange, traffic: Traffic) -> bool:
    if last.response is None or last.response.status != OK or last.request.method != "GET":
        return False
    ended, began = last.ended_s, call.began_s
    if ended is None or began is None or began - ended >= ANOTHER_AFTER_S:
        return True
    return any(ended <= moment <= began for moment in traffic.sign_ins) or _is_of_a_new_profile(last, call, traffic)


def _is_of_a_new_profile(last: Exchange, call: Exchange, traffic: Traffic) -> bool:
    """Say whether every logout page of one call was opened before another, which there was something to log out for."""
    others = tuple(other for other in traffic.others if other.index < call.index)
    asked = [opening for opening in Course((last,), others).openings if opening.is_asked]
    found = [opening.action for opening in Course((call,)).openings]
    return bool(asked) and all(each.visits for each in asked) and bool(found) and ActionName.INVALID not in found
