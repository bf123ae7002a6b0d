"""The access token in use, and when a fresh one is asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.evidence.outcome import Troubled
from conformance.rules.status import UNAUTHORIZED, answer
from conformance.states.token import TokenError

if TYPE_CHECKING:
    from conformance.exchange import Exchange
    from conformance.sender.logout import Logout
    from conformance.states.token import TokenCommand
    from conformance.target.model import Target


class Access:
    """A target with the access token that requests carry: the one of its headers, or the last that a command gave."""

    def __init__(self, target: Target, tokens: TokenCommand | None = None) -> None:
        """Ask for the first token; raises TokenError where there is none."""
        self.target = self._described = target
        self._token, self._tokens = "", tokens
        self._is_refused = False
        self._trouble: Troubled | None = None
        if tokens:
            self._take(tokens)

    def _take(self, tokens: TokenCommand) -> None:
        self._token = tokens.fresh()
        self.target = self._described.bearing(self._token)

    def check(self) -> None:
        """Raise Troubled where the token was refused and the command given up: what is sent would say nothing."""
        if self._trouble:
            raise self._trouble.with_traceback(None) from None

    def renewed(self, sent: Logout, exchange: Exchange) -> Logout | None:
        """Give a request again with a fresh token, None where the one that it carried was not refused.

        A fresh token that is refused as well is not the token's fault: until the target has accepted one, none is asked
        for.

        Raises:
            Troubled: there is no fresh token.

        """
        if self._tokens is None or exchange.response is None or not self._is_carried_by(sent):
            return None
        if answer(exchange).status != UNAUTHORIZED or self._is_refused:
            self._is_refused = answer(exchange).status == UNAUTHORIZED
            return None
        before = self._token
        try:
            self._take(self._tokens)
        except TokenError as error:
            trouble = Troubled(str(error), cause=f"The token command failed: {error}")
            self._trouble = trouble if self._tokens.is_given_up else None
            raise trouble from None
        self._is_refused = True
        return _with_credential(sent, before, self._token)

    def _is_carried_by(self, sent: Logout) -> bool:
        scheme, _, credential = sent.header("Authorization").partition(" ")
        return scheme.lower() == "bearer" and credential.strip() == self._token


def _with_credential(sent: Logout, before: str, now: str) -> Logout:
    """Change nothing but the token: not the device that a change may have made up, nor how a header is spelt."""
    headers = (
        (name, value.replace(before, now) if name.lower() == "authorization" else value) for name, value in sent.headers
    )
    return replace(sent, headers=tuple(headers))
