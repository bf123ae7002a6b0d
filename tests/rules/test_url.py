from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conformance.rules.url import (
    INJECTED,
    must_be_reference,
    must_have_no_url,
    must_have_url_to_open,
    must_keep_redirect_target_whole,
    must_open_in_user_agent,
)
from tests.exchanges import SAMPLES, a_logout, a_success, broken, found

COMPLETE, PARTNER = SAMPLES[2][1], SAMPLES[5][1]
INVALID = {"actionName": "invalid", "actionType": "none"}
RULES_ON_FORM = (must_be_reference, must_open_in_user_agent)
TARGET = f"https://example.com/bye?step=2&{INJECTED}=1&next=%2Fhome#top"
ENCODED = "https%3A%2F%2Fexample.com%2Fbye%3Fstep%3D2%26" + INJECTED + "%3D1%26next%3D%252Fhome%23top"


@pytest.mark.parametrize(("url", "seen"), [(None, "null"), ("", '""'), (5, "5"), (["https://a/"], '["https://a/"]')])
def test_logout_has_a_url_to_open(url: object, seen: str) -> None:
    (finding,) = found(must_have_url_to_open, a_logout(url=url))
    assert (finding.requirement, finding.seen) == ("url-for-logout", seen)
    assert finding.where == "/logouts/Cablevision/url"
    # what is missing is reported once
    assert [broken(rule, a_logout(url=url)) for rule in RULES_ON_FORM] == [[], []]


def test_logout_without_a_url() -> None:
    entry = {name: value for name, value in SAMPLES[1][1].items() if name != "url"}
    (finding,) = found(must_have_url_to_open, a_success(entry))
    assert (finding.requirement, finding.seen) == ("url-for-logout", 'no member "url"')


@pytest.mark.parametrize("entry", [COMPLETE, INVALID, PARTNER])
def test_no_other_action_needs_a_url(entry: dict[str, str]) -> None:
    assert found(must_have_url_to_open, a_success(entry)) == []


@pytest.mark.parametrize("url", [None, "", "https://sp.auth.adobe.com/", "javascript:", 0, {}])
@pytest.mark.parametrize(
    ("entry", "requirement"), [(COMPLETE, "no-url-for-complete"), (INVALID, "no-url-for-invalid")], ids=["c", "i"]
)
def test_complete_and_invalid_have_no_url_not_even_null(entry: dict[str, str], requirement: str, url: object) -> None:
    exchange = a_success(entry | {"url": url})
    (finding,) = found(must_have_no_url, exchange)
    assert (finding.requirement, finding.where) == (requirement, "/logouts/Cablevision/url")
    assert [broken(rule, exchange) for rule in RULES_ON_FORM] == [[], []]


def test_logout_and_partner_logout_may_have_one() -> None:
    assert found(must_have_no_url, a_logout()) == []
    assert found(must_have_no_url, a_success(PARTNER | {"url": "https://a.example/"})) == []


@pytest.mark.parametrize(
    "url",
    [
        "https://sp.auth.adobe.com/adobe-services/logout?noflash=true&redirect_url=http%3A%2F%2Fadobe.com",
        "/adobe-services/logout?requestor_id=REF30&mso_id=Spectrum&pt_device_id=c54fa2c80652b10abea58c....",
        "HTTPS://Example.COM:8443/a;b=c?d=e/?#f",
        "http://[2001:db8::7]:8080/",
        "http://127.0.0.1/",
        "//cdn.example.com/logout",
        "../../../../mvpd/logout?a=b",
        "logout",
        "?a=b",
        "#top",
        "./a:b",
        "http://example.com",
    ],
)
def test_a_reference_that_a_user_agent_can_open(url: str) -> None:
    for exchange in (a_logout(url=url), a_success(PARTNER | {"url": url})):
        assert [broken(rule, exchange) for rule in RULES_ON_FORM] == [[], []]


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a b",
        " https://example.com/",
        "https://example.com/\n",
        "https://example.com/\x00",
        "https://example.com/é",
        "https://example.com/<b>",
        'https://example.com/"',
        "https://example.com/{mvpd}",
        "https://example.com/a\\b",
        "https://example.com/%zz",
        "https://example.com/%",
        "https://[::1/",
        "https://example.com:port/",
        "1http:a",
        "https://example.com/#a#b",
        "\ud800",
    ],
)
def test_text_that_is_no_uri_reference(url: str) -> None:
    for exchange in (a_logout(url=url), a_success(PARTNER | {"url": url})):
        (finding,) = found(must_be_reference, exchange)
        assert (finding.requirement, finding.where) == ("url-is-reference", "/logouts/Cablevision/url")
        # what cannot be resolved is reported once
        assert found(must_open_in_user_agent, exchange) == []


@pytest.mark.parametrize("url", [5, True, {"href": "https://a.example/"}, ["https://a.example/"]])
def test_with_partner_logout_a_url_is_a_reference_too(url: object) -> None:
    assert broken(must_be_reference, a_success(PARTNER | {"url": url})) == ["url-is-reference"]


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("javascript:alert(1)", "the scheme 'javascript'"),
        ("JavaScript://example.com/%0aalert(1)", "the scheme 'javascript'"),
        ("data:text/html,x", "the scheme 'data'"),
        ("ftp://example.com/", "the scheme 'ftp'"),
        ("file:///etc/passwd", "the scheme 'file'"),
        ("myapp://logout", "the scheme 'myapp'"),
        ("mailto:a@example.com", "the scheme 'mailto'"),
        ("urn:a:b", "the scheme 'urn'"),
        ("http:", "no host"),
        ("https:///logout", "no host"),
        ("https:logout", "no host"),
        ("https://:443/", "no host"),
    ],
)
def test_a_reference_that_does_not_come_out_as_http(url: str, seen: str) -> None:
    for exchange in (a_logout(url=url), a_success(PARTNER | {"url": url})):
        assert found(must_be_reference, exchange) == []
        (finding,) = found(must_open_in_user_agent, exchange)
        assert (finding.requirement, finding.where) == ("url-opens-in-user-agent", "/logouts/Cablevision/url")
        assert seen in finding.seen


def test_every_entry_is_judged() -> None:
    exchange = a_success(SAMPLES[1][1], SAMPLES[1][1] | {"url": "ftp://a/"}, SAMPLES[1][1] | {"url": "x:y"})
    assert [finding.where for finding in found(must_open_in_user_agent, exchange)] == [
        "/logouts/Cablevision 2/url",
        "/logouts/Cablevision 3/url",
    ]


@pytest.mark.parametrize(
    "url",
    [
        "https://sp.auth.adobe.com/logout",
        "/logout?mso_id=Cablevision",
        f"/logout?redirect_url={ENCODED}",
        f"/logout?redirect_url={ENCODED.replace('https', 'http')}&mso_id=Cablevision",
        f"/logout?redirect_url={ENCODED}#top-of-the-page",
        f"/logout?redirect_url={ENCODED.replace('%23top', '')}",
        f"/logout?state=x&redirect_url={ENCODED.replace('%2F', '/').replace('%3A', ':').replace('%3F', '?')}",
    ],
)
def test_an_echoed_redirect_target_that_stays_one_value(url: str) -> None:
    assert found(must_keep_redirect_target_whole, a_logout(url=url)) == []
    exchange = a_success(SAMPLES[1][1] | {"url": url}, redirect_url=TARGET)
    assert found(must_keep_redirect_target_whole, exchange) == []


@pytest.mark.parametrize(
    "url",
    [
        f"/logout?redirect_url={TARGET}",
        f"/logout?redirect_url={TARGET.replace('#', '%23')}",
        f"/logout?{INJECTED}=1",
        f"/logout?redirect_url=https://example.com/bye?step=2&amp;{INJECTED}=1",
        f"/logout?redirect_url=https://example.com/bye?step=2&{INJECTED}",
        "/logout?redirect_url=https://example.com/bye?step=2",
        f"/logout?redirect_url={ENCODED.replace('%23', '#')}",
    ],
)
def test_an_echoed_redirect_target_that_is_torn(url: str) -> None:
    exchange = a_success(SAMPLES[1][1] | {"url": url}, redirect_url=TARGET)
    (finding,) = found(must_keep_redirect_target_whole, exchange)
    assert (finding.requirement, finding.where) == ("url-keeps-redirect-target", "/logouts/Cablevision/url")


def test_what_is_torn_says_nothing_where_the_target_has_no_query() -> None:
    assert found(must_keep_redirect_target_whole, a_logout(url=f"/logout?{INJECTED}=1")) == []


@given(st.text(max_size=40), st.sampled_from(["logout", "partner_logout"]))
@example("//[", "logout")
@example("http://a:99999/", "logout")
@example("http://a:٣/", "logout")
@example("http://[::1]x/", "logout")
@example("//\u2100.example", "logout")
def test_any_text_as_a_url_is_judged(url: str, action: str) -> None:
    entry = {"actionName": action, "actionType": "x", "url": url}
    exchange = a_success(entry, redirect_url=TARGET)
    requirements = {requirement for rule in RULES_ON_FORM for requirement in broken(rule, exchange)}
    assert requirements <= {"url-is-reference", "url-opens-in-user-agent"}
    assert broken(must_keep_redirect_target_whole, exchange) in ([], ["url-keeps-redirect-target"])
    if not url.isascii() or any(letter in ' "<>\\^`{|}' or ord(letter) < 0x20 for letter in url):
        # RFC 3986, 2: none of these letters may stand in a URI
        assert requirements == {"url-is-reference"}
