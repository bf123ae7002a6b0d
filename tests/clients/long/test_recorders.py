"""Archives that real tools have written of a logout at the reference server, as `check` reads them."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.request
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from conformance.reference import ACCESS_TOKEN, ReferenceServer, running
from conformance.traffic.check import check
from tests.browser.chromium import chromium
from tests.calls import HEADERS
from tests.commands import SCRIPT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.record.record import Record

FETCH = """
async ([url, headers]) => {
  const answer = await fetch(url, {headers});
  const logouts = (await answer.json()).logouts;
  return Object.values(logouts).map(entry => entry.url || "");
}
"""


@pytest.fixture
def server() -> Iterator[str]:
    with running(ReferenceServer()) as base_url:
        yield base_url


def set_up(base_url: str) -> tuple[str, dict[str, str]]:
    """Give a device a profile; give the URL to log out at, and the headers of a right call."""
    headers = {name: str(value) for name, value in HEADERS.items()} | {"Authorization": f"Bearer {ACCESS_TOKEN}"}
    params = {"serviceProvider": "REF30", "mvpd": None, "deviceIdentifier": headers["AP-Device-Identifier"]}
    asked = {"consumer": "test", "state": "logout-endpoint", "action": "setup", "params": params}
    data = json.dumps(asked).encode()
    request = urllib.request.Request(f"{base_url}/_state", data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        mvpd = json.loads(answer.read())["mvpd"]
    return f"{base_url}/api/v2/REF30/logout/{mvpd}?redirectUrl=http%3A%2F%2F127.0.0.1%3A9%2Fbye", headers


def checked(file: Path, folder: Path) -> Record:
    return check([file], report_dir=folder / "reports", formats=("html", "junit"))


def status_of(record: Record, name: str) -> str:
    (case,) = [case for case in record.cases if case.requirements == (name,)]
    return case.status


@pytest.mark.parametrize("accept", ["application/json", "*/*"])
@pytest.mark.parametrize("content", ["embed", "omit"])
def test_what_playwright_records_is_read(server: str, tmp_path: Path, accept: str, content: str) -> None:
    if not shutil.which("chromium"):
        pytest.skip("there is no Chromium")
    url, headers = set_up(server)
    file = tmp_path / "page.har"
    with chromium() as browser:
        context = browser.new_context(record_har_path=file, record_har_content=content)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{server}/")
        (logout_page,) = page.evaluate(FETCH, [url, headers | {"Accept": accept}])
        page.evaluate("url => fetch(url, {mode: 'no-cors'}).catch(() => null)", logout_page)
        context.close()
    record = checked(file, tmp_path)
    assert record.request_count == (2 if content == "embed" else 1)
    assert status_of(record, "client-accept-json") == ("passed" if accept == "application/json" else "failed")
    assert status_of(record, "client-authorization") == "passed"
    assert status_of(record, "body-is-json") == ("passed" if content == "embed" else "skipped")
    assert status_of(record, "client-opens-url") == ("passed" if content == "embed" else "skipped")
    text = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "reports").iterdir())
    assert ACCESS_TOKEN not in text


@contextmanager
def mitmdump(folder: Path) -> Iterator[tuple[str, Path]]:
    """Run mitmproxy's recorder; give the address of its proxy, and the archive that it leaves."""
    program = SCRIPT.with_name("mitmdump")
    if not program.exists():
        pytest.skip("there is no mitmdump: pip install mitmproxy")
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    file = folder / "app.har"
    command = [str(program), "-q", "--listen-host", "127.0.0.1", "-p", str(port), "--set", f"hardump={file}"]
    with subprocess.Popen([*command, "--set", f"confdir={folder}"]) as process:
        try:
            _await(port)
            yield f"http://127.0.0.1:{port}", file
        finally:
            process.terminate()


def _await(port: int) -> None:
    for _ in range(300):
        with closing(socket.socket()) as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)  # it opens its port when it is ready, and says so nowhere
    pytest.fail("mitmdump did not start within 30 seconds")


def test_what_mitmproxy_records_is_read(server: str, tmp_path: Path) -> None:
    url, headers = set_up(server)
    with mitmdump(tmp_path) as (proxy, file):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": proxy}))
        with opener.open(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            assert json.loads(answer.read())["logouts"]
    record = checked(file, tmp_path)
    assert record.request_count == 1
    assert {case.id for case in record.cases if case.status in {"failed", "warned"}} == set()
    assert status_of(record, "body-is-json") == "passed"
    assert status_of(record, "client-opens-url") == "skipped"
