"""Puts the example server into the states that the kit asks for."""

import json
from contextlib import closing
from http import HTTPStatus, client

STATES = {  # the MVPD, and its logout page; None: there is to be no profile
    "logout-endpoint": ("Cablevision", "https://logout.example.com/"),
    "no-logout-endpoint": ("Dish", ""),
    "no-profile": ("Cablevision", None),
}


def handle(request: dict) -> dict:
    """Create or delete a profile; say which MVPD to log out of."""
    if request["state"] not in STATES:
        raise NotImplementedError  # the kit skips what needs this state
    mvpd, page = STATES[request["state"]]
    profile = request["params"] | {"mvpd": request["params"]["mvpd"] or mvpd, "logoutPage": page}
    method = "DELETE" if request["action"] == "teardown" or page is None else "PUT"
    with closing(client.HTTPConnection("127.0.0.1", 8082)) as server:
        server.request(method, "/admin/profiles", json.dumps(profile))
        answer = server.getresponse()
        answer.read()
        if answer.status != HTTPStatus.OK:
            raise RuntimeError("the server refused the profile")
    return {"mvpd": profile["mvpd"]}
