from __future__ import annotations

import os
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.report.curl import MARKER, curl_line, variables
from tests.report.samples import HOSTILE, a_request, an_exchange, hostile_exchanges

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SHELL = shutil.which("sh")
needs_shell = pytest.mark.skipif(SHELL is None, reason="there is no POSIX shell here")
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")

Received = tuple[str, str, list[tuple[str, str]]]


def line(**request: object) -> str:
    return curl_line(an_exchange(request=a_request(**request)))


def in_shell(script: str, environment: Mapping[str, str] | None = None) -> bytes:
    assert SHELL
    environment = {"PATH": os.environ["PATH"], **(environment or {})}
    return subprocess.run([SHELL, "-c", script], env=environment, check=True, capture_output=True).stdout


def test_the_line_can_be_copied_and_takes_the_token_from_the_environment() -> None:
    assert line(url="https://api.example.com/x?a=b", headers=[("Authorization", "Bearer {{ACCESS_TOKEN}}")]) == (
        "curl -i --globoff 'https://api.example.com/x?a=b' -H 'Authorization: Bearer '\"$ACCESS_TOKEN\""
        " -H 'Accept:' -H 'User-Agent:'"
    )


@pytest.mark.parametrize(
    ("request_", "part"),
    [
        ({"method": "POST"}, " -X POST "),
        ({"method": "HEAD"}, " --head "),
        ({"headers": [("Accept-Encoding", "gzip, deflate")]}, " --compressed "),
        ({"headers": [("Accept", "")]}, " -H 'Accept;'"),
        ({"headers": [("X-A", "{{AD-Service-Token}}")]}, " -H 'X-A: '\"$AD_SERVICE_TOKEN\""),
        ({"headers": [("X-A", "a{{2nd key}}b")]}, " -H 'X-A: a'\"$_2ND_KEY\"b "),
        ({"headers": [("X-A", "it's")]}, """ -H 'X-A: it'"'"'s'"""),
        ({"headers": [("X-A", "caf\xe9")]}, " -H 'X-A: caf'\"$(printf '\\351')\""),
        ({"url": "http://h/{{ACCESS_TOKEN}}?q"}, " http://h/\"$ACCESS_TOKEN\"'?q' "),
        ({"url": "http://h/a/../b"}, " --path-as-is http://h/a/../b "),
    ],
)
def test_the_line_says_what_curl_would_not_do_by_itself(request_: dict[str, object], part: str) -> None:
    assert part in line(**request_)


def test_what_curl_does_by_itself_is_left_to_it() -> None:
    headers = [("Host", "h:8080"), ("Connection", "close"), ("Accept", "a"), ("User-Agent", "b")]
    assert line(url="http://h:8080/x", headers=headers) == (
        "curl -i --globoff http://h:8080/x -H 'Accept: a' -H 'User-Agent: b'"
    )
    assert " -H 'Host: other' " in line(url="http://h:8080/x", headers=[("Host", "other")])


def test_a_get_names_no_method() -> None:
    assert "-X" not in line(headers=[])


def test_an_unverified_certificate_stays_unverified() -> None:
    assert " --insecure " in curl_line(an_exchange(), verify=False)
    assert "--insecure" not in curl_line(an_exchange())


def test_the_variables_that_a_line_needs_are_named_once() -> None:
    headers = [("Authorization", "Bearer {{ACCESS_TOKEN}}"), ("A", "{{x-y}}"), ("B", "{{ACCESS_TOKEN}}")]
    assert variables(an_exchange(request=a_request(headers=headers))) == ["ACCESS_TOKEN", "X_Y"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "-o/tmp/x", ""])
def test_what_is_no_http_url_is_not_sent(url: str) -> None:
    assert line(url=url) == "# no curl line: the URL is no http or https URL"


def test_a_header_that_is_no_header_is_left_out() -> None:
    assert "passwd" not in line(headers=[("@/etc/passwd", "x"), ("A b", "passwd"), ("", "passwd")])


def test_a_hostile_exchange_gives_one_line_of_printable_ascii() -> None:
    assert all(curl_line(exchange).isascii() and curl_line(exchange).isprintable() for exchange in hostile_exchanges())


@needs_shell
def test_nothing_in_a_hostile_exchange_is_run_by_the_shell() -> None:
    text = f"'; echo owned; $(echo owned) `echo owned` \" | echo owned & {HOSTILE}"
    request = a_request(method=text, url=f"http://h/{text}", headers=[("A", text), (text, text)])
    script = f"curl() {{ :; }}\n{curl_line(an_exchange(request=request))}\n"
    assert in_shell(script) == b""


@needs_shell
@settings(max_examples=40, deadline=None)
@given(
    # what a field value may hold and more, save the line feed, which it may not (RFC 9110, 5.5)
    st.text(st.characters(min_codepoint=1, max_codepoint=255, exclude_characters="\n")).filter(
        lambda text: text.strip() and not MARKER.search(text)
    )
)
def test_a_header_arrives_at_curl_octet_by_octet(value: str) -> None:
    script = f"curl() {{ printf '%s\\n' \"$@\"; }}\n{line(url='http://h/', headers=[('A', value)])}\n"
    assert in_shell(script).split(b"\n")[:5] == [
        b"-i",
        b"--globoff",
        b"http://h/",
        b"-H",
        b"A: " + value.encode("latin-1"),
    ]


class _Server:
    """Answers everything and remembers what it was asked."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        received = self.received

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                received.append((self.command, self.path, list(self.headers.items())))
                self.send_response(204)
                self.end_headers()

            do_POST = do_DELETE = do_GET  # noqa: N815  (the names that http.server looks for)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name that it has there)
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base_url = f"http://127.0.0.1:{self.http.server_port}"


@pytest.fixture
def server() -> Iterator[_Server]:
    server = _Server()
    with server.http:
        thread = threading.Thread(target=server.http.serve_forever)
        thread.start()
        yield server
        server.http.shutdown()
        thread.join()


@needs_shell
@needs_curl
@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/api/v2/REF30/logout/A?redirectUrl=https%3A%2F%2Fexample.com%2F", [("Accept", "application/json")]),
        ("GET", "/a/../b/./c?x=[1-3]&y={a,b}&z=$HOME'\"`id`", []),
        ("POST", "/", [("X-Device-Info", "e30="), ("User-Agent", ""), ("Accept-Encoding", "gzip, deflate")]),
        ("DELETE", "/", [("AP-Device-Identifier", 'it\'s "quoted" $HOME `id` \\ * !x'), ("X-Letter", "caf\xe9")]),
    ],
)
def test_the_line_sends_what_the_kit_sent(
    server: _Server, method: str, path: str, headers: list[tuple[str, str]]
) -> None:
    in_shell(line(method=method, url=server.base_url + path, headers=headers))
    host = ("Host", server.base_url.removeprefix("http://"))
    assert server.received == [(method, path, [host, *headers])]


@needs_shell
@needs_curl
def test_the_line_sends_the_secret_that_the_environment_has(server: _Server) -> None:
    headers = [("Authorization", "Bearer {{ACCESS_TOKEN}}")]
    in_shell(
        line(url=server.base_url + "/{{state.key}}", headers=headers), {"ACCESS_TOKEN": "s3 $x'", "STATE_KEY": "k"}
    )
    ((_, path, received),) = server.received
    assert path == "/k"
    assert ("Authorization", "Bearer s3 $x'") in received
