"""What is run of this project, and how: `nox -s tests`, `nox -s typing style`, ..."""

from __future__ import annotations

import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2025.5"
nox.options.sessions = ["tests", "wheel", "typing", "style"]

PROJECT = nox.project.load_toml("pyproject.toml")
GROUPS = PROJECT["dependency-groups"]
# what a module sets up once is set up by one process
SIDE_BY_SIDE = ("-n", "2", "--dist", "loadfile")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the suite that everybody runs: `nox -s tests -- -k name` passes pytest's own flags on."""
    session.install("-e", ".[parallel]", *GROUPS["tests"])
    session.run("pytest", *SIDE_BY_SIDE, *session.posargs)


@nox.session
def slow(session: nox.Session) -> None:
    """Run the tests that are left out there: whole runs side by side, signals to workers, the examples in Node.js."""
    session.install("-e", ".[parallel]", *GROUPS["tests"])
    session.run("pytest", *SIDE_BY_SIDE, "tests", *session.posargs, env={"SLOW_TESTS": "1"})


@nox.session
def wheel(session: nox.Session) -> None:
    """Build the wheel, install it alone, and run the command from another folder."""
    built = Path(session.create_tmp()) / "dist"
    shutil.rmtree(built, ignore_errors=True)
    session.run("pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(built), ".")
    session.install(*map(str, built.glob("*.whl")))
    elsewhere = Path(session.create_tmp()) / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    with session.chdir(elsewhere):
        session.run("logout-conformance", "--version")
        session.run("logout-conformance", "run", "--report-dir", "reports", "--history", "history")
        session.run(
            "logout-conformance", "report", "reports", "--format", "html,junit,markdown,sarif,badge,har,annotations"
        )
        session.run("logout-conformance", "diff", "reports", "reports", "--format", "html", "--out", "diff.html")
        session.run("logout-conformance", "bundle", "reports", "--out", "acme.zip")
        session.run("logout-conformance", "verify", "acme.zip")
        session.run("logout-conformance", "overview", ".")
        session.run("logout-conformance", "history", "history", "--out", "history.html")
        session.run("logout-conformance", "explain", "redirect-url-required", "--report-dir", "reports")
        session.run("logout-conformance", "baseline", "write", "reports", "--out", "known.toml")


@nox.session
def typing(session: nox.Session) -> None:
    """Check the types, strictly, of the kit, its tests and this file."""
    session.install("-e", ".", *GROUPS["tests"], *GROUPS["browser"], *GROUPS["typing"])
    session.run("mypy", *session.posargs)


@nox.session
def style(session: nox.Session) -> None:
    """Check style and format."""
    session.install(*GROUPS["style"])
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session
def recipes(session: nox.Session) -> None:
    """Check the recipes for CI against their schemas and by linters, and do by hand what the Dockerfile does."""
    session.install(*GROUPS["recipes"])
    workflows = [str(path) for path in sorted(Path(".github/workflows").glob("*.yml"))]
    for schema, files in (
        ("vendor.github-actions", ["action.yml"]),
        ("vendor.github-workflows", workflows),
        ("vendor.gitlab-ci", ["ci/gitlab.yml"]),
    ):
        session.run("check-jsonschema", "--builtin-schema", schema, *files)
    session.run("zizmor", "--offline", "--quiet", "action.yml", ".github/workflows")
    session.run("hadolint", "Dockerfile")
    session.run("python", "-m", "tests.recipes.session")


@nox.session
def browser(session: nox.Session) -> None:
    """Read reports in Chromium, of the system or of the variable CHROMIUM: what the script does, axe, hostile text."""
    session.install("-e", ".", *GROUPS["tests"], *GROUPS["browser"])
    session.run("pytest", "tests/browser", *session.posargs, env={"BROWSER_TESTS": "1"})


@nox.session
def clients(session: nox.Session) -> None:
    """Judge clients: archives that Chromium and mitmproxy write, recordings of 200 MiB, the sample clients."""
    session.install("-e", ".", *GROUPS["tests"], *GROUPS["browser"], *GROUPS["recorders"])
    session.run("pytest", "tests/clients", *session.posargs, env={"CLIENT_TESTS": "1"})


@nox.session
def examples(session: nox.Session) -> None:
    """Make the example reports and the README's pictures; `nox -s examples -- --check` compares the reports."""
    session.install("-e", ".", *GROUPS["tests"], *GROUPS["browser"])
    session.run("python", "-m", "tests.example.session", *session.posargs)


@nox.session
def certify(session: nox.Session) -> None:
    """Certify the reference server, or whatever is named behind `--`."""
    session.install(".")
    session.run("logout-conformance", "run", *session.posargs)


@nox.session
def freeze(session: nox.Session) -> None:
    """Write the cases of the kit down as the set of its version of the law, which never changes from then on."""
    session.install("-e", ".", *GROUPS["tests"])
    session.run("python", "-m", "tests.law.freeze")


@nox.session
def faults(session: nox.Session) -> None:
    """Certify every faulty and every unusual server, and write docs/detection.md."""
    session.install("-e", ".", *GROUPS["tests"])
    session.run("python", "-m", "tests.faults.session", *session.posargs)


@nox.session
def rechecks(session: nox.Session) -> None:
    """Confirm the claim about every faulty and every unusual server from its own evidence: `-- NAME ...` for some."""
    session.install("-e", ".", *GROUPS["tests"])
    session.run("python", "-m", "tests.bundle.session", *session.posargs)


@nox.session
def determinism(session: nox.Session) -> None:
    """Certify some servers again and again, in any order of the cases and side by side: nothing may differ."""
    session.install("-e", ".[parallel]", *GROUPS["tests"])
    session.run("python", "-m", "tests.faults.determinism", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure the kit beside something that does the same work, as ratios, and write docs/benchmarks.md."""
    session.install("-e", ".[parallel]", *GROUPS["tests"], *GROUPS["browser"])
    session.run("python", "-m", "tests.bench.session", *session.posargs)


@nox.session
def hostile(session: nox.Session) -> None:
    """Point the command at every hostile behaviour, under a clock and a memory limit."""
    session.install("-e", ".", *GROUPS["tests"])
    session.run("python", "-m", "tests.hostile.session", *session.posargs)


@nox.session
def guards(session: nox.Session) -> None:
    """Take the guards against hostile targets out of the kit, one at a time: each must be missed."""
    session.install("-e", ".", *GROUPS["tests"])
    session.run("python", "-m", "tests.hostile.session", "--without", *session.posargs)
