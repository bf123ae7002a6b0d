"""Servers in other places: behind a prefix, on IPv6, with TLS, with one thread, under other names."""

from __future__ import annotations

import contextlib
import ssl
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from conformance.reference import ACCESS_TOKEN, Handler, Key, ReferenceServer, State
from tests.faults.certifying import served, usual_arguments
from tests.unusual.registry import started, unusual
from tests.unusual.serving import listening, target_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.wrappers import Response

    from tests.unusual.registry import Arguments

TLS: Final = Path(__file__).with_name("tls")
"""A certificate for localhost, and the authority that signed it; both were made for these tests and nothing else."""


@started()
@contextlib.contextmanager
def behind_prefix() -> Iterator[Arguments]:
    with served(ReferenceServer(prefix="/gateway/v7/tenant%20a")) as arguments:
        yield arguments


@started()
@contextlib.contextmanager
def on_ipv6() -> Iterator[Arguments]:
    with listening(ReferenceServer(), "::1") as port:
        yield usual_arguments(f"http://[::1]:{port}")


@started()
@contextlib.contextmanager
def with_own_authority() -> Iterator[Arguments]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "server.pem")
    with tempfile.TemporaryDirectory() as folder, listening(ReferenceServer(), tls=context) as port:
        base_url = f"https://localhost:{port}"
        tables = f'[target.tls]\nca_bundle = "{TLS / "ca.pem"}"\n[states]\nhandler = "{base_url}/_state"\n'
        yield ("--target", str(target_file(Path(folder), base_url, tables=tables)))


@started()
@contextlib.contextmanager
def with_one_thread() -> Iterator[Arguments]:
    """One connection at a time, which the server would rather keep; the state handler is behind the same port."""
    with listening(ReferenceServer(), handler=Handler, threaded=False) as port:
        yield usual_arguments(f"http://127.0.0.1:{port}")


@started()
@contextlib.contextmanager
def with_another_redirect_url() -> Iterator[Arguments]:
    with served(ReferenceServer()) as arguments:
        yield (*arguments, "--redirect-url", "https://tv.example.com:8443/bye?show=1&next=%2F#end")


@started()
@contextlib.contextmanager
def with_redirect_url_of_an_app() -> Iterator[Arguments]:
    with served(ReferenceServer()) as arguments:
        yield (*arguments, "--redirect-url", "acme-tv://signed-out")


class OtherProviders(ReferenceServer):
    service_providers = ("Sender 7/ö", "Other&Sender")


@started()
@contextlib.contextmanager
def with_odd_provider_names() -> Iterator[Arguments]:
    with served(OtherProviders()) as arguments:
        names = {"REF40": "Other&Sender"}
        yield (*(names.get(word, word) for word in arguments), "--service-provider", "Sender 7/ö")


@unusual()
class OddMvpdNames(ReferenceServer):
    """What the handler chooses where the choice is its own."""

    def set_up(self, names: Key, state: State) -> Response:
        if names.mvpd == state.mvpd:
            names = names._replace(mvpd=f"Télé {names.mvpd}~1/衛星 100%")
        return super().set_up(names, state)

    def tear_down(self, names: Key) -> Response:
        return super().tear_down(names._replace(mvpd=f"Télé {names.mvpd}~1/衛星 100%"))


def with_token(token: str) -> Iterator[Arguments]:
    with served(ReferenceServer(token)) as arguments:
        yield tuple(word.replace(ACCESS_TOKEN, token) for word in arguments)


@started()
@contextlib.contextmanager
def with_short_token() -> Iterator[Arguments]:
    yield from with_token("8")


@started()
@contextlib.contextmanager
def with_token_of_base64() -> Iterator[Arguments]:
    yield from with_token("q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQ+/+/AA==")


@started()
@contextlib.contextmanager
def with_long_token() -> Iterator[Arguments]:
    yield from with_token(".".join(["eyJhbGciOiJSUzI1NiJ9" * 20, "x" * 2500, "sig_-NaTuRe" * 31]))
