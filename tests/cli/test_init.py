"""`init`: what it writes works as it is, and nothing that is there is lost."""

from __future__ import annotations

import contextlib
import re
import shutil
import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Final

import click
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.wrappers import Response

from conformance.cli import init as module
from conformance.cli.init import BASE_URL, HANDLERS, SERVICE_PROVIDER
from conformance.cli.serve import serve
from conformance.law.contract import SCENARIOS
from conformance.record import record as records
from conformance.reference import ACCESS_TOKEN, ReferenceServer, running
from conformance.skeleton import my_states
from conformance.target.file import load
from conformance.target.legal import is_name
from tests.commands import announced, logout_conformance
from tests.faults.certifying import certified
from tests.test_examples import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

    from conformance.record.record import Record

NODE: Final = shutil.which("node")


@pytest.fixture(scope="module")
def reference() -> Iterator[str]:
    """The base URL of what `logout-conformance serve` serves."""
    with running(ReferenceServer()) as base_url:
        yield base_url


def initialized(*arguments: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(module.init, arguments)


def is_certified(record: Record) -> bool:
    tested = {scenario.id for scenario in record.scenarios if scenario.status == "tested"}
    return record.verdict == "conformant" and tested == set(SCENARIOS)


def test_in_python_a_run_with_what_was_written_is_conformant(reference: str, tmp_path: Path) -> None:
    assert initialized(str(tmp_path), "--base-url", reference).exit_code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"target.toml", "my_states.py"}
    ended = logout_conformance("run", "--target", "target.toml", folder=tmp_path, ACCESS_TOKEN=ACCESS_TOKEN)
    assert ended.code == 0, ended
    assert is_certified(records.read(tmp_path / "reports"))


@contextlib.contextmanager
def handler_in_node(folder: Path) -> Iterator[None]:
    port = str(free_port())
    for name in ("target.toml", "states.mjs"):
        text = (folder / name).read_text(encoding="utf-8")
        assert "9000" in text
        (folder / name).write_text(text.replace("9000", port), encoding="utf-8")
    with announced([str(NODE), "states.mjs"], folder, f"state handler: http://127.0.0.1:{port}/_state"):
        yield


@pytest.mark.slow
@pytest.mark.skipif(NODE is None, reason="there is no Node.js on this machine")
def test_in_node_too_where_a_package_json_says_what_language_is_spoken(
    reference: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "package.json").write_text("{}", encoding="utf-8")
    assert initialized(str(tmp_path), "--base-url", reference).exit_code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"package.json", "target.toml", "states.mjs"}
    monkeypatch.setenv("ACCESS_TOKEN", ACCESS_TOKEN)
    with handler_in_node(tmp_path):
        outcome = certified("--target", str(tmp_path / "target.toml"))
    assert (outcome.exit_code, is_certified(outcome.record)) == (0, True)


@pytest.mark.parametrize(
    ("status", "raised", "said"), [(404, RuntimeError, "REPLACE"), (422, NotImplementedError, "^$"), (204, None, "")]
)
def test_the_handler_in_python_says_what_an_answer_means(
    status: int, raised: type[Exception] | None, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = {"state": "no-profile", "action": "setup", "params": {}}
    with running(Response(status=status)) as base_url:
        monkeypatch.setattr(my_states, "REFERENCE_SERVER", f"{base_url}/_state")
        with pytest.raises(raised, match=said) if raised else contextlib.nullcontext():
            assert my_states.handle(question) == {}


def test_it_says_in_three_lines_what_to_do_next(tmp_path: Path) -> None:
    ended = initialized(str(tmp_path / "ours"), "--language", "node")
    first, *steps = ended.stdout.splitlines()
    assert first.startswith("Wrote ")
    assert [step[:3] for step in steps] == ["1. ", "2. ", "3. "]
    assert "logout-conformance serve" in steps[0]
    assert "node " in steps[0]
    assert "REPLACE" in steps[2]
    assert {path.name for path in (tmp_path / "ours").iterdir()} == {"target.toml", "states.mjs"}


def test_nothing_is_overwritten_and_every_file_in_the_way_is_named(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("target.toml", "my_states.py")]
    for file in files:
        file.write_text("mine", encoding="utf-8")
    ended = initialized(str(tmp_path))
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert ", ".join(map(str, files)) in ended.stderr
    assert [file.read_text(encoding="utf-8") for file in files] == ["mine", "mine"]


def test_one_file_in_the_way_leaves_the_other_unwritten(tmp_path: Path) -> None:
    (tmp_path / "my_states.py").symlink_to("nowhere")
    assert initialized(str(tmp_path)).exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["my_states.py"]


def test_a_base_url_that_is_none_is_a_usage_error(tmp_path: Path) -> None:
    ended = initialized(str(tmp_path), "--base-url", "nowhere")
    assert (ended.exit_code, list(tmp_path.iterdir())) == (2, [])
    assert "URL: expected an http(s) URL" in ended.stderr


def test_the_skeletons_name_the_place_where_serve_listens() -> None:
    defaults = {option.name: option.default for option in serve.params if isinstance(option, click.Option)}
    assert f"http://{defaults['host']}:{defaults['port']}" == BASE_URL
    for name in HANDLERS.values():
        text = resources.files("conformance").joinpath("skeleton", name).read_text(encoding="utf-8")
        assert f'"{BASE_URL}/_state"' in text


NAMES: Final = st.text(min_size=1, max_size=40).filter(is_name) | st.just('"${A}\\\' REF30 "REF30"')


@settings(max_examples=50)
@given(provider=NAMES, language=st.sampled_from(sorted(HANDLERS)))
def test_any_service_provider_is_read_back_as_it_was_given(
    provider: str, language: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    texts = module.texts(language, "https://api.example.com/x", provider)
    assert set(texts) == {"target.toml", HANDLERS[language]}
    path = tmp_path_factory.getbasetemp() / "given.toml"
    path.write_text(texts["target.toml"], encoding="utf-8")
    target = load(path, {"ACCESS_TOKEN": "secret"})
    assert (target.service_provider, target.base_url) == (provider, "https://api.example.com/x")
    assert '"https://api.example.com/x/_state"' in texts[HANDLERS[language]]


def test_what_is_commented_out_in_the_target_file_can_be_commented_in() -> None:
    text = module.texts("python", BASE_URL, SERVICE_PROVIDER)["target.toml"]
    optional = [found[1] for found in re.finditer(r"^# ([a-z_]+ = .*)$", text, re.MULTILINE)]
    assert len(optional) >= 8
    assert [len(tomllib.loads(line)) for line in optional] == [1] * len(optional)
