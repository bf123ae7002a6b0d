"""A client that logs a device out of an MVPD, with Python's standard library alone; FAULT=name makes one mistake."""

import base64
import json
import os
import sys
import time
import urllib.error
import urllib.request
from urllib.parse import quote, urlencode, urljoin

FAULT = os.environ.get("FAULT", "")
BASE_URL = os.environ["LOGOUT_BASE_URL"]
SIGN_ON_TOKENS = {"AD-Service-Token": "LOGOUT_SERVICE_TOKEN", "Adobe-Subject-Token": "LOGOUT_SUBJECT_TOKEN"}
DEVICE_INFO = {"model": "TV 5th Gen", "version": "5.3", "osName": "tvOS", "osVersion": "17.4", "manufacturer": "Acme"}
MOST_CALLS = 3


def main() -> int:
    """Log out once; the exit code says whether that worked."""
    status, answer = log_out()
    if status != 200:
        print(f"You could not be signed out ({status}). Please try again later.")
        return 0 if FAULT == "wrong-exit-code" else 1
    for entry in answer["logouts"].values():
        follow(entry)
    return 3 if FAULT == "wrong-exit-code" else 0


def log_out() -> tuple[int, dict]:
    """Call the endpoint, and call it again where an answer asks for that; give the last status and answer."""
    token = os.environ["LOGOUT_ACCESS_TOKEN"]
    if FAULT == "head-first":
        call("HEAD", token)
    for number in range(1, MOST_CALLS + 1):
        status, headers, answer = call("GET", token)
        if status == 200 or number == MOST_CALLS:
            break
        if status == 401:
            token = token if FAULT == "same-token-again" else fresh_token()
        elif status == 429:
            time.sleep(0 if FAULT == "retries-at-once" else max(1.0, float(headers.get("Retry-After") or 0)))
        elif answer.get("action") != "retry":
            break
    if FAULT == "second-call":
        call("GET", token)
    return status, answer


def call(method: str, token: str) -> tuple[int, dict, dict]:
    """Call the endpoint once; give status, headers, and the JSON object of the answer."""
    status, headers, body = fetch(method, endpoint(token), device_headers() | authorization(token) | sign_on())
    try:
        answer = json.loads(body)
    except ValueError:
        answer = {}
    return status, headers, answer


def endpoint(token: str) -> str:
    """Give the URL of the endpoint; each value is percent-encoded, once."""
    provider, mvpd = os.environ["LOGOUT_SERVICE_PROVIDER"], os.environ["LOGOUT_MVPD"]
    encoded_mvpd = quote(quote(mvpd, safe=""), safe="") if FAULT == "mvpd-encoded-twice" else quote(mvpd, safe="")
    url = f"{BASE_URL}/api/v2/{quote(provider, safe='')}/logout/{encoded_mvpd}?redirectUrl={redirect_url()}"
    return f"{url}&access_token={token}" if FAULT == "token-in-url" else url


def redirect_url() -> str:
    """Give the redirect target as a value of the query."""
    plain = os.environ["LOGOUT_REDIRECT_URL"]
    if FAULT == "redirect-url-not-encoded":
        return plain.replace(" ", "%20")
    once = quote(plain, safe="")
    return quote(once, safe="") if FAULT == "redirect-url-encoded-twice" else once


def authorization(token: str) -> dict[str, str]:
    """Give the header with the access token."""
    return {} if FAULT == "no-authorization" else {"Authorization": f"Bearer {token}"}


def device_headers() -> dict[str, str]:
    """Give the headers that say which device this is, and what it is."""
    device, info = os.environ["LOGOUT_DEVICE_ID"], json.dumps(DEVICE_INFO)
    headers = {
        "AP-Device-Identifier": f"fingerprint {device if FAULT == 'plain-device-identifier' else in_base64(device)}",
        "X-Device-Info": info if FAULT == "plain-device-info" else in_base64(info),
        "Accept": "application/json",
    }
    left_out = {"no-device-identifier": "AP-Device-Identifier", "no-device-info": "X-Device-Info"}.get(FAULT)
    return {name: value for name, value in headers.items() if name != left_out}


def sign_on() -> dict[str, str]:
    """Give the header of the single sign-on by which the viewer signed in, where there was one."""
    given = {name: os.environ[variable] for name, variable in SIGN_ON_TOKENS.items() if os.environ.get(variable)}
    return {} if FAULT == "no-sign-on-token" else given


def fresh_token() -> str:
    """Ask for a new access token."""
    form = urlencode({"grant_type": "client_credentials"}).encode()
    with urllib.request.urlopen(os.environ["LOGOUT_TOKEN_URL"], data=form, timeout=10) as response:
        return json.load(response)["access_token"]


def follow(entry: dict) -> None:
    """Do what an entry of the answer asks for."""
    action = entry["actionName"]
    if action == "logout" and FAULT != "url-not-opened":
        url = urljoin(BASE_URL, entry["url"])
        for _ in range(2 if FAULT == "url-opened-twice" else 1):
            fetch("GET", url, page_headers())
    elif action == "partner_logout":
        print("Please sign out in the settings of this device too.")
    elif action == "complete" and FAULT == "opens-for-complete":
        fetch("GET", os.environ["LOGOUT_REDIRECT_URL"].replace(" ", "%20"), {})


def page_headers() -> dict[str, str]:
    """Give the headers with which a page is opened: none of the API's."""
    if FAULT == "token-to-page":
        return authorization(os.environ["LOGOUT_ACCESS_TOKEN"])
    return device_headers() if FAULT == "device-headers-to-page" else {}


def fetch(method: str, url: str, headers: dict[str, str]) -> tuple[int, dict, bytes]:
    """Send a request, and follow redirects as a browser does; give status, headers and body."""
    request = urllib.request.Request(url, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, dict(response.headers), response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


def in_base64(text: str) -> str:
    """Encode a text in Base64 (RFC 4648, 4)."""
    return base64.b64encode(text.encode()).decode()


if __name__ == "__main__":
    sys.exit(main())
