"""A run leaves no secret behind: in no file that it writes, and nothing that it prints."""

from __future__ import annotations

import base64
import shutil
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import pytest

from conformance.evidence.evidence import RENEWED
from conformance.record import fleet, history
from conformance.record import record as records
from conformance.record.timeline import by_target
from conformance.reference import LogoutError, LogoutRequest, ReferenceServer, running
from conformance.reference.states import STATES
from conformance.report import FORMATS, files_of, overview
from conformance.report import history as report_of_history
from tests.commands import Ended, in_process, logout_conformance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from werkzeug.wrappers import Request, Response

    from conformance.reference import Json

TOKEN: Final = "0paque/Secret+Token~0123456789-ABCDEFGHIJ=="
EXTRA: Final = "x-tra-Secret-of-a-Header-9876543210"
ISSUED: Final = STATES["service-token-sso"].headers["AD-Service-Token"]
PIECE: Final = 12
"""So many letters of a secret in a row are as good as the secret."""


class Echoes(ReferenceServer):
    """Gives every request back, wherever something can be given back."""

    def error_body(self, error: LogoutError) -> Json:
        return super().error_body(error) | {"details": self.heard}

    def render_error(self, request: Request, error: LogoutError) -> Response:
        credential = request.headers.get("Authorization", "")
        self.heard = {
            "headers": dict(request.headers.items()),
            "forms": [credential[::-1], credential.upper(), quote(credential, safe=""), credential.encode().hex()],
            "Base64": base64.b64encode(f"<{credential}>".encode()).decode(),
        }
        response = super().render_error(request, error)
        response.headers["X-Echo"] = credential.encode("latin-1", "replace").decode("latin-1")
        return response

    def build_url(self, asked: LogoutRequest, endpoint: str) -> str:
        return f"{super().build_url(asked, endpoint)}&token={quote(asked.access_token or '', safe='')}"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ended, Path]]:
    folder = tmp_path_factory.mktemp("secrets")
    with running(Echoes(TOKEN)) as url:
        (folder / "acme.toml").write_text(
            f'[target]\nname = "Acme"\nbase_url = "{url}"\n[target.headers]\n'
            'Authorization = "Bearer ${ACCESS_TOKEN}"\nX-Extra = "${EXTRA}"\n'
            f'[states]\nhandler = "{url}/_state"\n',
            encoding="utf-8",
        )
        arguments = ("run", "--target", "acme.toml", "--format", ",".join(FORMATS), "--history", "history")
        yield logout_conformance(*arguments, folder=folder, ACCESS_TOKEN=TOKEN, EXTRA=EXTRA), folder


def left(folder: Path) -> dict[str, str]:
    """Give the text of every file below a folder, but for what stood there before."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "acme.toml"]
    return {path.name: path.read_bytes().decode("utf-8") for path in files}


def pieces(secret: str) -> set[str]:
    forms = (
        secret,
        secret[::-1],
        secret.upper(),
        secret.encode().hex(),
        quote(secret, safe=""),
        base64.b64encode(secret.encode()).decode().rstrip("="),
    )
    return {form[start : start + PIECE] for form in forms for start in range(len(form) - PIECE + 1)}


def test_the_run_is_a_whole_one(run: tuple[Ended, Path]) -> None:
    ended, folder = run
    assert ended.code == 0, ended
    names = {name for name in left(folder) if not name.startswith("names-")}
    assert names == {"results.json", "exchanges.jsonl", *files_of(), "history.jsonl"}
    assert "warned" in ended.output


@pytest.mark.parametrize("secret", [TOKEN, EXTRA, ISSUED], ids=["token", "variable", "issued"])
def test_no_piece_of_a_secret_is_left_behind(secret: str, run: tuple[Ended, Path]) -> None:
    ended, folder = run
    for name, text in {**left(folder), "stdout": ended.output, "stderr": ended.complaints}.items():
        found = sorted(piece for piece in pieces(secret) if piece in text)
        assert found == [], name


@pytest.mark.parametrize(
    "arguments",
    [
        *(("diff", "reports", "reports", "--format", form) for form in ("text", "markdown", "html")),
        ("explain", "error-without-token", "--report-dir", "reports"),
        ("explain", "success/url-without-token/logout-endpoint", "--report-dir", "reports"),
        ("history", "history"),
    ],
    ids=" ".join,
)
def test_nor_does_who_reads_the_record_later_show_one(arguments: tuple[str, ...], run: tuple[Ended, Path]) -> None:
    _, folder = run
    ended = in_process(*arguments, folder=folder)
    assert (ended.code, ended.complaints) == (0, "")
    assert not any(piece in ended.output for secret in (TOKEN, EXTRA, ISSUED) for piece in pieces(secret))


def test_nor_do_the_pages_of_many_targets_and_of_many_runs(run: tuple[Ended, Path], tmp_path: Path) -> None:
    _, folder = run
    shutil.copytree(folder / "reports", tmp_path / "acme")
    overview.write(tmp_path, fleet.read(tmp_path))
    lines, _ = history.read(folder / "history")
    targets = [report_of_history.target_of(name, runs) for name, runs in by_target(lines).items()]
    pages = [(tmp_path / name).read_text(encoding="utf-8") for name in ("overview.html", "overview.json")]
    text = "".join([*pages, *report_of_history.html(targets)])
    assert "Acme" in text
    assert not any(piece in text for secret in (TOKEN, EXTRA, ISSUED) for piece in pieces(secret))


def test_markers_say_which_secret_stood_there(run: tuple[Ended, Path]) -> None:
    _, folder = run
    evidence = left(folder)["exchanges.jsonl"]
    for marker in ("Bearer {{ACCESS_TOKEN}}", "{{EXTRA}}", "{{AD_SERVICE_TOKEN}}", "{{ADOBE_SUBJECT_TOKEN}}"):
        assert marker in evidence


def test_what_is_no_secret_is_still_there(run: tuple[Ended, Path]) -> None:
    _, folder = run
    for name in ("results.json", "exchanges.jsonl", "report.html", "junit.xml", "results.sarif", "exchanges.har"):
        assert "Cablevision" in left(folder)[name], name


# --- Tokens that a command gives ---

TOKENS: Final = [f"{letter}-fresh-Token~0123456789-abcdefghijklm" for letter in "ABCDEFGH"]
TELLER: Final = """
import pathlib, sys

asked = pathlib.Path("asked")
number = int(asked.read_text(encoding="utf-8")) if asked.exists() else 0
asked.write_text(str(number + 1), encoding="utf-8")
print("a token for", sys.argv[1], file=sys.stderr)
print(f"{'ABCDEFGH'[number]}-fresh-Token~0123456789-abcdefghijklm")
"""


class Expiring(Echoes):
    """Accepts each token for forty requests."""

    def __init__(self) -> None:
        super().__init__(TOKENS[0])
        self.accepted = 0

    def accepts(self, token: str) -> bool:
        is_valid = super().accepts(token)
        self.accepted += is_valid
        if is_valid and self.accepted % 40 == 0:
            self.access_token = TOKENS[self.accepted // 40]
        return is_valid


@pytest.fixture(scope="module")
def renewing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ended, Path]]:
    folder = tmp_path_factory.mktemp("renewing")
    (folder / "teller.py").write_text(TELLER, encoding="utf-8")
    with running(Expiring()) as url:
        (folder / "acme.toml").write_text(
            f'[target]\nbase_url = "{url}"\nother_service_provider = "REF40"\n'
            f'[token]\ncommand = ["{sys.executable}", "teller.py", "${{EXTRA}}"]\n'
            f'[states]\nhandler = "{url}/_state"\n',
            encoding="utf-8",
        )
        yield logout_conformance("run", "--target", "acme.toml", folder=folder, EXTRA=EXTRA), folder


def test_a_token_that_expires_in_a_run_is_renewed_and_the_target_is_conformant(renewing: tuple[Ended, Path]) -> None:
    ended, folder = renewing
    assert ended.code == 0, ended
    record = records.read(folder / "reports")
    renewals = int((folder / "asked").read_text(encoding="utf-8")) - 1
    assert renewals > 1
    assert (record.summary.failed, record.summary.error, record.summary.skipped) == (0, 0, 0)
    assert RENEWED in record.notes
    lines = list(records.read_exchanges(folder / "reports"))
    assert len(lines) == record.request_count
    doubled = [(one, two) for one, two in pairwise(lines) if (one.visit, one.step) == (two.visit, two.step)]
    assert len(doubled) == renewals
    for refused, renewed in doubled:
        assert refused.response
        assert renewed.response
        assert (refused.response.status, refused.request) == (401, renewed.request)
        assert renewed.response.status != 401


def test_no_piece_of_any_token_of_a_command_is_left_behind(renewing: tuple[Ended, Path]) -> None:
    ended, folder = renewing
    given = TOKENS[: int((folder / "asked").read_text(encoding="utf-8"))]
    for name, text in {**left(folder / "reports"), "stdout": ended.output, "stderr": ended.complaints}.items():
        found = [piece for token in (*given, EXTRA) for piece in pieces(token) if piece in text]
        assert found == [], name
    assert "Bearer {{ACCESS_TOKEN}}" in left(folder / "reports")["exchanges.jsonl"]


def test_the_bundle_of_such_a_run_is_confirmed_and_holds_no_piece_of_one_either(renewing: tuple[Ended, Path]) -> None:
    _, folder = renewing
    assert in_process("bundle", "reports", "--out", "acme.zip", folder=folder).code == 0
    text = (folder / "acme.zip").read_text(encoding="latin-1")
    assert [piece for token in (*TOKENS, EXTRA) for piece in pieces(token) if piece in text] == []
    ended = in_process("verify", "acme.zip", folder=folder)
    assert (ended.code, ended.output.splitlines()[0]) == (0, "confirmed: conformant")


def test_a_command_that_gives_no_token_ends_the_run_in_words_without_a_secret(tmp_path: Path) -> None:
    script = f"import sys; print('{TOKENS[0]}'); sys.exit('no client {EXTRA} for {TOKENS[0]}')"
    (tmp_path / "acme.toml").write_text(
        f'[target]\nbase_url = "http://127.0.0.1:1"\n[token]\ncommand = ["{sys.executable}", "-c", """{script}""", '
        '"${EXTRA}"]\n',
        encoding="utf-8",
    )
    ended = logout_conformance("run", "--target", "acme.toml", folder=tmp_path, EXTRA=EXTRA)
    assert (ended.code, ended.output.count("\n")) == (2, 2)
    assert ended.complaints == (
        f"logout-conformance: the token command {sys.executable} ended with exit code 1: "
        "no client {{EXTRA}} for {{ACCESS_TOKEN}}\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["acme.toml"]


def test_a_dry_run_and_a_refusal_show_none_either(tmp_path: Path) -> None:
    (tmp_path / "acme.toml").write_text(
        '[target]\nbase_url = "ftp://${ACCESS_TOKEN}"\n[target.headers]\nAuthorization = "Bearer ${ACCESS_TOKEN}"\n',
        encoding="utf-8",
    )
    refused = logout_conformance("run", "--target", "acme.toml", folder=tmp_path, ACCESS_TOKEN=TOKEN)
    assert refused.code == 2
    dry = logout_conformance(
        *("run", "http://127.0.0.1:1", "--target", "acme.toml", "--header", f"Authorization: Bearer {TOKEN}"),
        *("--dry-run", "--mvpd", "no-profile=A"),
        folder=tmp_path,
        ACCESS_TOKEN=TOKEN,
    )
    for ended in (refused, dry):
        assert not any(piece in ended.output + ended.complaints for piece in pieces(TOKEN))
