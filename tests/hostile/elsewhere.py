"""Targets, and surroundings, that try to lead the kit elsewhere: redirects, cookies, proxies, what lies in the folder.

In every run the environment names the canary as proxy and `~/.netrc` has a password; the canary must see nothing.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from tests.hostile.registry import CONFORMANT, INCONCLUSIVE, NOT_CONFORMANT, add, target
from tests.hostile.stage import COOKIE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.hostile.line import Asked, Line
    from tests.hostile.stage import Stage

ANY: Final = (CONFORMANT, NOT_CONFORMANT, INCONCLUSIVE)

leads = partial(target, "elsewhere")


def _redirects(status: int, line: Line, asked: Asked) -> None:
    line.send(f"HTTP/1.1 {status} Over there\r\nLocation: {asked.stage.canary}/\r\nContent-Length: 0\r\n\r\n".encode())


for status in (300, 301, 302, 303, 305, 307, 308):
    add(
        f"redirects-with-{status}",
        "elsewhere",
        NOT_CONFORMANT,
        INCONCLUSIVE,
        target=partial(_redirects, status),
    )

HEADERS: Final = {
    "a-refresh": ("Refresh", "0; url={canary}/"),
    "an-alternative-service": ("Alt-Svc", 'h2="{authority}"; ma=99999'),
    "a-preload": ("Link", "<{canary}/x.js>; rel=preload; as=script"),
    "a-location-of-its-content": ("Content-Location", "{canary}/"),
    "a-place-for-reports": ("Report-To", '{{"endpoints":[{{"url":"{canary}/"}}]}}'),
    "a-policy-with-a-place-for-reports": ("Content-Security-Policy", "default-src 'none'; report-uri {canary}/"),
    "a-source-map": ("SourceMap", "{canary}/x.map"),
    "a-cookie": ("Set-Cookie", f"session={COOKIE}; Path=/; Max-Age=99999"),
    "a-cookie-for-everybody": ("Set-Cookie", f"session={COOKIE}; Domain=.0.0.1; Path=/"),
    "a-broken-cookie": ("Set-Cookie", "=;=;; expires=Fri, 99 Foo 99999 99:99:99; \x01\xff"),
    "a-cookie-of-60-kib": ("Set-Cookie", f"session={COOKIE}{'x' * 60_000}"),
    "strict-transport-security": ("Strict-Transport-Security", "max-age=99999; includeSubDomains"),
}


def _with_header(name: str, value: str, line: Line, asked: Asked) -> None:
    canary = asked.stage.canary
    good = asked.good()
    given = value.format(canary=canary, authority=canary.removeprefix("http://"))
    line.send(replace(good, headers=(*good.headers, (name, given))).raw())


for what, (name, value) in HEADERS.items():
    add(f"sends-{what}", "elsewhere", CONFORMANT, target=partial(_with_header, name, value))

CHALLENGES: Final = {
    "basic": (401, "WWW-Authenticate", 'Basic realm="all"'),
    "digest": (401, "WWW-Authenticate", 'Digest realm="all", nonce="1", qop="auth"'),
    "negotiate": (401, "WWW-Authenticate", "Negotiate"),
    "ntlm": (401, "WWW-Authenticate", "NTLM"),
    "a-proxy-s-basic": (407, "Proxy-Authenticate", 'Basic realm="all"'),
}


def _challenges(status: int, name: str, value: str, line: Line, _: Asked) -> None:
    line.send(f"HTTP/1.1 {status} Who are you\r\n{name}: {value}\r\nContent-Length: 0\r\n\r\n".encode())


for what, challenge in CHALLENGES.items():
    add(f"challenges-with-{what}", "elsewhere", NOT_CONFORMANT, INCONCLUSIVE, target=partial(_challenges, *challenge))


def _names_the_canary(change: Callable[[str], object], line: Line, asked: Asked) -> None:
    good = asked.good()
    value = json.loads(good.body)
    for each in value.get("logouts", {}).values():
        if "url" in each:
            each["url"] = change(asked.stage.canary)
    line.send(replace(good, body=json.dumps(value | {"helpUrl": asked.stage.canary}).encode()).raw())


add("has-urls-of-the-canary", "elsewhere", *ANY, target=partial(_names_the_canary, lambda canary: f"{canary}/logout"))
add("has-urls-without-a-scheme", "elsewhere", *ANY, target=partial(_names_the_canary, lambda canary: canary[5:]))


@leads(NOT_CONFORMANT)
def answers_with_a_page_that_refreshes(line: Line, asked: Asked) -> None:
    page = f'<meta http-equiv="refresh" content="0; url={asked.stage.canary}"><img src="{asked.stage.canary}/x.png">'
    line.send(replace(asked.good(), headers=(("Content-Type", "text/html"),), body=page.encode()).raw())


@leads(*ANY)
def answers_421_misdirected(line: Line, _: Asked) -> None:
    line.send(b"HTTP/1.1 421 Misdirected\r\nContent-Length: 0\r\n\r\n")


def _evil_folder(stage: Stage) -> None:
    """Lay out what tools load from the folder that they are run in."""
    evil = "from pathlib import Path\nPath('owned').touch()\nraise SystemExit('owned')\n"
    for name in (
        "conftest.py",
        "sitecustomize.py",
        "json.py",
        "conformance.py",
        "test_evil.py",
        "my_plugin.py",
        "requests.py",
    ):
        (stage.work / name).write_text(evil, encoding="utf-8")
    for name in ("pytest.ini", "tox.ini", "setup.cfg", ".env", "schemathesis.toml"):
        (stage.work / name).write_text("[pytest]\naddopts = --evil\n", encoding="utf-8")
    (stage.work / "pyproject.toml").write_text('[tool.pytest.ini_options]\naddopts = "--evil"\n', encoding="utf-8")


add(
    "a-folder-full-of-plugins",
    "elsewhere",
    CONFORMANT,
    prepare=_evil_folder,
    lays_out=(
        *(
            "target.toml",
            "conftest.py",
            "sitecustomize.py",
            "json.py",
            "conformance.py",
            "test_evil.py",
            "my_plugin.py",
        ),
        *("requests.py", "pytest.ini", "tox.ini", "setup.cfg", ".env", "schemathesis.toml", "pyproject.toml"),
    ),
)
add(
    "an-environment-full-of-settings",
    "elsewhere",
    CONFORMANT,
    environ={
        "PYTEST_ADDOPTS": "--evil --pdb",
        "PYTEST_PLUGINS": "evil",
        "HYPOTHESIS_PROFILE": "evil",
        "SCHEMATHESIS_HOOKS": "evil",
        "COLUMNS": "-1",
        "NO_COLOR": "1",
        "FORCE_COLOR": "",
        "TERM": "dumb",
        "PYTHONIOENCODING": "ascii",
        "LC_ALL": "C",
        "TZ": "Nowhere/Nowhere",
        "COVERAGE_PROCESS_START": "evil",
    },
)
