"""Which module may import which: the picture in CONTRIBUTING.md, as a test."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

import conformance

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE: Final = Path(conformance.__file__).parent
LAYERS: Final = (
    ("interruption",),
    # words: what everything speaks in
    ("exchange", "law", "loading", "redaction", "toml"),
    # a server as its owner describes it; the judges; the record as it is stored
    ("rules", "target", "record"),
    # who reads it for people, and who compares it with what is known
    ("report", "gate"),
    # the one sender, and how a target is put into a state
    ("sender",),
    ("states",),
    ("evidence",),
    ("generated",),
    ("run",),
    # what others sent, as a record
    ("traffic",),
    # evidence and rules meet in a case, and in a look at a target before any case
    ("cases", "doctor"),
    # pytest
    ("suite",),
    ("plugin",),
    # who asks for a run
    ("reference",),
    ("client", "proxy"),
    ("certify",),
    # a record that is handed on, and judged again by whoever gets it
    ("bundle",),
    ("cli",),
    ("__main__",),
)
"""From the ground up: a module may import those of lower layers, and of its own package."""

PURE: Final = {
    "__future__",
    "base64",
    "binascii",
    "codecs",
    "collections",
    "contextlib",
    "dataclasses",
    "email",
    "functools",
    "ipaddress",
    "itertools",
    "json",
    "re",
    "string",
    "typing",
    "unicodedata",
    "urllib",
}
"""Of the standard library what a judge may use: nothing that sends, waits, reads a clock, a file or chance."""


PROXY: Final = ("proxy.message", "proxy.relay", "proxy.session")
SENDER: Final = ("coding", "reading", "trouble", "wire")
"""The one way out: everything else asks `wire` to fetch."""


SKELETON: Final = PACKAGE / "skeleton"
"""What `init` writes for others: files of theirs, and no modules of the kit."""


def place(module: str) -> str:
    """Give the package of a module, or the module itself where it stands alone."""
    return module.partition(".")[0]


def modules() -> dict[str, Path]:
    paths = [path for path in PACKAGE.rglob("*.py") if SKELETON not in path.parents]
    names = {".".join(path.relative_to(PACKAGE).with_suffix("").parts): path for path in paths}
    return {name.removesuffix(".__init__"): path for name, path in names.items() if name != "__init__"}


def imports(path: Path, *, types_too: bool) -> Iterator[str]:
    """Give what a module imports, in functions too; `types_too` includes what only the type checker sees."""
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif not types_too and isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            waiting += node.orelse
        else:
            waiting += ast.iter_child_nodes(node)


MODULES: Final = modules()
LAYER_OF: Final = {name: number for number, layer in enumerate(LAYERS) for name in layer}


def own_imports(path: Path, *, types_too: bool = False) -> set[str]:
    """Give the modules of the kit that a module imports."""
    found = (name.removeprefix("conformance.") for name in imports(path, types_too=types_too))
    return {module for name in found for module in (name, name.rpartition(".")[0]) if module in MODULES}


def test_every_module_has_a_layer() -> None:
    assert {place(name) for name in MODULES} == set(LAYER_OF)


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_downwards(module: str) -> None:
    here = place(module)
    known = {place(name) for name in own_imports(MODULES[module])} - {here}
    assert {name for name in known if LAYER_OF[name] >= LAYER_OF[here]} == set()


def test_no_modules_import_each_other() -> None:
    graph = {module: own_imports(path) - {module} for module, path in MODULES.items()}
    assert len(list(TopologicalSorter(graph).static_order())) == len(MODULES)


@pytest.mark.parametrize(
    ("package", "allowed"),
    [
        # a judge takes an exchange and gives findings; the finder of secrets is what "does not carry the token" means
        ("rules", {"exchange", "law.contract", "redaction.redactor"}),
        # every report is rendered from the record and from nothing else
        ("report", {"record"}),
        # the reference server is the law as a program of its own: what the kit thinks has no say in it
        ("reference", set()),
        # a case says what is sent and judged; it sends nothing, and knows no state handler
        (
            "cases",
            {
                *("evidence", "exchange", "generated", "law", "rules", "run", "sender.logout", "sender.plain"),
                *("record.record", "states.provisioning"),
            },
        ),
    ],
)
def test_what_a_package_knows_of_the_rest(package: str, allowed: set[str]) -> None:
    known = {
        name
        for module, path in MODULES.items()
        if place(module) == package
        for name in own_imports(path, types_too=True)
        if place(name) != package
    }
    assert {name for name in known if not {name, place(name)} & allowed} == set()


def test_rules_use_nothing_that_sends_waits_or_reads_a_clock() -> None:
    used = {
        name.partition(".")[0]
        for module, path in MODULES.items()
        if place(module) == "rules"
        for name in imports(path, types_too=False)
    }
    assert used - PURE == {"conformance", "jsonschema_rs"}


def test_one_module_talks_to_the_network() -> None:
    network = {"aiohttp", "asyncio", "ftplib", "http", "httpx", "requests", "smtplib", "socket", "ssl", "urllib3"}
    talking = {
        module
        for module, path in MODULES.items()
        if network & {name.partition(".")[0] for name in imports(path, types_too=False)}
    }
    # generated encodes a URL; the reference server listens; the proxy passes on what others send
    assert talking - {"generated.requests", "reference.server", *PROXY} <= {f"sender.{name}" for name in SENDER}
    assert "sender.wire" in talking
    assert not any(
        name.startswith("urllib.request") for path in MODULES.values() for name in imports(path, types_too=True)
    )


def test_only_the_seam_knows_pytest() -> None:
    knowing = {
        place(module)
        for module, path in MODULES.items()
        if {"pytest", "_pytest"} & {name.partition(".")[0] for name in imports(path, types_too=False)}
    }
    assert knowing == {"cases", "certify", "plugin", "suite"}
