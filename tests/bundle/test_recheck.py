"""Honest records of servers of every kind are confirmed: a false accusation is as bad as a missed fault."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.bundle.making import bundle
from conformance.certify import Settings, certify
from conformance.gate.baseline import parsed
from conformance.record.record import EXCHANGES, RESULTS, read_exchanges
from conformance.reference import ACCESS_TOKEN, Json, LogoutRequest, ReferenceServer, running
from tests.bundle.tampering import Kept, verified
from tests.restarting import Closing, Restarting
from tests.servers import target_at

if TYPE_CHECKING:
    from pathlib import Path

    from werkzeug.wrappers import Request, Response

    from conformance.bundle.verification import Verification
    from conformance.target.model import Target
    from tests.bundle import tampering


class Gossiping(ReferenceServer):
    """Gives the token back, lacks degradation, and fails to make temporary access."""

    def entry(self, asked: LogoutRequest, action: str) -> Json:
        return super().entry(asked, action) | ({"actionType": ACCESS_TOKEN} if action == "logout" else {})

    def build_url(self, asked: LogoutRequest, endpoint: str) -> str:
        return f"{super().build_url(asked, endpoint)}&token={ACCESS_TOKEN}"

    def change_state(self, request: Request) -> Response:
        status = {"degraded": 422, "temporary-basic": 500}.get(request.get_json()["state"])
        return self.render(status, {}) if status else super().change_state(request)


class Wavering(ReferenceServer):
    """Answers every second logout wrongly."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def entry(self, asked: LogoutRequest, action: str) -> Json:
        self.count += 1
        return super().entry(asked, action) | ({"actionType": "none"} if self.count % 2 else {})


class Talkative(ReferenceServer):
    """Has more to say than a record keeps."""

    def entry(self, asked: LogoutRequest, action: str) -> Json:
        return super().entry(asked, action) | {"more": "a" * 70_000}


class TalkativeOnce(Talkative):
    """Says more than a record keeps where access is degraded only."""

    def entry(self, asked: LogoutRequest, action: str) -> Json:
        more = super().entry(asked, action)
        return more if action == "complete" else {name: more[name] for name in more if name != "more"}


def run(server: ReferenceServer, folder: Path, *cases: str, **settings: object) -> Verification:
    """Certify a server, and verify the bundle of it."""
    with running(server) as url:
        return run_at(target_at(url, **settings), folder, *cases)


def run_at(target: Target, folder: Path, *cases: str, workers: int = 0) -> Verification:
    certify(Settings(target, report_dir=folder, formats=(), cases=cases, workers=workers))
    made = folder / "made.zip"
    made.write_bytes(bundle(folder, ()))
    return verified(made)


def test_a_server_that_gives_the_token_back(tmp_path: Path) -> None:
    cases = ("success/url-without-token/*", "success/action-type/*", "success/status/*", "error/token/bad-token")
    made = run(Gossiping(), tmp_path, *cases)
    assert (made.differences, made.doubts, made.record.verdict) == ([], [], "not-conformant")
    assert made.comparison
    unsupported = "the state handler does not support this state (it answered 422)"
    failing = "the state temporary-basic could not be set up: the state handler answered 500"
    assert made.comparison.believed == {
        f"success/{name}/{scenario}": why
        for name in ("status", "action-type")
        for scenario, why in (("degraded", unsupported), ("temporary-basic", failing))
    }
    assert made.comparison.agreeing == len(made.record.cases) - 4
    assert {"failed", "warned", "skipped", "error"} <= {case.status for case in made.record.cases}
    for name in (RESULTS, EXCHANGES):
        assert ACCESS_TOKEN not in (tmp_path / name).read_text(encoding="utf-8")


def test_a_server_that_wavers_and_generated_requests(tmp_path: Path) -> None:
    made = run(Wavering(), tmp_path, "success/pairing/*", "generated/valid")
    assert (made.differences, made.doubts, made.record.verdict) == ([], [], "not-conformant")
    found = {finding.requirement for case in made.record.cases for finding in case.findings}
    assert "consistent-answers" in found


def test_a_server_without_a_state_handler(tmp_path: Path) -> None:
    states = {"no-profile": {"mvpd": "Cablevision", "uses": "unlimited"}, "logout-endpoint": {"mvpd": "Dish"}}
    made = run(ReferenceServer(), tmp_path, "success/*", "state/*", states=None, scenarios=states)
    assert (made.differences, made.doubts) == ([], [])
    assert made.record.target.described[0].uses == 1


def test_a_target_that_was_looked_after_meanwhile(tmp_path: Path) -> None:
    away = Restarting(range(3, 6))
    with running(away, handler=Closing) as url:
        made = run_at(target_at(url), tmp_path, "success/status/*", "success/pairing/*")
    assert (made.differences, made.doubts) == ([], [])
    probes = [line for line in read_exchanges(tmp_path) if line.visit == "probe"]
    assert [line.response is None for line in probes] == [True, True, False]


def test_a_token_too_short_to_be_a_secret_beside_one_of_the_state_handler(tmp_path: Path) -> None:
    cases = ("response/token-checked/*", "response/refused-scenario/expired-access-token")
    with running(ReferenceServer("8")) as url:
        made = run_at(target_at(url, headers={"Authorization": "Bearer 8"}, variables={}), tmp_path, *cases)
    assert (made.differences, made.doubts) == ([], [])


def test_a_run_that_was_held_against_known_failures(tmp_path: Path) -> None:
    known = """
    [[known]]
    case = "success/action-type/logout-endpoint"
    reason = "mended in the next version"
    owner = "somebody"
    expires = 2999-12-31

    [[known]]
    case = "error/token/bad-token"
    reason = "not looked at here"
    owner = "somebody"
    expires = 2999-12-31
    """
    with running(Gossiping()) as url:
        settings = Settings(target_at(url), report_dir=tmp_path, formats=(), cases=("success/action-type/*",))
        certify(replace(settings, baseline=parsed(known, "known.toml")))
    (tmp_path / "made.zip").write_bytes(bundle(tmp_path, ()))
    made = verified(tmp_path / "made.zip")
    assert (made.differences, made.doubts) == ([], [])
    assert made.record.gate
    assert [entry.state for entry in made.record.gate.entries] == ["needed", "not-run"]


def test_a_state_handler_that_does_not_answer(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:1"
    target = target_at(nowhere, other_service_provider=None)
    certify(Settings(target, report_dir=tmp_path, formats=(), cases=("state/*",)))
    (tmp_path / "made.zip").write_bytes(bundle(tmp_path, ()))
    made = verified(tmp_path / "made.zip")
    assert (made.differences, made.doubts, made.record.verdict) == ([], [], "inconclusive")
    assert made.comparison
    # that no other service provider is named is seen in the record
    assert {case.id for case in made.record.cases} - set(made.comparison.believed) == {
        "state/again-elsewhere",
    }


def test_a_command_line_with_quotes_and_a_secret_is_the_kits_own(tmp_path: Path) -> None:
    rerun = f"logout-conformance run {{{{TOKEN}}}}/a --header 'Authorization: Bearer {ACCESS_TOKEN}'"
    with running(ReferenceServer()) as url:
        cases = ("success/key/no-profile",)
        certify(Settings(target_at(url), report_dir=tmp_path, formats=(), cases=cases, rerun=rerun))
    (tmp_path / "made.zip").write_bytes(bundle(tmp_path, ()))
    assert verified(tmp_path / "made.zip").exit_code == 0


def test_bodies_that_the_record_cuts_are_not_judged_again(tmp_path: Path) -> None:
    made = run(Talkative(), tmp_path, "success/*/no-profile", "response/redirect-url-required/*")
    assert (made.differences, made.exit_code) == ([], 3)
    assert made.comparison
    assert len(made.comparison.open) == len(made.record.cases)
    assert "the verdict rests on them" in made.doubts[0]


def _takes_post(_: tampering.Json, lines: list[tampering.Json]) -> None:
    (posted,) = [line for line in lines if line["request"]["method"] == "POST"]
    posted["response"]["status"] = 200


def test_a_cut_body_hides_nothing_in_cases_that_do_not_rest_on_it(tmp_path: Path) -> None:
    with running(TalkativeOnce()) as url:
        cases = ("success/pairing/degraded", "response/method/*")
        certify(Settings(target_at(url), report_dir=tmp_path, formats=(), cases=cases))
    made = verified(Kept(tmp_path).tampered(_takes_post, tmp_path))
    assert made.comparison
    assert [difference.partition(":")[0] for difference in made.comparison.differences] == ["response/method/POST"]
    assert list(made.comparison.open) == ["success/pairing/degraded"]


def test_each_part_of_a_run_is_judged_by_itself(tmp_path: Path) -> None:
    pytest.importorskip("xdist")
    with running(Wavering()) as url:
        made = run_at(target_at(url), tmp_path, "success/pairing/*", "state/again/no-profile", workers=2)
    assert (made.differences, made.doubts, made.record.verdict) == ([], [], "not-conformant")
