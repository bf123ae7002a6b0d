from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from importlib import resources
from typing import TYPE_CHECKING

import pytest

from conformance.report import html
from tests.report.samples import (
    ALLOW,
    HOSTILE,
    JSON_TYPE,
    a_case,
    a_finding,
    a_hostile_record,
    a_record,
    a_request,
    a_response,
    an_exchange,
    hostile_exchanges,
)

if TYPE_CHECKING:
    from conformance.record.record import ExchangeLine, Record

VOID = {"meta", "link"}
OWN_TAGS = {
    *("html", "head", "meta", "title", "link", "style", "script", "body", "header", "main", "footer", "section"),
    *("div", "span", "p", "a", "b", "i", "small", "strong", "mark"),
    *("h1", "h2", "h3", "h4", "h5", "ul", "ol", "li", "dl", "dt", "dd", "code", "pre", "time", "details", "summary"),
    *("table", "thead", "tbody", "tfoot", "tr", "th", "td"),
}


class Page(HTMLParser):
    """A page taken apart: its elements, its text, and whether every element that was opened was closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in ("dt", "dd"):
            self.text += " "
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        here = self._open[-1] if self._open else ""
        self.texts[here] = self.texts.get(here, "") + data
        if here not in ("style", "script"):
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def ids(self) -> list[str]:
        return [attributes["id"] or "" for _, attributes in self.elements if "id" in attributes]


def source_of(record: Record, *exchanges: ExchangeLine) -> str:
    return "".join(html.render(record, exchanges))


def page_of(record: Record, *exchanges: ExchangeLine) -> Page:
    return Page(source_of(record, *exchanges))


def words(page: Page) -> str:
    return " ".join(page.text.split())


@pytest.fixture(scope="module")
def hostile_source() -> str:
    return source_of(a_hostile_record(), *hostile_exchanges())


@pytest.fixture(scope="module")
def hostile_page(hostile_source: str) -> Page:
    return Page(hostile_source)


@pytest.mark.parametrize(
    ("verdict", "heading"),
    [("conformant", "Conformant"), ("not-conformant", "Not conformant"), ("inconclusive", "Inconclusive")],
)
def test_the_first_screen_has_the_verdict_in_words_colour_and_shape(verdict: str, heading: str) -> None:
    page = page_of(a_record(a_case(), verdict=verdict))
    assert page.texts["h1"].strip() == heading
    assert page.texts["title"] == f"{heading}: Acme - logout conformance"
    assert [header["class"] for header in page.all("header")] == [f"verdict {verdict}"]
    assert re.search(
        rf"^\.\w+, \.{verdict} \{{ --tone: var\(--\w+\); --shape: polygon\(", own("report.css"), re.MULTILINE
    )


def test_the_first_screen_has_the_facts_of_the_run() -> None:
    text = words(page_of(a_record(a_case(), reasons=["Because."], notes=["Waited 12 s."])))
    for fact in (
        *("Because.", "Acme 1.4.2", "https://api.example.com", "REF30", "2026-11-24 01:00 UTC", "2 min 14 s"),
        *("Requests 108", "Seed 7", "Kit 0.1.0", "Spec 1.0", "Waited 12 s."),
    ):
        assert fact in text


def test_cases_are_counted_by_level_and_status() -> None:
    record = a_record(a_case("failed"), a_case("passed", "b"), a_case("warned", "c", level="SHOULD"))
    text = words(page_of(record))
    assert "failed error warned skipped passed MUST 1 0 0 0 1 SHOULD 0 0 1 0 0 all 1 0 1 0 1" in text


def test_what_was_not_tested_says_why() -> None:
    record = a_record(
        a_case("error", "d", message="The handler answered 500."),
        partial=True,
        interrupted=True,
        kit_faults=["d"],
        scenarios=[{"id": "no-profile", "mandatory": True, "status": "skipped", "reason": "no handler"}],
    )
    text = words(page_of(record))
    assert "The run was interrupted;" in text
    assert "Only a part of the cases was selected," in text
    assert "no-profile (mandatory): no handler" in text
    assert "The kit itself failed in d. That says nothing about the server; please report it." in text
    assert "error The handler answered 500. (d)" in text


@pytest.mark.parametrize(
    ("reasons", "shown"),
    [
        ([], "Conformant Every MUST case that ran passed, and every mandatory scenario was tested. Base URL"),
        (["all is well"], "Conformant all is well Base URL"),
        (["this", "and that"], "Conformant this and that Base URL"),
    ],
)
def test_the_verdict_gives_its_reasons_or_what_it_means(reasons: list[str], shown: str) -> None:
    assert shown in words(page_of(a_record(a_case(), reasons=reasons)))


def test_unverified_tls_is_named() -> None:
    target = {"base_url": "https://api.example.com", "service_provider": "REF30", "tls_verified": False}
    assert "TLS certificates were not verified" in words(page_of(a_record(target=target)))


def test_what_to_fix_first_has_the_law_and_the_difference() -> None:
    text = words(page_of(a_record(a_case("failed")), an_exchange()))
    assert (
        "What to fix first MUST A 200 has the Content-Type application/json. content-type-of-success, "
        "source page #success, RFC 9110 8.3 expected application/json seen text/html at Content-Type "
        "See it: send the request (it needs ACCESS_TOKEN and the state logout-endpoint) curl -i --globoff 'http"
    ) in text
    assert (
        "or let the kit set that up and run the case again logout-conformance run --case "
        "success/content-type/logout-endpoint --seed 0 1 case: success/content-type/logout-endpoint"
    ) in text


def test_a_cause_comes_first_with_its_advice() -> None:
    cause = {"title": "Every answer is HTML", "advice": "Ask the gateway.", "cases": ["a"]}
    text = words(page_of(a_record(a_case("failed", "a"), causes=[cause])))
    assert "What to fix first MUST Every answer is HTML Ask the gateway. Let the kit" in text


def test_nothing_to_fix_is_said() -> None:
    assert "Nothing: no case failed" in words(page_of(a_record(a_case())))


def test_the_matrix_leads_to_the_gravest_case() -> None:
    record = a_record(a_case("passed", "a"), a_case("failed", "b"), a_case("passed", "c", scenario=None))
    page = page_of(record)
    cells = [link for link in page.all("a") if link.get("class") in ("passed", "failed")]
    assert cells == [{"class": "failed", "href": "#case-b"}, {"class": "passed", "href": "#case-c"}]
    assert "Requirement logout-endpoint no scenario" in words(page)


def test_requirements_that_no_case_judged_are_listed() -> None:
    assert f"1 requirements that no case of this run judged SHOULD {ALLOW.id}" in words(page_of(a_record(a_case())))


def test_every_case_has_its_law_its_evidence_and_its_commands() -> None:
    page = page_of(a_record(a_case("failed")), an_exchange())
    (case,) = page.all("details")[1:]
    assert case == {"class": "case failed"}
    (inside,) = [div for div in page.all("div") if div.get("class") == "inside"]
    assert inside == {
        "class": "inside",
        "id": "case-success/content-type/logout-endpoint",
        "data-scenario": "logout-endpoint",
    }
    text = words(page)
    for part in (
        "MUST A 200 has the Content-Type application/json. content-type-of-success, source page #success, RFC 9110 8.3",
        ". Tried: The answer is application/json failed success/content-type/logout-endpoint it was failed",
        "in exchange 0 expected application/json seen text/html at Content-Type",
        "Exchange 0 250.0 ms; logout-endpoint, first",
        "GET http://127.0.0.1:8080/api/v2/REF30/logout/Cablevision?redirectUrl=https%3A%2F%2Fexample.com%2F ",
        "Authorization: Bearer {{ACCESS_TOKEN}} Accept: application/json",
        'HTTP/1.1 200 OK Server: nginx Content-Type: text/html { "logouts": {} }',
    ):
        assert part in text
    commands = [pre["class"] for pre in page.all("pre") if "class" in pre]
    assert commands == ["command", "command again"]


def test_the_words_over_a_command_are_no_part_of_what_is_copied() -> None:
    assert '.exchange > .command::before { content: "Send it yourself"; }' in own("report.css")
    assert '.again::before { content: "Run it again"; }' in own("report.css")


def test_what_a_finding_points_at_is_marked() -> None:
    places = ["Content-Type", "status", "/logouts/A/url"]
    findings = [a_finding().model_copy(update={"where": place}) for place in places]
    answer = a_response('{"logouts":{"A":{"url":null}}}')
    page = page_of(a_record(a_case("failed", findings=findings)), an_exchange(response=answer))
    assert page.texts["mark"] == "text/html" * 4 + 'HTTP/1.1 200 OKContent-Type: text/html      "url": null'


def test_evidence_of_what_passed_is_folded() -> None:
    headers = [("Authorization", "Bearer {{ACCESS_TOKEN}}"), ("Accept", "text/html")]
    other = an_exchange(1, request=a_request(headers=headers))
    lost = an_exchange(2, request=a_request(headers=headers[:1]))
    text = words(page_of(a_record(a_case(exchanges=[0, 1, 2, 3])), an_exchange(), other, lost, an_exchange(3)))
    for part in (
        "Accept: text/html the rest as in exchange 0",
        "the rest as in exchange 0, without Accept",
        "Exchange 3 250.0 ms; logout-endpoint, first Request the same as in exchange 0 Answer HTTP/1.1 200 OK, as in",
    ):
        assert part in text
    assert text.count('"logouts": {}') == 1


def test_a_page_has_no_room_for_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "ROOM", 50_000)
    findings = [a_finding(exchange=number) for number in range(30)]
    cases = [a_case("failed", f"{one.exchange}", exchanges=[one.exchange], findings=[one]) for one in findings]
    exchanges = [an_exchange(number, response=a_response("\0" * 1000)) for number in range(30)]
    source = source_of(a_record(*cases), *exchanges)
    assert len(source) < 50_000 + 100_000
    page = Page(source)
    assert "There is no room left on this page" in page.text
    links = {(link["href"] or "")[1:] for link in page.all("a") if (link["href"] or "").startswith("#")}
    assert links <= set(page.ids())


def test_evidence_of_several_cases_is_shown_once_and_linked() -> None:
    page = page_of(a_record(a_case("passed", "a"), a_case("failed", "b"), a_case("passed", "c")), an_exchange(0))
    assert page.ids().count("exchange-0") == 1
    assert page.ids().index("case-b") < page.ids().index("exchange-0") < page.ids().index("case-a")
    assert [link["href"] for link in page.all("a")].count("#exchange-0") == 3
    assert words(page).count("Rests on exchange 0 (answered 200)") == 2


def test_an_exchange_without_an_answer_says_why() -> None:
    lost = an_exchange(response=None, trouble="the connection was refused")
    assert "Answer the connection was refused" in words(page_of(a_record(a_case("error")), lost))


def test_evidence_that_is_missing_is_named() -> None:
    assert "Exchange 0 is not in exchanges.jsonl" in words(page_of(a_record(a_case("failed"))))


def test_a_long_body_is_cut_with_the_rest_counted() -> None:
    text = words(page_of(a_record(a_case()), an_exchange(response=a_response("x" * 300_000))))
    assert "x" * 4096 + " ... 295904 more bytes in exchanges.jsonl" in text
    assert "x" * 4097 not in text


def test_a_thousand_headers_are_cut() -> None:
    answer = a_response(headers=[("A", f"value-{number}") for number in range(1000)])
    text = words(page_of(a_record(a_case()), an_exchange(response=answer)))
    assert "A: value-99 ... 900 more headers in exchanges.jsonl" in text


def test_every_link_within_the_page_leads_somewhere() -> None:
    record = a_record(*[a_case(status, f"x/{status} ü") for status in ("failed", "warned", "skipped", "error")])
    for page in (page_of(record, an_exchange()), page_of(a_hostile_record(), *hostile_exchanges())):
        links = {(link["href"] or "")[1:] for link in page.all("a") if link["href"] != "#"}
        inner = {link for link in links if not link.startswith("ttp")}
        assert len(page.ids()) == len(set(page.ids()))
        assert inner <= set(page.ids())


def test_without_a_script_everything_can_be_read() -> None:
    page = page_of(a_record(a_case("failed"), a_case("passed", "b")), an_exchange())
    hidden = [attributes.get("id") for _, attributes in page.elements if "hidden" in attributes]
    assert hidden == []
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"button", "input", "select", "output"}, "what only the script brings to life is made by it"


def test_the_same_record_gives_the_same_page() -> None:
    assert source_of(a_record(a_case()), an_exchange()) == source_of(a_record(a_case()), an_exchange())


def test_a_page_loads_nothing_and_runs_only_its_own_script(hostile_page: Page) -> None:
    (policy,) = [meta["content"] or "" for meta in hostile_page.all("meta") if "http-equiv" in meta]
    hashes = {
        tag: base64.b64encode(hashlib.sha256(hostile_page.texts[tag].encode()).digest()).decode()
        for tag in ("style", "script")
    }
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes['style']}'; script-src 'sha256-{hashes['script']}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert hostile_page.all("script") == hostile_page.all("style") == [{}]
    assert hostile_page.texts["script"] == own("report.js")
    assert "url(" not in own("report.css")
    assert "@import" not in own("report.css")


def test_hostile_text_brings_in_no_element_and_no_attribute(hostile_page: Page) -> None:
    assert {tag for tag, _ in hostile_page.elements} <= OWN_TAGS
    attributes = {name for _, given in hostile_page.elements for name in given}
    assert not {name for name in attributes if name.startswith("on") or name in ("src", "style", "srcdoc", "action")}


def test_only_the_web_is_linked(hostile_page: Page) -> None:
    targets = {attributes["href"] or "" for _, attributes in hostile_page.elements if "href" in attributes}
    outside = {target for target in targets if not target.startswith("#")}
    assert outside == {"data:,", "https://www.rfc-editor.org/rfc/rfc9110#section-8.3"}


def test_hostile_text_is_shown_and_not_obeyed(hostile_source: str, hostile_page: Page) -> None:
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u2028\u202e\u2066\ufeff\ufffe\ue000\ud800]", hostile_source
    )
    hostile_source.encode("utf-8", "strict")
    shown = (
        "</script></pre><script>alert(1)</script><img src=//evil.example/x onerror=alert(2)>"
        "'\"&lt;javascript:alert(3) {{7*7}} {% for %} [bold red]:smile:[/] "
        r"\x00\x07\x1b]0;owned\x07\x1b[31m\x7f\x9b\r\n\u202e\u2066\u200b\u2028\ufeff\ufffe\ue000\U000e0001\ud800"
    )
    assert hostile_page.text.count(shown) > 20


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://api.example.com/x?y=z", True),
        ("HTTP://h", True),
        ("javascript:alert(1)", False),
        ("https://h/\u202e", False),
        ("https://h/ x", False),
        ("data:text/html,x", False),
        (" https://h", False),
        ("https://h\n", False),
        ("//h", False),
        ("file:///etc/passwd", False),
    ],
)
def test_only_http_urls_become_links(url: str, linked: bool) -> None:  # noqa: FBT001  (a column of the table)
    target = {"base_url": url, "service_provider": "REF30"}
    outside = [link["href"] for link in page_of(a_record(target=target)).all("a") if link["href"] != "#cases"]
    assert outside == ([url] if linked else [])
    assert html.web_address(url) == (url if linked else None)


def test_a_source_is_linked_where_its_place_is_known() -> None:
    assert html.sources("#success, RFC 9110 5.1, RFC 8259, hardening") == [
        ("#success", None),
        ("RFC 9110 5.1", "https://www.rfc-editor.org/rfc/rfc9110#section-5.1"),
        ("RFC 8259", "https://www.rfc-editor.org/rfc/rfc8259"),
        ("hardening", None),
    ]


def test_escapes_and_markers_stand_out() -> None:
    assert html.seen("<a\u202e {{TOKEN}}") == (
        '&lt;a<span class="escape">\\u202e</span> <span class="secret">{{TOKEN}}</span>'
    )


def test_every_exchange_of_a_case_is_shown_in_its_order() -> None:
    exchanges = [an_exchange(number, request=a_request(url=f"http://h/{number}")) for number in range(3)]
    page = page_of(a_record(a_case(exchanges=[2, 0, 2])), *exchanges)
    assert [name for name in page.ids() if name.startswith("exchange-")] == ["exchange-2", "exchange-0"]


def own(name: str) -> str:
    return resources.files("conformance.report").joinpath("templates", name).read_text(encoding="utf-8")


def palettes() -> list[dict[str, str]]:
    colours = re.findall(r"--([a-z]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", own("report.css"))
    return [{name: light for name, light, _ in colours}, {name: dark for name, _, dark in colours}]


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        *[(ink, ground) for ink in ("ink", "quiet", "link") for ground in ("paper", "panel")],
        *[(ink, ground) for ink in ("passed", "failed", "warned", "error", "skipped") for ground in ("paper", "panel")],
        *[("ink", "hit"), ("ink", "odd")],
    ],
)
def test_contrast_is_enough_for_everybody(scheme: int, ink: str, ground: str) -> None:
    colours = palettes()[scheme]
    darker, lighter = sorted(luminance(colours[name]) for name in (ink, ground))
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5, "WCAG 2.2, 1.4.3"


def test_the_helpers_are_hostile_enough() -> None:
    assert JSON_TYPE.id in {requirement.id for requirement in a_hostile_record().requirements}
    assert "\ud800" in HOSTILE


def test_quotes_stand_as_they_are_only_between_tags() -> None:
    for template in resources.files("conformance.report").joinpath("templates").iterdir():
        text = template.read_text(encoding="utf-8")
        assert not re.search(r'="[^">]*\|\s*(seen|between_tags)', text), template.name
    assert html.between_tags("<a b='\"&'>") == "&lt;a b='\"&amp;'&gt;"
