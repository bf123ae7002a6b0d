"""Targets that write into the reports: HTML, JavaScript, XML, templates, the shell."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from tests.hostile.registry import CONFORMANT, INCONCLUSIVE, NOT_CONFORMANT, add
from tests.hostile.stage import provisioned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.hostile.command import Outcome
    from tests.hostile.line import Asked, Line

ANY: Final = (CONFORMANT, NOT_CONFORMANT, INCONCLUSIVE)

PAYLOADS: Final = {
    "a-script": "<script>alert(1)</script>",
    "the-end-of-the-script": "</script><script>alert(1)</script><!--",
    "the-end-of-the-style": "</style><style>body{background:url(//evil.example)}</style>",
    "an-image-that-fails": "<img src=x onerror=alert(1)>",
    "an-attribute": "' onmouseover='alert(1)\" onfocus=\"alert(2) autofocus=",
    "a-frame": '<iframe src="//evil.example"></iframe><object data="//evil.example"></object><base href="//evil">',
    "a-drawing": "<svg/onload=alert(1)><math><mi xlink:href='javascript:alert(2)'>",
    "a-refresh": '<meta http-equiv="refresh" content="0;url=//evil.example">',
    "a-link": '<a href="javascript:alert(1)">click</a>',
    "entities": "&lt;script&gt;alert(1)&lt;/script&gt;&#60;b&#62;",
    "a-comment": "--><script>alert(1)</script><!--",
    "the-end-of-cdata": "]]><failure/><![CDATA[",
    "an-xml-entity": '<!DOCTYPE x [<!ENTITY a "b">]>&a;',
    "xml-that-closes": '</testcase></testsuite><testsuite name="owned"><testcase name="x">',
    "a-template": "{{ 7*7 }}{% for x in y %}{{ config }}${7*7}<%= 7*7 %>#{7*7}",
    "a-marker": "{{ACCESS_TOKEN}} {{NOTHING}} {{PART_OF_ACCESS_TOKEN}}",
    "console-markup": "[bold red]red[/] [link=http://evil.example]x[/link] :skull: [@click=app.bell]x[/]",
    "the-shell": "'; touch owned; echo ' $(touch owned) `touch owned` \"$HOME\" && touch owned",
    "a-line-break": "a\r\nb\n\nFAILED success/status [x] owned\u2028c\x85d",
    "format-characters": "%s %n {0} {x.__class__} %(code)d",
    "ansi": "\x1b[31mred\x1b[0m \x1b]8;;http://evil.example\x07link\x1b]8;;\x07",
    "markdown": "[x](javascript:alert(1)) ![x](//evil.example/x.png) | a | b |",
    "a-path": "../../../../etc/passwd\x00.png",
    "a-spreadsheet": "=cmd|'/c calc'!A1",
    "javascript-separators": "\u2028\u2029</ScRiPt\t><sCrIpT>alert(1)",
    "utf-7": "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
}


def _writes(payload: str, line: Line, asked: Asked) -> None:
    """Put a payload into every place of an answer at once, one place more with each request."""
    good = asked.good()
    raw = payload.encode("utf-8").decode("latin-1").replace("\r", "").replace("\n", "").replace("\0", "")
    members = dict.fromkeys(("actionName", "actionType", "mvpd", "url", payload), payload)
    match asked.stage.requests % 6:
        case 0:
            line.send(replace(good, body=payload.encode()).raw())
        case 1:
            line.send(replace(good, body=json.dumps({"logouts": {payload: members}, payload: payload}).encode()).raw())
        case 2:
            line.send(replace(good, reason=raw, headers=(("Content-Type", raw), ("X", raw))).raw())
        case 3:
            error = dict.fromkeys(("action", "code", "status", "message", "helpUrl", "trace"), payload)
            line.send(replace(good, status=400, body=json.dumps(error).encode()).raw())
        case 4:
            line.send(
                replace(good, status=405, headers=(*good.headers, ("Allow", raw), ("WWW-Authenticate", raw))).raw()
            )
        case _:
            value = json.loads(good.body)
            for each in value.get("logouts", {}).values():
                each["url"], each["actionName"], each["actionType"] = payload, "logout", "interactive"
            line.send(replace(good, body=json.dumps(value).encode()).raw())


def nothing_ran(outcome: Outcome) -> Iterator[str]:
    """Look for what a payload would have made."""
    if any(outcome.stage.folder.rglob("owned")):
        yield "a payload ran"
    junit = outcome.file("junit.xml")
    if junit.is_file() and any(each.get("name") == "owned" for each in ET.parse(junit).iter()):
        yield "junit.xml has a suite of the target's"


for name, payload in PAYLOADS.items():
    add(f"writes-{name}", "markup", *ANY, target=partial(_writes, payload), examine=nothing_ran)


def _names(payload: str, line: Line, asked: Asked) -> None:
    answer = provisioned(asked)
    if answer.status == 200 and answer.body:
        answer = replace(answer, body=json.dumps(json.loads(answer.body) | {"mvpd": payload}).encode())
    line.send(answer.raw())


for name in ("a-script", "an-attribute", "the-shell", "a-template", "entities"):
    add(
        f"handler-names-an-mvpd-like-{name}",
        "markup",
        *ANY,
        handler=partial(_names, PAYLOADS[name]),
        examine=nothing_ran,
    )

for name in ("a-script", "an-attribute", "the-shell", "a-template", "console-markup"):
    # a target file reads ${NAME} from the environment
    text = PAYLOADS[name].replace("${", "$ {").replace("\\", "\\\\").replace('"', '\\"')
    add(
        f"target-file-has-a-name-like-{name}",
        "markup",
        *ANY,
        identity=f'name = "{text}"\nversion = "{text}"\nservice_provider = "REF30"',
        examine=nothing_ran,
        terminal=name == "console-markup",
    )
