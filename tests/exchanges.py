"""Exchanges as literals: a request for one MVPD and what was answered, for the tests of what judges them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from conformance.exchange import Exchange, Request, Response
from conformance.rules.finding import Unjudged

if TYPE_CHECKING:
    from conformance.rules.finding import Finding
    from conformance.rules.status import Rule

TOKEN: Final = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjbGllbnQgYXBwbGljYXRpb24ifQ.bm8gc2lnbmF0dXJlIGF0IGFsbA"
PLAIN_REDIRECT: Final = "https://adobe.com"
LOGOUT_PAGE: Final = "https://sp.auth.adobe.com/adobe-services/logout?noflash=true&mso_id=Cablevision"

SAMPLES: Final = {
    1: (
        "Cablevision",
        {"actionName": "logout", "actionType": "interactive", "mvpd": "Cablevision", "url": LOGOUT_PAGE},
    ),
    2: ("Dish", {"actionName": "complete", "actionType": "none", "mvpd": "Dish"}),
    3: (
        "Spectrum",
        {
            "actionName": "logout",
            "actionType": "interactive",
            "mvpd": "Spectrum",
            "url": "/adobe-services/logout?requestor_id=REF30&mso_id=Spectrum&pt_device_id=c54fa2c80652b10abea58c....",
        },
    ),
    4: (
        "Comcast_SSO",
        {
            "actionName": "logout",
            "actionType": "interactive",
            "mvpd": "Comcast_SSO",
            "url": "/adobe-services/logout?requestor_id=REF30&mso_id=Comcast_SSO&pt_device_id=c54fa2c80652b10abe....",
        },
    ),
    5: (
        "Cablevision",
        {"actionName": "partner_logout", "actionType": "partner_interactive", "mvpd": "Cablevision"},
    ),
    6: ("ATTOTT", {"actionName": "complete", "actionType": "none", "mvpd": "ATTOTT"}),
    7: ("TempPass_5mins", {"actionName": "complete", "actionType": "none", "mvpd": "TempPass_5mins"}),
}
"""The answers of the page's `#samples`, sample 6 without its two slips (erratum 2): the MVPD and its entry."""


def an_exchange(  # noqa: PLR0913  (one for each thing that may be odd)
    body: object = b"",
    *,
    status: int = 200,
    content_type: str | None = "application/json;charset=UTF-8",
    headers: tuple[tuple[str, str], ...] = (),
    mvpd: str = "Cablevision",
    path: str | None = None,
    redirect_url: str = PLAIN_REDIRECT,
    authorization: str | None = f"Bearer {TOKEN}",
    truncated: bool = False,
    undecodable: str = "",
) -> Exchange:
    """Give an exchange; a body that is no bytes is sent as JSON."""
    path = path or f"/api/v2/REF30/logout/{quote(mvpd, safe='')}"
    url = f"http://api.example.com{path}?redirectUrl={quote(redirect_url, safe='')}"
    sent = (("Authorization", authorization),) if authorization is not None else ()
    received = (("Content-Type", content_type), *headers) if content_type is not None else headers
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = Response("HTTP/1.1", status, "", received, data, truncated, undecodable)
    return Exchange(0, Request("GET", url, sent), response)


def a_success(*entries: object, redirect_url: str = PLAIN_REDIRECT, mvpd: str = "Cablevision") -> Exchange:
    """Give a 200 with these entries, the first under the asked MVPD, the others under its name and a number."""
    keys = [mvpd, *(f"{mvpd} {number}" for number in range(2, len(entries) + 1))]
    logouts = {
        key: entry | {"mvpd": key} if isinstance(entry, dict) else entry
        for key, entry in zip(keys, entries, strict=True)
    }
    return an_exchange({"logouts": logouts}, redirect_url=redirect_url, mvpd=mvpd)


def a_logout(**members: Any) -> Exchange:  # noqa: ANN401  (any JSON value)
    """Give sample 1 with members added or replaced."""
    return a_success(SAMPLES[1][1] | members)


def an_error(body: object = b"", *, status: int = 400, **more: Any) -> Exchange:  # noqa: ANN401  (see an_exchange)
    """Give a refusal."""
    return an_exchange(body, status=status, **more)


def found(rule: Rule, exchange: Exchange) -> list[Finding]:
    """Give what a rule finds; raises as the rule does."""
    return list(rule(exchange))


def broken(rule: Rule, exchange: Exchange) -> list[str]:
    """Give the requirements that a rule finds broken."""
    return [finding.requirement for finding in rule(exchange)]


def depends_on(rule: Rule, exchange: Exchange) -> str | None:
    """Give the more basic requirement for which a rule cannot judge, None where it can."""
    try:
        found(rule, exchange)
    except Unjudged as reason:
        return reason.requirement
    return None
