"""Every error in one line on stderr, with the exit code that is right for it."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Final, NoReturn

import click

from conformance import loading

if TYPE_CHECKING:
    from collections.abc import Iterator

USAGE: Final = 2
KIT_FAULT: Final = 4
INTERRUPTED: Final = 130


@contextlib.contextmanager
def errors_in_words() -> Iterator[None]:
    """Load the kit, and end the command with a message where its user, or what it was given, is wrong."""
    with loading.for_good():
        from conformance.certify import KitError, UsageError
        from conformance.record.stored import RecordError
        from conformance.toml.mistakes import MistakesError

    try:
        yield
    except (MistakesError, RecordError, UsageError) as error:
        fail(str(error), USAGE)
    except OSError as error:
        fail(f"{error.filename or 'the report folder'}: {error.strerror or error}", USAGE)
    except KitError as error:
        fail(kit_fault(error), KIT_FAULT)


def fail(message: str, code: int) -> NoReturn:
    """Say why the command ends, without anything that acts on a terminal, and end it."""
    from conformance.report.text import visible

    click.echo(f"logout-conformance: {visible(message, keep=chr(10))}", err=True)
    sys.exit(code)


def kit_fault(error: Exception) -> str:
    """Say that the kit itself failed."""
    return f"the kit itself failed ({type(error).__name__}: {error}); the target is not to blame. Please report it."
