"""Puts your server into the states that logout-conformance asks for.

As it stands, each question is passed on to the reference server (`logout-conformance serve`), so that you can see a
whole run at once. What is marked REPLACE is for you to write.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from http import HTTPStatus
from typing import Any

REFERENCE_SERVER = "http://127.0.0.1:8080/_state"


def handle(question: dict[str, Any]) -> dict[str, Any]:
    """Make a state hold before a logout, or undo it afterwards, and say what the logout must use to meet it.

    `question` has the "state" (such as "no-profile"), the "action" ("setup" or "teardown"), and "params":
    "serviceProvider", "deviceIdentifier", and "mvpd", which is None where the choice is yours.
    """
    # REPLACE the last line by what your own tests do to make a profile, for the states that you can make:
    #
    #     params = question["params"]
    #     if question["action"] == "teardown":
    #         database.delete_profile(params["serviceProvider"], params["deviceIdentifier"])
    #         return {}
    #     if question["state"] == "logout-endpoint":
    #         mvpd = params["mvpd"] or "Cablevision"  # one that has a logout page
    #         database.add_profile(params["serviceProvider"], mvpd, params["deviceIdentifier"])
    #         return {"mvpd": mvpd}  # and "headers": {...} where the request needs a token of this state
    #     raise NotImplementedError  # this state does not exist here: the kit skips what needs it
    return ask_reference_server(question)


def ask_reference_server(question: dict[str, Any]) -> dict[str, Any]:
    """Pass a question on. REPLACE: delete this function once `handle` does without it."""
    request = urllib.request.Request(
        REFERENCE_SERVER, json.dumps(question).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return dict(json.loads(answer.read() or b"{}"))
    except urllib.error.HTTPError as error:
        with error:
            if error.code == HTTPStatus.UNPROCESSABLE_ENTITY:
                raise NotImplementedError from None
            raise RuntimeError(
                f"{REFERENCE_SERVER} answered {error.code}: write what my_states.py marks REPLACE"
            ) from None
