"""Access tokens from a command: for targets whose tokens do not last as long as a run."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from conformance.states import command
from conformance.states.provisioning import LARGEST_HEADERS
from conformance.states.remark import ending, last_line
from conformance.target.model import ACCESS_TOKEN
from conformance.toml.mistakes import printable

if TYPE_CHECKING:
    from conformance.redaction.redactor import Redactor
    from conformance.target.model import Target

MOST_FAILURES: Final = 3
"""After so many failures in a row the command is given up."""
_TOKEN: Final = re.compile(rb"[A-Za-z0-9._~+/-]+=*")  # RFC 6750, 2.1


class TokenError(Exception):
    """The command gave no token; the text says what was run and how that ended, without secrets."""


class TokenCommand:
    """Runs the command of a target's table [token]: an access token on stdout, 0 as exit code.

    It runs in the target file's folder, with the kit's own environment and nothing on stdin.
    """

    def __init__(self, target: Target, redactor: Redactor) -> None:
        self._target, self._redactor = target, redactor
        self._failures = 0

    def fresh(self) -> str:
        """Give a fresh token, which is a secret by then.

        Raises:
            TokenError: there is none.

        """
        try:
            token = self._printed()
        except TokenError:
            self._failures += 1
            raise
        self._failures = 0
        return token

    @property
    def is_given_up(self) -> bool:
        """Whether it failed so often in a row that it is not worth another try."""
        return self._failures >= MOST_FAILURES

    def _printed(self) -> str:
        finished = self._run()
        token = finished.output.strip()
        is_token = bool(_TOKEN.fullmatch(token))
        if is_token:
            # before anything else is said: what failed may have written it to stderr too
            self._redactor.learn(ACCESS_TOKEN, token.decode())
        if finished.code != 0:
            raise self._error(ending(finished.code) + last_line(finished.complaints, self._redactor))
        if not is_token:
            seen = f"{len(token)} bytes of another form" if token else "nothing"
            raise self._error(f"printed no access token: expected one word as RFC 6750, 2.1 has it, seen {seen}")
        return token.decode()

    def _run(self) -> command.Finished:
        assert self._target.token is not None, "only a target with a token command has one run"  # noqa: S101
        try:
            return command.run(
                self._target.token.command,
                b"",
                folder=self._target.folder,
                environ=os.environ,
                timeout_s=self._target.timeout_s,
                largest=LARGEST_HEADERS,
            )
        except command.CommandError as error:
            raise self._error(str(error)) from None

    def _error(self, how: str) -> TokenError:
        assert self._target.token is not None  # noqa: S101
        # its arguments may be secret
        program = printable(self._redactor.text(self._target.token.command[0]))
        return TokenError(f"the token command {program} {how}")
