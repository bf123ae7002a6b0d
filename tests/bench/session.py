"""`nox -s bench`: what the kit costs, beside something that does the same work, and docs/benchmarks.md.

Letters behind it run those parts alone, and leave the page as it is: `nox -s bench -- a d`. `--runs N` says how often
each command is run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import requests

from conformance.law.document import spec_file
from conformance.record import record
from conformance.reference import ACCESS_TOKEN
from tests.bench import figures, replay, server
from tests.bench import recordings as recordings_of
from tests.bench.figures import Part, Ratio
from tests.bench.measuring import Command, by_turns
from tests.browser.test_huge import lines, passing
from tests.report.samples import a_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tests.bench.measuring import Measured

SCRIPT: Final = Path(sys.executable).with_name("logout-conformance")
KIT: Final = "logout-conformance run"
SCHEMATHESIS: Final = Path(sys.executable).with_name("schemathesis")
ROOT: Final = Path(__file__).parents[2]
LOAD: Final = "import json, sys\njson.load(open(sys.argv[1], 'rb'))"
PARSE: Final = "import json, sys\nfor line in open(sys.argv[1], 'rb'): json.loads(line)"
BY_THE_DOCUMENT: Final = """\
A server that schemathesis finds nothing wrong with: the reference server where it answers, of what the page leaves
open, what the OpenAPI document alone would have it answer. Any name will do, X-Device-Info is required. Both commands
find it good, and send all that they have."""
STOPS: Final = """\
The reference server as it is. schemathesis knows the document alone: that the names in a path are made up it cannot
know, nor that the page calls X-Device-Info required and answers without it. So it fails this server, and with its
defaults each of its phases ends at the first answer that it does not like, after a quarter of what it has planned. The
kit, which sends all of its requests, takes longer than that, and no more than `--continue-on-failure`, which sends all
of schemathesis' own. Either way schemathesis sets up no state, and cannot tell one action from another."""


@dataclass(slots=True)
class Bench:
    """A folder to work in, and how often each command is run."""

    folder: Path
    runs: int
    counts: dict[str, int] = field(default_factory=dict)

    def kit(self, name: str, *arguments: str) -> Command:
        """Give a command of the kit."""
        return Command(name, (str(SCRIPT), *arguments), self.folder)

    def run_at(self, name: str, base_url: str, *more: str) -> Command:
        """Give a full run against a server that has all that the reference server has."""
        arguments = (
            *("run", base_url, "--state-handler", f"{base_url}/_state", "--other-service-provider", "REF40"),
            *("--header", f"Authorization: Bearer {ACCESS_TOKEN}", "--report-dir", "reports"),
        )
        return self.kit(name, *arguments, *more)

    def schemathesis_at(self, base_url: str, *more: str, good: int = 0) -> Command:
        """Give `schemathesis run` with its defaults and `more`; it ends with `good`, 1 where it finds faults."""
        arguments = (str(SCHEMATHESIS), "run", str(spec_file("openapi.yaml")), "--url", base_url)
        headers = ("-H", f"Authorization: Bearer {ACCESS_TOKEN}")
        return Command(" ".join(["schemathesis run", *more]), (*arguments, *headers, *more), self.folder, (good,))


def start_up(bench: Bench) -> Part:
    """Measure how long a user waits for the least that the command does."""
    commands = [
        Command("python -c 'import click'", (sys.executable, "-c", "import click"), bench.folder),
        bench.kit("--version", "--version"),
        bench.kit("--help", "--help"),
        bench.kit("list", "list"),
    ]
    took = by_turns(commands, max(bench.runs, 11))
    click = took["python -c 'import click'"].seconds
    ratios = [
        Ratio(f"{name} / import click", took[name].seconds / click, bound)
        for name, bound in (("--version", 2.0), ("--help", 2.0), ("list", None))
    ]
    about = "`list` loads everything that a run needs, and collects the cases."
    return Part("Start-up", about, took, ratios)


def beside_schemathesis(bench: Bench) -> Part:
    """Run the kit and `schemathesis run` with its defaults, against a server that both find good."""
    with serving("--by-the-document") as base_url:
        sent, took, ratios = _beside(bench, base_url, {bench.schemathesis_at(base_url): 1.0})
    return Part("A full run beside `schemathesis run`", f"{BY_THE_DOCUMENT}\n\n{sent}", took, ratios)


def beside_what_stops(bench: Bench) -> Part:
    """Run the kit and `schemathesis run` against the reference server, in which schemathesis finds faults."""
    with serving() as base_url:
        defaults = bench.schemathesis_at(base_url, good=1)
        whole = bench.schemathesis_at(base_url, "--continue-on-failure", good=1)
        sent, took, ratios = _beside(bench, base_url, {defaults: None, whole: 1.0})
    return Part("The same where schemathesis finds faults", f"{STOPS}\n\n{sent}", took, ratios)


def _beside(
    bench: Bench, base_url: str, others: Mapping[Command, float | None]
) -> tuple[str, Mapping[str, Measured], list[Ratio]]:
    kit = bench.run_at(KIT, base_url)
    counts = {each.name: _asked_by(each, base_url) for each in (kit, *others)}
    took = by_turns((kit, *others), bench.runs)
    ratios = [
        ratio
        for other, bound in others.items()
        for ratio in (
            Ratio(f"time: kit / {other.name}", took[kit.name].seconds / took[other.name].seconds, bound),
            Ratio(f"requests: kit / {other.name}", counts[kit.name] / counts[other.name], bound),
        )
    ]
    numbers = ", ".join(f"`{name}` {number}" for name, number in counts.items())
    return f"Requests sent (the state handler's not counted): {numbers}.", took, ratios


def own_time(bench: Bench) -> Part:
    """Measure what the kit adds to the time that its requests take."""
    with serving("--seconds", "0.02") as base_url:
        run = bench.run_at(KIT, base_url)
        asked = _requests_of(run, base_url)
        (bench.folder / "asked.json").write_text(json.dumps(asked), encoding="utf-8")
        loop = (sys.executable, str(replay.__file__), str(bench.folder / "asked.json"), base_url)
        bare = Command("bare requests.Session", loop, bench.folder)
        took = by_turns([run, bare, bench.kit("list", "list")], bench.runs)
    whole, sent, loaded = (took[name].seconds for name in (run.name, bare.name, "list"))
    rest = max(whole - sent - loaded, 0)
    about = (
        f"A server takes 20 ms for each answer. The loop replays the {len(asked)} requests of a run, those to the\n"
        f"state handler among them. Of the run's {whole:.1f} s, {sent:.1f} s are the requests' own, some\n"
        f"{loaded:.1f} s go into loading the kit and collecting the cases (`list`), and {rest:.1f} s into the rest: a\n"
        "connection for each request, judging, generating, redaction, the record and its reports."
    )
    return Part("The kit's own time", about, took, [Ratio("run / bare loop", whole / sent, 1.5)])


def latency(bench: Bench) -> Part:
    """Measure what running side by side brings where a server is far away."""
    with serving("--seconds", "0.25") as base_url:
        one = bench.run_at("-n 1", base_url, "-n", "1")
        eight = bench.run_at("-n 8", base_url, "-n", "8")
        took = by_turns([one, eight], bench.runs)
    about = "A server takes 250 ms for each answer, its state handler too."
    return Part(
        "Side by side",
        about,
        took,
        [Ratio("-n 1 / -n 8", took["-n 1"].seconds / took["-n 8"].seconds, 3.0, at_least=True)],
    )


def rendering(bench: Bench) -> Part:
    """Render a record of a hundred thousand exchanges."""
    record.write(a_record(*passing()), bench.folder)
    exchanges = bench.folder / record.EXCHANGES
    with exchanges.open("w", encoding="utf-8") as file:
        file.writelines(lines(equal=False))
    parse = Command("json.loads of each line", (sys.executable, "-c", PARSE, str(exchanges)), bench.folder)
    formats = [bench.kit(name, "report", ".", "--format", name) for name in ("html", "junit", "markdown", "har")]
    took = by_turns([parse, *formats], bench.runs)
    ratios = [Ratio(f"{each.name} / parse", took[each.name].seconds / took[parse.name].seconds) for each in formats]
    size = exchanges.stat().st_size / 2**20
    return Part("Rendering 100,000 exchanges", f"`exchanges.jsonl` has {size:.0f} MiB.", took, ratios)


def recordings(bench: Bench) -> Part:
    """Check a recording of 200 MiB, beside a parser that does nothing with it."""
    large = recordings_of.write(bench.folder / "large.har", 200 * recordings_of.MIB)
    parse = Command("json.load", (sys.executable, "-c", LOAD, str(large)), bench.folder)
    check = bench.kit("check", "check", str(large), "--report-dir", "reports")
    took = by_turns([parse, check], bench.runs)
    ratios = [
        Ratio("time: check / json.load", took["check"].seconds / took["json.load"].seconds, 6.0),
        Ratio("peak memory of check / 300 MiB", took["check"].peak_mib / 300, 1.0),
    ]
    about = (
        "`check` reads a HAR file twice, an entry at a time: for the calls, and for what their answers led to.\n"
        "`json.load` has all of it in memory.\n"
        f"That is {200 / took['check'].seconds:.0f} MiB a second, with the start of the command and its reports."
    )
    return Part("A recording of 200 MiB", about, took, ratios)


PARTS: Final[Mapping[str, Callable[[Bench], Part]]] = {
    "a": beside_schemathesis,
    "s": beside_what_stops,
    "b": own_time,
    "c": latency,
    "d": start_up,
    "e": rendering,
    "f": recordings,
}


@contextmanager
def serving(*flags: str) -> Iterator[str]:
    """Run the server of the bench in a process of its own; give its base URL."""
    command = [sys.executable, "-m", "tests.bench.server", *flags]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def main(words: Sequence[str]) -> int:
    """Measure, print the parts, and write the page; gives the exit code."""
    asked = _parser().parse_args(words)
    parts = []
    for letter in asked.parts or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            parts.append(PARTS[letter](Bench(Path(folder), asked.runs)))
        sys.stdout.write("\n".join([*parts[-1].lines(), ""]))
        sys.stdout.flush()
    if not asked.parts:
        figures.PAGE.write_text(figures.page(parts, asked.runs), encoding="utf-8")
    return 0 if all(ratio.holds for part in parts for ratio in part.ratios) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nox -s bench --")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []])
    parser.add_argument("--runs", type=int, default=5)
    return parser


def _requests_of(command: Command, base_url: str) -> list[dict[str, object]]:
    """Run a command once and give what it asked the server."""
    requests.delete(base_url + server.ASKED, timeout=10)
    by_turns([command], 1)
    asked: list[dict[str, object]] = requests.delete(base_url + server.ASKED, timeout=10).json()
    return asked


def _asked_by(command: Command, base_url: str) -> int:
    return sum("/_state" not in str(each["path"]) for each in _requests_of(command, base_url))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
