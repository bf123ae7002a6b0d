"""Starts servers that `conformance.reference.running` does not: on IPv6, with TLS, with one thread."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from typing import TYPE_CHECKING

from werkzeug.serving import make_server

from conformance.reference import ACCESS_TOKEN, Handler

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from wsgiref.types import WSGIApplication


@contextlib.contextmanager
def listening(
    app: WSGIApplication,
    host: str = "127.0.0.1",
    *,
    handler: type[Handler] = Handler,
    tls: ssl.SSLContext | None = None,
    threaded: bool = True,
) -> Iterator[int]:
    """Serve an application in the background; give its port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family, backlog=128) as listener:
        server = make_server(
            host, 0, app, threaded=threaded, request_handler=handler, ssl_context=tls, fd=listener.fileno()
        )
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def target_file(folder: Path, base_url: str, *, settings: str = "", tables: str = "") -> Path:
    """Write the target file of a server that accepts the reference server's token."""
    path = folder / "target.toml"
    token = json.dumps(f"Bearer {ACCESS_TOKEN}")
    path.write_text(
        f'[target]\nbase_url = "{base_url}"\nother_service_provider = "REF40"\n{settings}\n'
        f"[target.headers]\nAuthorization = {token}\n{tables}",
        encoding="utf-8",
    )
    return path


def scenario_table(scenario: str, facts: Mapping[str, object]) -> str:
    """Write what a target file says of a scenario."""
    headers = ", ".join(f"{json.dumps(name)} = {json.dumps(value)}" for name, value in dict(facts["headers"]).items())  # type: ignore[call-overload]
    lines = [f"{name} = {json.dumps(value)}" for name, value in facts.items() if name != "headers"]
    return "\n".join([f"\n[scenarios.{scenario}]", *lines, f"headers = {{ {headers} }}", ""])
