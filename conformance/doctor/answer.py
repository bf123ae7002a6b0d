"""What one answer to a valid request says of the way to the endpoint; what depends on something broken is left out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from conformance.doctor.check import Check, Health, broken, missing, ok
from conformance.report.text import shortened
from conformance.rules import body
from conformance.rules.status import OK, UNAUTHORIZED
from conformance.run.results import DECLARED, advice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.exchange import Exchange, Response
    from conformance.target.model import Target

FORBIDDEN: Final = 403
FAR_OFF: Final = timedelta(minutes=5)
"""By so much clocks may differ: what issues and checks tokens allows for as much."""
LONGEST_PLACE: Final = 200
"""Letters of a redirect's target that are shown."""
SOON: Final = timedelta(days=14)

UNREACHABLE: Final = {
    "could not be resolved": "put the host name in base_url right, or the name server",
    "was refused": "start the server, or put the port in base_url right",
    "not HTTP": "is base_url to begin with https://?",
    "within": "is there a firewall or a proxy between here and there, or is timeout_s too short?",
}
"""What to do about a server that gives no answer, by a part of the words that say so."""
UNTRUSTED: Final = {
    "expired": "renew the server's certificate",
    "mismatch": "name the host in base_url as the certificate does",
    "not valid for": "name the host in base_url as the certificate does",
    "could not be verified": "name the authority that signed it as ca_bundle in [target.tls]",
    "": "is base_url to begin with http://, or does the server ask for a client_cert in [target.tls]?",
}
"""What to do where TLS fails, in the same way; the first that fits."""


def checks(target: Target, exchange: Exchange, *, is_valid: bool = True) -> Iterator[Check]:
    """Give what an exchange says, from the ground up, as far as it can be said.

    A request that `is_valid` does not vouch for, since no MVPD is known, may be refused for that alone.
    """
    response = exchange.response
    yield _address(exchange)
    if target.base_url.lower().startswith("https:") and (response or _is_tls(exchange)):
        yield _tls(target, exchange)
    if response is None:
        return
    yield _clock(exchange, response)
    if not is_valid and response.status not in {OK, UNAUTHORIZED, FORBIDDEN}:
        return
    path = _base_path(exchange, response)
    yield path
    if path.health is Health.OK:
        token = _token(response)
        yield token
        if token.health is Health.OK and is_valid:
            yield _valid_request(response)


def _address(exchange: Exchange) -> Check:
    if exchange.response or _is_tls(exchange):
        return ok("address", "somebody answers there")
    trouble = str(exchange.trouble)
    what = next((words for part, words in UNREACHABLE.items() if part in trouble), advice(trouble))
    return broken("address", f"{trouble}: {what}")


def _is_tls(exchange: Exchange) -> bool:
    return "TLS" in (exchange.trouble or "")


def _tls(target: Target, exchange: Exchange) -> Check:
    if exchange.response is None:
        trouble = str(exchange.trouble)
        return broken("TLS", f"{trouble}: {next(words for part, words in UNTRUSTED.items() if part in trouble)}")
    if not target.tls.verify:
        return missing("TLS", "the certificate was not verified (verify = false): anybody could answer", needed=False)
    if exchange.response.certificate_expires is None:
        return ok("TLS", "the certificate was verified")
    left = datetime.fromtimestamp(exchange.response.certificate_expires, UTC) - _sent(exchange)
    renew = ": renew it soon" if left < SOON else ""
    return ok("TLS", f"the certificate was verified; it expires in {left.days} days{renew}")


def _clock(exchange: Exchange, response: Response) -> Check:
    try:
        there = parsedate_to_datetime(response.header("Date") or "")
    except (ValueError, TypeError, IndexError):
        return missing("clock", "the answer has no Date: whether the clocks agree cannot be seen", needed=False)
    off = there.replace(tzinfo=there.tzinfo or UTC) - _sent(exchange)
    if abs(off) > FAR_OFF:
        way = "ahead of" if off > timedelta() else "behind"
        seconds = abs(off) // timedelta(seconds=1)
        return broken("clock", f"the server's is {seconds} s {way} this one: set the wrong one right", needed=False)
    return ok("clock", "the server's agrees with this one")


def _sent(exchange: Exchange) -> datetime:
    return datetime.fromisoformat(exchange.started_at)


def _base_path(exchange: Exchange, response: Response) -> Check:
    if response.status in {404, 410}:
        return broken("base path", f"answered {response.status}: {advice('answered 404')}")
    if response.status in range(300, 400):
        where = shortened(response.header("Location") or "nowhere", LONGEST_PLACE)
        return broken("base path", f"answered {response.status} to {where}: {advice('answered 3')}")
    typed = next(body.must_be_typed_json("content-type-of-success")(exchange), None)
    if response.status == OK and typed:
        return broken("base path", f"the answer is declared as {typed.seen} and not as JSON: {advice(DECLARED)}")
    return ok("base path", f"the endpoint is there (answered {response.status})")


def _token(response: Response) -> Check:
    if response.status in {UNAUTHORIZED, FORBIDDEN}:
        return broken("access token", f"answered {response.status}: {advice(f'answered {response.status}')}")
    return ok("access token", "it was not refused")


def _valid_request(response: Response) -> Check:
    if response.status == OK:
        return ok("valid request", "accepted")
    return broken("valid request", f"answered {response.status}: {advice(f'answered {response.status}')}")
