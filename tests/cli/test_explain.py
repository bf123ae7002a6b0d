"""`logout-conformance explain`: the law's own words for a requirement and a case, and what a run found."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from conformance.certify import UsageError, listed
from conformance.cli import explanation
from conformance.law.catalogue import catalogue
from tests.commands import in_process, logout_conformance
from tests.report.samples import HOSTILE, a_case, a_hostile_record, a_record, hostile_exchanges, stored

if TYPE_CHECKING:
    from conformance.suite.items import Listed

RUN: Final = Path(__file__).parents[1] / "record" / "version-1"


@pytest.fixture(scope="module")
def cases() -> list[Listed]:
    return listed(explanation.NOWHERE)


@pytest.fixture(autouse=True)
def _listed_once(cases: list[Listed], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explanation, "listed", lambda _settings: cases)


def explained(name: str, folder: Path | None = None) -> str:
    return "\n".join(explanation.lines(name, folder))


def part(text: str, title: str) -> str:
    """Give what stands below a title."""
    found = re.search(rf"^{re.escape(title)}\n((?:    .*\n?)*)", text, re.MULTILINE)
    assert found, f"{title!r} is not in {text}"
    return found[1]


def test_a_requirement_has_its_sentence_its_level_and_where_it_stands() -> None:
    text = explained("redirect-url-required")
    assert text.startswith(
        "redirect-url-required: MUST, binds the server\n"
        "    A request without redirectUrl, or with an empty one, is answered 400.\n"
    )
    assert "source page #request\n    spec/requirements.yaml, line " in part(text, "Where it stands")


def test_an_rfc_is_linked() -> None:
    place = part(explained("header-names-any-case"), "Where it stands")
    assert "RFC 9110 5.1 (https://www.rfc-editor.org/rfc/rfc9110#section-5.1)" in place


def test_a_requirement_has_its_erratum_and_how_it_is_checked() -> None:
    text = explained("redirect-url-required")
    erratum = part(text, 'Erratum 8: What "URL-encoded" means for a server')
    assert "Source: `#request`: redirectUrl is required" in erratum
    assert "An empty value is a missing one: 400." in erratum
    assert "sent without redirectUrl and with an empty one" in part(text, "How it is checked")
    assert "Anything but 400 for a missing or empty redirectUrl breaks" in part(text, "What would fail")


def test_a_requirement_that_is_not_checked_says_why() -> None:
    text = explained("other-methods")
    assert "A gateway in front of the server" in part(text, "Why it is not checked")
    assert "Nothing does" in part(text, "What would fail")
    assert "What is sent" not in text


def test_what_is_sent_shows_each_step_with_what_is_odd_about_it() -> None:
    sent = part(explained("redirect-url-required"), "What is sent")
    assert "    bad-request: set up logout-endpoint, then\n" in sent
    assert "        empty-redirect-url: GET /api/v2/REF30/logout/MVPD?redirectUrl=\n" in sent
    assert "without Authorization" in sent


def test_a_conforming_answer_is_the_documents_example() -> None:
    answer = part(explained("redirect-url-required"), "What a conforming answer looks like")
    assert answer.startswith("    400, redirect-url: redirectUrl is missing, empty or no URL\n")
    assert '"code": "invalid_parameter_redirect_url"' in answer


def test_a_row_about_clients_has_no_answer() -> None:
    text = explained("client-method-get")
    assert "binds the client" in text
    assert "`run`, which judges servers, says nothing of it" in " ".join(part(text, "What would fail").split())
    assert "What a conforming answer" not in text


def test_a_case_has_its_law_its_scenario_and_what_it_sends() -> None:
    text = explained("success/no-url/degraded")
    assert text.startswith("success/no-url/degraded: MUST\n    With `complete` and `invalid` there is no `url`.\n")
    assert "no-url-for-complete: MUST\n    An entry with complete has no member url, not even null.\n" in text
    assert "A conforming server answers 200 with complete, as in degraded." in part(text, "The scenario degraded")
    assert "    degraded: set up degraded, then\n" in part(text, "What is sent")
    assert '"ATTOTT"' in part(text, "What a conforming answer looks like")


def test_a_generated_case_says_how_much_it_sends() -> None:
    assert "At most 6 generated requests" in explained("generated/valid")


@pytest.mark.parametrize(
    ("case", "requirement"),
    [
        ("client/next/opens-url", "client-opens-url"),
        ("client/two-entries/client-opens-url", "client-opens-url"),
        ("client/given/exit-code", "client-exit-code"),
        ("server/answer/body-is-json", "body-is-json"),
    ],
)
def test_a_case_of_check_or_client_is_explained_by_its_requirement(case: str, requirement: str) -> None:
    assert explained(case) == explained(requirement)


def test_every_requirement_and_every_case_can_be_explained(cases: list[Listed]) -> None:
    for name in [*(row.id for row in catalogue().requirements), *(case.id for case in cases)]:
        text = explained(name)
        assert text.startswith(f"{name}: ")
        assert "What would fail" in text


# --- With a run ---


def test_a_case_of_a_run_has_what_was_found() -> None:
    found = part(
        explained("success/url-opens/logout-endpoint", RUN),
        "What the run of 2026-11-26T16:49Z found (not-conformant)",
    )
    lines = [line.strip() for line in found.splitlines()]
    assert lines[:4] == [
        "failed: success/url-opens/logout-endpoint",
        "url-opens-in-user-agent, at /logouts/Cablevision/url",
        "expected an http or https URL",
        "seen     \"javascript:void\", which has the scheme 'javascript'",
    ]
    assert lines[4] == "answered 200 logout/interactive"
    assert lines[5].startswith("send it yourself: curl -i --globoff")
    assert lines[6].startswith("run it again: logout-conformance run http://127.0.0.1:")


def test_a_requirement_of_a_run_has_the_cases_that_broke_it() -> None:
    text = explained("url-opens-in-user-agent", RUN)
    assert "    failed: success/url-opens/logout-endpoint\n" in text
    assert "no case of it ran" in explained("degraded-again", RUN)
    assert "    passed: success/key/" in explained("key-equals-mvpd", RUN)


def test_a_case_that_only_the_run_knows_is_told_from_its_record(tmp_path: Path) -> None:
    stored(tmp_path, a_record(a_case("skipped", "old/case")))
    assert "    skipped: old/case\n        it was skipped\n" in explained("old/case", tmp_path)


# --- The command ---


def test_the_command_prints_what_it_knows(tmp_path: Path) -> None:
    ended = logout_conformance("explain", "allow-with-405", "--report-dir", str(RUN), folder=tmp_path)
    assert (ended.code, ended.complaints) == (0, "")
    assert "warned: error/allow" in ended.output


@pytest.mark.parametrize(
    ("name", "close"),
    [
        ("redirect-url-requird", "redirect-url-required"),
        ("success/url/logout-endpiont", "success/url/logout-endpoint"),
        ("url-for", "url-for-logout"),
        ("\x1b[31m%", "`logout-conformance list` shows them"),
    ],
)
def test_an_unknown_id_is_answered_with_close_ones(name: str, close: str) -> None:
    with pytest.raises(UsageError) as refused:
        explained(name)
    assert close in str(refused.value)


def test_usage_errors_end_with_2(tmp_path: Path) -> None:
    for arguments in (("nothing\x1b[31m",), ("status-of-success", "--report-dir", "nowhere"), ()):
        ended = in_process("explain", *arguments, folder=tmp_path)
        assert (ended.code, ended.output) == (2, "")
        assert "\x1b" not in ended.complaints
        assert "Traceback" not in ended.complaints


def test_hostile_text_of_a_run_does_not_reach_the_terminal(tmp_path: Path) -> None:
    record = a_hostile_record()
    named = [case.model_copy(update={"requirements": ("status-of-success",)}) for case in record.cases]
    stored(tmp_path, record.model_copy(update={"cases": tuple(named)}), hostile_exchanges())
    ended = logout_conformance("explain", "status-of-success", "--report-dir", ".", folder=tmp_path)
    assert ended.code == 0
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2066\u200b]", ended.output)
    assert HOSTILE[:20] in ended.output
