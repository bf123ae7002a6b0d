"""A small logout service: `ACCESS_TOKEN=secret python server.py [PORT]`.

It keeps its profiles in memory, and has a door for tests: PUT or DELETE a profile at /admin/profiles.
"""

import contextlib
import json
import os
import sys
from hmac import compare_digest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

ACCESS_TOKEN = os.environ["ACCESS_TOKEN"]
PROVIDERS = {"REF30", "REF40"}
PROFILES: dict[tuple[str, str, str], str] = {}
"""(service provider, MVPD, device) of who is signed in: the logout page of that MVPD, empty where it has none."""


class LogoutService(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    error_content_type = "application/json"  # of what http.server refuses by itself
    error_message_format = '{"status": %(code)d}'

    def route(self) -> None:
        """Find the resource by the path."""
        length = self.headers.get("Content-Length", "")
        body = self.rfile.read(int(length)) if length.isdecimal() else b""
        path, _, query = self.path.partition("?")
        match [unquote(segment) for segment in path.split("/")]:
            case ["", "api", "v2", provider, "logout", mvpd] if provider and mvpd:
                self.log_out(provider, mvpd, query)
            case ["", "admin", "profiles"] if self.command in {"PUT", "DELETE"}:
                self.change_profile(json.loads(body))
            case _:
                self.refuse(404, "not_found")

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = route  # noqa: N815  (http.server looks for these names)

    def log_out(self, provider: str, mvpd: str, query: str) -> None:
        """Delete the viewer's profile and say what is left to do."""
        redirect_url = parse_qs(query).get("redirectUrl", [""])[0]
        device = self.headers.get("AP-Device-Identifier", "").strip()
        if self.command != "GET":
            self.refuse(405, "method_not_allowed", ("Allow", "GET"))
        elif not self.is_authorized():
            self.refuse(401, "invalid_access_token_client_application", ("WWW-Authenticate", "Bearer"))
        elif provider not in PROVIDERS:
            self.refuse(400, "invalid_parameter_service_provider")
        elif not is_url(redirect_url):
            self.refuse(400, "invalid_parameter_redirect_url")
        elif not device:
            self.refuse(400, "invalid_header_device_identifier")
        else:
            page = PROFILES.pop((provider, mvpd, device), None)
            self.answer(200, {"logouts": {mvpd: {"mvpd": mvpd} | next_action(page, redirect_url)}})

    def is_authorized(self) -> bool:
        """Say whether the request brings the access token."""
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and compare_digest(token.strip().encode(), ACCESS_TOKEN.encode())

    def change_profile(self, profile: dict[str, str]) -> None:
        """Create or delete a profile, for tests."""
        key = (profile["serviceProvider"], profile["mvpd"], profile["deviceIdentifier"])
        if self.command == "PUT":
            PROFILES[key] = profile["logoutPage"]
        else:
            PROFILES.pop(key, None)
        self.answer(200, {})

    def refuse(self, status: int, code: str, *headers: tuple[str, str]) -> None:
        """Answer with an error."""
        self.answer(status, {"status": status, "code": code}, *headers)

    def answer(self, status: int, body: object, *headers: tuple[str, str]) -> None:
        """Answer with JSON."""
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in (*headers, ("Content-Type", "application/json"), ("Content-Length", str(len(content)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


def next_action(page: str | None, redirect_url: str) -> dict[str, str]:
    """Say what the device does next; `page` is None where nobody was signed in."""
    if page is None:
        return {"actionName": "invalid", "actionType": "none"}
    if not page:
        return {"actionName": "complete", "actionType": "none"}
    url = f"{page}?{urlencode({'return_to': redirect_url})}"
    return {"actionName": "logout", "actionType": "interactive", "url": url}


def is_url(text: str) -> bool:
    """Say whether a text is an absolute URL."""
    try:
        return bool(urlsplit(text).scheme and urlsplit(text).netloc)
    except ValueError:
        return False


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if sys.argv[1:] else 8082), LogoutService)
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)  # noqa: T201  (says where it is, as for port 0)
    with server, contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()
