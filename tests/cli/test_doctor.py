"""`doctor` as a user sees it: what it prints, and its exit codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.testing import CliRunner

from conformance import __version__
from conformance.cli.doctor import doctor
from conformance.law.contract import SCENARIOS
from conformance.reference import ACCESS_TOKEN, ReferenceServer, running
from tests.commands import logout_conformance
from tests.loopback import Loopback, answer, serving

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "doctors-secret-0123456789"


def test_without_a_target_it_looks_at_the_reference_server_and_leaves_nothing_behind(tmp_path: Path) -> None:
    ended = logout_conformance("doctor", folder=tmp_path)
    assert (ended.code, ended.complaints) == (0, "")
    lines = ended.output.splitlines()
    assert "reference server at http://127.0.0.1:" in lines[0]
    assert lines[-2:] == ["A run can be conformant.", "3 requests sent"]
    assert {line.split()[0] for line in lines[1:-2]} == {"ok"}
    assert set(SCENARIOS) < {line.split()[1] for line in lines[1:-2]}
    assert list(tmp_path.iterdir()) == []


def test_what_is_missing_ends_with_3_and_no_secret_is_shown_and_nothing_acts_on_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "target.toml").write_text(
        '[target]\nname = "Acme"\nbase_url = "http://127.0.0.1:1"\n'
        '[target.headers]\nAuthorization = "Bearer ${ACCESS_TOKEN}"\n',
        encoding="utf-8",
    )
    with serving(Loopback()) as service:
        service.answers = lambda asked: answer(
            200, asked.headers, **{"Content-Type": f"text/x;\x1b[31m={asked.headers['Authorization']}"}
        )
        ended = CliRunner(env={"ACCESS_TOKEN": SECRET}).invoke(
            doctor, [service.url, "--target", f"{tmp_path / 'target.toml'}", "--state-handler", f"{service.url}/_state"]
        )
    assert ended.exit_code == 3, ended.output
    assert f"Acme at {service.url}" in ended.output
    assert "cannot be conformant before " in ended.output
    assert SECRET not in ended.output
    assert "\x1b" not in ended.output


def test_several_targets_are_looked_at_one_after_another_and_all_must_be_ready(tmp_path: Path) -> None:
    with running(ReferenceServer()) as base_url:
        for name, url in (("acme", base_url), ("beta", "http://127.0.0.1:1")):
            (tmp_path / f"{name}.toml").write_text(
                f'[target]\nname = "{name}"\nbase_url = "{url}"\n[states]\nhandler = "{base_url}/_state"\n'
                f'[target.headers]\nAuthorization = "Bearer {ACCESS_TOKEN}"\n',
                encoding="utf-8",
            )
        ended = CliRunner().invoke(doctor, ["--target", str(tmp_path)])
    assert ended.exit_code == 3, ended.output
    acme, beta = ended.output.split(f"logout-conformance {__version__}: ")[1:]
    assert acme.startswith("acme at ")
    assert "A run can be conformant." in acme
    assert "A run cannot be conformant before 1 of these is put right." in beta


def test_a_target_file_with_mistakes_is_a_usage_error_that_names_them_all(tmp_path: Path) -> None:
    (tmp_path / "target.toml").write_text('[target]\nbase_url = "nowhere"\nspeed = 1\n', encoding="utf-8")
    ended = CliRunner().invoke(doctor, ["--target", f"{tmp_path / 'target.toml'}"])
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert "target.toml:2: target.base_url" in ended.stderr
    assert "target.toml:3: target.speed: unknown key" in ended.stderr
