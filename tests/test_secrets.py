"""A run leaves no secret behind: in no file that it writes, and nothing that it prints."""

from __future__ import annotations

import base64
import shutil
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import pytest

from conformance.record import fleet, history
from conformance.record.timeline import by_target
from conformance.reference import LogoutError, LogoutRequest, ReferenceServer, running
from conformance.reference.states import STATES
from conformance.report import FORMATS, files_of, overview
from conformance.report import history as report_of_history
from tests.commands import Ended, logout_conformance

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
    ended = logout_conformance(*arguments, folder=folder)
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
