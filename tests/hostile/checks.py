"""What must hold after every run, whatever the target did: each check gives the problems that it found."""

from __future__ import annotations

import json
import re
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter
from html.parser import HTMLParser
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, NoReturn

import jsonschema_rs

from conformance.record import record
from tests.hostile.sniffer import DEEPEST, leaked
from tests.hostile.stage import SECRETS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.hostile.command import Outcome

PEAK_MIB: Final = 300
MORE_S: Final = 12.0
"""What a run may take beyond --max-time: one more exchange, one more state, the start, and the reports."""
CLOSING_S: Final = 2.0
VERDICTS: Final = {0: {"conformant"}, 1: {"not-conformant", "conformant"}, 3: {"inconclusive"}}

_CRASH: Final = re.compile(
    rb"Traceback|INTERNALERROR|ResourceWarning|Exception ignored|Fatal Python error|Segmentation"
)
_TERMINAL_KIND: Final = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_OWN_SEQUENCE: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")
_REMOTE: Final = re.compile(r"url\s*\(|@import|expression\s*\(", re.IGNORECASE)


def problems(outcome: Outcome) -> Iterator[str]:
    """Give everything that is wrong with what came of a run."""
    yield from ends(outcome)
    yield from stays_small(outcome)
    yield from never_crashes(outcome)
    yield from leaves_valid_reports(outcome)
    yield from is_calm_on_the_terminal(outcome)
    yield from leaks_nothing(outcome)
    yield from outcome.stage.complaints
    yield from outcome.behaviour.examine(outcome)


def ends(outcome: Outcome) -> Iterator[str]:
    if outcome.seconds > outcome.behaviour.max_time_s + MORE_S:
        yield f"it took {outcome.seconds:.1f} s"
    if outcome.closing_s is not None and outcome.closing_s > CLOSING_S:
        yield f"it took {outcome.closing_s:.1f} s to close"


def stays_small(outcome: Outcome) -> Iterator[str]:
    if outcome.peak_mib > PEAK_MIB:
        yield f"its memory had a peak of {outcome.peak_mib:.0f} MiB"


def never_crashes(outcome: Outcome) -> Iterator[str]:
    found = _CRASH.search(outcome.output + outcome.complaints)
    if found:
        yield f"its output has {found[0].decode()!r}"
    if outcome.code not in outcome.behaviour.codes:
        yield f"it ended with {outcome.code}, not one of {outcome.behaviour.codes}"
    if outcome.record.get("kit_faults"):
        case = outcome.record["kit_faults"][0]
        message = next((each["message"] for each in outcome.record["cases"] if each["id"] == case), "")
        yield f"the kit itself failed in {len(outcome.record['kit_faults'])} cases, e.g. {case}: {message}"
    if outcome.record and outcome.verdict not in VERDICTS.get(outcome.code, {outcome.verdict}):
        yield f"its verdict is {outcome.verdict}, and its exit code {outcome.code}"


def leaves_valid_reports(outcome: Outcome) -> Iterator[str]:
    for name in outcome.behaviour.leaves:
        file = outcome.file(name)
        if not file.is_file():
            yield f"there is no {name}"
            continue
        try:
            yield from (f"{name}: {problem}" for problem in _READERS[name](file))
        except (ValueError, ET.ParseError) as error:
            yield f"{name}: {error}"
    yield from (f"{file.name} was left behind" for file in outcome.stage.report_dir.glob(".*"))
    for file in outcome.stage.work.iterdir():
        if file.name not in {"report", *outcome.behaviour.lays_out}:
            yield f"{file.name} was written beside the report folder"


def is_calm_on_the_terminal(outcome: Outcome) -> Iterator[str]:
    for data in (outcome.output, outcome.complaints):
        text = data.decode("utf-8", "replace")
        if outcome.behaviour.terminal:
            text = _OWN_SEQUENCE.sub("", text)
        acting = sorted(
            {letter for letter in text if letter != "\n" and unicodedata.category(letter) in _TERMINAL_KIND}
        )
        if acting:
            yield f"the terminal was sent {acting}"


def leaks_nothing(outcome: Outcome) -> Iterator[str]:
    names = {secret: name for name, secret in SECRETS.items()}
    written = dict(_written(outcome))
    # who echoes nothing can leak nothing in a clever way; to look deep takes as long as a run
    depth = DEEPEST if outcome.behaviour.kind == "leaks" else 1
    # all at once first: the places share most of their lines
    found = list(leaked(_each_line_once(b"\n".join(written.values())), names, depth))
    for place, data in written.items() if found else ():
        for secret in leaked(data, found, depth):
            yield f"the {names[secret]} stands in {place}"


def _written(outcome: Outcome) -> Iterator[tuple[str, bytes]]:
    yield "stdout", outcome.output
    yield "stderr", outcome.complaints
    own = {outcome.stage.home / ".netrc", outcome.stage.work / "states.py"}
    for file in sorted(outcome.stage.folder.rglob("*")):
        if file.is_file() and file not in own and file.parent != outcome.stage.folder:
            yield str(file.relative_to(outcome.stage.folder)), file.read_bytes()


def _each_line_once(data: bytes) -> bytes:
    # a report repeats itself a great deal
    return b"\n".join(dict.fromkeys(data.split(b"\n")))


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _strict(text: bytes) -> Any:  # noqa: ANN401  (any JSON)
    value = json.loads(text.decode("utf-8"), parse_constant=_no_constant)
    json.dumps(value, ensure_ascii=False).encode("utf-8")  # a lone surrogate has no UTF-8
    return value


def _of_results(file: Path) -> Iterator[str]:
    schema = json.loads(resources.files("conformance").joinpath("results.schema.json").read_bytes())
    value = _strict(file.read_bytes())
    yield from (str(error) for error in jsonschema_rs.Draft202012Validator(schema).iter_errors(value))
    met = Counter(case["status"] for case in value["cases"])
    counts = {status: met[status] for status in value["summary"]}
    if counts != value["summary"]:
        yield f"its summary is {value['summary']}, and its cases are {counts}"
    if file.stat().st_size > 16 * 1024**2:
        yield f"it has {file.stat().st_size} bytes"


def _of_exchanges(file: Path) -> Iterator[str]:
    content = file.read_bytes()
    if content and not content.endswith(b"\n"):
        yield "its last line has no end"
    for number, line in enumerate(content.splitlines()):
        if record.ExchangeLine.model_validate(_strict(line)).index != number:
            yield f"line {number} has another index"


def _of_junit(file: Path) -> Iterator[str]:
    root = ET.fromstring(file.read_bytes())  # expat refuses what XML 1.0 forbids
    if root.tag != "testsuites":
        yield f"its root is {root.tag}"


def _of_html(file: Path) -> Iterator[str]:
    page = _Page(json.loads(file.with_name("results.json").read_bytes())["target"]["base_url"])
    page.feed(file.read_bytes().decode("utf-8"))
    page.close()
    yield from page.problems
    if "default-src 'none'" not in page.policy or "unsafe" in page.policy:
        yield f"its policy is {page.policy!r}"
    script = resources.files("conformance.report").joinpath("templates", "report.js").read_text(encoding="utf-8")
    style = resources.files("conformance.report").joinpath("templates", "report.css").read_text(encoding="utf-8")
    if [text.strip() for text in page.scripts] != [script.strip()]:
        yield "it has a script that is not the kit's"
    if [text.strip() for text in page.styles] != [style.strip()]:
        yield "it has a style that is not the kit's"


_READERS: Final = {
    "results.json": _of_results,
    "exchanges.jsonl": _of_exchanges,
    "junit.xml": _of_junit,
    "report.html": _of_html,
}


class _Page(HTMLParser):
    """Looks through a page for anything that runs, loads, or leads elsewhere."""

    RUN_OR_LOAD: Final = {
        *("iframe", "frame", "object", "embed", "applet", "img", "image", "audio", "video", "source", "track", "base"),
        *("form", "foreignobject", "animate", "set", "math", "template", "portal", "button", "select", "textarea"),
    }
    LINKS: Final = re.compile(r"#|data:,$|https://www\.rfc-editor\.org/rfc/rfc\d+(?:#section-[\d.]+)?$")

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self._base_url = base_url  # the user's own
        self.problems: list[str] = []
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.policy = ""
        self._within = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._within = tag
        given = dict(attrs)
        if tag in self.RUN_OR_LOAD:
            self.problems.append(f"it has an element {tag}")
        if tag == "script":
            self.scripts.append("")
        if tag == "style":
            self.styles.append("")
        if tag == "meta" and (given.get("http-equiv") or "").lower() == "content-security-policy":
            self.policy = given.get("content") or ""
        elif tag == "meta" and "http-equiv" in given:
            self.problems.append(f"it has a meta element {given}")
        for name, value in attrs:
            if name.startswith("on") or name in {
                "style",
                "src",
                "srcset",
                "action",
                "formaction",
                "background",
                "ping",
            }:
                self.problems.append(f"it has an attribute {name} of {tag}")
            if name in {"href", "xlink:href"} and value != self._base_url and not self.LINKS.match(value or ""):
                self.problems.append(f"it has a link to {value!r}")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  (the base class names it)
        self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within == "script":
            self.scripts[-1] += data
        elif self._within == "style":
            self.styles[-1] += data
            if _REMOTE.search(data):
                self.problems.append("its style loads something")
        elif any(unicodedata.category(letter) in {"Cc", "Cs"} and letter not in "\n\t" for letter in data):
            self.problems.append(f"it has a control character in {data[:80]!r}")
        elif any(letter in data for letter in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"):
            self.problems.append(f"it has a character that turns text around in {data[:80]!r}")
