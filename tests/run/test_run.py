from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from conformance.evidence.visit import Visit
from conformance.exchange import Exchange, Request
from conformance.record import record as records
from conformance.report import files_of
from conformance.run.run import Ended, Run, Settings
from conformance.run.words import LONGEST_TEXT
from conformance.target.model import Target
from tests.gate.known import a_baseline, an_entry
from tests.loopback import TOKEN, Loopback, answer, serving
from tests.report.samples import a_case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conformance.record.record import Case, Record

UUID = "3f2a9c1e-8f4b-4f0e-a9c3-0d3d3f4f6a11"
DEVICE = f"fingerprint {base64.b64encode(UUID.encode()).decode()}"
URL = "http://127.0.0.1:41234/gateway/api/v2/REF30/logout/Cablevision?redirectUrl=x"
SENT = Exchange(0, Request("GET", URL, (("ap-device-identifier", DEVICE),)), None)


@pytest.fixture(scope="module")
def service() -> Iterator[Loopback]:
    with serving(Loopback(answers=lambda asked: answer(200, {"echo": asked.headers["Authorization"]}))) as loopback:
        yield loopback


@pytest.fixture
def opens(service: Loopback, tmp_path: Path) -> Iterator[Callable[..., Run]]:
    opened: list[Run] = []

    def make(settings: dict[str, Any] | None = None, **target: Any) -> Run:  # noqa: ANN401  (settings of a target)
        opened.append(Run(Settings(service.target(**target), report_dir=tmp_path, **(settings or {}))))
        return opened[-1]

    yield make
    for run in opened:
        run.close()


@pytest.fixture
def run(opens: Callable[..., Run]) -> Run:
    return opens()


def ended(run: Run, *cases: Case, **more: Any) -> Record:  # noqa: ANN401  (members of Ended)
    for case in cases:
        run.add(Ended(case, **more))
    run.order = [case.id for case in cases]
    return run.finish()


# --- Texts ---


@pytest.mark.parametrize(
    ("text", "steady"),
    [
        ("no token in here", "no token in here"),
        (f"seen Bearer {TOKEN}!", "seen Bearer {{ACCESS_TOKEN}}!"),
        (f"seen {TOKEN[::-1]}", "seen {{ACCESS_TOKEN}}"),
        (DEVICE, "<device>"),
        (f"/x?device={DEVICE.partition(' ')[2]}&a=b", "/x?device=<device>&a=b"),
        (f"/x?device={quote(DEVICE, safe='')}", "/x?device=<device>"),
        (f"/x?device={UUID}", "/x?device=<device>"),
        ("http://127.0.0.1:41234/logout", "http://<target>/logout"),
        ("at http://127.0.0.1:41235/", "at http://127.0.0.1:41235/"),
        ("a" * LONGEST_TEXT, "a" * LONGEST_TEXT),
        ("a" * (LONGEST_TEXT + 1), "a" * LONGEST_TEXT + "..."),
    ],
)
def test_a_text_is_without_secrets_and_the_same_in_every_run(text: str, steady: str, run: Run) -> None:
    assert run.steady(text, SENT) == steady


def test_a_text_is_cut_after_its_secrets_were_replaced(run: Run) -> None:
    text = run.steady("a" * (LONGEST_TEXT - 5) + TOKEN, SENT)
    assert text == "a" * (LONGEST_TEXT - 5) + "{{ACC..."
    assert run.steady("a" * (LONGEST_TEXT + 5) + DEVICE, SENT) == "a" * LONGEST_TEXT + "..."


def test_a_device_of_a_few_letters_says_nothing(run: Run) -> None:
    request = Request("GET", URL, (("AP-Device-Identifier", "a bc"),))
    assert run.steady("a bc and bc", replace(SENT, request=request)) == "a bc and bc"


# --- The record ---


def test_a_run_leaves_four_files(run: Run, tmp_path: Path) -> None:
    ended(run, a_case())
    assert {path.name for path in tmp_path.iterdir()} == {
        *("results.json", "exchanges.jsonl", "report.html", "junit.xml"),
    }


def test_the_record_says_what_ran_in_the_order_of_the_law_and_not_of_the_run(run: Run) -> None:
    cases = [a_case("passed", name) for name in ("success/a", "response/b", "state/c")]
    run.order = [case.id for case in cases]
    for case in reversed(cases):
        run.add(Ended(case))
    assert [case.id for case in run.finish().cases] == ["success/a", "response/b", "state/c"]


def test_who_watches_is_told_of_every_case(opens: Callable[..., Run]) -> None:
    seen: list[tuple[str, int]] = []
    run = opens({"on_case": lambda case, sent: seen.append((case.id, sent))})
    run.evidence.of(Visit("plain"))
    ended(run, a_case("passed", "a"), a_case("failed", "b"))
    assert seen == [("a", 1), ("b", 1)]


def test_the_record_has_what_the_contract_names(opens: Callable[..., Run]) -> None:
    run = opens({"seed": 7, "examples": 3}, name="Acme", version="1.4.2")
    run.evidence.of(Visit("plain"))
    record = ended(run, a_case())
    assert (record.seed, record.examples, record.request_count) == (7, 3, 1)
    assert (record.target.name, record.target.version, record.target.service_provider) == ("Acme", "1.4.2", "REF30")
    assert record.target.base_url == run.settings.target.base_url
    assert record.started_at <= record.finished_at
    assert (record.partial, record.interrupted, record.kit_faults, record.notes) == (False, False, (), ())
    assert record.summary.passed == 1


def test_the_state_handlers_requests_are_not_counted(opens: Callable[..., Run], service: Loopback) -> None:
    questions = len(service.questions)
    run = opens()
    run.evidence.of(Visit("plain"))
    assert len(service.questions) - questions == 2
    assert ended(run, a_case()).request_count == 1


@pytest.mark.parametrize(
    ("state", "reason"),
    [({"partial": True}, "only a part of the cases was selected"), ({"interrupted": True}, "the run was interrupted")],
)
def test_a_run_that_is_not_whole_says_so(state: dict[str, bool], reason: str, run: Run) -> None:
    for name, value in state.items():
        setattr(run, name, value)
    record = ended(run, a_case())
    assert reason in record.reasons
    assert record.verdict == "inconclusive"
    assert (record.partial, record.interrupted) == (state.get("partial", False), state.get("interrupted", False))


def test_a_run_whose_client_was_given_up_says_so(run: Run) -> None:
    run.client.spent = "the target was given up after 3 failures in a row"
    assert "the target was given up after 3 failures in a row" in ended(run, a_case()).reasons


def test_what_a_reader_has_to_know(opens: Callable[..., Run]) -> None:
    run = opens(tls={"verify": False}, trust_env=True)
    run.client.waited_s = 12.4
    run.evidence.notes.add("the teardown of degraded failed: the state handler answered 500")
    record = ended(run, a_case())
    assert not record.target.tls_verified
    for note in ("teardown of degraded failed", "waited 12 s", "certificate was not verified", "trust_env = true"):
        assert [note in each for each in record.notes].count(True) == 1


def test_a_fault_of_the_kit_is_named(run: Run) -> None:
    assert ended(run, a_case("error", "success/x"), kit_fault=True).kit_faults == ("success/x",)


def test_a_cause_leads_the_reasons(run: Run) -> None:
    cases = [a_case("skipped", name, cause="Every valid request was answered 401") for name in ("a", "b")]
    record = ended(run, *cases)
    assert record.causes[0].cases == ("a", "b")
    assert record.reasons[0] == "Every valid request was answered 401"


# --- What must not come out ---


def test_no_secret_stands_in_a_record_whatever_puts_it_there(opens: Callable[..., Run], tmp_path: Path) -> None:
    run = opens({"rerun": f"logout-conformance run --header 'Authorization: Bearer {TOKEN}'"}, name=f"The {TOKEN}")
    run.evidence.of(Visit("plain"))
    run.evidence.notes.add(f"note {TOKEN}")
    ended(run, a_case("failed", title=TOKEN, message=TOKEN, rerun=f"--header {TOKEN}", cause=TOKEN))
    for path in tmp_path.iterdir():
        content = path.read_text(encoding="utf-8")
        assert TOKEN not in content, path.name
        assert "{{ACCESS_TOKEN}}" in content, path.name


def test_what_an_earlier_run_reported_does_not_stand_beside_a_new_record(
    opens: Callable[..., Run], tmp_path: Path
) -> None:
    for name in files_of():
        (tmp_path / name).write_text("the report of an earlier run", encoding="utf-8")
    record = ended(opens({"formats": ()}), a_case())
    assert {path.name for path in tmp_path.iterdir()} == {"results.json", "exchanges.jsonl"}
    assert records.read(tmp_path) == record


def test_a_killed_run_leaves_a_record_of_an_interrupted_one(run: Run, tmp_path: Path) -> None:
    run.order = ["success/x"]
    run.keep()
    record = records.read(tmp_path)
    assert (record.interrupted, record.verdict, record.cases) == (True, "inconclusive", ())
    assert not run.interrupted


def test_a_folder_that_cannot_be_made(service: Loopback, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        Run(Settings(service.target(), report_dir=tmp_path / "file" / "reports"))


# --- Settings ---


def test_the_line_that_runs_one_case_again() -> None:
    settings = Settings(Target(base_url="http://127.0.0.1"), seed=7, rerun="logout-conformance run --target acme.toml")
    assert settings.rerun_of("generated/valid") == (
        "logout-conformance run --target acme.toml --case generated/valid --seed 7"
    )
    many = replace(settings, examples=50)
    assert many.rerun_of("generated/valid").endswith("--case generated/valid --seed 7 --examples 50")


def test_the_defaults_are_those_of_the_contract() -> None:
    settings = Settings(Target(base_url="http://127.0.0.1"))
    assert (str(settings.report_dir), settings.max_time_s, settings.formats) == ("reports", 900.0, ("html", "junit"))
    assert (settings.target.service_provider, settings.target.redirect_url) == ("REF30", "https://example.com/")
    assert settings.target.requests_per_second is None


def test_every_line_of_the_evidence_is_one_json_object(run: Run, tmp_path: Path) -> None:
    run.evidence.of(Visit("plain"))
    (line,) = map(json.loads, (tmp_path / "exchanges.jsonl").read_text(encoding="utf-8").splitlines())
    assert (line["index"], line["visit"], line["step"]) == (0, "plain", "first")
    assert json.loads(line["response"]["body"]) == {"echo": "Bearer {{ACCESS_TOKEN}}"}


# --- What is known before, and what does not score ---


def test_the_gate_is_in_the_record_without_a_secret(opens: Callable[..., Run]) -> None:
    case = a_case("failed")
    known = an_entry(f'case = "{case.id}"', "9999-12-31").replace("ACME-1", f"told with {TOKEN}")
    record = ended(opens({"baseline": a_baseline(known)}), case)
    assert record.gate is not None
    assert (record.gate.known, record.gate.new, record.gate.date) == ((case.id,), (), record.started_at[:10])
    assert record.gate.entries[0].reason == "told with {{ACCESS_TOKEN}}"
    assert (record.verdict, record.gate.status) == ("not-conformant", "inconclusive")


def test_a_run_that_is_interrupted_blames_no_entry(opens: Callable[..., Run]) -> None:
    run = opens({"baseline": a_baseline(an_entry(expires="9999-12-31"))})
    run.add(Ended(a_case()))
    run.order = [a_case().id, "success/content-type/degraded"]
    gate = run.record(interrupted=True).gate
    assert gate is not None
    assert [entry.state for entry in gate.entries] == ["not-run"]


def test_a_case_that_came_after_the_version_does_not_score(opens: Callable[..., Run]) -> None:
    late = a_case("failed", "success/brand-new/degraded")
    record = ended(opens({"requirements": "1.0"}), a_case(), late)
    assert [case.scored for case in record.cases] == [True, False]
    assert (record.verdict, record.requirements_version) == ("inconclusive", "1.0")
    assert "cases that do not score, since they came after 1.0: 1" in record.notes
